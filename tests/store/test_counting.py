"""Counts by day, with and without copies, of whose text is run by whom, and the clusters found; on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from storage import finding
from storage.queries import Queries
from storage.store import Store
from storage.types import ArticleQuery, Counted, Reuse, Role
from tests.store.build import DAY, NOON, a_cluster, an_article, judge, put


@pytest.fixture
def filled(store: Store, queries: Queries) -> Queries:
    """Give a cluster whose canonical article is the second of three days, a lone article, and one not judged."""
    for number, (source, day) in enumerate([("wire", 0), ("daily", 1), ("daily", 2), ("wire", 2), ("daily", 2)], 1):
        text = "ferry" if number != 1 else "boat"
        put(store, an_article(number, source=source, date_published=NOON + day * DAY, article_body=text))
    judge(store, [a_cluster(1, 2, 3, canonical=2), a_cluster(4)])
    return queries


def counts(queries: Queries, counted: Counted, **asked: Any) -> dict[int, int]:
    """Count by day of March 2026."""
    found = queries.trend(ArticleQuery(**asked), counted)
    assert {each.source for each in found} <= {None} and {each.day.month for each in found} <= {3}
    return {each.day.day: each.count for each in found}


@pytest.mark.parametrize(
    ("counted", "asked", "expected"),
    [
        (Counted.COPIES, {}, {1: 1, 2: 1, 3: 3}),
        (Counted.CANONICAL, {}, {2: 1, 3: 2}),
        (Counted.ORIGINALS, {}, {1: 1, 3: 2}),
        (Counted.COPIES, {"words": "ferry"}, {2: 1, 3: 3}),
        (Counted.ORIGINALS, {"words": "ferry"}, {1: 1, 3: 2}),
        (Counted.ORIGINALS, {"words": "ferry", "since": NOON + DAY}, {3: 2}),
        (Counted.ORIGINALS, {"until": NOON + DAY}, {1: 1}),
        (Counted.CANONICAL, {"source": "daily"}, {2: 1, 3: 1}),
        (Counted.COPIES, {"words": "-ferry"}, {1: 1}),
        (Counted.COPIES, {"min_size": 2}, {1: 1, 2: 1, 3: 1}),
        (Counted.COPIES, {"words": "nothing"}, {}),
    ],
)
def test_articles_are_counted_by_day(
    filled: Queries, counted: Counted, asked: dict[str, Any], expected: dict[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert counts(filled, counted, **asked) == expected
    monkeypatch.setattr(finding, "_MANY_HITS", 1)
    assert counts(filled, counted, **asked) == expected


def test_a_cluster_counts_for_the_source_that_had_it_first(filled: Queries) -> None:
    found = filled.trend(ArticleQuery(words="ferry"), Counted.ORIGINALS, by_source=True)
    assert [(each.day, each.source, each.count) for each in found] == [
        (date(2026, 3, 1), "wire", 1),
        (date(2026, 3, 3), "daily", 1),
        (date(2026, 3, 3), "wire", 1),
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [Reuse("daily", "daily", 1), Reuse("wire", "daily", 1)]),
        ({"role": Role.CANONICAL}, [Reuse("daily", "daily", 1), Reuse("wire", "daily", 1)]),
        ({"words": "boat"}, [Reuse("wire", "daily", 1)]),
        ({"since": NOON + 2 * DAY}, [Reuse("daily", "daily", 1)]),
    ],
)
def test_copies_are_counted_by_whose_text_they_are(
    filled: Queries, asked: dict[str, Any], expected: list[Reuse]
) -> None:
    assert filled.reuse(ArticleQuery(**asked)) == expected


@pytest.mark.parametrize(("asked", "expected"), [({}, 3), ({"words": "boat"}, 3), ({"source": "wire"}, 3)])
def test_clusters_of_which_any_member_is_found_are_read_whole(
    filled: Queries, asked: dict[str, Any], expected: int
) -> None:
    assert [len(row.members) for row in filled.clusters_found(ArticleQuery(**asked))] == [expected]


def test_clusters_of_one_or_of_others_are_not_found(filled: Queries) -> None:
    assert [*filled.clusters_found(ArticleQuery(since=NOON + 3 * DAY))] == []
