"""Full text, alike on both databases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storage.queries import Queries
from storage.search import settle
from storage.store import Store
from storage.types import ArticleQuery, Sort
from tests.examples import at_most
from tests.store.build import DAY, NOON, an_article, put


def _found(queries: Queries, words: str) -> list[int]:
    return sorted(row.id for row in queries.articles(ArticleQuery(words=words)))


@pytest.fixture
def filled(store: Store, queries: Queries) -> Queries:
    put(
        store, an_article(1, headline="Oil spill in the North Sea", article_body="Crews raced to the well-known field.")
    )
    put(
        store, an_article(2, headline="Sea levels", article_body="The north sees more rain. Tesla’s plant shut; $3.50.")
    )
    put(
        store,
        an_article(3, headline="Élections", article_body="Le maire d'Évreux and/or example.com or covid19 — «été»."),
    )
    return queries


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [1, 2, 3]),
        ("   ", [1, 2, 3]),
        ("sea", [1, 2]),
        ("SEA north", [1, 2]),
        ("sea spill", [1]),
        ('"north sea"', [1]),
        ('"sea north"', []),
        ('spill "the north sea" crews', [1]),
        ('"north sea', [1]),
        ("spill field", [1]),
        ("well-known", [1]),
        ("known", [1]),
        ("tesla", [2]),
        ("Tesla's", [2]),
        ("3.50", [2]),
        ("élections évreux", [3]),
        ("ÉTÉ", [3]),
        ("example", [3]),
        ("or", [3]),
        ("covid19", [3]),
        ("covid", []),
        ("nothing", []),
        ("sea AND spill", []),
        ("sea -spill", [2]),
        ("-spill", [2, 3]),
        ('-"north sea" -maire', [2]),
        ("sea -spill -levels", []),
        ("sea - spill", [1]),
        ("se*", [1, 2]),
        ("cov*", [3]),
        ('"north se*', []),
        ('"north s"*', [1, 2]),
        ("well-kno*", [1]),
        ("spill OR levels", [1, 2]),
        ("spill OR maire sea", [1]),
        ("sea spill OR maire", [1]),
        ("OR", [3]),
        ("spill OR", [1]),
        ("*", [1, 2, 3]),
        ("headline:sea", []),
        ("!!!", [1, 2, 3]),
        ("sea & !!!", [1, 2]),
    ],
)
def test_words_phrases_prefixes_exclusions_and_alternatives(filled: Queries, words: str, found: list[int]) -> None:
    assert _found(filled, words) == found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=at_most(150))
@given(words=st.text(st.characters(categories=["P", "S", "Z", "C", "L", "M", "N"]), max_size=12))
@example(words='"')
@example(words='a"b"c')
@example(words="NEAR(a b)")
@example(words="a\0b")
@example(words="\ud800")
@example(words="%(x)s :y ? ' ; --")
@example(words="{a}: ^b + c : | ! ( <->")
def test_no_text_is_a_syntax_error(queries: Queries, words: str) -> None:
    for sort in Sort:
        assert queries.articles(ArticleQuery(words=words, sort=sort, with_snippets=True)) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=at_most(100))
@given(words=st.text(st.sampled_from('ab "-*OR¼²é_\x1b'), max_size=14))
def test_text_that_looks_like_syntax_is_none_either(queries: Queries, words: str) -> None:
    for sort in Sort:
        assert queries.articles(ArticleQuery(words=words, sort=sort)) == []


def test_only_current_revisions_are_searched(store: Store, queries: Queries) -> None:
    put(store, an_article(1, article_body="First version"))
    put(store, an_article(1, article_body="Second version"), NOON + DAY)
    put(store, an_article(1, article_body="Oldest version"), NOON - DAY)
    assert [_found(queries, word) for word in ("first", "second", "oldest", "version")] == [[], [1], [], [1]]


def test_what_was_rolled_back_is_not_found(store: Store, queries: Queries) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        put(store, an_article(1, article_body="Gone"))
        assert _found(queries, "gone") == [1]
        raise RuntimeError
    assert _found(queries, "gone") == []


def test_after_a_run_postgresql_has_all_words_in_order(served: Store) -> None:
    put(served, an_article(1))
    served.finish_run(served.start_run("test", NOON), NOON, {})
    with served.reading() as connection:
        assert connection.scalar(text("SELECT gin_clean_pending_list('ix_revision_words')")) == 0


def test_whoever_does_not_own_the_tables_leaves_that_to_the_server(served: Store) -> None:
    with served.reading() as connection:  # so nothing is kept
        schema = connection.scalar(text("SELECT current_schema()"))
        for statement in ("CREATE ROLE reporter", f"GRANT USAGE ON SCHEMA {schema} TO reporter", "SET ROLE reporter"):
            connection.exec_driver_sql(statement)
        settle(connection)
