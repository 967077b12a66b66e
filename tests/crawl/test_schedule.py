from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.config import CrawlOptions
from crawler.sources import rhythm, schedule
from storage.types import SourceState
from tests.examples import at_most

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPTIONS = CrawlOptions()
NEVER_ASKED = SourceState(name="a", url="https://a.example/rss")


def poll(
    state: SourceState,
    now: datetime,
    dates: Sequence[datetime] = (),
    *,
    new: int | None = None,
    max_age_s: float | None = None,
    options: CrawlOptions = OPTIONS,
    every_min: float | None = None,
) -> SourceState:
    return schedule.after_poll(
        state,
        dates=dates,
        new=len(dates) if new is None else new,
        max_age_s=max_age_s,
        now=now,
        options=options,
        every_min=every_min,
    )


def wait_min(state: SourceState, now: datetime) -> float:
    assert state.next_due is not None
    return (state.next_due - now).total_seconds() / 60


def every(minutes: float, count: int, until: datetime = NOW) -> list[datetime]:
    return [until - timedelta(minutes=minutes * number) for number in range(count)]


def lived(publish: Sequence[datetime], start: datetime, end: datetime) -> tuple[SourceState, list[datetime]]:
    """Let cron run every five minutes from start to end; returns the last state, and when the source was asked."""
    state, seen = NEVER_ASKED, start - timedelta(days=99)
    asked: list[datetime] = []
    now = start
    while now < end:
        if schedule.is_due(state if asked else None, now):
            new = [date for date in publish if seen < date <= now]
            state, seen = poll(state, now, new), now
            asked.append(now)
        now += timedelta(minutes=5)
    return state, asked


def test_a_source_never_asked_is_due() -> None:
    assert schedule.is_due(None, NOW) and schedule.is_due(NEVER_ASKED, NOW)


def test_a_source_is_due_when_its_time_has_come_even_if_cron_is_seconds_early() -> None:
    state = poll(NEVER_ASKED, NOW, every_min=15)
    assert not schedule.is_due(state, NOW + timedelta(minutes=10))
    assert schedule.is_due(state, NOW + timedelta(minutes=14, seconds=30))


def test_a_fixed_interval_goes_before_everything_learned() -> None:
    assert wait_min(poll(NEVER_ASKED, NOW, every(1, 50), max_age_s=1800, every_min=7), NOW) == 7


def test_the_first_poll_tells_the_rate_at_once() -> None:
    assert wait_min(poll(NEVER_ASKED, NOW, every(2, 50)), NOW) < 20
    assert wait_min(poll(NEVER_ASKED, NOW, every(2 * 1440, 20)), NOW) > 120


