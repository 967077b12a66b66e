"""What is worth a look comes first, and what is settled not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from crawler.web.looks import Look, closeness, looks
from dedupe.thresholds import DEFAULT
from storage.types import ClusterRow, Decision, DecisionKind, Edge
from tests.reports.rows import NOW, cluster, edge, member

_OLD = NOW - timedelta(days=400)


def _edge(a: int, b: int, containment: float, *, joins: bool = True) -> Edge:
    return replace(edge(a, b, joins=joins), containment=containment)


def _found(edges: list[Edge], clusters: list[ClusterRow], **since: Any) -> list[Look]:
    by_article = {each.id: row for row in clusters for each in row.members}
    known = {"outlet0.example": _OLD, **since}
    return looks(edges, by_article, since=known, thresholds=DEFAULT, now=NOW)


def _pairs(found: list[Look]) -> list[tuple[int, int]]:
    return [(look.a.id, look.b.id) for look in found]


def _alone(number: int) -> ClusterRow:
    row = member(number)
    return ClusterRow(id=number, canonical=row, canonical_reason="only copy", members=(row,))


def _decided(row: ClusterRow, kind: DecisionKind, a: int, b: int) -> ClusterRow:
    said = Decision(kind=kind, decided_by="kim", decided_at=NOW, article_a=a, article_b=b)
    return replace(row, decisions=(said,))


def test_what_is_closer_to_a_threshold_is_worth_more() -> None:
    edges = [_edge(1, 2, 0.45, joins=False), _edge(3, 4, 0.27, joins=False), _edge(5, 6, 0.22, joins=False)]
    found = _found(edges, [_alone(number) for number in range(1, 7)])
    assert _pairs(found) == [(3, 4), (5, 6)]
    assert "27 % of the shorter text is shared, and the two were not joined" in found[0].reasons[0].text
    assert closeness(edges[1], DEFAULT) > closeness(edges[2], DEFAULT) > closeness(edges[0], DEFAULT) == 0


def test_what_many_articles_depend_on_is_worth_more() -> None:
    small, large = cluster(member(2)), cluster(*(member(number) for number in range(11, 17)))
    found = _found([_edge(1, 2, 0.79), _edge(10, 11, 0.79)], [small, large])
    assert _pairs(found) == [(10, 11), (1, 2)]
    assert found[0].is_joined


def test_a_new_source_is_a_reason_only_beside_old_ones() -> None:
    new = {"outlet2.example": NOW - timedelta(days=2)}
    [look] = _found([_edge(1, 2, 0.7, joins=False)], [_alone(1), _alone(2)], **new)
    assert [reason.text for reason in look.reasons] == [
        "Borderline: 70 % of the shorter text is shared, and the two were not joined.",
        "New source: outlet2.example, since 2026-03-18.",
    ]
    [look] = _found([_edge(1, 2, 0.7, joins=False)], [_alone(1), _alone(2)], **new, **{"outlet0.example": NOW})
    assert len(look.reasons) == 1


def test_a_cluster_and_two_that_are_kept_apart_are_shown_once_by_the_least_sure_pair() -> None:
    row = cluster(member(2), member(3))
    edges = [_edge(1, 2, 0.70), _edge(1, 3, 0.79), _edge(2, 9, 0.2, joins=False), _edge(1, 9, 0.26, joins=False)]
    assert {*_pairs(_found(edges, [row, _alone(9)]))} == {(1, 3), (1, 9)}


def test_a_pair_that_was_decided_does_not_come_back() -> None:
    row = cluster(member(2))
    assert _found([_edge(1, 2, 0.79)], [_decided(row, DecisionKind.SAME, 1, 2)]) == []
    apart = [_decided(_alone(1), DecisionKind.DIFFERENT, 1, 2), _alone(2)]
    assert _found([_edge(1, 2, 0.79)], apart) == []


def test_clusters_that_were_kept_apart_do_not_come_back_by_other_members() -> None:
    row = _decided(cluster(member(2)), DecisionKind.DIFFERENT, 1, 9)
    assert _found([_edge(2, 9, 0.27, joins=False)], [row, _alone(9)]) == []
    assert _pairs(_found([_edge(2, 8, 0.27, joins=False)], [row, _alone(8)])) == [(2, 8)]


def test_a_cluster_that_was_looked_into_comes_back_only_with_another_borderline_pair() -> None:
    row = _decided(cluster(*(member(number) for number in range(2, 6))), DecisionKind.SAME, 1, 2)
    assert _found([_edge(1, 3, 0.95)], [row]) == []
    assert _pairs(_found([_edge(1, 3, 0.78)], [row])) == [(1, 3)]


def test_what_an_ignored_source_has_needs_no_look() -> None:
    ignored = Decision(kind=DecisionKind.IGNORE_SOURCE, source="outlet1.example", decided_by="kim", decided_at=NOW)
    assert _found([_edge(1, 2, 0.27, joins=False)], [replace(_alone(1), decisions=(ignored,)), _alone(2)]) == []


def test_edges_of_articles_that_are_gone_are_left_out() -> None:
    assert _found([_edge(1, 2, 0.27)], [_alone(1)]) == []
