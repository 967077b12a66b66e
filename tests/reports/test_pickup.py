"""How fast clusters grew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.reports.pickup import MARKS, MOST_CURVES, curves
from tests.reports.rows import NOW, cluster, member


def test_copies_are_counted_by_the_time_since_the_first() -> None:
    (curve,) = curves([cluster(member(1), member(2), member(13), member(200))], NOW)
    assert dict(zip(MARKS, curve.counts, strict=True)) == {
        timedelta(hours=1): 1,
        timedelta(hours=3): 2,
        timedelta(hours=6): 2,
        timedelta(hours=12): 2,
        timedelta(days=1): 3,
        timedelta(days=2): 3,
        timedelta(days=7): 3,
        timedelta(days=30): 4,
    }
    assert (curve.later, curve.undated, curve.by_publication) == (0, 0, True)


def test_what_came_later_or_has_no_date_is_counted_apart() -> None:
    late = member(2, date_published=datetime(2026, 3, 1, tzinfo=UTC) - timedelta(days=400))
    (curve,) = curves([cluster(member(1), late, member(3, date_published=None))], NOW)
    assert (curve.counts[-1], curve.later, curve.undated) == (0, 2, 1)


def test_the_largest_clusters_are_followed() -> None:
    rows = [cluster(*(member(100 * size + number) for number in range(size))) for size in range(1, 9)]
    assert [len(curve.cluster.members) for curve in curves(rows, NOW)] == [9, 8, 7, 6, 5, 4]
    assert len(curves(rows, NOW)) == MOST_CURVES
