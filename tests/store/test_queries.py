"""What people ask of a store, on both databases."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from sqlalchemy import event

from storage.errors import NotFound
from storage.queries import Queries
from storage.relations import inverse, shared, weight
from storage.store import Store
from storage.types import ArticleQuery, Comparison, Role
from tests.store.build import DAY, NOON, a_cluster, a_sketch, an_article, an_edge, judge, put, put_many


def _ids(queries: Queries, query: ArticleQuery) -> list[int]:
    return [row.id for row in queries.articles(query)]


def test_articles_are_listed_newest_first_by_publication_else_first_seen(store: Store, queries: Queries) -> None:
    put(store, an_article(1, date_published=NOON - 2 * DAY))
    put(store, an_article(2))
    put(store, an_article(3, date_published=NOON - DAY))
    put(store, an_article(4, date_published=NOON))
    assert _ids(queries, ArticleQuery()) == [4, 2, 3, 1]
    assert _ids(queries, ArticleQuery(limit=2)) == [4, 2]
    assert _ids(queries, ArticleQuery(since=NOON - DAY, until=NOON)) == [3]


def test_articles_are_narrowed_by_source_and_language(store: Store, queries: Queries) -> None:
    put(store, an_article(1, source="agency", in_language="en-GB"))
    put(store, an_article(2, in_language="EN"))
    put(store, an_article(3, in_language="eng"))
    put(store, an_article(4))
    assert _ids(queries, ArticleQuery(source="agency")) == [1]
    assert _ids(queries, ArticleQuery(in_language="en")) == [2, 1]
    assert _ids(queries, ArticleQuery(in_language="en-gb")) == [1]
    assert _ids(queries, ArticleQuery(in_language="%")) == []


def test_variants_are_listed_only_with_all_copies(store: Store, queries: Queries) -> None:
    put_many(store, 4)
    judge(store, [a_cluster(1, 2, canonical=2), a_cluster(3)])
    rows = queries.articles(ArticleQuery())
    assert [(row.id, row.role, row.cluster_id, row.cluster_size) for row in rows] == [
        (4, None, None, 1),
        (3, Role.CANONICAL, 3, 1),
        (2, Role.CANONICAL, 1, 2),
    ]
    assert _ids(queries, ArticleQuery(role=None)) == [4, 3, 2, 1]


def test_an_article_is_found_by_id_url_alias_and_external_id(store: Store, queries: Queries) -> None:
    put(store, an_article(1, external_id="00b2c1"))
    put(store, an_article(2, external_id="1"))
    store.add_alias("https://short.example/1", an_article(1).url)
    for ref in ("1", an_article(1).url, "https://short.example/1", "00b2c1"):
        assert queries.article(ref).id == 1


def test_digits_that_are_no_id_may_be_an_external_id(store: Store, queries: Queries) -> None:
    put(store, an_article(1, external_id="77"))
    put(store, an_article(2, external_id="9" * 40))
    assert [queries.article(ref).id for ref in ("77", "9" * 40)] == [1, 2]
    with pytest.raises(NotFound):
        queries.article(77)


@pytest.mark.parametrize("ref", ["", "7", "٣", "-1", "9" * 18, "9" * 30, "https://nowhere.example/", "a'b\"%\0"])
def test_what_is_not_there_is_not_found(queries: Queries, ref: str) -> None:
    with pytest.raises(NotFound, match="not in the store: article"):
        queries.article(ref)


def test_a_cluster_that_is_not_there_is_not_found(queries: Queries) -> None:
    with pytest.raises(NotFound, match="cluster 5"):
        queries.cluster(5)


def test_an_article_comes_with_its_cluster_edges_and_why_it_was_skipped(store: Store, queries: Queries) -> None:
    put_many(store, 3)
    judge(store, [a_cluster(1, 2)], [an_edge(1, 2), an_edge(1, 3, joins=False)])
    store.index.put_sketches([a_sketch(3, skip_reason="too short")])
    detail = queries.article("1")
    assert detail.cluster == queries.cluster(1)
    assert detail.edges == (an_edge(1, 2), an_edge(1, 3, joins=False))
    lone = queries.article("3")
    assert (lone.cluster, lone.skip_reason, detail.skip_reason) == (None, "too short", None)


def test_clusters_come_by_size_then_id(store: Store, queries: Queries) -> None:
    put_many(store, 8)
    judge(store, [a_cluster(1), a_cluster(2, 3), a_cluster(4, 5, 6), a_cluster(7, 8)])
    assert [row.id for row in queries.clusters()] == [4, 2, 7]
    assert [row.id for row in queries.clusters(min_size=1, limit=2)] == [4, 2]
    assert [row.id for row in queries.clusters(min_size=1, limit=0)] == []
    assert [row.id for row in queries.clusters(min_size=1)] == [4, 2, 7, 1]


def test_clusters_of_many_batches_come_once_each(store: Store, queries: Queries) -> None:
    put_many(store, 510)
    pairs = [a_cluster(number, number + 1) for number in range(1, 510, 2)]
    judge(store, pairs)
    assert [row.id for row in queries.clusters()] == [pair.id for pair in pairs]
    assert len(list(queries.clusters(limit=150))) == 150


def test_clusters_and_edges_go_on_after_the_last_that_was_read(store: Store, queries: Queries) -> None:
    put_many(store, 9)
    edges = [an_edge(1, 2), an_edge(1, 3), an_edge(4, 5), an_edge(8, 9)]
    judge(store, [a_cluster(1, 2, 3), a_cluster(4, 5), a_cluster(6, 7), a_cluster(8, 9)], edges)
    assert [row.id for row in queries.clusters(after=(3, 1))] == [4, 6, 8]
    assert [row.id for row in queries.clusters(after=(2, 4), limit=1)] == [6]
    assert [(edge.article_a, edge.article_b) for edge in queries.edges(start=(1, 2), batch_size=1)] == [
        (1, 3),
        (4, 5),
        (8, 9),
    ]


def test_the_latest_edges_are_those_of_the_latest_arrivals_within_the_bounds(store: Store, queries: Queries) -> None:
    put_many(store, 6)
    shares = {(1, 2): 0.3, (1, 6): 0.5, (2, 5): 0.95, (3, 4): 0.4}
    store.save_edges([an_edge(*ends, containment=share) for ends, share in shares.items()])
    found = queries.latest_edges(0.3, 0.9, among=3)
    assert {(edge.article_a, edge.article_b) for edge in found} == {(1, 6), (3, 4)}
    assert len(queries.latest_edges(0.3, 0.9, among=10)) == 3


def test_clusters_are_found_by_any_of_their_members(store: Store, queries: Queries) -> None:
    put_many(store, 4)
    judge(store, [a_cluster(1, 2), a_cluster(3)])
    found = queries.clusters_of([2, 3, 4, 99])
    assert {article: row.id for article, row in found.items()} == {2: 1, 3: 3}


def test_sources_are_known_since_their_first_article(store: Store, queries: Queries) -> None:
    put(store, an_article(1, source="agency"), NOON)
    put(store, an_article(2, source="agency"), NOON - DAY)
    put(store, an_article(3), NOON)
    assert queries.sources_since(["agency", "unknown"]) == {"agency": NOON - DAY}


def test_reading_clusters_may_stop_and_the_store_still_be_written(store: Store, queries: Queries) -> None:
    put_many(store, 4)
    judge(store, [a_cluster(1, 2), a_cluster(3, 4)])
    rows = queries.clusters()
    assert next(rows).id == 1
    store.clear_dedupe()
    assert [row.id for row in rows] in ([], [3])


def test_members_come_canonical_first_then_by_date(store: Store, queries: Queries) -> None:
    put(store, an_article(1, date_published=NOON))
    put(store, an_article(2, date_published=NOON + DAY))
    put(store, an_article(3, date_published=NOON - DAY))
    judge(store, [a_cluster(2, 1, 3)])
    row = queries.cluster(1)
    assert [(member.id, member.role) for member in row.members] == [
        (2, Role.CANONICAL),
        (3, Role.VARIANT),
        (1, Role.VARIANT),
    ]
    assert row.canonical == row.members[0]


def test_a_member_is_told_by_its_edge_to_the_canonical_article_seen_from_its_side(
    store: Store, queries: Queries
) -> None:
    put_many(store, 3)
    edges = [
        an_edge(1, 2, relation="abridged"),
        an_edge(2, 3, relation="abridged"),
        an_edge(1, 3, relation="updated", containment=0.99),
    ]
    judge(store, [a_cluster(1, 2, 3, canonical=2)], edges)
    canonical, first, third = queries.cluster(1).members
    assert (canonical.relation, canonical.jaccard, canonical.containment, canonical.edge_reason) == (None,) * 4
    assert (first.id, first.relation, first.edge_reason) == (1, "extended", "1 and 2")
    assert (third.id, third.relation, third.containment) == (3, "abridged", 0.9)


def test_a_member_that_is_no_copy_of_the_canonical_article_is_told_by_its_nearest(
    store: Store, queries: Queries
) -> None:
    put_many(store, 5)
    edges = [
        an_edge(1, 2),
        an_edge(2, 3),
        an_edge(2, 4, containment=0.7),
        an_edge(3, 4, containment=0.95, relation="updated"),
        an_edge(4, 5, containment=0.99, relation="abridged"),
        an_edge(1, 3, joins=False, relation="template"),
    ]
    judge(store, [a_cluster(1, 2, 3, 4), a_cluster(5)], edges)
    told = {member.id: (member.relation, member.edge_reason) for member in queries.cluster(1).members}
    assert told == {
        1: (None, None),
        2: ("near-duplicate", "1 and 2"),
        3: ("superseded", "3 and 4"),
        4: ("updated", "3 and 4"),
    }


@pytest.mark.parametrize(
    ("relation", "other"),
    [
        ("abridged", "extended"),
        ("updated", "superseded"),
        ("digest-contains", "in-digest"),
        ("translation-of", "original-of"),
        ("identical", "identical"),
    ],
)
def test_relations_turn_around_and_back(relation: str, other: str) -> None:
    assert (inverse(relation), inverse(other)) == (other, relation)


def test_a_translation_matters_more_to_a_person_than_what_shares_passages() -> None:
    passage = an_edge(1, 2, joins=False)
    translation = replace(passage, relation="original-of", containment=0.0, measures={"anchored": 0.4})
    assert sorted([translation, passage, an_edge(1, 3)], key=weight)[:2] == [passage, translation]
    assert shared(translation) == 0.4


def test_members_that_were_compared_are_told_by_cluster(store: Store, queries: Queries) -> None:
    put_many(store, 6)
    edges = [an_edge(1, 2), an_edge(1, 3), an_edge(2, 3, joins=False), an_edge(3, 4, joins=False), an_edge(4, 5)]
    judge(store, [a_cluster(1, 2, 3), a_cluster(4, 5), a_cluster(6)], edges)
    found = queries.comparisons([1, 6])
    assert found.keys() == {1}
    assert set(found[1]) == {Comparison(1, 2, True), Comparison(1, 3, True), Comparison(2, 3, False)}


def test_texts_are_current_headlines_and_bodies(store: Store, queries: Queries) -> None:
    put_many(store, 2)
    put(store, an_article(2, headline="New"), NOON + DAY)
    assert queries.texts([1, 2, 3]) == {
        1: ("Headline 1", "Body of number 1."),
        2: ("New", "Body of number 2."),
    }


def test_an_empty_store_has_nothing(queries: Queries) -> None:
    stats = queries.stats()
    assert (stats.articles, stats.fetched, stats.rejected, stats.first_seen) == (0, 0, {}, None)
    assert queries.articles(ArticleQuery(words="anything")) == []
    assert list(queries.clusters()) == []


def test_totals_are_the_same_as_those_of_the_stats(store: Store, queries: Queries) -> None:
    nothing = queries.totals()
    assert set(asdict(nothing).values()) == {0}
    put_many(store, 6)
    put(store, an_article(5, headline="New", source="agency"), NOON + DAY)
    judge(store, [a_cluster(1, 2, 3), a_cluster(4), a_cluster(6)], [an_edge(1, 2), an_edge(1, 4, joins=False)])
    store.purge("https://daily.example/4", "x", run_id=1, at=NOON)
    found, stats = asdict(queries.totals()), asdict(queries.stats())
    assert found == {name: stats[name] for name in found}
    assert (found["canonical"], found["variants"], found["unjudged"]) == (2, 2, 1)


def test_totals_read_no_losses_and_no_runs(store: Store, queries: Queries) -> None:
    seen: list[str] = []
    with store.reading() as connection:
        event.listen(connection.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    queries.totals()
    assert [statement for statement in seen if "FROM run" in statement or "FROM rejection" in statement] == []


def test_stats_count_articles_by_role(store: Store, queries: Queries) -> None:
    put_many(store, 5)
    put(store, an_article(5, headline="New", source="agency"), NOON + DAY)
    judge(store, [a_cluster(1, 2, 3), a_cluster(4)], [an_edge(1, 2), an_edge(1, 4, joins=False)])
    stats = queries.stats()
    assert (stats.articles, stats.canonical, stats.variants, stats.unjudged) == (5, 2, 2, 1)
    assert (stats.clusters, stats.edges, stats.revisions, stats.sources) == (2, 2, 6, 2)
