"""Counts of days put together into periods, without gaps. Pure; all days and periods are of UTC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from storage.types import DayCount

MOST_PERIODS = 10_000  # one article dated to the year 1 shall not make a row for each day since


class Period(StrEnum):
    """What is counted together; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def start(self, day: date) -> date:
        """Give the first day of the period that a day is in.

        >>> print(Period.WEEK.start(date(2026, 3, 1)), Period.MONTH.start(date(2026, 3, 9)))
        2026-02-23 2026-03-01
        """
        if self is Period.MONTH:
            return day.replace(day=1)
        return day - timedelta(days=min(day.weekday(), day.toordinal() - 1) if self is Period.WEEK else 0)

    def after(self, start: date) -> date:
        """Give the first day of the next period."""
        if self is Period.MONTH:
            return (start + timedelta(days=31)).replace(day=1)
        return start + timedelta(days=7 if self is Period.WEEK else 1)


@dataclass(frozen=True, slots=True)
class Point:
    """So many in the period that begins on ``start``, of one source or (None) of all."""

    start: date
    source: str | None
    count: int


class TooLong(ValueError):
    """There are more than MOST_PERIODS from the first to the last day."""


def points(days: Sequence[DayCount], period: Period, since: datetime | None, until: datetime | None) -> list[Point]:
    """Count by period and source, with zeros, from ``since`` or the first day found to ``until`` or the last.

    Raises TooLong.
    """
    starts = list(_starts(days, period, since, until))
    counts: dict[tuple[date, str | None], int] = {}
    for each in days:
        key = period.start(each.day), each.source
        counts[key] = counts.get(key, 0) + each.count
    sources = sorted({each.source for each in days}, key=str) or [None]
    return [Point(start, source, counts.get((start, source), 0)) for start in starts for source in sources]


def _starts(days: Sequence[DayCount], period: Period, since: datetime | None, until: datetime | None) -> Iterator[date]:
    found = [each.day for each in days]
    first = since.date() if since else min(found, default=None)
    last = (until - timedelta.resolution).date() if until else max(found, default=first)
    if first is None or last is None:
        return
    start = period.start(first)
    for number in range((last - start).days + 1):
        if start > last:
            return
        if number == MOST_PERIODS:
            raise TooLong(f"more than {MOST_PERIODS:,} periods from {first} to {last}")
        yield start
        start = period.after(start)
