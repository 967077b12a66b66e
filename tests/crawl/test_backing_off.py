from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Headers, Response

from crawler.components.backing_off import BackOff, blocked, retry_after
from crawler.components.refusal import Refused
from storage.types import HostState
from tests.crawl.test_robots import Ledger

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", timedelta(0)),
        (" 120 ", timedelta(seconds=120)),
        ("99999999999999999999", timedelta(days=7)),
        ("Tue, 24 Nov 2026 07:00:00 GMT", timedelta(hours=1)),
        ("Tuesday, 24-Nov-26 07:00:00 GMT", timedelta(hours=1)),
        ("Tue Nov 24 07:00:00 2026", timedelta(hours=1)),
        ("Tue, 24 Nov 2026 07:00:00 +0100", timedelta(0)),
        ("Fri, 31 Dec 1999 23:59:59 GMT", timedelta(0)),
        ("Fri, 31 Dec 2999 23:59:59 GMT", timedelta(days=7)),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("\u0661", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, expected: timedelta | None) -> None:
    until = retry_after(Headers({"Retry-After": value.encode()}), NOW)
    assert until == (None if expected is None else NOW + expected)


@given(st.binary())
@example(b"Tue, 24 Nov 2026 06:00:00 +99999999999999999999")
@example(b"Tue, 24 Nov 99999999999999999999 06:00:00 GMT")
def test_every_retry_after_lies_within_a_week(value: bytes) -> None:
    until = retry_after(Headers({"Retry-After": value}), NOW)
    assert until is None or NOW <= until <= NOW + timedelta(days=7)


def pauses(asked: timedelta | None, times: int) -> list[float]:
    """Return the pauses in seconds when each ends with the same answer."""
    state, now, found = HostState(host="a.example"), NOW, []
    for _ in range(times):
        state = blocked(state, now, "http-429", None if asked is None else now + asked)
        assert state.blocked_until is not None
        found.append((state.blocked_until - now).total_seconds())
        now = state.blocked_until
    return found


def test_without_retry_after_the_pause_doubles_from_a_minute_to_a_day() -> None:
    assert pauses(None, 13) == [60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 30720, 61440, 86400, 86400]


def test_a_retry_after_that_never_helps_is_not_believed_for_ever() -> None:
    assert pauses(timedelta(seconds=5), 6) == [5, 5, 5, 480, 960, 1920]


def test_answers_that_were_under_way_do_not_lengthen_the_pause() -> None:
    first = blocked(HostState(host="a.example"), NOW, "http-429", None)
    second = blocked(first, NOW + timedelta(seconds=1), "http-429", None)
    assert (second.blocked_until, second.backoffs) == (first.blocked_until, 1)
    longer = blocked(first, NOW, "http-503", NOW + timedelta(hours=1))
    assert longer.blocked_until == NOW + timedelta(hours=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOW
        self.ending = False

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def back_off(self, ledger: Ledger) -> BackOff:
        return BackOff(ledger, now=lambda: self.now, sleep=self.sleep, is_ending=lambda: self.ending)


PAGE = Request("https://a.example/1")


def answer(status: int, **headers: str) -> Response:
    return Response(PAGE.url, status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_short_pause_is_waited_for_and_a_long_one_is_refused_until_it_ends() -> None:
    clock, ledger = Clock(), Ledger()
    back_off = clock.back_off(ledger)
    back_off.heard(PAGE, answer(429, Retry_After="30"))
    back_off.process_request(PAGE)
    asyncio.run(back_off.hold(PAGE))
    assert clock.now == NOW + timedelta(seconds=30)
    back_off.heard(PAGE, answer(503, Retry_After="61"))
    with pytest.raises(Refused, match=r"a\.example is left alone until 2026-11-24 06:01:31 UTC \(http-503\)") as caught:
        back_off.process_request(PAGE)
    assert (caught.value.retry, caught.value.retry_after) == (True, NOW + timedelta(seconds=91))
    clock.now += timedelta(seconds=62)
    clock.back_off(ledger).process_request(PAGE)


def test_http_and_https_of_a_name_are_one_host_and_others_go_on() -> None:
    back_off = Clock().back_off(Ledger())
    back_off.heard(PAGE, answer(429, Retry_After="3600"))
    back_off.process_request(Request("https://b.example/"))
    with pytest.raises(Refused):
        back_off.process_request(Request("http://a.example:8080/"))


def test_a_request_that_was_told_to_wait_is_sent_again_twice() -> None:
    clock = Clock()
    back_off, request = clock.back_off(Ledger()), PAGE
    for _ in range(2):
        back_off.heard(request, answer(429, Retry_After="1"))
        again = back_off.process_response(request, answer(429))
        assert isinstance(again, Request) and again.dont_filter
        request = again
        asyncio.run(back_off.hold(request))
    back_off.heard(request, answer(429, Retry_After="1"))
    with pytest.raises(Refused) as caught:
        back_off.process_response(request, answer(429))
    assert caught.value.reason == "http-429"


def test_an_answer_after_the_pause_ends_it_for_good_and_one_within_does_not() -> None:
    clock, ledger = Clock(), Ledger()
    back_off = clock.back_off(ledger)
    back_off.heard(PAGE, answer(429, Retry_After="50"))
    back_off.heard(PAGE, answer(200))
    assert ledger.states["a.example"].backoffs == 1
    clock.now += timedelta(seconds=51)
    back_off.heard(PAGE, answer(200))
    assert ledger.states["a.example"] == HostState(host="a.example")


def test_a_crawl_that_is_to_end_does_not_wait() -> None:
    clock = Clock()
    back_off = clock.back_off(Ledger())
    back_off.heard(PAGE, answer(429))
    clock.ending = True
    with pytest.raises(Refused) as caught:
        asyncio.run(back_off.hold(PAGE))
    assert (caught.value.reason, caught.value.retry) == ("stopped", True)


def test_errors_in_a_row_are_a_reason_to_stop_and_one_good_answer_is_none() -> None:
    ledger = Ledger()
    back_off = Clock().back_off(ledger)
    for status in [500] * 11 + [404] + [403] * 11:
        back_off.heard(PAGE, answer(status))
    assert ledger.states == {}
    back_off.process_exception(PAGE, DownloadTimeoutError("slow"))
    assert ledger.states["a.example"].blocked_reason == "unreachable, 12 errors in a row"


def test_nothing_is_written_about_a_host_that_answers() -> None:
    ledger = Ledger()
    back_off = Clock().back_off(ledger)
    back_off.process_request(PAGE)
    back_off.heard(PAGE, answer(200))
    assert ledger.states == {}
