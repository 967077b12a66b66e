"""Leaves a host alone when it asks for it (429, 503, Retry-After), or when it gives nothing but errors.

A short time is waited for within the run, by all requests of that host; for a longer one they are refused, in later
runs, too: the ledger keeps the state under the host's name (no scheme, no port: http and https are one).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Headers, Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.components.ending import is_ending
from crawler.components.refusal import BACKING_OFF, STOPPED, Refused
from storage.types import HostState

# What a run that cron starts every few minutes can wait for.
MAX_WAIT_S = 60.0
# How often one request is sent again after it was told to wait.
_SECOND_TRIES = 2
# Without Retry-After: doubled each time, up to a day.
_FIRST_PAUSE = timedelta(seconds=60)
_LONGEST_PAUSE = timedelta(days=1)
# A Retry-After beyond it is a mistake, or worse.
_LONGEST_ASKED = timedelta(days=7)
# Longer ones were written by a clock that was ahead.
_LONGEST_BLOCK = _LONGEST_ASKED + timedelta(days=1)
# A host that is told to be quiet and still answers so is asked ever less, whatever Retry-After says.
_PATIENCE = 3
# So many errors in a row are no accident: the host is down, or shuts us out. With retries it is four pages.
_MAX_ERRORS_IN_A_ROW = 12

_BUSY = frozenset({429, 503})
_ERRORS = (DownloadTimeoutError, DownloadConnectionRefusedError, CannotResolveHostError, DownloadFailedError)


def retry_after(headers: Headers, now: datetime) -> datetime | None:
    """Return until when a Retry-After header (seconds or any HTTP date) asks to wait, `now` at the earliest, or None.

    Source: RFC 9110, 10.2.3; at most 7 days are believed.

    >>> now = datetime(2026, 11, 24, tzinfo=UTC)
    >>> print(retry_after(Headers({"Retry-After": "120"}), now))
    2026-11-24 00:02:00+00:00
    >>> print(retry_after(Headers({"Retry-After": "Tue, 24 Nov 2026 06:00:00 GMT"}), now))
    2026-11-24 06:00:00+00:00
    """
    value = (headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return now + timedelta(seconds=min(int(value[:9]), _LONGEST_ASKED.total_seconds()))
    try:
        asked = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    asked = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    return min(max(asked, now), now + _LONGEST_ASKED)


def blocked(state: HostState, now: datetime, reason: str, asked: datetime | None) -> HostState:
    """Return the state of a host after it asked for quiet, until `asked` if it said so.

    What answers while the host is left alone already was under way before, and says nothing new.
    """
    if state.blocked_until is not None and state.blocked_until > now:
        return replace(state, blocked_until=max(state.blocked_until, asked or now))
    backoffs = state.backoffs + 1
    doubled = now + min(_FIRST_PAUSE * 2 ** min(backoffs - 1, 20), _LONGEST_PAUSE)
    until = doubled if asked is None or (backoffs > _PATIENCE and doubled > asked) else asked
    return replace(state, blocked_until=until, blocked_reason=reason, backoffs=backoffs)


class BackOff:
    """Knows which hosts want to be left alone, holds requests back, and learns from the answers."""

    def __init__(
        self,
        ledger: Any,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        is_ending: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ledger = ledger
        self._now, self._sleep, self._is_ending = now, sleep, is_ending
        self._states: dict[str, HostState] = {}
        self._errors: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        spider: Any = crawler.spider
        return cls(spider.ledger, is_ending=lambda: is_ending(crawler))

    def process_request(self, request: Request) -> None:
        """Refuse at once what would have to wait too long, before it takes its turn in the host's queue."""
        self._wait_s(request)

    async def hold(self, request: Request) -> None:
        """Wait until the host may be asked, just before the request goes out.

        Raises:
            Refused: it would take too long, or the crawl is to end.
        """
        while (wait_s := self._wait_s(request)) and not self._is_ending():
            await self._sleep(min(wait_s, 1.0))
        if self._is_ending():
            raise Refused(STOPPED, "the crawl ended before its turn", retry=True)

    def heard(self, request: Request, response: Response) -> None:
        """Note what an answer says about its host, before the next request of its queue goes out."""
        host, word = _host(request), f"http-{response.status}"
        if response.status in _BUSY:
            self._block(host, word, retry_after(response.headers, self._now()))
        elif response.status == 403 or response.status >= 500:
            self._count_error(host, word)
        else:
            self._forget(host)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Send a request again that was told to wait.

        Raises:
            Refused: the host wants to be left alone for long, or has told this request to wait too often.
        """
        if response.status not in _BUSY:
            return response
        word = f"http-{response.status}"
        self._wait_s(request, word)
        tries = request.meta.get("told_to_wait", 0) + 1
        if tries > _SECOND_TRIES:
            raise self._refusal(self._state(_host(request)), word)
        return request.replace(meta={**request.meta, "told_to_wait": tries}, dont_filter=True)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count what went wrong on the way to the host."""
        if isinstance(exception, _ERRORS):
            self._count_error(_host(request), "unreachable")

    def _wait_s(self, request: Request, word: str = BACKING_OFF) -> float:
        state, now = self._state(_host(request)), self._now()
        if state.blocked_until is None or not now < state.blocked_until <= now + _LONGEST_BLOCK:
            return 0.0
        wait_s = (state.blocked_until - now).total_seconds()
        if wait_s > MAX_WAIT_S:
            raise self._refusal(state, word)
        return wait_s

    def _count_error(self, host: str, reason: str) -> None:
        self._errors[host] += 1
        if self._errors[host] >= _MAX_ERRORS_IN_A_ROW:
            self._block(host, f"{reason}, {_MAX_ERRORS_IN_A_ROW} errors in a row", None)

    def _forget(self, host: str) -> None:
        self._errors.pop(host, None)
        state = self._state(host)
        # What comes while the host is left alone was asked for before it wanted to be.
        if state.blocked_until is not None and state.blocked_until <= self._now():
            self._save(HostState(host=host))

    def _block(self, host: str, reason: str, asked: datetime | None) -> None:
        self._save(blocked(self._state(host), self._now(), reason, asked))

    def _state(self, host: str) -> HostState:
        if host not in self._states:
            self._states[host] = self._ledger.host_state(host) or HostState(host=host)
        return self._states[host]

    def _save(self, state: HostState) -> None:
        self._states[state.host] = state
        self._ledger.save_host_state(state)

    def _refusal(self, state: HostState, word: str) -> Refused:
        detail = (
            f"{state.host} is left alone until {state.blocked_until:%Y-%m-%d %H:%M:%S} UTC ({state.blocked_reason})"
        )
        return Refused(word, detail, retry=True, retry_after=state.blocked_until)


def _host(request: Request) -> str:
    return urlparse_cached(request).hostname or ""
