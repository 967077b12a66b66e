"""What dedupe keeps in the store and reads back, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storage.columns import MEASURES
from storage.errors import NotFound
from storage.queries import Queries
from storage.store import Store
from storage.types import Cluster, Document, IndexState, Place, PostingRun, SiteSample
from tests.examples import at_most
from tests.store.build import DAY, NOON, a_cluster, a_sketch, an_article, an_edge, judge, pending, put, put_many


def test_arrivals_come_in_order_and_say_which_are_current(store: Store) -> None:
    put_many(store, 3)
    put(store, an_article(1, article_body="Changed"), NOON + DAY)
    found = store.index.arrivals(0, 9)
    assert [(each.revision_id, each.article_id, each.is_current) for each in found] == [
        (1, 1, False),
        (2, 2, True),
        (3, 3, True),
        (4, 1, True),
    ]
    assert found[3:] == store.index.arrivals(3, 9)
    assert found[:2] == store.index.arrivals(0, 2)
    assert found[3] == Document(
        article_id=1,
        revision_id=4,
        is_current=True,
        site="daily.example",
        headline="Headline 1",
        text="Changed",
        seen_at=NOON + DAY,
    )


def test_documents_are_current_revisions(store: Store) -> None:
    put_many(store, 2)
    put(store, an_article(1, article_body="Changed"), NOON + DAY)
    assert {i: document.text for i, document in store.documents([1, 2, 99]).items()} == {
        1: "Changed",
        2: "Body of number 2.",
    }


def test_only_what_has_a_sketch_can_be_a_candidate(store: Store, queries: Queries) -> None:
    put_many(store, 3)
    store.index.put_sketches([a_sketch(1, size=7), a_sketch(2, size=8, site_text=b"marks")])
    assert store.index.sizes([1, 2, 3, 99]) == {1: 7, 2: 8}
    assert {each.revision_id: each.site_text for each in store.index.documents([1, 2, 3])} == {1: None, 2: b"marks"}
    assert queries.stats().unjudged == 1
    put(store, an_article(1, article_body="Changed"), NOON + DAY)
    assert store.index.sizes([1, 2, 3, 4]) == {2: 8}


def a_run(bucket: int, id: int = 0) -> PostingRun:
    return PostingRun(id=id, bucket=bucket, level=0, bits=4, width=5, first=1, last=9, postings=3)


def test_a_run_comes_back_in_blocks_until_it_is_removed(store: Store) -> None:
    index = store.index
    runs = [index.add_run(a_run(bucket)) for bucket in (5, 6, 7)]
    index.add_blocks(runs[0], [(0, b"first"), (3, b"second")])
    index.add_blocks(runs[0], [(15, b"last")])
    index.add_blocks(runs[1], [(0, b"other")])
    assert [run.id for run in index.runs(5, 6)] == runs[:2]
    assert index.runs(7, 7) == [a_run(7, runs[2])]
    assert index.buckets(6) == [5, 6]
    assert index.blocks_between(runs[0], 0, 3) == [(0, b"first"), (3, b"second")]
    assert index.blocks(runs[0], [0, 1, 15]) == [(0, b"first"), (15, b"last")]
    index.remove_runs(runs[:1])
    assert index.blocks_between(runs[0], 0, 15) == []
    assert [run.id for run in index.runs(0, 9)] == runs[1:]


def test_of_a_site_the_latest_samples_are_kept(store: Store) -> None:
    def sample(number: int, site: str = "a.example") -> SiteSample:
        return SiteSample(site=site, revision_id=number, article_id=number, shingles=bytes([number]))

    store.index.put_samples([sample(1), sample(2), sample(3, "b.example")], 8)
    store.index.put_samples([sample(number) for number in range(4, 11)], 8)
    assert store.index.samples(["b.example", "a.example"]) == [
        *(sample(number) for number in (1, 2, *range(4, 11))),
        sample(3, "b.example"),
    ]
    store.index.put_samples([sample(11)], 8)
    assert store.index.samples(["a.example"]) == [sample(number) for number in range(4, 12)]


def test_the_state_of_the_index_is_what_was_last_put(store: Store) -> None:
    assert store.index.state() is None
    for last in (3, 9):
        store.index.put_state(IndexState(spec="spec", last_revision=last))
    assert store.index.state() == IndexState(spec="spec", last_revision=9)


def test_a_purged_article_leaves_the_index(store: Store) -> None:
    put_many(store, 2)
    store.index.put_samples(
        [SiteSample(site="daily.example", revision_id=i, article_id=i, shingles=b"x") for i in (1, 2)], 9
    )
    store.index.put_sketches([a_sketch(1), a_sketch(2)])
    store.index.put_state(IndexState(spec="spec", last_revision=2))
    store.purge(an_article(2).url, "wrong", run_id=1, at=NOON)
    assert store.index.sizes([1, 2]) == {1: 100}
    assert [sample.revision_id for sample in store.index.samples(["daily.example"])] == [1]
    assert store.index.state() == IndexState(spec="spec", last_revision=1)  # SQLite gives the id 2 to the next


def test_articles_are_read_whole(store: Store) -> None:
    article = an_article(1, authors=("A", "B"), date_published=NOON, extra={"n": 1})
    put(store, article, NOON)
    assert store.articles_by_id([1, 2]) == {1: article}


def test_an_edge_saved_again_replaces_the_former(store: Store, queries: Queries) -> None:
    put_many(store, 2)
    store.save_edges([an_edge(1, 2)])
    store.save_edges([an_edge(1, 2, joins=False, relation="different")])
    assert queries.edges_of([2]) == [an_edge(1, 2, joins=False, relation="different")]


@given(
    measures=st.dictionaries(
        st.one_of(st.sampled_from(MEASURES), st.text(max_size=5)), st.one_of(st.integers(0, 9), st.floats(0, 1))
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=at_most(30))
def test_any_measures_come_back(store: Store, queries: Queries, measures: dict[str, float]) -> None:
    if not queries.places():
        put_many(store, 2)
    store.save_edges([replace(an_edge(1, 2), measures=measures)])
    (found,) = queries.edges_of([1])
    assert found.measures == measures


def test_measures_of_earlier_versions_are_read(store: Store, queries: Queries) -> None:
    put_many(store, 2)
    store.save_edges([an_edge(1, 2)])
    with store.transaction() as connection:
        connection.execute(text('UPDATE edge SET measures = \'{"runs": 2.0, "rest": 0.5}\''))
    (found,) = queries.edges_of([1])
    assert found.measures == {"runs": 2, "rest": 0.5}


def test_saving_nothing_is_fine(store: Store) -> None:
    store.index.put_sketches([])
    store.index.put_samples([], 9)
    store.save_edges([])
    store.replace_clusters([])
    assert store.index.state() is None


def test_a_component_follows_joining_edges_to_their_end(store: Store) -> None:
    put_many(store, 7)
    chain = [an_edge(1, 2), an_edge(2, 3), an_edge(3, 4)]
    store.save_edges([*chain, an_edge(4, 5, joins=False), an_edge(5, 6)])
    assert store.component([3]) == ({1, 2, 3, 4}, [(1, 2, 0.9), (2, 3, 0.9), (3, 4, 0.9)])
    assert store.component([7]) == ({7}, [])


def test_clusters_are_replaced_for_exactly_their_members(store: Store, queries: Queries) -> None:
    put_many(store, 5)
    judge(store, [a_cluster(1, 2, 3), a_cluster(4, 5)])
    store.replace_clusters([a_cluster(3, 4, 5, canonical=4)])
    assert [(row.id, [member.id for member in row.members]) for row in queries.clusters()] == [
        (3, [4, 3, 5]),
        (1, [1, 2]),
    ]
    assert store.cluster_mates([5]) == {3, 4, 5}
    assert store.cluster_mates([1]) == {1, 2}


def test_cluster_mates_of_the_unjudged_are_themselves(store: Store) -> None:
    put_many(store, 2)
    assert store.cluster_mates([1]) == {1}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=at_most(40))
@given(labels=st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=4))
def test_clusters_are_what_was_last_put_whatever_was_there(
    store: Store, queries: Queries, labels: list[list[int]]
) -> None:
    if queries.stats().articles == 0:
        put_many(store, 6)
    for labelling in labels:
        store.replace_clusters(_partition(labelling))
    found = {row.id: sorted(member.id for member in row.members) for row in queries.clusters(min_size=1)}
    assert found == {cluster.id: list(cluster.members) for cluster in _partition(labels[-1])}
    assert queries.stats().clusters == len(found)


def _partition(labelling: list[int]) -> list[Cluster]:
    groups: dict[int, list[int]] = {}
    for article_id, label in enumerate(labelling, start=1):
        groups.setdefault(label, []).append(article_id)
    return [a_cluster(*members) for members in groups.values()]


def test_clearing_leaves_articles_that_nobody_has_judged(store: Store, queries: Queries) -> None:
    put_many(store, 3)
    judge(store, [a_cluster(1, 2), a_cluster(3)], [an_edge(1, 2)])
    store.clear_dedupe()
    stats = queries.stats()
    assert (stats.articles, stats.unjudged, stats.clusters, stats.edges, stats.variants) == (3, 3, 0, 0, 0)
    assert len(pending(store)) == 3
    assert store.index.state() is None


def test_pairs_of_a_relation_are_found_among_articles(store: Store) -> None:
    put_many(store, 4)
    quote = "block-quote"
    store.save_edges(
        [
            an_edge(1, 2, relation=quote, joins=False, containment=0.5),
            an_edge(2, 3, relation=quote, joins=False, containment=0.4),
            an_edge(1, 3, relation="updated"),
            an_edge(3, 4, relation=quote, joins=False, containment=0.9),
        ]
    )
    assert store.pairs_within([1, 2, 3, 4], quote, 0.5) == [(1, 2), (3, 4)]
    assert store.pairs_within([1, 2, 3], quote, 0.5) == [(1, 2)]
    assert store.pairs_within([], quote, 0.5) == []


def test_all_edges_are_read_in_order_a_batch_at_a_time(
    store: Store, queries: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.queries._EDGES", 2)
    put_many(store, 4)
    assert list(queries.edges()) == []
    edges = [an_edge(1, 2), an_edge(1, 3, joins=False), an_edge(1, 4), an_edge(2, 3)]
    store.save_edges(edges[::-1])
    assert list(queries.edges()) == edges


def test_the_edge_between_two_articles_is_found_from_either_side(store: Store, queries: Queries) -> None:
    put_many(store, 3)
    edge = an_edge(1, 2, joins=False)
    store.save_edges([edge, an_edge(2, 3)])
    assert queries.edge_between(1, 2) == queries.edge_between(2, 1) == edge
    assert queries.edge_between(1, 3) is None


def test_places_say_cluster_arrival_and_date(store: Store, queries: Queries) -> None:
    put_many(store, 2)
    put(store, an_article(3, date_published=NOON))
    judge(store, [a_cluster(1, 2)])
    assert queries.places() == {1: Place(1, 1, 1, None), 2: Place(2, 1, 2, None), 3: Place(3, None, 3, NOON)}
    assert queries.places([3, 9]).keys() == {3}
    assert queries.places([]) == {}


def test_articles_are_found_by_what_they_are_called_elsewhere(store: Store, queries: Queries) -> None:
    put(store, an_article(1, external_id="x"))
    put(store, an_article(2, external_id="x"))
    put(store, an_article(3, external_id="y"))
    assert queries.by_external_id(["x", "y", "z"]) == {"x": 1, "y": 3}
    assert queries.find("https://daily.example/3") == 3
    with pytest.raises(NotFound):
        queries.find("https://daily.example/9")
