"""Which pairs a person should look at next, and why. Pure: edges and clusters in, pairs out, the most worth first.

A pair stands for its cluster, or, where it was not joined, for the two clusters that it keeps apart: each is shown
once, by the pair that the rules were least sure of. Beside what speaks for a look at a cluster (`reports.attention`)
count:

- a measure close to the threshold that decided;
- how many articles a mistake would put into the wrong place;
- a source that is new, of whose habits nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.reports.attention import Reason, reasons, urgency
from crawler.reports.wording import brief, percent, plural
from dedupe.thresholds import Thresholds
from storage.types import ClusterRow, DecisionKind, Edge, MemberRow

LEAST, MOST = 0.15, 0.9  # containment: beyond, no threshold of a copy is near
_NEAR = 0.12
_NEW = timedelta(days=14)
_ON_PAIRS = frozenset({DecisionKind.SAME, DecisionKind.DIFFERENT})
# The measures that thresholds are about, with how a person calls them.
_LINES = (
    ("containment", "part", "of the shorter text is shared"),
    ("containment", "part_undated", "of the shorter text is shared"),
    ("containment", "full", "of the shorter text is shared"),
    ("pair_jaccard", "reworded_pairs", "of the pairs of words are shared"),
    ("aligned", "aligned", "of the sentences are aligned"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """A pair to look at: ``clusters`` are those of its two articles, one if they share it."""

    edge: Edge
    a: MemberRow
    b: MemberRow
    clusters: tuple[ClusterRow, ...]
    reasons: tuple[Reason, ...]

    @property
    def is_joined(self) -> bool:
        """Say whether the two are in one cluster."""
        return len(self.clusters) == 1

    @property
    def worth(self) -> float:
        """Say how much a look is worth."""
        return urgency(self.reasons)


def looks(
    edges: Iterable[Edge],
    clusters: Mapping[int, ClusterRow],
    *,
    since: Mapping[str, datetime],
    thresholds: Thresholds,
    now: datetime,
) -> list[Look]:
    """List the pairs to look at, those that nobody has decided.

    Args:
        clusters: by article, those of the edges' articles; edges of others are left out.
        since: by source, when its first article was seen; a source is new only beside one that is not.
    """
    unsure: dict[frozenset[int], tuple[float, Edge]] = {}
    for edge in edges:
        if edge.article_a not in clusters or edge.article_b not in clusters:
            continue
        a, b = clusters[edge.article_a], clusters[edge.article_b]
        sure, key = _distance(edge, thresholds), frozenset({a.id, b.id})
        if not _is_settled(edge, a, b, sure) and (key not in unsure or sure < unsure[key][0]):
            unsure[key] = sure, edge
    found = [_look(edge, clusters, since, thresholds, now) for _, edge in unsure.values()]
    return sorted((look for look in found if look.reasons), key=lambda look: (-look.worth, look.a.id, look.b.id))


def closeness(edge: Edge, thresholds: Thresholds) -> float:
    """Say how close an edge's measures are to a threshold, from 0 (not) to 1."""
    return max(0.0, 1 - _distance(edge, thresholds) / _NEAR)


def _look(
    edge: Edge,
    clusters: Mapping[int, ClusterRow],
    since: Mapping[str, datetime],
    thresholds: Thresholds,
    now: datetime,
) -> Look:
    both = clusters[edge.article_a], clusters[edge.article_b]
    a, b = _member(both[0], edge.article_a), _member(both[1], edge.article_b)
    own = both[:1] if both[0].id == both[1].id else both
    found = [
        *_borderline(edge, thresholds),
        *_reach(own),
        *(_new_source(each, since) for each in (a, b) if _is_new(each, since, now)),
        *(reasons(own[0], now=now) if len(own) == 1 else ()),
    ]
    return Look(edge, a, b, own, tuple(sorted(found, key=lambda reason: -reason.weight)))


def _member(cluster: ClusterRow, article_id: int) -> MemberRow:
    return next(member for member in cluster.members if member.id == article_id)


def _is_settled(edge: Edge, a: ClusterRow, b: ClusterRow, distance: float) -> bool:
    """Say whether somebody has decided on the pair.

    Or has kept anything of one cluster apart from anything of the other, or looked into the one cluster of both, which
    then comes back only with another borderline pair; or ignores a source.
    """
    ends, one, other = ({edge.article_a, edge.article_b}, *({each.id for each in c.members} for c in (a, b)))
    for decision in (*a.decisions, *b.decisions):
        said = decision.articles
        known = a.id == b.id and distance >= _NEAR and said <= one
        apart = a.id != b.id and bool(said & one) and bool(said & other)
        on_pair = decision.kind in _ON_PAIRS and (said == ends or known or apart)
        if on_pair or decision.kind is DecisionKind.IGNORE_SOURCE:
            return True
    return False


def _gaps(edge: Edge, thresholds: Thresholds) -> Iterator[tuple[float, float, str]]:
    """Give how far each measure is from its threshold, the measure and its name."""
    measures = {**edge.measures, "containment": edge.containment}
    for name, threshold, words in _LINES:
        value = measures.get(name)
        if value is not None:
            yield abs(value - getattr(thresholds, threshold)), value, words


def _distance(edge: Edge, thresholds: Thresholds) -> float:
    return min(gap for gap, _, _ in _gaps(edge, thresholds))


def _borderline(edge: Edge, thresholds: Thresholds) -> Iterator[Reason]:
    gap, value, words = min(_gaps(edge, thresholds))
    if gap < _NEAR:
        outcome = "joined" if edge.joins else "not joined"
        yield Reason(f"Borderline: {percent(value)} {words}, and the two were {outcome}.", 3 * (1 - gap / _NEAR))


def _reach(clusters: tuple[ClusterRow, ...]) -> Iterator[Reason]:
    size = sum(len(cluster.members) for cluster in clusters)
    if size > 2:
        yield Reason(f"Reach: {plural(size, 'article')} depend on it.", 2 * (1 - 2 / size))


def _is_new(member: MemberRow, since: Mapping[str, datetime], now: datetime) -> bool:
    first = since.get(member.source)
    return first is not None and now - first < _NEW and first - min(since.values()) >= _NEW


def _new_source(member: MemberRow, since: Mapping[str, datetime]) -> Reason:
    return Reason(f"New source: {brief(member.source, 60)}, since {since[member.source]:%Y-%m-%d}.", 0.5)