def test_the_interval_goes_with_one_by_the_square_root_of_the_rate() -> None:
    slow, fast = (wait_min(poll(NEVER_ASKED, NOW, every(gap, 28 * 1440 // gap)), NOW) for gap in (63, 7))
    assert slow / fast == pytest.approx(3, rel=0.15)


def test_one_pinned_old_article_does_not_hide_the_rate() -> None:
    pinned = [*every(5, 19), NOW - timedelta(days=300)]
    assert wait_min(poll(NEVER_ASKED, NOW, pinned), NOW) < 30


def test_more_patience_means_fewer_requests() -> None:
    waits = [
        wait_min(poll(NEVER_ASKED, NOW, every(60, 30), options=CrawlOptions(poll_patience_min=patience)), NOW)
        for patience in (1, 10, 100, 1000)
    ]
    assert waits == sorted(set(waits))


def test_bounds_hold_for_the_busiest_and_the_deadest() -> None:
    busy = poll(NEVER_ASKED, NOW, every(0.01, 5000))
    dead = poll(NEVER_ASKED, NOW, [NOW - timedelta(days=900 + day) for day in range(15)])
    assert wait_min(busy, NOW) == OPTIONS.poll_least_min
    assert wait_min(dead, NOW) > 240
    for day in range(1, 90):
        dead = poll(dead, NOW + timedelta(days=day))
    assert wait_min(dead, NOW + timedelta(days=89)) == OPTIONS.poll_most_min


def test_cache_control_is_obeyed_up_to_an_hour() -> None:
    busy = every(1, 100)
    assert wait_min(poll(NEVER_ASKED, NOW, busy, max_age_s=1200), NOW) == 20
    assert wait_min(poll(NEVER_ASKED, NOW, busy, max_age_s=10**9), NOW) == 60


def test_a_daily_batch_is_met_when_it_comes_and_seldom_asked_for_otherwise() -> None:
    start = NOW.replace(hour=0)
    batches = [start + timedelta(days=day, hours=6, seconds=number) for day in range(-30, 21) for number in range(20)]
    _, asked = lived(batches, start, start + timedelta(days=21))
    last_week = [time for time in asked if time >= start + timedelta(days=14)]
    late = [min(time for time in last_week if time > batch) - batch for batch in batches if batch >= last_week[0]]
    assert max(late) <= timedelta(minutes=15)
    assert len(last_week) < 7 * 15


def test_a_dead_feed_that_wakes_up_is_soon_asked_often() -> None:
    wakes = NOW + timedelta(days=10)
    publish = every(20, 3 * 72, until=wakes + timedelta(days=3))
    state, _ = lived(publish, NOW, wakes + timedelta(days=3))
    assert schedule.is_due(state, wakes + timedelta(days=3, hours=1.5))


def test_a_burst_brings_the_next_poll_nearer_and_passes() -> None:
    usual = poll(NEVER_ASKED, NOW, every(63, 640))
    later = NOW + timedelta(minutes=30)
    quiet, burst = poll(usual, later), poll(usual, later, every(1, 25, until=later))
    assert wait_min(burst, later) < wait_min(quiet, later) / 2
    tomorrow = later + timedelta(days=1)
    assert wait_min(poll(burst, tomorrow), tomorrow) > wait_min(poll(quiet, tomorrow), tomorrow) / 1.5


def test_a_feed_without_dates_is_learned_from_when_its_links_come_up() -> None:
    state, now = NEVER_ASKED, NOW
    for _ in range(40):
        now += timedelta(minutes=30)
        state = poll(state, now, new=15)
    assert wait_min(state, now) < 15


@pytest.mark.parametrize("shift_h", [-10, 10])
def test_a_wrong_clock_does_not_hide_the_rate(shift_h: int) -> None:
    state, now = NEVER_ASKED, NOW
    for _ in range(100):
        now += timedelta(minutes=15)
        state = poll(state, now, [date + timedelta(hours=shift_h) for date in every(3, 5, until=now)])
    assert wait_min(state, now) < 20


def test_only_as_many_dates_count_as_links_are_new() -> None:
    state = poll(NEVER_ASKED, NOW, every(60, 30))
    later = NOW + timedelta(minutes=30)
    listed = every(1, 25, until=later)
    assert wait_min(poll(state, later, listed, new=1), later) > wait_min(poll(state, later, listed, new=25), later)


def test_days_without_a_poll_are_not_taken_for_silence() -> None:
    busy = poll(NEVER_ASKED, NOW, every(2, 50))
    later = NOW + timedelta(days=5)
    assert wait_min(poll(busy, later, every(2, 50, until=later)), later) < 20


def test_failures_are_asked_again_after_twice_as_long_up_to_a_day_and_forgotten_after_a_success() -> None:
    state, waits = NEVER_ASKED, []
    for _ in range(40):
        state = schedule.after_failure(state, retry_after=None, now=NOW, options=OPTIONS, every_min=None)
        waits.append(wait_min(state, NOW))
    assert waits[:4] == [15, 30, 60, 120] and waits[-1] == 1440
    assert poll(state, NOW).failures == 0


def test_retry_after_is_obeyed_up_to_a_week() -> None:
    for asked_h, obeyed_h in ((6, 6), (10_000, 7 * 24), (0, 0.25)):
        state = schedule.after_failure(
            NEVER_ASKED, retry_after=NOW + timedelta(hours=asked_h), now=NOW, options=OPTIONS, every_min=None
        )
        assert wait_min(state, NOW) == obeyed_h * 60


def test_a_sitemap_is_asked_when_its_index_says_that_it_changed_and_once_a_day() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    state = SourceState(name="s", url="https://a.example/s.xml", last_success=NOW)
    assert schedule.may_have_changed(NEVER_ASKED, NOW - 99 * day, NOW)
    assert schedule.may_have_changed(state, None, NOW + hour)
    assert schedule.may_have_changed(state, NOW + hour, NOW + 2 * hour)
    assert not schedule.may_have_changed(state, NOW - hour, NOW + 2 * hour)
    assert schedule.may_have_changed(state, NOW.replace(hour=0), NOW + 2 * hour), "a day holds until its end"
    assert schedule.may_have_changed(state, NOW - hour, NOW + day)


@pytest.mark.parametrize("stored", [{}, {"version": 99}, {"until": "x"}, {"until": 1.0, "slots": [1.0]}, {"a": None}])
def test_a_rhythm_that_is_not_understood_is_learned_anew(stored: dict[str, object]) -> None:
    assert rhythm.load(stored) is None
    state = SourceState(name="a", url="https://a.example/rss", rhythm=stored)
    assert rhythm.load(poll(state, NOW).rhythm) is not None


Dates = st.lists(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))
Polls = st.lists(st.tuples(Dates, st.integers(0, 10_000), st.timedeltas(timedelta(days=-400), timedelta(days=400))))


@settings(max_examples=at_most(25))  # a first look counts the minutes of up to 60 days
@given(Polls, st.none() | st.floats(0, 1e12))
def test_whatever_a_source_says_the_next_poll_is_within_bounds_and_the_rhythm_small_json(
    polls: list[tuple[list[datetime], int, timedelta]], max_age_s: float | None
) -> None:
    state, now = NEVER_ASKED, NOW
    for dates, new, step in polls:
        now += step
        state = poll(state, now, dates, new=new, max_age_s=max_age_s)
        assert OPTIONS.poll_least_min <= wait_min(state, now) <= OPTIONS.poll_most_min
        written = json.dumps(state.rhythm, allow_nan=False)
        assert len(written) < 3000 and rhythm.load(json.loads(written)) is not None


def test_a_date_that_lies_in_the_future_or_at_the_end_of_time_is_none() -> None:
    state = replace(NEVER_ASKED, last_success=NOW - timedelta(hours=1))
    for date in (datetime.max.replace(tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), NOW + timedelta(days=3)):
        assert schedule.may_have_changed(state, date, NOW)
    assert not schedule.may_have_changed(state, datetime.min.replace(tzinfo=UTC), NOW)


def test_what_a_clock_wrote_that_was_years_ahead_holds_nobody_up() -> None:
    ahead = NOW + timedelta(days=3650)
    state = replace(NEVER_ASKED, last_fetched=ahead, next_due=ahead + timedelta(hours=1))
    assert schedule.is_due(state, NOW)
