"""How well clusters agree with people: precision, recall and F1 of pairs; ARI and B-cubed where clusters are given.

Pure: labels, clusters and edges come in as values, from a file, from reviewers' decisions or from a preview.

Source: Hubert and Arabie, "Comparing partitions" (1985) for the adjusted Rand index; Bagga and Baldwin, "Entity-based
cross-document coreferencing" (1998) for B-cubed; Wilson (1927) for the intervals.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from itertools import combinations, islice
from math import comb, sqrt
from typing import TypeAlias, TypeVar

K = TypeVar("K", bound=Hashable)
Pair: TypeAlias = tuple[int, int]

NO_EDGE = "no-edge"  # the relation of two articles that were never compared, or share next to nothing
_Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations


class Outcome(StrEnum):
    """What came of a labelled pair. WRONG: joined though not the same; MISSED: the same, and not joined."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Label:
    """A person's word on two articles: whether they are the ``same``, of which ``kinds``, and why.

    ``kinds`` goes from a name of the label ("label", "subtype", "set") to its value.
    """

    a: int
    b: int
    same: bool
    kinds: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """What people say: labelled pairs, and the true cluster by article."""

    labels: Sequence[Label] = ()
    clusters: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """What is told of an edge: its relation, how much is shared (0..1), and the reason."""

    relation: str
    strength: float
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """A labelled pair, and what the clusters and the edge between the two say of it."""

    label: Label
    joined: bool
    edge: Edge | None

    @property
    def outcome(self) -> Outcome:
        """Compare label and clusters."""
        if self.label.same:
            return Outcome.RIGHT if self.joined else Outcome.MISSED
        return Outcome.WRONG if self.joined else Outcome.APART

    @property
    def relation(self) -> str:
        """Name the relation of the edge."""
        return NO_EDGE if self.edge is None else self.edge.relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many pairs came to which `Outcome`. A share of nothing is None."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    apart: int = 0

    def plus(self, other: Counts, sign: int = 1) -> Counts:
        """Add other counts, or with a ``sign`` of -1 take them away."""
        return Counts(**{o.value: getattr(self, o.value) + sign * getattr(other, o.value) for o in Outcome})

    @property
    def pairs(self) -> int:
        """Count all of them."""
        return self.right + self.wrong + self.missed + self.apart

    @property
    def precision(self) -> float | None:
        """Give the share of joined pairs that are the same."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """Give the share of pairs that are the same which are joined."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """Give the harmonic mean of precision and recall."""
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)

    @property
    def precision_interval(self) -> tuple[float, float]:
        """Give where the precision lies with 95 % confidence."""
        return wilson(self.right, self.right + self.wrong)

    @property
    def recall_interval(self) -> tuple[float, float]:
        """Give where the recall lies with 95 % confidence."""
        return wilson(self.right, self.right + self.missed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How well two partitions of the same articles agree: ``ari`` is 1 when they are equal, about 0 by chance.

    ``precision``, ``recall`` and ``f1`` are B-cubed; the sizes are those of the largest cluster found and of the truth.
    """

    articles: int
    ari: float
    precision: float
    recall: float
    f1: float
    largest: int
    largest_true: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How well clusters agree with people.

    ``groups`` has by name of a kind ("label", "relation") and by its value the pairs of that kind; ``errors`` are those
    to read first; ``clusters`` is None where only pairs were labelled.
    """

    pairs: Counts
    groups: Mapping[str, Mapping[str, Counts]]
    clusters: Agreement | None
    errors: Sequence[Found]


def evaluate(truth: Truth, cluster_of: Mapping[int, int], edges: Mapping[Pair, Edge], *, errors: int = 20) -> Report:
    """Compare clusters with what people say.

    Args:
        cluster_of: the cluster of every article in ``truth``.
        edges: by (a, b), a < b: those between articles of ``truth``; others do no harm.
        errors: list at most so many.
    """
    given = find(truth.labels, cluster_of, edges)
    implied = find(labels_of(truth.clusters, edges, cluster_of, errors), cluster_of, edges)
    compared = [pair for pair in implied if pair.edge is not None]
    all_implied = count_of(truth.clusters, cluster_of)
    names = dict.fromkeys(name for label in truth.labels for name in label.kinds)
    groups = {name: count_by(given, partial(_kind, name)) for name in names}
    relations = count_by([*given, *compared], lambda pair: pair.relation)
    unseen = all_implied.plus(count(compared), -1)
    if unseen.pairs:
        relations[NO_EDGE] = relations.get(NO_EDGE, Counts()).plus(unseen)
    return Report(
        pairs=count(given).plus(all_implied),
        groups={**groups, "relation": relations},
        clusters=agreement(truth.clusters, cluster_of) if truth.clusters else None,
        errors=worst([*given, *implied], errors),
    )


def find(labels: Iterable[Label], cluster_of: Mapping[int, int], edges: Mapping[Pair, Edge]) -> list[Found]:
    """Say of each labelled pair whether its articles share a cluster."""
    return [
        Found(label, cluster_of[label.a] == cluster_of[label.b], edges.get((min(ends), max(ends))))
        for label in labels
        for ends in [(label.a, label.b)]
    ]


def count(found: Iterable[Found]) -> Counts:
    """Count the outcomes."""
    outcomes = Counter(pair.outcome for pair in found)
    return Counts(**{outcome.value: outcomes[outcome] for outcome in Outcome})


def count_by(found: Iterable[Found], kind: Callable[[Found], str | None]) -> dict[str, Counts]:
    """Count the outcomes for each kind of pair, the most frequent first; pairs of no kind are left out."""
    groups: dict[str, list[Found]] = defaultdict(list)
    for pair in found:
        if (name := kind(pair)) is not None:
            groups[name].append(pair)
    return {name: count(pairs) for name, pairs in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))}


def worst(found: Iterable[Found], limit: int) -> list[Found]:
    """List the errors to read first: wrong joins before missed ones, of each those that share most."""
    errors = [pair for pair in found if pair.outcome in (Outcome.WRONG, Outcome.MISSED)]
    errors.sort(key=lambda pair: (pair.outcome is Outcome.MISSED, -_strength(pair), pair.label.a, pair.label.b))
    return errors[:limit]


def labels_of(
    truth: Mapping[int, str], compared: Iterable[Pair], cluster_of: Mapping[int, int], limit: int
) -> list[Label]:
    """Make labels of a true partition: of all ``compared`` pairs, and of up to ``limit`` wrong or missed other ones.

    All pairs would be too many; `count_of` counts them.
    """
    pairs = {(a, b) for a, b in compared if a in truth and b in truth}
    wrong = (pair for pair in _pairs_within(cluster_of, truth) if truth[pair[0]] != truth[pair[1]])
    missed = (pair for pair in _pairs_within(truth, truth) if cluster_of[pair[0]] != cluster_of[pair[1]])
    for errors in (wrong, missed):
        pairs.update(islice((pair for pair in errors if pair not in pairs), limit))
    return [Label(a, b, truth[a] == truth[b]) for a, b in sorted(pairs)]


def count_of(truth: Mapping[int, str], cluster_of: Mapping[int, int]) -> Counts:
    """Count the outcomes of all pairs of the articles in ``truth``."""
    both, true, found = _sizes(truth, cluster_of)
    right, same, joined = (sum(comb(size, 2) for size in sizes.values()) for sizes in (both, true, found))
    apart = comb(len(truth), 2) - same - joined + right
    return Counts(right=right, wrong=joined - right, missed=same - right, apart=apart)


def agreement(truth: Mapping[int, str], cluster_of: Mapping[int, int]) -> Agreement:
    """Compare a true partition, of one article or more, with the clusters of these articles."""
    both, true, found = _sizes(truth, cluster_of)
    precision = sum(size * size / found[cluster] for (_, cluster), size in both.items()) / len(truth)
    recall = sum(size * size / true[name] for (name, _), size in both.items()) / len(truth)
    return Agreement(
        articles=len(truth),
        ari=_adjusted_rand_index(count_of(truth, cluster_of)),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall),
        largest=max(found.values()),
        largest_true=max(true.values()),
    )


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Give the 95 % interval of a share. Of no trials, it may be anything.

    >>> [round(end, 3) for end in wilson(28, 30)]
    [0.787, 0.982]
    """
    if not trials:
        return 0.0, 1.0
    share, z2 = hits / trials, _Z * _Z
    middle = share + z2 / (2 * trials)
    reach = _Z * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    low, high = (middle - reach) / (1 + z2 / trials), (middle + reach) / (1 + z2 / trials)
    return max(0.0, min(low, share)), min(1.0, max(high, share))  # rounding aside, the share lies within


