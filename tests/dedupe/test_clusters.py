"""Edges and decisions to clusters."""

from __future__ import annotations

from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from dedupe.clusters import (
    MAJORITY,
    Decision,
    Evidence,
    Join,
    contradiction,
    is_doubtful,
    is_objection,
    overruled,
    partition,
)
from dedupe.judge import Relation
from dedupe.postings import MOST_POSTINGS

JOINS = st.lists(
    st.builds(
        lambda strength, ends: Join(strength, *sorted(ends)),
        st.sampled_from([0.3, 0.5, 0.9, 1.0]),
        st.lists(st.integers(1, 9), min_size=2, max_size=2, unique=True),
    ),
    unique_by=lambda join: (join.a, join.b),
)


PAIRS = st.lists(st.integers(1, 9), min_size=2, max_size=2, unique=True)
DECISIONS = st.lists(st.tuples(PAIRS, st.booleans()), max_size=12).map(
    lambda found: [Decision(number, a, b, together) for number, ((a, b), together) in enumerate(found)]
)


def clique(*members: int, strength: float = 0.9) -> list[Join]:
    return [Join(strength, a, b) for a, b in combinations(members, 2)]


def test_articles_without_edges_are_clusters_of_one() -> None:
    assert partition([3, 1], []) == [(1,), (3,)]


def test_members_that_all_match_are_one_cluster() -> None:
    assert partition(range(1, 5), clique(1, 2, 3, 4)) == [(1, 2, 3, 4)]


def test_one_edge_does_not_chain_two_clusters() -> None:
    joins = [*clique(1, 2, 3), *clique(4, 5, 6), Join(0.4, 3, 4)]
    assert partition(range(1, 7), joins) == [(1, 2, 3), (4, 5, 6)]


def test_a_member_that_matches_half_of_a_cluster_belongs_to_it() -> None:
    assert partition(range(1, 4), [Join(0.9, 1, 2), Join(0.5, 2, 3)]) == [(1, 2, 3)]


def mates(clusters: list[tuple[int, ...]]) -> set[tuple[int, int]]:
    """Give the pairs that share a cluster, the smaller first."""
    return {pair for cluster in clusters for pair in combinations(cluster, 2)}


def test_a_group_that_most_of_another_matches_is_taken_in_when_it_has_grown() -> None:
    joins = [*clique(1, 2, strength=0.9), Join(0.8, 3, 4), Join(0.7, 1, 3), Join(0.6, 2, 3)]
    assert partition(range(1, 5), joins) == [(1, 2, 3, 4)]
    assert partition(range(1, 5), joins[:-1]) == [(1, 2), (3, 4)]


def test_a_doubtful_pair_counts_a_third_where_three_are_joined() -> None:
    """7 shares much with six copies, is joined to some and taken for a quotation of the others."""
    whole = clique(*range(1, 7))
    for joined, doubtful, together in [(3, 0, True), (2, 4, False), (1, 5, False)]:
        joins = [Join(0.8, n, 7) for n in range(1, joined + 1)]
        doubts = [(n, 7) for n in range(joined + 1, joined + doubtful + 1)]
        assert ((1, 7) in mates(partition(range(1, 8), [*whole, *joins], doubts=doubts))) == together
    whole = clique(*range(1, 10))
    for doubtful, together in [(6, True), (5, True), (4, False)]:
        joins = [Join(0.8, n, 10) for n in range(1, 4)]
        doubts = [(n, 10) for n in range(4, 4 + doubtful)]
        assert ((1, 10) in mates(partition(range(1, 11), [*whole, *joins], doubts=doubts))) == together


def test_an_objection_takes_a_join_away() -> None:
    chain = [*clique(1, 2), Join(0.8, 1, 3)]
    assert partition([1, 2, 3], chain) == [(1, 2, 3)]
    assert partition([1, 2, 3], chain, objections=[(2, 3)]) == [(1, 2), (3,)]
    whole = [*clique(*range(1, 6)), *(Join(0.8, n, 6) for n in range(1, 5))]
    assert partition(range(1, 7), whole, objections=[(5, 6)]) == [tuple(range(1, 7))]
    assert is_objection(Relation.TEMPLATE) and not is_objection(Relation.SHARED_PASSAGE)


def test_only_a_quotation_of_much_is_doubtful() -> None:
    assert is_doubtful(Relation.BLOCK_QUOTE, 0.5)
    assert not is_doubtful(Relation.BLOCK_QUOTE, 0.4)
    assert not is_doubtful(Relation.DIGEST_CONTAINS, 1.0)


def test_what_belongs_together_needs_no_edge() -> None:
    assert partition([1, 2, 3], [], [Decision(1, 3, 1, True)]) == [(1, 3), (2,)]


def test_what_is_to_stay_apart_does_whatever_it_shares_and_by_whatever_way() -> None:
    apart = Decision(1, 1, 2, False)
    assert partition([1, 2], [Join(1.0, 1, 2)], [apart]) == [(1,), (2,)]
    assert partition([1, 2, 3], [Join(1.0, 1, 2), Join(0.8, 1, 3), Join(0.9, 2, 3)], [apart]) == [(1,), (2, 3)]


def test_articles_that_are_together_are_so_before_edges_are_looked_at() -> None:
    """1 and 2 are kept whole; 3, which only 1 matches, is half of what it takes."""
    joins = [Join(1.0, 2, 3), Join(0.9, 3, 4), Join(0.9, 2, 4)]
    assert partition(range(1, 5), joins, [Decision(1, 1, 2, True)]) == [(1, 2, 3, 4)]
    assert partition(range(1, 5), joins[:1], [Decision(1, 1, 2, True), Decision(2, 1, 4, True)]) == [(1, 2, 4), (3,)]


