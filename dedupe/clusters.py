"""Edges and people's decisions to clusters: a partition in which members agree by majority.

Connected components would chain: a and c end up together because each shares something with b. Here two groups are
merged, strongest edge first, only when at least half of the pairs between them are joined by an edge. What people have
decided holds whatever the edges say: articles that belong together are merged first, and no merge brings together what
is to stay apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

MAJORITY = 0.5


@dataclass(frozen=True, slots=True)
class Join:
    """A joining edge: ``strength`` in 0..1, between two article ids, a < b."""

    strength: float
    a: int
    b: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word that two articles belong together, or that they do not. A later one has a larger ``number``."""

    number: int
    a: int
    b: int
    together: bool


def partition(
    articles: Iterable[int], joins: Iterable[Join], decisions: Iterable[Decision] = ()
) -> list[tuple[int, ...]]:
    """Return the clusters of ``articles``, each sorted, ordered by their smallest member.

    Depends only on the sets of articles, joins and decisions, not on their order; every article is in exactly one
    cluster. Every decision holds that `overruled` does not name; those on other articles are left aside.

    Args:
        joins: both ends of each must be among ``articles``.
    """
    groups = _Groups(articles)
    groups.obey(decisions)
    strengths = _strengths(joins)
    groups.link(strengths)
    for _, a, b in sorted((-strength, a, b) for (a, b), strength in strengths.items()):
        groups.merge_if_they_agree(a, b)
    return sorted(tuple(sorted(members)) for members in groups.members.values())


def overruled(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions that cannot hold beside later ones, the latest first.

    Two articles that are together by way of others are together: "1 with 2, 2 with 3, 1 not with 3" is a contradiction.
    """
    known = list(decisions)
    return _Groups({end for decision in known for end in (decision.a, decision.b)}).obey(known)


class _Groups:
    """Articles in groups, and between any two groups how many pairs are joined. A group goes by one of its members."""

    def __init__(self, articles: Iterable[int]) -> None:
        self.of = {article: article for article in articles}
        self.members = {article: [article] for article in self.of}
        self._links: dict[int, dict[int, int]] = defaultdict(dict)
        self._apart: dict[int, set[int]] = defaultdict(set)

    def obey(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Hold the decisions, the latest first; returns those that an earlier one of this order forbids."""
        known = (decision for decision in decisions if decision.a in self.of and decision.b in self.of)
        return [
            decision
            for decision in sorted(known, key=lambda d: (-d.number, d.a, d.b, d.together))
            if not self._holds(decision)
        ]

    def _holds(self, decision: Decision) -> bool:
        x, y = self.of[decision.a], self.of[decision.b]
        if decision.together:
            if y in self._apart[x]:
                return False
            self._merge(x, y)
            return True
        self._apart[x].add(y)
        self._apart[y].add(x)
        return x != y

    def link(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Count the joined pairs between the groups."""
        for a, b in pairs:
            x, y = self.of[a], self.of[b]
            if x != y:
                between = self._links[x].get(y, 0) + 1
                self._links[x][y] = self._links[y][x] = between

    def merge_if_they_agree(self, a: int, b: int) -> None:
        """Merge the groups of two articles if at least half of the pairs between them are joined, and they may be."""
        x, y = self.of[a], self.of[b]
        if x == y or y in self._apart.get(x, ()):
            return
        if self._links[x][y] >= MAJORITY * len(self.members[x]) * len(self.members[y]):
            self._merge(x, y)

    def _merge(self, x: int, y: int) -> None:
        """Make one group of two: what is known of the lesser is added to the greater, so that no step is dear."""
        if x == y:
            return
        keep, gone = (x, y) if self._weight(x) >= self._weight(y) else (y, x)
        for article in self.members[gone]:
            self.of[article] = keep
        self.members[keep] += self.members.pop(gone)
        self._move_links(keep, gone)
        for other in self._apart.pop(gone, ()):
            self._apart[other] = self._apart[other] - {gone} | {keep}
            self._apart[keep].add(other)

    def _weight(self, group: int) -> int:
        return len(self.members[group]) + len(self._links.get(group, ()))

    def _move_links(self, keep: int, gone: int) -> None:
        links = self._links[keep]
        links.pop(gone, None)
        for other, joined in self._links.pop(gone, {}).items():
            if other != keep:
                links[other] = links.get(other, 0) + joined
                theirs = self._links[other]
                del theirs[gone]
                theirs[keep] = links[other]


def _strengths(joins: Iterable[Join]) -> dict[tuple[int, int], float]:
    """Give each joined pair its strength, the greatest where a pair comes more than once."""
    strengths: dict[tuple[int, int], float] = {}
    for join in joins:
        pair = join.a, join.b
        strengths[pair] = max(strengths.get(pair, 0.0), join.strength)
    return strengths
