"""Trees of least cost."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedupe.descent import STEP, arborescence, descend, shared

SMALL = st.integers(2, 5).flatmap(lambda count: st.lists(st.integers(0, 9), min_size=count**2, max_size=count**2))


def matrix(values: list[int]) -> NDArray[np.float64]:
    count = round(len(values) ** 0.5)
    cost = np.array(values, dtype=np.float64).reshape(count, count)
    np.fill_diagonal(cost, np.inf)
    return cost


def leads_to(parents: tuple[int, ...], node: int, root: int) -> bool:
    for _ in parents:
        node = parents[node]
    return node == root


def least(cost: NDArray[np.float64], root: int) -> float:
    """What the best of all trees costs, found by trying all."""
    count = len(cost)
    trees = (tree for tree in product(range(count), repeat=count) if tree[root] == root)
    whole = (tree for tree in trees if all(leads_to(tree, node, root) for node in range(count)))
    return min(float(sum(cost[node, parent] for node, parent in enumerate(tree) if node != root)) for tree in whole)


@given(SMALL, st.integers(0, 4))
def test_no_other_tree_costs_less(values: list[int], number: int) -> None:
    cost = matrix(values)
    root = number % len(cost)
    parents = arborescence(cost, root)
    assert all(leads_to(tuple(parents), node, root) for node in range(len(cost)))
    assert sum(cost[node, parent] for node, parent in enumerate(parents) if node != root) == least(cost, root)


@given(st.lists(st.sets(st.integers(0, 30)), min_size=1, max_size=5), st.integers(1, 5))
def test_what_sets_have_in_common_is_counted(sets: list[set[int]], count: int) -> None:
    arrays = [np.array(sorted(each), dtype=np.uint64) for each in sets]
    assert shared(arrays, arrays[:count]).tolist() == [[len(a & b) for b in sets[:count]] for a in sets]


def test_a_copy_of_a_copy_must_save_something() -> None:
    cost = np.array([[np.inf, 50, 50], [10, np.inf, 50], [STEP + 0.0, 1, np.inf]])
    alone = np.array([100.0, 200.0, 200.0])
    assert descend(cost, alone).parents.tolist() == [0, 0, 0]
    cost[2, 0] += 5
    assert descend(cost, alone).parents.tolist() == [0, 0, 1]


def test_the_margin_is_what_the_next_best_origin_would_cost_more() -> None:
    cost = np.array([[np.inf, 30.0], [0.0, np.inf]])
    assert round(descend(cost, np.array([100.0, 100.0])).margin) == 30
    assert descend(np.array([[np.inf]]), np.array([100.0])).margin == np.inf


def test_those_that_came_last_are_given_the_cheapest_parent() -> None:
    cost = np.array([[np.inf, 30.0], [0.0, np.inf], [STEP + 9.0, 1.0], [5.0, 1.0]])
    assert descend(cost, np.array([100.0, 100.0])).parents.tolist() == [0, 0, 1, 0]
