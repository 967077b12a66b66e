"""Scrapy adapters: what stands between the spider and the network, and between the spider and the store."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest, NotConfigured
from scrapy.robotstxt import RobotParser
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.error import DNSLookupError
from twisted.python.failure import Failure

from crawler.extract.page import Page

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# A site that asks for more is left alone: to obey would stall the run, to disobey is out of the question.
MAX_CRAWL_DELAY_S = 60.0


class Refused(IgnoreRequest):
    """A request that a component does not let out. ``retry`` says whether a later run may try again."""

    def __init__(self, reason: str, detail: str, *, retry: bool) -> None:
        self.reason, self.retry = reason, retry
        super().__init__(detail)


class PrivateAddressGuard:
    """Refuse hosts at private, loopback and link-local addresses, whether written or resolved, redirects included.

    The address judged is the one connected to: the resolver keeps it for the run. Behind a proxy, which resolves the
    names itself, only written addresses can be judged (``resolve`` is None).
    """

    def __init__(self, resolve: Callable[[str], Awaitable[str]] | None) -> None:
        self._resolve = resolve

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if crawler.settings.getbool("WIREFOLD_ALLOW_PRIVATE_ADDRESSES"):
            raise NotConfigured
        return cls(None if crawler.settings.get("WIREFOLD_PROXY") else _resolve)

    async def process_request(self, request: Request) -> None:
        host = urlparse_cached(request).hostname or ""
        address = _written_address(host)
        if address is None and self._resolve is not None:
            address = ipaddress.ip_address(await self._resolve(host))
        if address is not None and not _is_public(address):
            where = "" if _written_address(host) else f"{host} is at {address}"
            raise Refused("private-address", where, retry=False)


class FixedProxy:
    """Send every request through the configured proxy, or through none: environment variables have no say."""

    def __init__(self, proxy: str | None) -> None:
        self._proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.get("WIREFOLD_PROXY"))

    def process_request(self, request: Request) -> None:
        request.meta["proxy"] = self._proxy


class CrawlDelay:
    """Apply the Crawl-delay of robots.txt, which Scrapy reads but leaves at that, to the host's download slot."""

    def __init__(self, user_agent: str, least_delay_s: float, downloader: Callable[[], Any]) -> None:
        self._user_agent = user_agent
        self._least_delay_s = least_delay_s
        self._downloader = downloader
        self._delays_s: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        self = cls(
            settings["ROBOTSTXT_USER_AGENT"], settings.getfloat("DOWNLOAD_DELAY"), lambda: crawler.engine.downloader
        )
        crawler.signals.connect(self.robots_parsed, signals.robots_parsed)
        return self

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Set the pace of the host of `request`, whose robots.txt has just been read."""
        asked_s = robotparser.crawl_delay(self._user_agent)
        if not asked_s:
            return
        host = urlparse_cached(request).hostname or ""
        delay_s = self._delays_s[host] = max(asked_s, self._least_delay_s, self._delays_s.get(host, 0))
        downloader = self._downloader()
        # For the slot that is there, and for the next one: idle slots are thrown away.
        downloader.per_slot_settings[host] = {"delay": delay_s, "jitter": 0}
        if slot := downloader.slots.get(host):
            slot.delay, slot.jitter = delay_s, 0

    def process_request(self, request: Request) -> None:
        """Put the request into its own host's slot: a redirected one still names the slot of where it came from."""
        host = urlparse_cached(request).hostname or ""
        delay_s = self._delays_s.get(host, 0)
        if delay_s > MAX_CRAWL_DELAY_S:
            raise Refused("crawl-delay", f"robots.txt asks for {delay_s:g} s between requests", retry=True)
        request.meta["download_slot"] = host
        request.meta["autothrottle_dont_adjust_delay"] = delay_s > 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A page on its way to the ledger; ``kept`` is called when it has arrived."""

    page: Page
    kept: Callable[[], None]


class PagePipeline:
    """Hand each page over for extraction and storing, and wait: this holds the crawl to the workers' pace."""

    def __init__(self, keep: Callable[[Page], Awaitable[None]]) -> None:
        self._keep = keep

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        spider: Any = crawler.spider
        return cls(spider.ledger.page)

    async def process_item(self, item: Delivery) -> Delivery:
        await self._keep(item.page)
        item.kept()
        return item


class StopOnError:
    """Stop the crawl at the first unexpected error, which Scrapy would only log. ``error`` is then what it was."""

    def __init__(self, stop: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._stop = stop
        self._stopping: asyncio.Task[None] | None = None
        self.error: BaseException | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls(crawler.stop_async)
        for signal in (signals.spider_error, signals.item_error):
            crawler.signals.connect(self.failed, signal)
        return self

    def failed(self, failure: Failure) -> None:
        """Begin to stop; not waited for, as stopping waits for the very page that failed."""
        if self.error is None:
            self.error = failure.value
            self._stopping = asyncio.get_running_loop().create_task(self._stop())


async def _resolve(host: str) -> str:
    from twisted.internet import reactor  # only there once the process has installed it

    resolver: Any = reactor  # its declared interface is wrong about names
    try:
        address: str = await maybe_deferred_to_future(resolver.resolve(host))
    except DNSLookupError as error:
        raise CannotResolveHostError(str(error)) from error
    return address


def _written_address(host: str) -> Address | None:
    """Return the address that a host is, in any spelling that a resolver takes for one (``127.1``, ``0x7f000001``)."""
    if host == "localhost" or host.endswith(".localhost"):
        return ipaddress.IPv4Address("127.0.0.1")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _is_public(address: Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_global and not inner.is_multicast
