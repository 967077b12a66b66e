"""The last step before the network: waits for the host's leave, counts, and bounds what Scrapy leaves unbounded."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from functools import cached_property
from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

from crawler.components.backing_off import BackOff
from crawler.components.host_log import HostLog
from crawler.components.pace import CrawlDelay
from crawler.components.refusal import Refused

# Node's fetch refuses more than 16 KiB, so sites stay far below. Twisted bounds a line, but not how many there are.
MAX_HEADER_BYTES = 64 * 1024
# Each takes time and, for the moment, the size of a page; servers use one.
_MAX_ENCODINGS = 2


class HeadersTooBigError(Exception):
    """A server sends headers without end."""


class GatedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler, behind the gate of BackOff.

    It leaves ``request.meta["received_digest"]``: the payload digest of the body as it came over the line.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
        # Scrapy's own limit counts those that only wait for their turn, so that a few slow hosts would stop all others.
        self._places = asyncio.Semaphore(crawler.settings.getint("WIREFOLD_CONCURRENCY"))

    async def download_request(self, request: Request) -> Response:
        async with self._crawl_delay.places[request.meta["download_slot"]]:
            await self._back_off.hold(request)
            if request.meta.get("is_page") and request.meta.get("redirect_times"):
                _ask_for_all(request)
            async with self._places:
                self._log.sent(request)
                response = await super().download_request(request)
            self._back_off.heard(request, response)
        encodings = b",".join(response.headers.getlist("Content-Encoding")).split(b",")
        if len(encodings) > _MAX_ENCODINGS:
            raise Refused("unknown-encoding", f"encoded {len(encodings)} times", retry=False)
        request.meta["received_digest"] = payload_digest(response.body)
        return response

    @cached_property
    def _crawl_delay(self) -> CrawlDelay:
        return cast("CrawlDelay", self._crawler.get_downloader_middleware(CrawlDelay))

    @cached_property
    def _back_off(self) -> BackOff:
        return cast("BackOff", self._crawler.get_downloader_middleware(BackOff))

    @cached_property
    def _log(self) -> HostLog:
        return cast("HostLog", self._crawler.get_downloader_middleware(HostLog))


def _ask_for_all(request: Request) -> None:
    """Drop the conditions of a request: they hold for the page that was asked for first, not for another one."""
    for name in ("If-None-Match", "If-Modified-Since"):
        request.headers.pop(name, None)


def payload_digest(body: bytes) -> str:
    """Return the digest of a body as WARC files write it.

    >>> payload_digest(b"")
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode("ascii")


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Hangs up on a server whose headers do not end."""

    _header_bytes = 0

    def request(self, request: Any) -> Any:
        self._header_bytes = 0
        response = super().request(request)
        if self._parser is not None:
            self._parser.lineLengthExceeded = _refuse_line  # type: ignore[method-assign]
        return response

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._header_bytes += len(data)
            if self._header_bytes > MAX_HEADER_BYTES:
                error = HeadersTooBigError(f"more than {MAX_HEADER_BYTES:,} bytes of headers")
                self._giveUp(Failure(error))  # type: ignore[no-untyped-call]


def _refuse_line(line: bytes) -> None:
    """Take the place of Twisted's way, which hangs up and says nothing."""
    raise HeadersTooBigError(f"a header of {len(line):,} bytes and more")


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _BoundedProtocol:
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
