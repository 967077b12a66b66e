"""Edges and people's decisions to clusters: a partition in which members agree by majority.

Connected components would chain: a and c end up together because each shares something with b. Here two groups are
merged, strongest edge first, only when at least half of the pairs between them are joined by an edge. Where several
are, a doubtful pair, one that shares much and was not joined, counts a little: an abridged copy among a site's own
lines is at times taken for a quotation of the full text, but not of all its versions. An objection, a pair that fills
in one template, takes one join away.

What people have decided holds whatever the edges say: articles that belong together are merged first, and no merge
brings together what is to stay apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import TypeAlias

from dedupe.judge import Relation
from dedupe.postings import MOST_POSTINGS

Pair: TypeAlias = tuple[int, int]

MAJORITY = 0.5
# planted-20k has an adjusted Rand index of 0.984 with doubtful pairs and of 0.975 without; with matching in batches, of
# 0.986 with objections and of 0.983 without. The clusters of newsweb and crossing-outlets are the same. A commentary
# that quotes an article must be joined to three of its copies, and to a quarter of them, to get in as doubtful.
DOUBT = 1 / 3
LEAST_JOINS = 3
DOUBTFUL_SHARE = 0.5


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
    articles: Iterable[int],
    joins: Iterable[Join],
    decisions: Iterable[Decision] = (),
    doubts: Iterable[Pair] = (),
    objections: Iterable[Pair] = (),
) -> list[tuple[int, ...]]:
    """Return the clusters of ``articles``, each sorted, ordered by their smallest member.

    Depends only on the sets it is given, not on their order; every article is in exactly one cluster. Every decision
    holds that `overruled` does not name; those on other articles are left aside.

    Args:
        joins: both ends of each must be among ``articles``.
        doubts: the pairs (a, b), a < b, of which `is_doubtful` holds; both must be among ``articles``.
        objections: in the same way, the pairs of which `is_objection` holds.
    """
    groups = _Groups(articles)
    groups.obey(decisions)
    strengths = _strengths(joins)
    groups.link(strengths, doubts, objections)
    for _, a, b in sorted((-strength, a, b) for (a, b), strength in strengths.items()):
        groups.merge_if_they_agree(a, b)
    return sorted(tuple(sorted(members)) for members in groups.members.values())


def overruled(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions that cannot hold beside later ones, the latest first.

    Two articles that are together by way of others are together: "1 with 2, 2 with 3, 1 not with 3" is a contradiction.
    """
    known = list(decisions)
    return _Groups({end for decision in known for end in (decision.a, decision.b)}).obey(known)


def contradiction(decisions: Iterable[Decision]) -> list[Decision]:
    """Return decisions that cannot all hold, no more than it takes for that; none if all of them can."""
    needed = list(decisions)
    if not overruled(needed):
        return []
    for decision in tuple(needed):
        others = [other for other in needed if other is not decision]
        if overruled(others):
            needed = others
    return needed


def is_doubtful(relation: str, containment: float) -> bool:
    """Say whether an edge that does not join shares so much that it may be a copy nevertheless."""
    return relation == Relation.BLOCK_QUOTE and containment >= DOUBTFUL_SHARE


def is_objection(relation: str) -> bool:
    """Say whether an edge speaks against a shared cluster."""
    return relation == Relation.TEMPLATE


@dataclass(frozen=True, slots=True)
class Evidence:
    """What edges say of articles, sorted into what `partition` asks for."""

    joins: list[Join] = field(default_factory=list)
    doubts: list[Pair] = field(default_factory=list)
    objections: list[Pair] = field(default_factory=list)

    def add(self, a: int, b: int, relation: str, containment: float, *, joins: bool) -> None:
        """Take in an edge between two articles, a < b."""
        if joins:
            self.joins.append(Join(containment, a, b))
        elif is_doubtful(relation, containment):
            self.doubts.append((a, b))
        elif is_objection(relation):
            self.objections.append((a, b))

    def without(self, articles: Set[int]) -> Evidence:
        """Leave out what is said of some articles."""
        return Evidence(
            [join for join in self.joins if join.a not in articles and join.b not in articles],
            [pair for pair in self.doubts if articles.isdisjoint(pair)],
            [pair for pair in self.objections if articles.isdisjoint(pair)],
        )


