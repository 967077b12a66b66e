"""A store made by the first version is brought up to date with what is in it, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text

from storage.queries import Queries
from storage.store import Store
from storage.types import ArticleQuery, Cause, Edge, Listed, SourceState
from tests.reports.rows import edge
from tests.store.build import NOON, make_old

_ARTICLE = (
    "INSERT INTO article (id, url, revision_id, date_first_seen, date_last_seen, is_pending, site, source, authors,"
    " keywords, extra) VALUES (:id, :url, :id, :at, :at, :yes, 'daily.example', :source, '[]', '[]', '{}')"
)
_REVISION = (
    "INSERT INTO revision (id, article_id, run_id, seen_at, site, content_hash, headline, article_body)"
    " VALUES (:id, :id, 1, :at, 'daily.example', 'hash', :headline, 'Body.')"
)
_REJECTION = (
    "INSERT INTO rejection (run_id, url, source, stage, reason, detail, retry, date_first_seen, date_last_seen)"
    " VALUES (1, :url, 'daily', 'extract', :reason, '', :no, :at, :at)"
)
_EDGE = (
    "INSERT INTO edge (article_a, article_b, relation, joins, jaccard, containment, reason, rules_version, measures)"
    " VALUES (:a, :b, :relation, :joins, 0.5, 0.75, 'why', 'rules2', '{\"runs\": 3}')"
)


@pytest.fixture
def fill(store_url: str) -> Iterator[Any]:
    """Run statements, with a time and truths to bind, in a store that has only the first tables."""
    engine = create_engine(store_url)
    with engine.begin() as connection:
        make_old(connection, "0001")
        _run(connection, "INSERT INTO run (id, command, started_at, counts) VALUES (1, 'crawl', :at, '{}')")

    def fill(statement: str, **values: Any) -> None:
        with engine.begin() as connection:
            _run(connection, statement, **values)

    yield fill
    engine.dispose()


def _run(connection: Connection, statement: str, **values: Any) -> None:
    given = {"at": NOON, "yes": True, "no": False, **values}
    connection.execute(text(statement), {name: value for name, value in given.items() if f":{name}" in statement})


def put_old(fill: Any, number: int, url: str, source: str = "daily") -> None:
    fill(_ARTICLE, id=number, url=url, source=source)
    fill(_REVISION, id=number, headline=f"Headline {number}")


def test_articles_lose_www_and_keep_their_address(store_url: str, fill: Any) -> None:
    put_old(fill, 1, "https://www.daily.example/1")
    put_old(fill, 2, "https://www.daily.example/2")
    put_old(fill, 3, "https://daily.example/2")
    put_old(fill, 4, "https://www.example/4")
    put_old(fill, 5, "urn:wirefold:x:5")
    with Store.open(store_url) as store:
        queries = Queries(store)
        found = {str(number): queries.article(str(number)).article for number in range(1, 6)}
        assert [(article.url, article.address) for article in found.values()] == [
            ("https://daily.example/1", "https://www.daily.example/1"),
            ("https://www.daily.example/2", None),
            ("https://daily.example/2", None),
            ("https://www.example/4", None),
            ("urn:wirefold:x:5", None),
        ]
        assert {(article.opt_outs, article.notes) for article in found.values()} == {((), ())}
        assert [dict(article.provenance) for article in found.values()] == [{}] * 5
        assert {revision.cause for revision in queries.article("1").revisions} == {Cause.PUBLISHER}
        assert len(queries.articles(ArticleQuery(words="headline"))) == 5
        assert queries.article("https://www.daily.example/1").id == 1


def test_aliases_follow_what_they_lead_to(store_url: str, fill: Any) -> None:
    put_old(fill, 1, "https://www.daily.example/1")
    put_old(fill, 2, "https://www.daily.example/2")
    put_old(fill, 3, "https://daily.example/2")
    for url, target in (
        ("https://www.short.example/a", "https://www.daily.example/1"),
        ("https://daily.example/1", "https://www.daily.example/1"),
        ("https://short.example/b", "https://www.daily.example/2"),
        ("https://short.example/c", "https://www.daily.example/lost"),
    ):
        fill("INSERT INTO alias (url, article_url) VALUES (:url, :target)", url=url, target=target)
    with Store.open(store_url) as store, store.reading() as connection:
        assert {tuple(row) for row in connection.execute(text("SELECT url, article_url FROM alias"))} == {
            ("https://short.example/a", "https://daily.example/1"),
            ("https://short.example/b", "https://www.daily.example/2"),
            ("https://short.example/c", "https://daily.example/lost"),
        }


def test_losses_lose_www_unless_that_makes_two_of_them_one(store_url: str, fill: Any) -> None:
    for url, reason in (
        ("https://www.daily.example/1", "too-short"),
        ("https://www.daily.example/2", "too-short"),
        ("https://daily.example/2", "too-short"),
        ("https://daily.example/2", "login-page"),
        ("https://www.daily.example/2", "video-page"),
    ):
        fill(_REJECTION, url=url, reason=reason)
    with Store.open(store_url) as store, store.reading() as connection:
        rows = connection.execute(text("SELECT url FROM rejection ORDER BY id"))
        assert [row.url.removeprefix("https://") for row in rows] == [
            "daily.example/1",
            "www.daily.example/2",
            "daily.example/2",
            "daily.example/2",
            "daily.example/2",
        ]


def test_links_to_what_was_there_are_not_due(store_url: str, fill: Any) -> None:
    put_old(fill, 1, "https://www.daily.example/1")
    with Store.open(store_url) as store:
        link = Listed(url="https://daily.example/1", address="https://www.daily.example/1")
        assert store.put_links("daily", [link], seen_at=NOON) == {link.url}
        assert store.count_due("daily", NOON) == 0


def test_source_states_and_overlong_source_names_are_carried_over(store_url: str, fill: Any) -> None:
    fill("INSERT INTO source_state (name, url, etag) VALUES ('daily', 'u', 'e')")
    put_old(fill, 1, "https://daily.example/1", source="x" * 100_000)
    with Store.open(store_url) as store:
        assert store.source_state("daily") == SourceState(name="daily", url="u", etag="e")
        assert len(Queries(store).article("1").article.source) == 500


def test_edges_keep_what_they_say(store_url: str, fill: Any) -> None:
    for number in (1, 2, 3):
        put_old(fill, number, f"https://daily.example/{number}")
    for a, b, relation, joins in ((1, 2, "abridged", True), (1, 3, "abridged", True), (2, 3, "template", False)):
        fill(_EDGE, a=a, b=b, relation=relation, joins=joins)
    with Store.open(store_url) as store, store.reading() as connection:
        assert [*Queries(store).edges()] == [
            _edge(1, 2, "abridged", joins=True),
            _edge(1, 3, "abridged", joins=True),
            _edge(2, 3, "template", joins=False),
        ]
        said = connection.execute(text("SELECT relation, joins, edges FROM edge_reason ORDER BY relation"))
        assert [tuple(row) for row in said] == [("abridged", 1, 2), ("template", 0, 1)]


def _edge(a: int, b: int, relation: str, *, joins: bool) -> Edge:
    made = edge(a, b, joins=joins)
    return replace(
        made, relation=relation, containment=0.75, reason="why", rules_version="rules2", measures={"runs": 3}
    )


def test_what_is_purged_from_an_older_store_is_gone_from_its_full_text(store_url: str, fill: Any) -> None:
    put_old(fill, 1, "https://daily.example/1")
    with Store.open(store_url) as store:
        store.purge("https://daily.example/1", "wrong", run_id=1, at=NOON)
        assert Queries(store).articles(ArticleQuery(words="headline")) == []


def test_words_are_told_apart_as_they_always_were(postgres_schema_url: str) -> None:
    characters = "".join(map(chr, (*range(1, 0xD800), *range(0xE000, 0x20000))))
    engine = create_engine(postgres_schema_url)
    with engine.begin() as connection:
        make_old(connection, "0001")
        before = _words(connection, characters), _words(connection, "a." * 200_000)
    Store.open(postgres_schema_url).close()
    with engine.connect() as connection:
        assert (_words(connection, characters), _words(connection, "a." * 200_000)) == before
    engine.dispose()


def _words(connection: Connection, given: str) -> str:
    return str(connection.scalar(text("SELECT wirefold_words(:given)"), {"given": given}))


def test_postgresql_compresses_texts_by_lz4_where_it_can(served: Store) -> None:
    compressed = text("""
        SELECT attname, attcompression FROM pg_attribute
        WHERE attrelid = 'revision'::regclass AND attname IN ('article_body', 'words') ORDER BY attname
    """)
    with served.reading() as connection:
        assert [tuple(row) for row in connection.execute(compressed)] == [("article_body", "l"), ("words", "l")]
