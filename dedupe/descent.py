"""Which of some texts was made from which: a tree of least cost.

A text costs what it has and its parent has not: new runs of words. To cut, move or repeat costs next to nothing, so
that a copy costs the same whether it was made from the whole text or from what another copy left of it. What only a
parent and its child share (errors, edits, an added paragraph) is what the child need not have made itself: nothing
tells as much. Where that is little, a copy is taken to be one of the origin, and then of whatever appeared first.

Source: minimum-cost arborescence, Chu & Liu (1965), Edmonds (1967).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes, distinct, isin

# What a copy of a copy must save, in runs of words, over a copy of the origin: benchmarks/provenance.py.
STEP = 12.0
# So many texts may be parents; of the others, which came later, each is given one of these.
MOST_PARENTS = 300
_MOST_ORIGINS = 4
_VALUES = 8_192

Costs = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tree:
    """``parents`` int64[n], that of the root is the root itself; ``margin``: what the next best root would cost more.

    The margin is infinite when there is no other.
    """

    root: int
    parents: Ints
    margin: float


def shared(sets: Sequence[Hashes], others: Sequence[Hashes]) -> Ints:
    """Count what each of some sets has in common with each of others: int64[len(sets), len(others)].

    Each set has each value once. Memory is bounded: so many values are looked at together.
    """
    values = distinct(np.concatenate([*others, np.empty(0, dtype=np.uint64)]))
    common = np.zeros((len(sets), len(others)), dtype=np.int64)
    for begin in range(0, len(values), _VALUES):
        chunk = values[begin : begin + _VALUES]
        common += (_holding(sets, chunk) @ _holding(others, chunk).T).astype(np.int64)
    return common


def _holding(sets: Sequence[Hashes], values: Hashes) -> NDArray[np.float32]:
    """Say which sets have which of some sorted values: 0 or 1."""
    rows = np.repeat(np.arange(len(sets)), [len(each) for each in sets])
    every = np.concatenate([*sets, np.empty(0, dtype=np.uint64)])
    there = isin(every, values)
    holding = np.zeros((len(sets), len(values)), dtype=np.float32)
    holding[rows[there], values.searchsorted(every[there])] = 1
    return holding


def descend(cost: Costs, alone: Costs) -> Tree:
    """Find the tree of least cost.

    Args:
        cost: float64[n, k], what the text of the row costs if it was made from that of the column. The n texts are in
            the order in which they appeared, the first k may be parents.
        alone: float64[k], what a text costs as the origin.
    """
    count = cost.shape[1]
    square = cost[:count] + np.where(np.eye(count, dtype=np.bool_), np.inf, np.arange(count) / count)
    likely = _likely_roots(square, alone)
    trees = [_rooted(square, alone, root) for root in likely]
    totals = [total for total, _ in trees]
    root, parents = likely[int(np.argmin(totals))], trees[int(np.argmin(totals))][1]
    later = cost[count:] + np.where(np.arange(count) == root, 0, STEP)
    best, *others = sorted(totals)
    return Tree(root, np.concatenate((parents, later.argmin(axis=1))), min(others, default=np.inf) - best)


def _likely_roots(cost: Costs, alone: Costs) -> list[int]:
    """List what may be the root: the first to appear, whose copies are many, and those that cost least, at a guess.

    The guess is what the tree below a root costs at least: what it would if the cheapest parents of all made no cycle.
    """
    count = len(cost)
    least = np.minimum(cost, cost.min(axis=1)[:, None] + STEP)
    np.fill_diagonal(least, 0)
    copies = np.bincount(cost.argmin(axis=1), minlength=count)
    signs = (np.arange(count), -copies, least.sum(axis=0) + alone)
    return sorted({int(root) for sign in signs for root in np.argsort(sign, kind="stable")[:_MOST_ORIGINS]})


def _rooted(cost: Costs, alone: Costs, root: int) -> tuple[float, Ints]:
    """Return what the best tree below this root costs, and its parents."""
    places = np.arange(len(cost))
    stepped = cost + np.where(places == root, 0, STEP)
    parents = arborescence(stepped, root)
    stepped[root, root] = alone[root]
    return float(stepped[places, parents].sum()), parents


def arborescence(cost: Costs, root: int) -> Ints:
    """Return the parents in the tree of least cost below ``root``; what costs infinitely much is not allowed."""
    parents: Ints = cost.argmin(axis=1)
    parents[root] = root
    labels = _without_cycles(parents, root)
    size = np.bincount(labels)
    if len(size) == len(parents):
        return parents
    spent = np.where(size[labels] > 1, cost[np.arange(len(parents)), parents], 0)
    reduced = cost - spent[:, None]
    above = arborescence(_merged(reduced, labels), int(labels[root]))
    for child, parent in enumerate(above.tolist()):
        if child != parent:
            children, choices = np.flatnonzero(labels == child), np.flatnonzero(labels == parent)
            best = np.unravel_index(reduced[np.ix_(children, choices)].argmin(), (len(children), len(choices)))
            parents[children[best[0]]] = choices[best[1]]
    return parents


def _without_cycles(parents: Ints, root: int) -> Ints:
    """Give each node a number, from 0 without gaps; the nodes of a cycle have the same."""
    labels = np.full(len(parents), -1)
    seen_from = np.full(len(parents), -1)
    seen_from[root] = root
    for start in range(len(parents)):
        node = start
        while seen_from[node] < 0:
            seen_from[node] = start
            node = int(parents[node])
        if node != root and seen_from[node] == start:
            labels[_cycle(parents, node)] = node
    alone = labels < 0
    labels[alone] = np.flatnonzero(alone)
    return np.unique(labels, return_inverse=True)[1]


def _cycle(parents: Ints, node: int) -> list[int]:
    cycle = [node]
    while (node := int(parents[node])) != cycle[0]:
        cycle.append(node)
    return cycle


def _merged(cost: Costs, labels: Ints) -> Costs:
    """Return the least cost between nodes of every two labels."""
    order = np.argsort(labels, kind="stable")
    begins = np.flatnonzero(np.diff(labels[order], prepend=-1))
    merged = np.minimum.reduceat(np.minimum.reduceat(cost[order][:, order], begins, axis=0), begins, axis=1)
    np.fill_diagonal(merged, np.inf)
    return merged
