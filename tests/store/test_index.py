"""What dedupe keeps in the store and reads back, on both databases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.errors import NotFound
from storage.queries import Queries
from storage.store import Store
from storage.types import Cluster, Document, Place
from tests.store.build import DAY, NOON, a_cluster, a_sketch, an_article, an_edge, judge, put, put_many


def test_pending_documents_come_in_order_of_arrival_until_sketched(store: Store) -> None:
    put_many(store, 3)
    put(store, an_article(1, article_body="Changed"), NOON + DAY)
    assert [document.article_id for document in store.pending_documents(9)] == [2, 3, 1]
    assert [document.article_id for document in store.pending_documents(2)] == [2, 3]
    store.save_sketches([a_sketch(2), a_sketch(3, skip_reason="too short")])
    assert store.pending_documents(9) == [
        Document(
            article_id=1,
            revision_id=4,
            site="daily.example",
            headline="Headline 1",
            text="Changed",
        )
    ]


def test_documents_are_current_revisions(store: Store) -> None:
    put_many(store, 2)
    put(store, an_article(1, article_body="Changed"), NOON + DAY)
    assert {i: document.text for i, document in store.documents([1, 2, 99]).items()} == {
        1: "Changed",
        2: "Body of number 2.",
    }


def test_articles_are_read_whole(store: Store) -> None:
    article = an_article(1, authors=("A", "B"), date_published=NOON, extra={"n": 1})
    put(store, article, NOON)
    assert store.articles_by_id([1, 2]) == {1: article}


def test_site_documents_are_the_last_ones_before_a_revision_oldest_first(store: Store) -> None:
    put_many(store, 4)
    put(store, an_article(5, site="other.example"))
    put(store, an_article(2, article_body="Changed"), NOON + DAY)
    before_6 = store.site_documents("daily.example", 6, 3)
    assert [(document.revision_id, document.article_id) for document in before_6] == [(2, 2), (3, 3), (4, 4)]
    assert before_6[0].text == "Body of number 2."
    assert [document.revision_id for document in store.site_documents("daily.example", 99, 2)] == [4, 6]
    assert store.site_documents("daily.example", 1, 3) == []


def test_articles_are_found_by_how_many_bands_they_share(store: Store) -> None:
    put_many(store, 3)
    low, high = -(2**63), 2**63 - 1
    store.save_sketches([a_sketch(1, low, high, high), a_sketch(2, high), a_sketch(3, low)])
    assert sorted(store.articles_sharing_bands([low, high, 0], 1)) == [1, 2, 3]
    assert store.articles_sharing_bands([low, high, 0], 2) == [1]
    assert store.articles_sharing_bands([0], 1) == []


def test_a_sketch_saved_again_replaces_the_former(store: Store) -> None:
    put_many(store, 1)
    store.save_sketches([a_sketch(1, 5, 6)])
    store.save_sketches([a_sketch(1, 6, 7, spec="spec-2")])
    assert store.articles_sharing_bands([5], 1) == []
    assert store.articles_sharing_bands([6, 7], 2) == [1]
    assert store.current_spec() == "spec-2"


def test_an_edge_saved_again_replaces_the_former(store: Store, queries: Queries) -> None:
    put_many(store, 2)
    store.save_edges([an_edge(1, 2)])
    store.save_edges([an_edge(1, 2, joins=False, relation="different")])
    assert queries.edges_of([2]) == [an_edge(1, 2, joins=False, relation="different")]


def test_saving_nothing_is_fine(store: Store) -> None:
    store.save_sketches([])
    store.save_edges([])
    store.replace_clusters([])
    assert store.current_spec() is None


def test_a_component_follows_joining_edges_to_their_end(store: Store) -> None:
    put_many(store, 7)
    chain = [an_edge(1, 2), an_edge(2, 3), an_edge(3, 4)]
    store.save_edges([*chain, an_edge(4, 5, joins=False), an_edge(5, 6)])
    assert store.component([3]) == ({1, 2, 3, 4}, chain)
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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
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
    assert len(store.pending_documents(9)) == 3
    assert store.current_spec() is None


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
