from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources.dates import from_feed

TEN = datetime(2016, 11, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 01 Nov 2016 10:00:00 GMT",
        "Tue, 01 Nov 2016 10:00:00 +0000",
        "Tue, 01 Nov 2016 10:00:00 Z",
        "Tue, 01 Nov 2016 05:00:00 EST",
        "Tue, 01 Nov 2016 03:00:00 PDT",
        "Tue, 01 Nov 2016 11:00:00 CET",
        "Tue, 01 Nov 2016 11:00:00 GMT+1",
        "Tue, 01 Nov 2016 15:30:00 +05:30",
        "Tue, 1 Nov 16 10:00 UT",
        "1 Nov 2016 10:00:00",
        "Tuesday, 01-Nov-16 10:00:00 GMT",
        "Tue, 1 November 2016 10:00 AM +0000",
        "mar., 01 nov 2016 10:00:00 +0000",
        "Tue Nov  1 10:00:00 2016",
        "Tue Nov 01 05:00:00 EST 2016",
        "November 1st, 2016 at 10:00 am",
        "Tuesday, November 1, 2016 - 10:00",
        "2016-11-01T10:00:00Z",
        "2016-11-01T10:00Z",
        "2016-11-01t10:00:00.123456789z",
        "2016-11-01 10:00:00 UTC",
        "2016-11-01T11:00:00 +01:00",
        "2016-11-01T05:00:00-0500",
        "2016-11-1 10:00",
        "2016/11/01 10:00:00",
        "20161101T100000Z",
        "20161101100000",
        " 2016-11-01\n10:00:00 ",
    ],
)
def test_every_common_spelling_is_read(text: str) -> None:
    assert from_feed(text) == TEN


@pytest.mark.parametrize("text", ["2016-11-01", "20161101", "1 Nov 2016", "Tue, 01 Nov 2016", "Nov 1, 2016", "2016-11"])
def test_a_date_without_time_is_its_first_moment(text: str) -> None:
    assert from_feed(text) == datetime(2016, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Sat, 31 Dec 2016 23:59:60 GMT", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31T24:00:00Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("31 Dec 99 12:00 PM", datetime(1999, 12, 31, 12, tzinfo=UTC)),
        ("31 Dec 99 12:00 AM", datetime(1999, 12, 31, tzinfo=UTC)),
    ],
)
def test_hours_and_years_turn_over(text: str, date: datetime) -> None:
    assert from_feed(text) == date


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "yesterday", "01/02/2016", "2016", "30 Feb 2016", "2016-13-01", "1 Foo 2016", "10:00", "9" * 200),
        *("2016-11-01T99:99Z", "1478000000", "0000-00-00T00:00:00Z", "0001-01-01T00:00:00+23:00"),
    ],
)
def test_what_cannot_be_read_one_way_is_no_date(text: str | None) -> None:
    assert from_feed(text) is None


@given(st.text(alphabet="0123456789 :-/+.,TZamp NovemberEST", max_size=60) | st.text(max_size=60))
def test_whatever_is_written_is_a_date_or_none(text: str) -> None:
    date = from_feed(text)
    assert date is None or date.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)))
def test_what_python_writes_is_read_back(date: datetime) -> None:
    date = date.replace(microsecond=0)
    spellings = ("%a, %d %b %Y %H:%M:%S GMT", "%Y-%m-%dT%H:%M:%SZ", "%c", "%B %d, %Y %I:%M:%S %p")
    assert {from_feed(date.strftime(spelling)) for spelling in spellings} == {date}
