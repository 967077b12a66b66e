from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers
from scrapy.settings import Settings, default_settings
from scrapy.utils.misc import load_object
from twisted.internet.address import IPv4Address as NumberedAddress
from twisted.python.failure import Failure

from crawler import settings as our_settings
from crawler.components.addresses import JudgingResolver, PrivateAddressGuard, is_public
from crawler.components.delivery import Delivery, PagePipeline, StopOnError
from crawler.components.pace import CrawlDelay, FixedProxy
from crawler.components.refusal import Refused
from crawler.components.reservations import opt_outs


def resolving_to(addresses: Sequence[str]) -> Callable[[str], Awaitable[Sequence[str]]]:
    async def resolve(host: str) -> Sequence[str]:
        return addresses

    return resolve


def guard(url: str, *addresses: str) -> None:
    asyncio.run(PrivateAddressGuard(resolving_to(addresses) if addresses else None).process_request(Request(url)))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fc00::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[fec0::1]",
    ],
)
def test_a_private_address_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(Refused) as caught:
        guard(f"http://{host}/x")
    assert (caught.value.reason, caught.value.retry) == ("private-address", False)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254"])
def test_a_name_at_a_private_address_is_refused(address: str) -> None:
    with pytest.raises(Refused, match=f"news.example is at {address}"):
        guard("http://news.example/x", address)


def test_one_private_address_among_those_of_a_name_is_enough() -> None:
    with pytest.raises(Refused, match=r"news\.example is at fe80::1"):
        guard("http://news.example/x", "93.184.215.14", "2606:4700::1111", "fe80::1")


def test_public_addresses_pass() -> None:
    guard("http://news.example/x", "93.184.215.14", "2606:4700::1111")
    guard("http://[64:ff9b::93.184.215.14]/x")
    guard("http://93.184.215.14/x")
    guard("http://[2606:4700::1111]/x")


def test_behind_a_proxy_names_are_left_to_it() -> None:
    guard("http://news.example/x")


@pytest.mark.parametrize("port", [22, 25, 139, 445])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(Refused, match=f"port {port} "):
        guard(f"http://news.example:{port}/x", "93.184.215.14")


def test_web_ports_pass() -> None:
    for port in (80, 443, 8080, 8443):
        guard(f"http://news.example:{port}/x", "93.184.215.14")


@given(st.ip_addresses(v=4))
def test_an_ipv6_spelling_of_an_address_is_judged_as_the_address(address: IPv4Address) -> None:
    for prefix in ("::ffff:", "::ffff:0:", "::", "64:ff9b::"):
        assert is_public(ip_address(f"{prefix}{address}")) == is_public(address)


