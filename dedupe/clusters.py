"""Edges to clusters: a partition in which members agree by majority, a function of the edges alone.

Connected components would chain: a and c end up together because each shares something with b. Here two groups are
merged, strongest edge first, only when at least half of the pairs between them are joined by an edge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAJORITY = 0.5


@dataclass(frozen=True, slots=True)
class Join:
    """A joining edge: ``strength`` in 0..1, between two article ids, a < b."""

    strength: float
    a: int
    b: int


def partition(articles: Iterable[int], joins: Sequence[Join]) -> list[tuple[int, ...]]:
    """Return the clusters of ``articles``, each sorted, ordered by their smallest member.

    Depends only on the sets of articles and joins, not on their order; every article is in exactly one cluster.
    """
    group = {article: article for article in articles}
    members = {article: [article] for article in group}
    linked = _neighbours(joins)
    for join in sorted(joins, key=lambda j: (-j.strength, j.a, j.b)):
        x, y = group[join.a], group[join.b]
        if x != y and _agree(members[x], members[y], linked):
            keep, gone = min(x, y), max(x, y)
            for article in members[gone]:
                group[article] = keep
            members[keep] += members.pop(gone)
    return sorted(tuple(sorted(cluster)) for cluster in members.values())


def _neighbours(joins: Sequence[Join]) -> dict[int, set[int]]:
    linked: dict[int, set[int]] = defaultdict(set)
    for join in joins:
        linked[join.a].add(join.b)
        linked[join.b].add(join.a)
    return linked


def _agree(x: list[int], y: list[int], linked: dict[int, set[int]]) -> bool:
    """Say whether at least half of the pairs between two groups are joined."""
    few, many = (x, y) if len(x) <= len(y) else (y, x)
    others = set(many)
    joined = sum(len(linked[article] & others) for article in few)
    return joined >= MAJORITY * len(x) * len(y)
