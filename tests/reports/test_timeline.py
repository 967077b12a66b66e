"""Who carried an article when."""

from __future__ import annotations

from datetime import timedelta

from crawler.reports.timeline import carried, timeline
from tests.reports.rows import NOW, member


def test_members_stand_in_order_between_the_first_and_the_last() -> None:
    line = timeline([member(3), member(1), member(2)], NOW)
    assert [(stop.member.id, stop.place, stop.lag) for stop in line.stops] == [
        (1, 0.0, ""),
        (2, 50.0, "1 h later"),
        (3, 100.0, "2 h later"),
    ]


def test_members_without_a_date_come_last_and_have_no_place() -> None:
    line = timeline([member(1, date_published=None), member(2)], NOW)
    assert [(stop.member.id, stop.place) for stop in line.stops] == [(2, 0.0), (1, None)]
    assert line.by_publication


def test_first_sight_counts_when_nobody_has_a_date() -> None:
    line = timeline([member(1, date_published=None), member(2, date_published=None)], NOW)
    assert [stop.place for stop in line.stops] == [0.0, 100.0]
    assert not line.by_publication


def test_a_date_in_the_future_is_no_date() -> None:
    liar = member(2, date_published=NOW + timedelta(days=9_000))
    assert carried(liar, NOW) == liar.date_first_seen
    assert timeline([member(1), liar], NOW).stops[1].place is None


def test_copies_of_one_moment_share_a_place() -> None:
    same = member(1).date_published
    assert [stop.place for stop in timeline([member(1), member(2, date_published=same)], NOW).stops] == [0.0, 0.0]