class _Between:
    """How many pairs of some kind there are between two groups."""

    def __init__(self) -> None:
        self._counts: dict[int, dict[int, int]] = defaultdict(dict)

    def add(self, x: int, y: int) -> None:
        self._counts[x][y] = self._counts[y][x] = self._counts[x].get(y, 0) + 1

    def count(self, x: int, y: int) -> int:
        return self._counts[x].get(y, 0) if x in self._counts else 0

    def neighbours(self, group: int) -> int:
        return len(self._counts[group]) if group in self._counts else 0

    def move(self, keep: int, gone: int) -> None:
        """Make one group of two."""
        theirs = self._counts.pop(gone, None)
        if theirs is None:
            return
        mine = self._counts[keep]
        mine.pop(gone, None)
        for other, count in theirs.items():
            if other != keep:
                mine[other] = mine.get(other, 0) + count
                others = self._counts[other]
                del others[gone]
                others[keep] = mine[other]


class _Groups:
    """Articles in groups, and between any two groups how many pairs are joined. A group goes by one of its members."""

    def __init__(self, articles: Iterable[int]) -> None:
        self.of = {article: article for article in articles}
        self.members = {article: [article] for article in self.of}
        self._joined, self._doubtful, self._against = _Between(), _Between(), _Between()
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
        if x == y or y in self._apart[x]:
            return decision.together == (x == y)
        if decision.together:
            self._merge(x, y)
        else:
            self._apart[x].add(y)
            self._apart[y].add(x)
        return True

    def link(self, joined: Iterable[Pair], doubtful: Iterable[Pair], against: Iterable[Pair]) -> None:
        """Count the pairs between the groups. What is joined to nothing stays alone, whatever else it shares."""
        self._count(self._joined, joined)
        for counts, pairs in ((self._doubtful, doubtful), (self._against, against)):
            near = {(a, b) for a, b in pairs if self._joined.neighbours(self.of[a]) > 0}
            self._count(counts, near)

    def _count(self, counts: _Between, pairs: Iterable[Pair]) -> None:
        for a, b in pairs:
            x, y = self.of[a], self.of[b]
            if x != y:
                counts.add(x, y)

    def merge_if_they_agree(self, a: int, b: int) -> None:
        """Merge the groups of two articles if most pairs between them speak for it, and nobody forbids it."""
        x, y = self.of[a], self.of[b]
        if x != y and y not in self._apart.get(x, ()) and self._agree(x, y):
            self._merge(x, y)

    def _agree(self, x: int, y: int) -> bool:
        few, many = sorted((len(self.members[x]), len(self.members[y])))
        needed = MAJORITY * few * min(many, MOST_POSTINGS)  # a copy of thousands has been compared with so many
        joined = self._joined.count(x, y) - self._against.count(x, y)
        if joined >= needed:
            return True
        return joined >= LEAST_JOINS and joined + DOUBT * self._doubtful.count(x, y) >= needed

    def _merge(self, x: int, y: int) -> None:
        """Make one group of two: what is known of the lesser is added to the greater, so that no step is dear."""
        keep, gone = (x, y) if self._weight(x) >= self._weight(y) else (y, x)
        for article in self.members[gone]:
            self.of[article] = keep
        self.members[keep] += self.members.pop(gone)
        self._joined.move(keep, gone)
        self._doubtful.move(keep, gone)
        self._against.move(keep, gone)
        for other in self._apart.pop(gone, ()):
            self._apart[other] = self._apart[other] - {gone} | {keep}
            self._apart[keep].add(other)

    def _weight(self, group: int) -> int:
        return len(self.members[group]) + self._joined.neighbours(group)


def _strengths(joins: Iterable[Join]) -> dict[Pair, float]:
    """Give each joined pair its strength, the greatest where a pair comes more than once."""
    strengths: dict[Pair, float] = {}
    for join in joins:
        pair = join.a, join.b
        strengths[pair] = max(strengths.get(pair, 0.0), join.strength)
    return strengths
