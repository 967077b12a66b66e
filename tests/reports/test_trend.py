"""Periods without gaps, and their picture."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reports import trend
from crawler.reports.plot import draw
from crawler.reports.trend import Period, Point, TooLong, points
from storage.types import DayCount

MARCH = date(2026, 3, 1)


def test_days_without_any_are_zeros() -> None:
    days = [DayCount(MARCH, None, 2), DayCount(date(2026, 3, 3), None, 1)]
    assert [point.count for point in points(days, Period.DAY, None, None)] == [2, 0, 1]


def test_the_dates_that_were_asked_for_are_covered() -> None:
    since, until = datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    found = points([DayCount(MARCH, None, 2)], Period.DAY, since, until)
    assert [(point.start.day, point.count) for point in found] == [(28, 0), (1, 2), (2, 0)]
    assert points([], Period.WEEK, None, None) == []


def test_weeks_begin_on_monday_and_months_on_their_first() -> None:
    days = [DayCount(MARCH, "a", 2), DayCount(date(2026, 3, 2), "b", 1)]
    assert points(days, Period.WEEK, None, None) == [
        Point(date(2026, 2, 23), "a", 2),
        Point(date(2026, 2, 23), "b", 0),
        Point(date(2026, 3, 2), "a", 0),
        Point(date(2026, 3, 2), "b", 1),
    ]
    assert [point.count for point in points(days, Period.MONTH, None, None)] == [2, 1]


def test_a_date_of_long_ago_does_not_make_a_row_for_each_day_since() -> None:
    days = [DayCount(date.min, None, 1), DayCount(MARCH, None, 1)]
    with pytest.raises(TooLong, match=f"{trend.MOST_PERIODS:,} periods from 0001-01-01 to 2026-03-01"):
        points(days, Period.DAY, None, None)


@given(st.lists(st.dates(MARCH, date(2027, 3, 1))), st.sampled_from(Period))
def test_nothing_is_lost_or_doubled(found: list[date], period: Period) -> None:
    made = points([DayCount(day, None, 1) for day in found], period, None, None)
    assert sum(point.count for point in made) == len(found)
    assert [period.start(point.start) for point in made] == sorted({point.start for point in made})


def picture(kind: str, source: str | None = "$\\frac{") -> bytes:
    """Draw two points of one source."""
    file = io.BytesIO()
    draw([Point(MARCH, source, 1), Point(date(2026, 3, 2), source, 2)], "$x^ <b>\x1b", file, kind)
    return file.getvalue()


def test_the_same_points_give_the_same_svg_with_hostile_names_as_text() -> None:
    svg = picture("svg")
    assert svg == picture("svg")
    assert b"$x^ &lt;b&gt;" in svg and b"\x1b" not in svg and b"$\\frac{" in svg


def test_a_png_is_one() -> None:
    assert picture("png", None).startswith(b"\x89PNG")
