"""How many articles came each day, canonical ones and copies. Pure; all days are of UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crawler.reports.timeline import CLOCK_ERROR
from storage.types import DayCount

MOST_DAYS = 62  # two months: more bars are too narrow for a phone


@dataclass(frozen=True, slots=True)
class Day:
    """The articles of one day."""

    day: date
    canonical: int
    copies: int


@dataclass(frozen=True, slots=True)
class Volume:
    """All articles that were found; those of ``days``, which have no gaps, and how many are of ``other_days``."""

    canonical: int
    copies: int
    days: tuple[Day, ...]
    other_days: int

    @property
    def articles(self) -> int:
        """Give the number of all articles."""
        return self.canonical + self.copies


def volume(
    articles: Sequence[DayCount],
    canonical: Sequence[DayCount],
    *,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
) -> Volume:
    """Put together the last days, at most MOST_DAYS; a day in the future is a wrong date.

    Args:
        articles, canonical: counts by day of all, and of those that are no copies.
    """
    total, originals = ({each.day: each.count for each in counts} for counts in (articles, canonical))
    span = _span([*total], since, until, now)
    days = tuple(Day(day, originals.get(day, 0), total.get(day, 0) - originals.get(day, 0)) for day in span)
    count, kept = sum(total.values()), sum(originals.values())
    return Volume(kept, count - kept, days, count - sum(day.canonical + day.copies for day in days))


def _span(found: Sequence[date], since: datetime | None, until: datetime | None, now: datetime) -> list[date]:
    """List the days to show: those that were asked for, where dates were, else from the first found to the last."""
    past = [day for day in found if day <= (now + CLOCK_ERROR).date()]
    first = since.date() if since else min(past, default=now.date())
    last = max(past, default=first)
    if until:
        last = min((until - timedelta.resolution).date(), max(last, now.date()))
    length = min((last - first).days + 1, MOST_DAYS)
    return [last - timedelta(days=back) for back in reversed(range(length))]
