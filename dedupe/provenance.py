"""Who had an article first, and who took it from whom: the path of a cluster's text, with what speaks for each step.

The figures are in docs/explanation/provenance.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a text, and how long after its publication, in seconds; None where that is not known."""

    edits: Edits
    lag_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A copy and the member it was made from, most likely; both by article id.

    ``of_parent`` and ``of_origin`` say what was made of these. ``inherited`` counts the runs of words that it has in
    common with its parent and not with the origin. ``margin``: by how much this parent is ahead of the next best, in
    runs of words; negative where another is, but not by enough to tell.
    """

    child: int
    parent: int
    of_parent: Made
    of_origin: Made
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
    order = list(_downwards(tree))
    below = _below(tree, order, evidence.count)
    claim = evidence.members[tree.root].claim
    is_copy = names_another(claim) and not (evidence.credits | evidence.names)[tree.root].any()
    return Provenance(
        origin=claim.article_id,
        margin=tree.margin,
        reasons=tuple(_why_origin(evidence, tree)),
        elsewhere=claim.credits if is_copy else (),
        steps=tuple(_step(evidence, tree, child, below[child]) for child in order),
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


def _below(tree: Tree, order: Sequence[int], count: int) -> NDArray[np.bool_]:
    """Say of each which of the first ``count`` come from it, itself too: bool[n, count]."""
    below = np.eye(len(tree.parents), count, dtype=np.bool_)
    for child in reversed(order):
        below[tree.parents[child]] |= below[child]
    return below


def _margin(evidence: Evidence, tree: Tree, child: int, below: NDArray[np.bool_]) -> float:
    """Return what the next best parent would cost more.

    One of those that come from the child would have to be a copy of the child's parent in its place.
    """
    parent, cost = int(tree.parents[child]), evidence.cost
    places = np.arange(evidence.count)
    changed = cost[places, parent] - cost[places, tree.parents[places]]
    rivals = (places != child) & (places != parent)
    total = cost[child] + np.where(below, changed, 0.0)
    return float(total[rivals].min(initial=np.inf) - cost[child, parent])


def _why_origin(evidence: Evidence, tree: Tree) -> Iterator[str]:
    claims = [member.claim for member in evidence.members]
    found = [signal.reason for signal in WHENCE if signal.weight > 0 and signal.shares(claims)[tree.root] > 0]
    yield from found
    if not found:
        yield BEST_FIT if tree.margin >= MARGIN else FIRST_SEEN


def _step(evidence: Evidence, tree: Tree, child: int, below: NDArray[np.bool_]) -> Step:
    parent = int(tree.parents[child])
    inherited = int(evidence.new[child, tree.root] - evidence.new[child, parent])
    margin = _margin(evidence, tree, child, below)
    of_parent = _made(evidence, child, parent)
    return Step(
        child=evidence.members[child].claim.article_id,
        parent=evidence.members[parent].claim.article_id,
        of_parent=of_parent,
        of_origin=of_parent if parent == tree.root else _made(evidence, child, tree.root),
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


def _made(evidence: Evidence, child: int, parent: int) -> Made:
    before, after = evidence.members[parent], evidence.members[child]
    return Made(edits(before.words, after.words), _lag(evidence, child, parent))


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
