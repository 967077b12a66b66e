"""The figures that compare clusters with labels, against definitions written out and published examples."""

from __future__ import annotations

from itertools import combinations
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.evaluate import (
    NO_EDGE,
    Counts,
    Edge,
    Label,
    Outcome,
    Truth,
    agreement,
    count,
    count_of,
    evaluate,
    find,
    wilson,
    worst,
)

GROUPS = st.integers(1, 12).flatmap(lambda n: st.lists(st.integers(0, 3), min_size=n, max_size=n))


def numbered(groups: list[int]) -> dict[int, int]:
    return dict(enumerate(groups, start=1))


def named(groups: list[int]) -> dict[int, str]:
    return {article: f"true {group}" for article, group in numbered(groups).items()}


def edge(strength: float, relation: str = "updated") -> Edge:
    return Edge(relation, strength, "because")


def test_a_pair_comes_to_one_of_four_outcomes() -> None:
    cluster_of = {1: 1, 2: 1, 3: 3, 4: 3}
    labels = [Label(1, 2, True), Label(3, 4, False), Label(1, 3, True), Label(2, 4, False)]
    found = find(labels, cluster_of, {})
    assert [pair.outcome for pair in found] == [Outcome.RIGHT, Outcome.WRONG, Outcome.MISSED, Outcome.APART]
    assert count(found) == Counts(right=1, wrong=1, missed=1, apart=1)


def test_scores_are_shares_and_of_nothing_there_is_none() -> None:
    counts = Counts(right=28, wrong=7, missed=2, apart=50)
    assert (counts.pairs, counts.precision) == (87, 0.8)
    assert counts.recall == pytest.approx(28 / 30)
    assert counts.f1 == pytest.approx(2 * 0.8 * (28 / 30) / (0.8 + 28 / 30))
    assert (Counts(apart=3).precision, Counts(apart=3).recall, Counts(apart=3).f1) == (None, None, None)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)]
)
def test_wilsons_interval_is_the_published_one(hits: int, trials: int, low: float, high: float) -> None:
    """The last is Newcombe's example (1998, "Two-sided confidence intervals for the single proportion", table I)."""
    assert wilson(hits, trials) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 200), st.integers(0, 200))
def test_an_interval_holds_the_share(hits: int, more: int) -> None:
    low, high = wilson(hits, hits + more)
    assert 0 <= low <= (hits / (hits + more) if hits + more else 0.5) <= high <= 1


def test_the_adjusted_rand_index_is_that_of_a_known_table() -> None:
    """Hubert and Arabie's measure of two partitions of six, as scikit-learn documents it for these."""
    assert agreement(named([0, 0, 1, 1]), numbered([0, 0, 1, 2])).ari == pytest.approx(0.5714, abs=1e-4)
    assert agreement(named([0, 0, 1, 2]), numbered([0, 0, 1, 1])).ari == pytest.approx(0.5714, abs=1e-4)
    assert agreement(named([0, 0, 0, 0]), numbered([0, 1, 2, 3])).ari == 0
    assert agreement(named([0, 0, 1, 1]), numbered([0, 1, 0, 1])).ari == pytest.approx(-0.5)


@given(GROUPS)
def test_equal_partitions_agree_wholly(groups: list[int]) -> None:
    found = agreement(named(groups), numbered([group + 7 for group in groups]))
    assert (found.ari, found.precision, found.recall, found.f1) == (1, 1, 1, 1)
    assert found.largest == found.largest_true


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_b_cubed_is_the_mean_over_articles(both: list[tuple[int, int]]) -> None:
    truth, found = named([t for t, _ in both]), numbered([f for _, f in both])
    hits = {a: sum(truth[a] == truth[b] and found[a] == found[b] for b in truth) for a in truth}
    result = agreement(truth, found)
    assert result.precision == pytest.approx(mean(hits[a] / sum(found[a] == found[b] for b in truth) for a in truth))
    assert result.recall == pytest.approx(mean(hits[a] / sum(truth[a] == truth[b] for b in truth) for a in truth))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_the_pairs_of_clusters_are_counted_as_if_each_were_labelled(both: list[tuple[int, int]]) -> None:
    truth, found = named([t for t, _ in both]), numbered([f for _, f in both])
    labels = [Label(a, b, truth[a] == truth[b]) for a, b in combinations(truth, 2)]
    assert count_of(truth, found) == count(find(labels, found, {}))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=10), st.data())
def test_the_pairs_by_relation_add_up_to_all(both: list[tuple[int, int]], data: st.DataObject) -> None:
    truth, found = named([t for t, _ in both]), numbered([f for _, f in both])
    pairs = data.draw(st.sets(st.sampled_from(list(combinations(truth, 2)))))
    edges = {pair: edge(0.5, f"relation {sum(pair) % 2}") for pair in pairs}
    report = evaluate(Truth(clusters=truth), found, edges)
    total = Counts()
    for counts in report.groups["relation"].values():
        total = total.plus(counts)
    assert total == report.pairs
    assert len(report.errors) == min(20, report.pairs.wrong + report.pairs.missed)
    assert {error.outcome for error in report.errors} <= {Outcome.WRONG, Outcome.MISSED}


def test_pairs_are_counted_by_every_kind_of_label_and_by_relation() -> None:
    labels = [
        Label(1, 2, True, {"label": "copy", "set": "s"}),
        Label(2, 3, False, {"label": "event"}),
        Label(4, 1, True, {"label": "copy"}),
    ]
    report = evaluate(Truth(labels), {1: 1, 2: 1, 3: 3, 4: 4}, {(1, 2): edge(0.9), (1, 4): edge(0.4, "block-quote")})
    assert report.groups["label"] == {"copy": Counts(right=1, missed=1), "event": Counts(apart=1)}
    assert report.groups["set"] == {"s": Counts(right=1)}
    assert report.groups["relation"] == {
        "block-quote": Counts(missed=1), NO_EDGE: Counts(apart=1), "updated": Counts(right=1),
    }  # fmt: skip
    assert report.clusters is None


def test_wrong_joins_are_read_before_missed_ones_and_those_that_share_most_first() -> None:
    cluster_of = {1: 1, 2: 1, 3: 1, 4: 4, 5: 5}
    labels = [Label(4, 5, True), Label(1, 4, True), Label(1, 2, False), Label(1, 3, False), Label(2, 3, True)]
    edges = {(1, 2): edge(0.5), (1, 3): edge(0.7), (1, 4): edge(0.9)}
    order = [(error.label.a, error.label.b) for error in worst(find(labels, cluster_of, edges), 10)]
    assert order == [(1, 3), (1, 2), (1, 4), (4, 5)]
    assert len(worst(find(labels, cluster_of, edges), 2)) == 2
