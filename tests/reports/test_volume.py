"""Articles by day: days without gaps, and nothing lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.reports.volume import MOST_DAYS, Day, Volume, volume
from storage.types import DayCount
from tests.reports.rows import NOW

MARCH = date(2026, 3, 1)


def of(
    articles: dict[date, int],
    canonical: dict[date, int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Volume:
    counts = [[DayCount(day, None, count) for day, count in (each or {}).items()] for each in (articles, canonical)]
    return volume(counts[0], counts[1], since=since, until=until, now=NOW)


def test_what_is_not_canonical_is_a_copy() -> None:
    found = of({MARCH: 5, date(2026, 3, 3): 2}, {MARCH: 3})
    assert found.days == (Day(MARCH, 3, 2), Day(date(2026, 3, 2), 0, 0), Day(date(2026, 3, 3), 0, 2))
    assert (found.articles, found.canonical, found.copies) == (7, 3, 4)


def test_the_span_that_was_asked_for_is_covered() -> None:
    since, until = datetime(2026, 2, 28, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    assert [day.day.day for day in of({MARCH: 1}, since=since, until=until).days] == [28, 1, 2]


def test_a_span_ends_now() -> None:
    found = of({date(2026, 3, 20): 1}, since=datetime(2026, 3, 19, tzinfo=UTC), until=NOW + timedelta(days=400))
    assert [day.day.day for day in found.days] == [19, 20]


def test_wrong_dates_stretch_nothing_and_are_counted() -> None:
    found = of({date.min: 1, MARCH: 2, date.max: 4})
    assert len(found.days) == MOST_DAYS
    assert (found.days[-1], found.other_days) == (Day(MARCH, 0, 2), 5)


@given(st.dictionaries(st.dates(), st.integers(1, 9)))
def test_every_article_is_of_a_shown_day_or_of_another(articles: dict[date, int]) -> None:
    found = of(articles)
    assert sum(day.canonical + day.copies for day in found.days) + found.other_days == sum(articles.values())
