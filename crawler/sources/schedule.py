"""When a source is asked again. Pure: ``now`` is handed in, the state is a value.

A source is due when the articles that it is expected to have published since it was last asked have together waited
``poll_patience_min`` minutes. For a steady rate that is the least waiting for a given number of requests: an interval
that goes with one by the square root of the rate (Sia, Cho and Cho: Efficient Monitoring Algorithm for Fast News
Alerts, 2007). What is expected is learned: see ``crawler.sources.rhythm``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.config import CrawlOptions
from crawler.sources import rhythm
from crawler.sources.rhythm import DAY_MIN, Rhythm
from storage.types import SourceState

_EARLY = timedelta(minutes=1)
"""Cron starts a run some seconds sooner or later than the last; without it, every other run would find nothing due."""
_MAX_AGE_S = 3600.0
_RETRY_MIN = 15.0
_LONGEST_BLOCK = timedelta(days=7)
_UNWATCHED_MIN = 2.0 * DAY_MIN
_LASTMOD_HOLDS = timedelta(days=1)


def is_due(state: SourceState | None, now: datetime) -> bool:
    """Return whether to ask a source now; what a clock wrote that was ahead and has been set back does not hold."""
    if state is None or state.next_due is None or state.next_due <= now + _EARLY:
        return True
    return state.last_fetched is not None and state.last_fetched > now + _EARLY


def after_poll(
    state: SourceState,
    *,
    dates: Sequence[datetime],
    new: int,
    max_age_s: float | None,
    now: datetime,
    options: CrawlOptions,
    every_min: float | None,
) -> SourceState:
    """Decide when to ask again a source that has answered.

    Args:
        dates: publication dates of the new links, at the first poll of all; later only the latest ``new`` count.
        new: how many of the links it lists were not known.
        max_age_s: what Cache-Control says; believed up to an hour.
        every_min: the source's fixed interval, which goes before all that is learned.
    """
    learned = _learn(rhythm.load(state.rhythm), now, dates, new)
    wait_min = every_min or _wait_min(learned, max_age_s, options)
    return replace(
        state,
        failures=0,
        next_due=now + timedelta(minutes=wait_min),
        rhythm=rhythm.dump(learned),
    )


def _learn(before: Rhythm | None, now: datetime, dates: Sequence[datetime], new: int) -> Rhythm:
    """Add what a poll showed. A date outside the time since the last poll says nothing of when the link came up."""
    now_min, listed_min = _minutes(now), [_minutes(date) for date in sorted(dates)]
    if before is None:
        return rhythm.begin(now_min, listed_min)
    dated = [date for date in listed_min[-new:] if before.until < date <= now_min] if new else []
    if dated and now_min - before.until > _UNWATCHED_MIN:
        # After days without a poll, as many articles may have fallen off the list as are on it.
        before = replace(before, until=dated[0])
    return rhythm.learn(before, now_min, dated, new - len(dated))


def _wait_min(learned: Rhythm, max_age_s: float | None, options: CrawlOptions) -> float:
    wait_min = rhythm.patience_lasts(learned, options.poll_patience_min, options.poll_most_min)
    least_min = max(options.poll_least_min, min(max_age_s or 0.0, _MAX_AGE_S) / 60)
    return max(wait_min, least_min)


def after_failure(
    state: SourceState,
    *,
    retry_after: datetime | None,
    now: datetime,
    options: CrawlOptions,
    every_min: float | None,
) -> SourceState:
    """Decide when to ask again a source that could not be read: each time in a row after twice as long, up to a day."""
    failures = state.failures + 1
    first_min = max(_RETRY_MIN, options.poll_least_min, every_min or 0.0)
    wait = timedelta(minutes=min(first_min * 2.0 ** min(failures - 1, 20), max(DAY_MIN, first_min)))
    next_due = now + wait
    if retry_after is not None:
        next_due = max(next_due, min(retry_after, now + _LONGEST_BLOCK))
    return replace(state, failures=failures, next_due=next_due)


def may_have_changed(state: SourceState, date_modified: datetime | None, now: datetime) -> bool:
    """Return whether to ask for a sitemap of which an index says when it was modified.

    It is asked once a day in any case: some indexes give a date that never moves. One in the future is a wrong one.
    """
    if state.last_success is None or now - state.last_success >= _LASTMOD_HOLDS:
        return True
    if date_modified is None or date_modified > now:
        return True
    day_only = date_modified.time() == datetime.min.time()
    return date_modified > state.last_success - timedelta(days=1 if day_only else 0)


def _minutes(time: datetime) -> float:
    return time.timestamp() / 60
