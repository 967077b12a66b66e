"""Which clusters a person should look at first, and why. Pure: rows in, reasons out.

Every sign has a weight of at most 3 and is 0 when nothing speaks for a look:

- the weakest copy shares too little text to be sure of it;
- members were compared with each other and judged different (a cluster needs only a majority that agrees);
- the copies are of many kinds, which a chain of wrong matches looks like too;
- there are more members than one article usually gets;
- the copies were published far apart, as templates and yearly columns are.

What people said is the same is no sign any more, and a cluster of which they said it of all members needs no look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from crawler.reports.timeline import published
from crawler.reports.wording import brief, lapse, percent, plural, relation
from storage.types import ClusterRow, Comparison, DecisionKind, Edge

# Of the labelled pairs (README of the test data) with containment 0.3 to 0.7, 21 of 52 are one article; above, 9 of 10.
_SURE_CONTAINMENT = 0.7
# What the project's own acceptance calls too large to be taken on trust.
_USUAL_MEMBERS = 12
_USUAL_KINDS = 2
_USUAL_SPREAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cluster needs a look, in plain words; the greater the weight, the sooner."""

    text: str
    weight: float


Found: TypeAlias = Mapping[int, tuple[Reason, ...]]
"""By cluster, what speaks for a look at it."""


def reasons(cluster: ClusterRow, edges: Sequence[Edge | Comparison] = (), *, now: datetime) -> tuple[Reason, ...]:
    """List what speaks for a look at a cluster, the weightiest first; ``edges`` are those between its members."""
    if confirmed(cluster):
        return ()
    said = _said_same(cluster)
    signs = (_weak(cluster, said), _disputed(edges, said), _kinds(cluster), _many(cluster), _spread(cluster, now))
    return tuple(sorted((sign for sign in signs if sign), key=lambda sign: -sign.weight))


def urgency(found: Sequence[Reason]) -> float:
    """Add up reasons to the number clusters are ordered by."""
    return sum(reason.weight for reason in found)


def urgent(clusters: Sequence[ClusterRow], found: Found) -> list[ClusterRow]:
    """List the clusters that need a look, the most urgent first."""
    return sorted((row for row in clusters if found[row.id]), key=lambda row: (-urgency(found[row.id]), row.id))


def confirmed(cluster: ClusterRow) -> bool:
    """Say whether people have said of all members that they are the same article as the canonical one."""
    return _said_same(cluster) == {member.id for member in cluster.members}


def _said_same(cluster: ClusterRow) -> set[int]:
    """Find the members that people's decisions tie to the canonical article, and that article itself."""
    pairs = [each.articles for each in cluster.decisions if each.kind is DecisionKind.SAME]
    said = {cluster.canonical.id}
    while more := [pair for pair in pairs if pair & said and not pair <= said]:
        said.update(*more)
    return said & {member.id for member in cluster.members}


def _weak(cluster: ClusterRow, said: Set[int]) -> Reason | None:
    unsaid = [member for member in cluster.members if member.id not in said]
    shares = [(member.containment, member.source) for member in unsaid if member.containment is not None]
    weak = [share for share in shares if share[0] < _SURE_CONTAINMENT]
    if not weak:
        return None
    least, source = min(weak)
    where = f"the copy at {brief(source, 60)} shares" if len(weak) == 1 else f"{len(weak)} copies share little, one"
    return Reason(
        f"Weak match: {where} only {percent(least)} of the shorter text.", 3 * (1 - least / _SURE_CONTAINMENT)
    )


def _disputed(edges: Sequence[Edge | Comparison], said: Set[int]) -> Reason | None:
    refused = sum(not edge.joins and not {edge.article_a, edge.article_b} <= said for edge in edges)
    if not refused:
        return None
    comparisons = plural(len(edges), "comparison")
    return Reason(f"Members disagree: judged different in {refused} of {comparisons}.", 3 * refused / len(edges))


def _kinds(cluster: ClusterRow) -> Reason | None:
    kinds = sorted({member.relation for member in cluster.members if member.relation})
    if len(kinds) <= _USUAL_KINDS:
        return None
    return Reason(f"Mixed copies: {', '.join(map(relation, kinds))}.", min(0.5 * (len(kinds) - _USUAL_KINDS), 3))


def _many(cluster: ClusterRow) -> Reason | None:
    size = len(cluster.members)
    if size <= _USUAL_MEMBERS:
        return None
    return Reason(f"Large: {size:,} members, more than one article usually gets.", 3 * (1 - _USUAL_MEMBERS / size))


def _spread(cluster: ClusterRow, now: datetime) -> Reason | None:
    dates = [when for member in cluster.members if (when := published(member, now))]
    spread = max(dates) - min(dates) if dates else timedelta()
    if spread <= _USUAL_SPREAD:
        return None
    return Reason(f"Far apart: published over {lapse(spread)}.", 3 * (1 - _USUAL_SPREAD / spread))