def _kind(name: str, pair: Found) -> str | None:
    return pair.label.kinds.get(name)


def _strength(pair: Found) -> float:
    return 0.0 if pair.edge is None else pair.edge.strength


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _adjusted_rand_index(counts: Counts) -> float:
    """Compute the index from the pairs; two partitions that can only agree (all apart, all together) do."""
    same, joined = counts.right + counts.missed, counts.right + counts.wrong
    if not counts.wrong and not counts.missed:
        return 1.0
    by_chance = same * joined / counts.pairs
    return (counts.right - by_chance) / ((same + joined) / 2 - by_chance)


def _sizes(
    truth: Mapping[int, str], cluster_of: Mapping[int, int]
) -> tuple[Counter[tuple[str, int]], Counter[str], Counter[int]]:
    """Count articles by (true, found) cluster, by true and by found one."""
    both = Counter((name, cluster_of[article]) for article, name in truth.items())
    return both, Counter(truth.values()), Counter(cluster_of[article] for article in truth)


def _pairs_within(groups: Mapping[int, K], articles: Iterable[int]) -> Iterator[Pair]:
    """Yield the pairs of articles, the smaller first, that share a group."""
    members: dict[K, list[int]] = defaultdict(list)
    for article in articles:
        members[groups[article]].append(article)
    for group in members.values():
        yield from combinations(sorted(group), 2)