class NameServer:
    """Twisted's side of name resolution: the next answer each time."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.nameResolver = self

    def resolveHostName(self, receiver: Any, host: str, port: int) -> None:
        for address in self.answers.pop(0):
            receiver.addressResolved(NumberedAddress("TCP", address, port))
        receiver.resolutionComplete()


class Receiver:
    def __init__(self) -> None:
        self.told: list[Any] = []

    def resolutionBegan(self, resolution: object) -> None:
        self.told.append("began")

    def addressResolved(self, address: Any) -> None:
        self.told.append((address.host, address.port))

    def resolutionComplete(self) -> None:
        self.told.append("complete")


def connect(resolver: JudgingResolver, port: int) -> list[Any]:
    receiver = Receiver()
    resolver.resolveHostName(receiver, "news.example", port)
    return receiver.told


def test_a_name_server_that_changes_its_mind_is_not_heard() -> None:
    resolver = JudgingResolver(NameServer(["93.184.215.14"], ["127.0.0.1"]), judges=True)
    for port in (80, 443):
        assert connect(resolver, port) == ["began", ("93.184.215.14", port), "complete"]


def test_no_address_of_a_name_with_a_private_one_is_connected_to() -> None:
    answers = ["93.184.215.14", "127.0.0.1"]
    assert connect(JudgingResolver(NameServer(answers), judges=True), 80) == ["began", "complete"]
    assert len(connect(JudgingResolver(NameServer(answers), judges=False), 80)) == 4


def test_a_name_that_was_not_found_is_asked_for_again() -> None:
    resolver = JudgingResolver(NameServer([], ["93.184.215.14"]), judges=True)
    assert [len(connect(resolver, 80)), len(connect(resolver, 80))] == [2, 3]


def test_the_guard_is_off_only_when_the_configuration_says_so() -> None:
    with pytest.raises(NotConfigured):
        PrivateAddressGuard.from_crawler(crawler(WIREFOLD_ALLOW_PRIVATE_ADDRESSES=True))
    assert PrivateAddressGuard.from_crawler(crawler())


def crawler(**settings: object) -> Any:
    return SimpleNamespace(settings=Settings(settings))


def test_the_configured_proxy_takes_every_request_and_none_means_none() -> None:
    for proxy in ("http://127.0.0.1:3128", None):
        request = Request("http://a.example/")
        FixedProxy.from_crawler(crawler(WIREFOLD_PROXY=proxy)).process_request(request)
        assert request.meta["proxy"] == proxy


def paced(asked_s: float, *, least_delay_s: float = 1.0) -> tuple[CrawlDelay, Any, Request]:
    """Return the component, the downloader and a request after robots.txt of a.example has asked for a pace."""
    downloader = SimpleNamespace(slots={"a.example": Slot(8, least_delay_s, 0.5)}, per_slot_settings={})
    component = CrawlDelay(least_delay_s, 4, lambda: downloader)
    request = Request("http://a.example/x", meta={"crawl_delay_s": asked_s})
    component.process_request(request)
    return component, downloader, request


def test_crawl_delay_sets_the_pace_of_its_host_and_autothrottle_leaves_it() -> None:
    _, downloader, request = paced(7)
    slot = downloader.slots["a.example"]
    assert (slot.delay, slot.jitter) == (7, 0)
    assert downloader.per_slot_settings == {"a.example": {"delay": 7, "jitter": 0}}
    assert request.meta["autothrottle_dont_adjust_delay"] is True


def test_crawl_delay_never_makes_a_crawl_faster() -> None:
    component, downloader, _ = paced(3, least_delay_s=5)
    assert downloader.slots["a.example"].delay == 5
    component.process_request(Request("https://a.example/x", meta={"crawl_delay_s": 1}))
    assert downloader.slots["a.example"].delay == 5


def test_without_crawl_delay_the_pace_is_left_alone() -> None:
    _, downloader, request = paced(0)
    assert downloader.slots["a.example"].delay == 1.0
    assert request.meta["autothrottle_dont_adjust_delay"] is False


def test_a_redirected_request_goes_at_the_pace_of_its_new_host() -> None:
    component, _, _ = paced(7)
    request = Request("http://b.example/", meta={"download_slot": "a.example", "autothrottle_dont_adjust_delay": True})
    component.process_request(request)
    assert request.meta == {"download_slot": "b.example", "autothrottle_dont_adjust_delay": False}


def test_a_site_that_wants_to_be_left_alone_is() -> None:
    with pytest.raises(Refused, match="86400 s") as caught:
        paced(86400)
    assert (caught.value.reason, caught.value.retry) == ("crawl-delay", True)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, ()),
        ({"X-Robots-Tag": "noindex"}, ()),
        ({"X-Robots-Tag": ["NoAI", "all, noimageai"]}, ("noai", "noimageai")),
        ({"X-Robots-Tag": "otherbot: noai, noimageai"}, ()),
        ({"X-Robots-Tag": "Wirefold: noai"}, ("noai",)),
        ({"X-Robots-Tag": "unavailable_after: 1 Jan 2030 00:00:00 GMT, noai"}, ("noai",)),
        ({"TDM-Reservation": "1", "X-Robots-Tag": "noai"}, ("noai", "tdm-reservation")),
        ({"TDM-Reservation": "0"}, ()),
        ({"X-Robots-Tag": b"\xff\xfe: noai"}, ()),
    ],
)
def test_reservations_against_ai_and_mining_are_read_from_headers(headers: Any, expected: tuple[str, ...]) -> None:
    assert opt_outs(Headers(headers)) == expected


def test_the_pipeline_waits_until_a_visit_has_arrived() -> None:
    told: list[object] = []

    async def visited(visit: str) -> None:
        await asyncio.sleep(0.01)
        told.append(visit)

    asyncio.run(PagePipeline(visited).process_item(Delivery("visit", lambda: told.append("ended"))))
    assert told == ["visit", "ended"]


def test_the_first_unexpected_error_stops_the_crawl_once_and_is_kept() -> None:
    stopped: list[int] = []

    async def stop() -> None:
        stopped.append(1)

    async def fail_twice() -> BaseException | None:
        component = StopOnError(stop)
        component.failed(Failure(KeyError("first")))  # type: ignore[no-untyped-call]
        component.failed(Failure(KeyError("second")))  # type: ignore[no-untyped-call]
        await asyncio.sleep(0)
        return component.error

    assert repr(asyncio.run(fail_twice())) == "KeyError('first')"
    assert stopped == [1]


def test_the_settings_obey_robots_and_name_components_that_exist() -> None:
    settings = Settings()
    settings.setmodule(our_settings)
    assert settings.getbool("AUTOTHROTTLE_ENABLED") and settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert settings.getdict("DOWNLOADER_MIDDLEWARES")["crawler.components.obedience.RobotsTxt"]
    for group in ("DOWNLOADER_MIDDLEWARES", "ITEM_PIPELINES", "EXTENSIONS"):
        assert all(load_object(path) for path in settings.getdict(group))
    assert all(load_object(path) for path in settings.getdict("DOWNLOAD_HANDLERS").values() if path)
    assert load_object(settings["TWISTED_DNS_RESOLVER"]) is JudgingResolver
    unknown = {name for name in dir(our_settings) if name.isupper()} - set(dir(default_settings))
    assert unknown == {"WIREFOLD_CONCURRENCY"}


def test_host_counts_come_without_scrapy() -> None:
    code = "import sys; from crawler.jobs import Summary; sys.exit('scrapy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0
