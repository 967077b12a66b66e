from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.exceptions import NotConfigured
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.settings import Settings, default_settings
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from crawler import settings as our_settings
from crawler.components import CrawlDelay, Delivery, FixedProxy, PagePipeline, PrivateAddressGuard, Refused, StopOnError
from crawler.extract.page import Page


def resolving_to(address: str) -> Callable[[str], Awaitable[str]]:
    async def resolve(host: str) -> str:
        return address

    return resolve


def guard(url: str, address: str | None = None) -> None:
    asyncio.run(PrivateAddressGuard(resolving_to(address) if address else None).process_request(Request(url)))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
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


def test_public_addresses_pass() -> None:
    guard("http://news.example/x", "93.184.215.14")
    guard("http://93.184.215.14/x")
    guard("http://[2606:4700::1111]/x")


def test_behind_a_proxy_names_are_left_to_it() -> None:
    guard("http://news.example/x")


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


def robots(text: str) -> ProtegoRobotParser:
    return ProtegoRobotParser(text.encode(), None)


def paced(text: str, *, least_delay_s: float = 1.0) -> tuple[CrawlDelay, Any]:
    """Return the component after it has read the robots.txt of a.example, and the downloader."""
    downloader = SimpleNamespace(slots={"a.example": Slot(8, least_delay_s, 0.5)}, per_slot_settings={})
    component = CrawlDelay("Wirefold", least_delay_s, lambda: downloader)
    component.robots_parsed(robots(text), Request("http://a.example/x"))
    return component, downloader


def test_crawl_delay_sets_the_pace_of_its_host_and_autothrottle_leaves_it() -> None:
    component, downloader = paced("User-agent: *\nCrawl-delay: 7")
    slot = downloader.slots["a.example"]
    assert (slot.delay, slot.jitter) == (7, 0)
    assert downloader.per_slot_settings == {"a.example": {"delay": 7, "jitter": 0}}
    request = Request("http://a.example/y")
    component.process_request(request)
    assert request.meta["autothrottle_dont_adjust_delay"] is True


def test_crawl_delay_is_read_for_our_name() -> None:
    _, downloader = paced("User-agent: wirefold\nCrawl-delay: 3\n\nUser-agent: *\nCrawl-delay: 50")
    assert downloader.slots["a.example"].delay == 3


def test_crawl_delay_never_makes_a_crawl_faster() -> None:
    _, downloader = paced("User-agent: *\nCrawl-delay: 1", least_delay_s=5)
    assert downloader.slots["a.example"].delay == 5


def test_without_crawl_delay_the_pace_is_left_alone() -> None:
    component, downloader = paced("User-agent: *\nDisallow:")
    assert downloader.slots["a.example"].delay == 1.0
    request = Request("http://a.example/y")
    component.process_request(request)
    assert request.meta["autothrottle_dont_adjust_delay"] is False


def test_a_redirected_request_goes_at_the_pace_of_its_new_host() -> None:
    component, _ = paced("User-agent: *\nCrawl-delay: 7")
    request = Request("http://b.example/", meta={"download_slot": "a.example", "autothrottle_dont_adjust_delay": True})
    component.process_request(request)
    assert request.meta == {"download_slot": "b.example", "autothrottle_dont_adjust_delay": False}


def test_a_site_that_wants_to_be_left_alone_is() -> None:
    component, _ = paced("User-agent: *\nCrawl-delay: 86400")
    with pytest.raises(Refused, match="86400 s") as caught:
        component.process_request(Request("http://a.example/y"))
    assert (caught.value.reason, caught.value.retry) == ("crawl-delay", True)


def test_the_pipeline_waits_until_a_page_is_kept() -> None:
    told: list[object] = []

    async def keep(page: Page) -> None:
        await asyncio.sleep(0.01)
        told.append(page)

    page = Page(url="http://a.example/", content=b"", content_type=None, fetched_at=datetime.now(UTC))
    asyncio.run(PagePipeline(keep).process_item(Delivery(page, lambda: told.append("kept"))))
    assert told == [page, "kept"]


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
    assert settings.getbool("ROBOTSTXT_OBEY") and settings.getbool("AUTOTHROTTLE_ENABLED")
    for group in ("DOWNLOADER_MIDDLEWARES", "ITEM_PIPELINES", "EXTENSIONS"):
        assert all(load_object(path) for path in settings.getdict(group))
    unknown = {name for name in dir(our_settings) if name.isupper()} - set(dir(default_settings))
    assert unknown == set()
