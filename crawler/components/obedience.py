"""Obeys robots.txt. RFC 9309 says how; ``crawler.components.robots`` reads the file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.components.refusal import Refused
from crawler.components.robots import MAX_BYTES, Rules
from storage.types import HostState

_FRESH = timedelta(hours=24)  # RFC 9309, 2.4
_STILL_GOOD = timedelta(days=30)  # RFC 9309, 2.3.1.4: while the host cannot be reached
_MAX_REDIRECTS = 5  # RFC 9309, 2.3.1.2
# Ten times what is read of it; who sends more has no robots.txt.
_MAX_DOWNLOAD_BYTES = 10 * MAX_BYTES


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of asking for robots.txt. ``status`` None: nothing came."""

    status: int | None
    body: bytes = b""
    problem: str = ""

    @property
    def is_reached(self) -> bool:
        # 429 asks for patience, it does not say that there is no robots.txt.
        return self.status is not None and self.status < 500 and self.status != 429


class RobotsTxt:
    """Ask for each host's robots.txt once a day, through the ledger also across runs, and let out only what it allows.

    A host here is scheme, name and port (``https://a.example:8443``): RFC 9309, 2.3. No robots.txt (4xx, too many
    redirects) allows everything; one that cannot be reached (5xx, 429, no answer) nothing, unless a copy of the last 30
    days is there.
    """

    def __init__(
        self,
        ledger: Any,
        download: Callable[[Request], Awaitable[Response]],
        user_agent: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ledger, self._download, self._user_agent, self._now = ledger, download, user_agent, now
        self._reading: dict[str, tuple[datetime, asyncio.Task[Rules]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        spider: Any = crawler.spider
        agent = crawler.settings["ROBOTSTXT_USER_AGENT"]
        return cls(spider.ledger, lambda request: crawler.engine.download_async(request), agent)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_robots_txt"):
            return
        rules = await self._rules(_host(request))
        if not rules.allows(request.url, self._user_agent):
            raise Refused("robots-txt", "", retry=True)  # which may change
        request.meta["crawl_delay_s"] = rules.delay_s(self._user_agent)

    async def _rules(self, host: str) -> Rules:
        """Return the rules of a host; all its requests wait for the same reading."""
        now = self._now()
        begun, task = self._reading.get(host, (now, None))
        if task is None or now - begun >= _FRESH:
            task = asyncio.get_running_loop().create_task(self._read(host))
            self._reading[host] = now, task
        return await asyncio.shield(task)

    async def _read(self, host: str) -> Rules:
        kept, now = self._ledger.host_state(host), self._now()
        if kept is not None and _is_good(kept, now, _FRESH):
            return _rules_of(kept)
        answer = await self._fetch(host)
        if not answer.is_reached and kept is not None and _is_good(kept, now, _STILL_GOOD):
            return _rules_of(kept)
        body = answer.body[:MAX_BYTES] if answer.status is not None and 200 <= answer.status < 300 else b""
        state = HostState(host=host, robots_txt=body, robots_status=answer.status, robots_fetched=now)
        self._ledger.save_host_state(state)
        if not answer.is_reached:
            raise Refused("robots-unreachable", answer.problem, retry=True)
        return _rules_of(state)

    async def _fetch(self, host: str) -> _Answer:
        request = Request(
            f"{host}/robots.txt",
            callback=NO_CALLBACK,
            meta={"is_robots_txt": True, "redirect_ttl": _MAX_REDIRECTS, "download_maxsize": _MAX_DOWNLOAD_BYTES},
        )
        # Looked at, not caught: whatever goes wrong on the way means that it could not be reached.
        task = asyncio.ensure_future(self._download(request))
        await asyncio.wait([task])
        error = task.exception()
        if error is None:
            response = task.result()
            return _Answer(response.status, response.body, f"http-{response.status}")
        if isinstance(error, Refused) and error.retry:
            raise error  # nothing was learned about the host: it is left alone, or the crawl ends
        if isinstance(error, IgnoreRequest) and "max redirections" in str(error):
            return _Answer(404)
        return _Answer(None, b"", str(error) or type(error).__name__)


def _host(request: Request) -> str:
    parts = urlparse_cached(request)
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{name}" + (f":{parts.port}" if parts.port else "")


def _is_good(state: HostState, now: datetime, age: timedelta) -> bool:
    """Tell whether a robots.txt that was reached is young enough."""
    status, fetched = state.robots_status, state.robots_fetched
    # A date in the future was written by a clock that was ahead.
    return _Answer(status).is_reached and fetched is not None and timedelta() <= now - fetched < age


def _rules_of(state: HostState) -> Rules:
    return Rules.parse(state.robots_txt)