def test_of_decisions_that_contradict_each_other_the_latest_hold() -> None:
    together, chain, apart = Decision(1, 1, 2, True), Decision(2, 2, 3, True), Decision(3, 1, 3, False)
    assert overruled([together, chain, apart]) == [together]
    assert partition([1, 2, 3], [], [together, chain, apart]) == [(1,), (2, 3)]
    first = Decision(0, 1, 3, False)
    assert overruled([together, chain, first]) == [first]
    assert partition([1, 2, 3], [], [together, chain, first]) == [(1, 2, 3)]


def test_a_decision_that_holds_is_not_overruled_for_one_between_that_does_not() -> None:
    first, void, last = Decision(1, 1, 2, True), Decision(2, 1, 2, False), Decision(3, 1, 2, True)
    assert overruled([first, void, last]) == [void]


def test_an_article_cannot_be_kept_apart_from_itself() -> None:
    assert overruled([Decision(1, 1, 1, False)]) == [Decision(1, 1, 1, False)]
    assert overruled([Decision(1, 1, 1, True)]) == []


def test_decisions_on_articles_that_are_gone_are_left_aside() -> None:
    assert partition([1, 2], clique(1, 2), [Decision(1, 1, 9, True), Decision(2, 2, 9, False)]) == [(1, 2)]


@given(JOINS, DECISIONS)
def test_decisions_hold_that_are_not_overruled(joins: list[Join], decisions: list[Decision]) -> None:
    found = mates(partition(range(1, 10), joins, decisions))
    void = overruled(decisions)
    for decision in decisions:
        pair = (min(decision.a, decision.b), max(decision.a, decision.b))
        assert ((pair in found) == decision.together) == (decision not in void)


@given(DECISIONS)
def test_a_decision_is_overruled_only_by_later_ones(decisions: list[Decision]) -> None:
    void = overruled(decisions)
    assert not decisions or decisions[-1] not in void
    assert overruled([decision for decision in decisions if decision not in void]) == []
    for decision in void:
        later = [other for other in decisions if other.number > decision.number]
        assert decision in overruled([decision, *later])


@given(DECISIONS)
def test_a_contradiction_is_named_by_no_more_than_it_takes(decisions: list[Decision]) -> None:
    found = contradiction(decisions)
    assert bool(found) == bool(overruled(decisions))
    assert {*found} <= {*decisions}
    for decision in found:
        assert not overruled([other for other in found if other is not decision])


def test_evidence_can_do_without_some_articles() -> None:
    evidence = Evidence([Join(1.0, 1, 2), Join(1.0, 2, 3)], [(1, 3), (2, 4)], [(1, 4), (2, 4)])
    assert evidence.without({1}) == Evidence([Join(1.0, 2, 3)], [(2, 4)], [(2, 4)])
    assert evidence.without({5}) == evidence


DOUBTS = st.lists(PAIRS.map(lambda ends: (min(ends), max(ends))), unique=True)


@given(JOINS, DECISIONS, DOUBTS, DOUBTS, st.randoms())
def test_the_order_of_edges_and_decisions_does_not_matter(
    joins: list[Join],
    decisions: list[Decision],
    doubts: list[tuple[int, int]],
    objections: list[tuple[int, int]],
    chance: Random,
) -> None:
    there = partition(range(1, 10), joins, decisions, doubts, objections), overruled(decisions)
    articles = list(range(1, 10))
    for shuffled in (joins, decisions, articles, doubts, objections):
        chance.shuffle(shuffled)
    assert (partition(articles, joins, decisions, doubts, objections), overruled(decisions)) == there


@given(JOINS, DECISIONS)
def test_two_groups_that_may_be_merged_do_not_agree(joins: list[Join], decisions: list[Decision]) -> None:
    """No merge is left to be done, whatever order the edges came in."""
    found = partition(range(1, 10), joins, decisions)
    joined = {(join.a, join.b) for join in joins}
    held = [d for d in decisions if d not in overruled(decisions) and not d.together]
    for x, y in combinations(found, 2):
        between = sum((min(a, b), max(a, b)) in joined for a in x for b in y)
        kept_apart = any({d.a, d.b} & {*x} and {d.a, d.b} & {*y} for d in held)
        assert kept_apart or not between or between < MAJORITY * len(x) * len(y)


@given(JOINS)
def test_every_article_is_in_one_cluster_and_clusters_stay_within_components(joins: list[Join]) -> None:
    found = partition(range(1, 10), joins)
    assert sorted(article for cluster in found for article in cluster) == list(range(1, 10))
    for cluster in found:
        ends = {end for join in joins if {join.a, join.b} <= set(cluster) for end in (join.a, join.b)}
        assert len(cluster) == 1 or ends == set(cluster)


@given(JOINS)
def test_a_component_is_partitioned_alike_alone_and_among_others(joins: list[Join]) -> None:
    apart = [Join(join.strength, join.a + 100, join.b + 100) for join in joins]
    together = partition([*range(1, 10), *range(101, 110)], [*joins, *apart])
    assert [cluster for cluster in together if cluster[0] < 100] == partition(range(1, 10), joins)


def test_a_text_with_thousands_of_copies_is_one_cluster_though_each_meets_only_the_latest() -> None:
    count, met = 1000, MOST_POSTINGS
    joins = [Join(1.0, a, b) for b in range(count) for a in range(max(0, b - met), b)]
    assert partition(range(count), joins) == [tuple(range(count))]
