"""Rows as the store gives them, with as little said as a test needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.types import ClusterRow, Decision, DecisionKind, Edge, MemberRow, Role

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def member(number: int, **fields: Any) -> MemberRow:
    """Make a variant, published ``number`` hours after noon of 1 March."""
    published = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(hours=number)
    row = MemberRow(
        id=number,
        external_id=None,
        url=f"https://outlet{number}.example/bridges",
        source=f"outlet{number}.example",
        headline=f"Both bridges closed, {number}",
        date_published=published,
        date_first_seen=published + timedelta(minutes=5),
        role=Role.VARIANT,
        relation="near-duplicate",
        jaccard=0.9,
        containment=0.95,
        edge_reason="nearly all of the shorter text is in the longer one",
    )
    return replace(row, **fields)


def cluster(*variants: MemberRow, **canonical: Any) -> ClusterRow:
    """Make a cluster whose canonical article has the id before the first variant's."""
    first = variants[0].id - 1
    nothing = {"relation": None, "jaccard": None, "containment": None, "edge_reason": None}
    row = member(first, role=Role.CANONICAL, **nothing | canonical)
    return ClusterRow(id=first, canonical=row, canonical_reason="published first", members=(row, *variants))


def edge(a: int, b: int, *, joins: bool = True) -> Edge:
    """Make an edge."""
    relation = "near-duplicate" if joins else "shared-passage"
    return Edge(
        article_a=a,
        article_b=b,
        relation=relation,
        joins=joins,
        jaccard=0.5,
        containment=0.9,
        reason="nearly all of the shorter text is in the longer one",
        rules_version="test",
    )


def same(a: int, b: int, number: int = 1) -> Decision:
    """Make the decision that two articles are the same."""
    return Decision(
        id=number,
        kind=DecisionKind.SAME,
        url_a=f"https://outlet{a}.example/bridges",
        url_b=f"https://outlet{b}.example/bridges",
        decided_by="desk",
        decided_at=NOW,
        article_a=a,
        article_b=b,
    )
