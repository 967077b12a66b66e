from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dedupe.canonical import Claim, choose
from dedupe.clusters import Join, partition

JOINS = st.lists(
    st.builds(
        lambda strength, ends: Join(strength, *sorted(ends)),
        st.sampled_from([0.3, 0.5, 0.9, 1.0]),
        st.lists(st.integers(1, 9), min_size=2, max_size=2, unique=True),
    ),
    unique_by=lambda join: (join.a, join.b),
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


@given(JOINS, st.randoms())
def test_the_order_of_edges_does_not_matter(joins: list[Join], chance: object) -> None:
    shuffled = list(joins)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert partition(range(1, 10), shuffled) == partition(range(1, 10), joins)


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


AP = Claim(
    article_id=1, url="https://ap.example/1", names=("AP News", "Associated Press"), credits=("Associated Press",),
    points_at=(), earliest=1000.0, latest=1000.0, words=400,
)  # fmt: skip
PAPER = replace(AP, article_id=2, url="https://p.example/2", names=("Paper",))
TIMES = replace(PAPER, article_id=3, url="https://t.example/3", names=("Times",), earliest=900.0, latest=900.0)


def test_the_agency_that_the_copies_credit_is_canonical() -> None:
    choice = choose([PAPER, AP, TIMES])
    assert choice.article_id == AP.article_id
    assert "other copies credit it" in choice.reason


def test_the_page_that_another_names_as_its_original_is_canonical() -> None:
    a, b = replace(PAPER, credits=()), replace(TIMES, credits=(), earliest=None, latest=None, points_at=(PAPER.url,))
    assert choose([a, b]).article_id == a.article_id


def test_the_first_to_publish_is_canonical_among_equals() -> None:
    a, b = replace(PAPER, credits=()), replace(TIMES, credits=(), earliest=0.0, latest=0.0)
    assert choose([a, b]).article_id == b.article_id
    assert "published first" in choose([a, b]).reason


def test_a_minute_does_not_make_a_first() -> None:
    a, b = replace(PAPER, credits=()), replace(TIMES, credits=(), earliest=940.0, latest=940.0)
    assert choose([a, b]).reason == "nothing tells the copies apart; stored first"


def test_a_mere_date_is_not_earlier_than_a_time_on_that_day() -> None:
    dated = replace(PAPER, credits=(), earliest=0.0, latest=86_400.0)
    timed = replace(TIMES, credits=())
    assert choose([dated, timed]).article_id == timed.article_id
    assert "published first" in choose([dated, timed]).reason
    next_day = replace(timed, earliest=90_000.0, latest=90_000.0)
    assert choose([dated, next_day]).article_id == dated.article_id


def test_an_agencys_sign_in_the_dateline_credits_it() -> None:
    agency = replace(AP, names=("Meridian Press Agency",), credits=())
    copies = [replace(PAPER, credits=("Meridian",)), replace(TIMES, credits=("Meridian",))]
    assert choose([agency, *copies]).article_id == agency.article_id


def test_a_teaser_is_not_canonical_for_being_early() -> None:
    teaser, whole = replace(PAPER, words=40, earliest=0.0, latest=0.0, credits=("Times",)), replace(TIMES, credits=())
    assert choose([teaser, whole]).article_id == whole.article_id


def test_a_cluster_of_one_needs_no_choice() -> None:
    assert choose([AP]).reason == "the only copy"


@given(st.permutations([AP, PAPER, TIMES]))
def test_the_choice_does_not_depend_on_the_order(claims: list[Claim]) -> None:
    assert choose(claims) == choose([AP, PAPER, TIMES])
