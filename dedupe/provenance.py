"""Who had an article first, and who took it from whom: the path of a cluster's text, with what speaks for each step.

The figures are in docs/explanation/provenance.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dedupe import descent
from dedupe.canonical import WHENCE, name_the_same, names_another
from dedupe.descent import Tree
from dedupe.edits import Edits, edits
from dedupe.evidence import Evidence, Member, gathered

# Of parents, or origins, that are not further apart, the evidence tells none: three changed words make more.
MARGIN = 8.0
ORIGIN_MARGIN = 50.0

NAMES = "names it as its original"
CREDITS = "credits it"
INHERITED = "has what it changed"
NEAREST = "differs least from it"
ONLY_EARLIER = "nothing else was published before"
COULD_NOT_TELL = "could not tell: taken for the most direct copy"
FIRST_SEEN = "could not tell: it was there first"
BEST_FIT = "the copies' changes lead back to it"


class Credit(StrEnum):
    """What a copy says of where it comes from."""

    PARENT = "credits-parent"
    KEPT = "kept"
    DROPPED = "dropped"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A copy and the member it was made from, most likely; both by article id.

    ``lag_s``: seconds between the two publications, None where that is not known. ``inherited`` counts the runs of
    words that it has in common with its parent and not with the origin. ``margin``: by how much this parent is ahead of
    the next best, in runs of words; negative where another is, but not by enough to tell.
    """

    child: int
    parent: int
    lag_s: float | None
    edits: Edits
    credit: Credit
    inherited: int
    margin: float
    reasons: tuple[str, ...]

    @property
    def is_told(self) -> bool:
        """Whether the evidence tells this parent from others."""
        return self.margin >= MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The origin of a cluster, and a step to each other member, parents before children.

    ``margin`` is the origin's lead as a step's is. ``elsewhere``: whom the origin credits, if that is none of them.
    """

    origin: int
    margin: float
    reasons: tuple[str, ...]
    elsewhere: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def is_told(self) -> bool:
        """Whether the evidence tells this origin from others."""
        return self.margin >= ORIGIN_MARGIN


def trace(members: Iterable[Member]) -> Provenance:
    """Find the origin of a cluster and what each other member was made from. The order of ``members`` does not matter.

    Of more than `descent.MOST_PARENTS`, those that appeared last are nobody's parents.
    """
    evidence = gathered(members)
    tree = descent.descend(evidence.cost, evidence.alone)
    claim = evidence.members[tree.root].claim
    is_copy = names_another(claim) and not (evidence.credits | evidence.names)[tree.root].any()
    return Provenance(
        origin=claim.article_id,
        margin=tree.margin,
        reasons=tuple(_why_origin(evidence, tree)),
        elsewhere=claim.credits if is_copy else (),
        steps=tuple(_step(evidence, tree, child) for child in _downwards(tree)),
    )


def _downwards(tree: Tree) -> Iterator[int]:
    """List all but the root, parents before children."""
    children: dict[int, list[int]] = {}
    for child, parent in enumerate(tree.parents.tolist()):
        if child != tree.root:
            children.setdefault(parent, []).append(child)
    due = deque([tree.root])
    while due:
        below = children.get(due.popleft(), [])
        due += below
        yield from below


def _why_origin(evidence: Evidence, tree: Tree) -> Iterator[str]:
    claims = [member.claim for member in evidence.members]
    found = [signal.reason for signal in WHENCE if signal.weight > 0 and signal.shares(claims)[tree.root] > 0]
    yield from found
    if not found:
        yield BEST_FIT if tree.margin >= MARGIN else FIRST_SEEN


def _step(evidence: Evidence, tree: Tree, child: int) -> Step:
    parent = int(tree.parents[child])
    inherited = int(evidence.new[child, tree.root] - evidence.new[child, parent])
    rivals = np.arange(evidence.count) != parent
    rivals[child : child + 1] = False
    margin = float((evidence.cost[child, rivals] - evidence.cost[child, parent]).min(initial=np.inf))
    return Step(
        child=evidence.members[child].claim.article_id,
        parent=evidence.members[parent].claim.article_id,
        lag_s=_lag(evidence, child, parent),
        edits=edits(evidence.members[parent].words, evidence.members[child].words),
        credit=_credit(evidence, child, parent),
        inherited=inherited,
        margin=margin,
        reasons=tuple(_why_parent(evidence, child, parent, inherited, margin)),
    )


def _why_parent(evidence: Evidence, child: int, parent: int, inherited: int, margin: float) -> Iterator[str]:
    if evidence.names[child, parent]:
        yield NAMES
    elif evidence.credits[child, parent]:
        yield CREDITS
    if inherited >= MARGIN:
        yield INHERITED
    if margin < MARGIN:
        yield COULD_NOT_TELL
    elif not evidence.names[child, parent] and inherited < MARGIN:
        yield NEAREST


def _lag(evidence: Evidence, child: int, parent: int) -> float | None:
    """Return the time between two publications; None when either is not known or both may be of the same day."""
    (begin, end), (first, last) = evidence.spans[[parent, child]].tolist()
    if np.isinf(begin) or np.isinf(first):
        return None
    is_apart = (begin == end and first == last) or end < first or last < begin
    return first - begin if is_apart else None


def _credit(evidence: Evidence, child: int, parent: int) -> Credit:
    if evidence.credits[child, parent] or evidence.names[child, parent]:
        return Credit.PARENT
    above, below = evidence.members[parent].claim, evidence.members[child].claim
    owed = above.credits or (above.names if above.is_agency else ())
    if not owed or evidence.is_house(child, parent):
        return Credit.NONE
    return Credit.KEPT if name_the_same(owed, (*below.credits, *below.names)) else Credit.DROPPED
