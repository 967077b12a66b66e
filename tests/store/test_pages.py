"""Pages kept for later rules of extraction, and what these make of articles, on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from storage.queries import Queries
from storage.rows import as_stored
from storage.store import Store
from storage.types import ArticleQuery, Cause, KeptPage, Outcome, Standing
from tests.store.build import DAY, NOON, a_cluster, an_article, judge, put, put_many

URL = an_article().url


def a_page(number: int = 1, *, is_article: bool = True, days: int = 0, **fields: Any) -> KeptPage:
    """Make a page; its content says which it is."""
    defaults: dict[str, Any] = {
        "url": f"https://daily.example/{number}",
        "site": "daily.example",
        "is_article": is_article,
        "reason": None if is_article else "too-short",
        "address": f"https://www.daily.example/{number}",
        "content": f"{number}, {is_article}, {days}".encode(),
        "content_type": None,
        "fetched_at": NOON + days * DAY,
    }
    return KeptPage(**{**defaults, **fields})


def contents(store: Store) -> set[str]:
    return {page.content.decode() for page in store.pages()}


# -- pages ------------------------------------------------------------------------------------------------------------


def test_a_page_comes_back_as_it_was_put(store: Store) -> None:
    page = a_page(
        content=bytes(range(256)) * 100,
        content_type="text/html; charset=x",
        source="daily",
        requested_url="https://daily.example/?r=1",
        headline_listed="Headline",
        date_listed=NOON - DAY,
        language="de",
        publisher="The Daily",
        opt_outs=("noai",),
        text_from="feed",
    )
    store.put_page(page)
    [kept] = store.pages()
    assert replace(kept, id=0) == page


def test_a_page_is_kept_compressed(store: Store) -> None:
    store.put_page(a_page(content=b"<p>" * 10_000))
    with store.reading() as connection:
        assert len(connection.scalar(text("SELECT content FROM page")) or b"") < 500


def test_an_older_page_never_replaces_a_newer_one(store: Store) -> None:
    for days in (1, 0, 2, 1):
        store.put_page(a_page(days=days))
    assert contents(store) == {"1, True, 2"}


def test_a_page_without_article_stands_beside_an_older_one_with_article(store: Store) -> None:
    for days in (0, 2, 1):
        store.put_page(a_page(days=days, is_article=days == 0))
    assert contents(store) == {"1, True, 0", "1, False, 2"}


def test_a_newer_page_with_article_makes_those_without_superfluous(store: Store) -> None:
    store.put_page(a_page(is_article=False))
    store.put_page(a_page(days=1))
    store.put_page(a_page(is_article=False))
    assert contents(store) == {"1, True, 1"}


def test_a_page_and_the_text_of_a_feed_from_one_visit_are_both_kept(store: Store) -> None:
    store.put_page(a_page(is_article=False))
    store.put_page(a_page(text_from="feed"))
    assert contents(store) == {"1, False, 0", "1, True, 0"}


def test_pages_are_chosen_by_source_and_site(store: Store) -> None:
    store.put_page(a_page(1, source="daily"))
    store.put_page(a_page(2))
    store.put_page(a_page(3, site="other.example", source="other"))
    for choice, numbers in (
        ({"source": "daily"}, "1"),
        ({"source": "daily.example"}, "2"),
        ({"site": "daily.example"}, "12"),
        ({"site": "daily.example", "source": "other"}, ""),
        ({}, "123"),
    ):
        assert "".join(sorted(page.url[-1] for page in store.pages(**choice))) == numbers
        assert store.count_pages(**choice) == len(numbers)


def test_pages_that_come_while_others_are_read_are_left_for_the_next_time(store: Store) -> None:
    for number in range(50):
        store.put_page(a_page(number))
    read = 0
    for page in store.pages():
        read += 1
        store.put_page(replace(page, id=0, url=f"{page.url}/again"))
    assert (read, store.count_pages()) == (50, 100)


def test_a_page_that_is_settled_keeps_the_reason_or_moves(store: Store) -> None:
    store.put_page(a_page(is_article=False))
    [page] = store.pages()
    store.settle_page(page, replace(page, reason="login-page"))
    assert [kept.reason for kept in store.pages()] == ["login-page"]
    store.settle_page(page, replace(page, url=an_article(2).url, is_article=True, reason=None))
    [moved] = store.pages()
    assert (moved.url, moved.is_article, moved.reason) == (an_article(2).url, True, None)
    assert moved.id == page.id


def test_a_page_that_moves_gives_way_to_a_newer_one(store: Store) -> None:
    store.put_page(a_page(1, is_article=False))
    store.put_page(a_page(2, days=1))
    [page, _] = store.pages()
    store.settle_page(page, replace(page, url=an_article(2).url, is_article=True, reason=None))
    assert contents(store) == {"2, True, 1"}
    assert not store.is_kept(page)


def test_purging_an_article_forgets_its_pages_and_takes_no_new_ones(store: Store) -> None:
    put(store, an_article())
    put(store, an_article(2))
    store.add_alias("https://daily.example/alias", URL)
    pages = [a_page(), a_page(is_article=False, days=1), a_page(url="https://daily.example/alias", is_article=False)]
    for page in (*pages, a_page(2)):
        store.put_page(page)
    store.purge(URL, "their request", run_id=1, at=NOON)
    assert contents(store) == {"2, True, 0"}
    for page in pages:
        store.put_page(page)
    assert contents(store) == {"2, True, 0"}


# -- articles ---------------------------------------------------------------------------------------------------------


def standing(store: Store, days: int = 0) -> Standing:
    found = store.standing(URL, NOON + days * DAY)
    assert found is not None
    return found


def replace_(store: Store, before: Standing, days: int = 0, **fields: Any) -> None:
    run_id = store.start_run("reextract", NOON)
    article = replace(before.article, **fields)
    store.replace_article(before, article, run_id=run_id, seen_at=NOON + days * DAY, cause=Cause.RULES)


def texts(queries: Queries) -> list[tuple[str, str, bool]]:
    return [(row.article_body, row.cause, row.is_current) for row in queries.article("1").revisions]


def test_where_a_page_meets_its_article_depends_on_its_time(store: Store) -> None:
    assert store.standing(URL, NOON) is None
    for day, body in enumerate("ABC"):
        put(store, an_article(article_body=body), NOON + day * DAY)
    found = [standing(store, days) for days in (-1, 0, 1, 5)]
    assert [(each.article.article_body, each.is_current) for each in found] == [
        ("A", False),
        ("A", False),
        ("B", False),
        ("C", True),
    ]
    assert found[-1].seen_at == NOON + 2 * DAY


def test_a_text_changed_by_rules_is_a_revision_that_says_so_and_is_judged_again(store: Store, queries: Queries) -> None:
    put_many(store, 1)
    judge(store, [a_cluster(1)])
    replace_(store, standing(store), article_body="Better", authors=("Ann",))
    assert texts(queries) == [("Body of number 1.", "publisher", False), ("Better", "rules", True)]
    assert queries.article("1").article.authors == ("Ann",)
    assert queries.stats().unjudged == 1
    assert (queries.stats().revisions, queries.stats().revisions_by_rules) == (2, 1)
    assert [row.id for row in queries.articles(ArticleQuery(words="better"))] == [1]


def test_other_fields_are_replaced_without_a_revision(store: Store, queries: Queries) -> None:
    put_many(store, 1)
    judge(store, [a_cluster(1)])
    replace_(store, standing(store), provenance={"authors": "seen"}, notes=("live-blog",), authors=("Ann",))
    detail = queries.article("1")
    assert detail.article == an_article(provenance={"authors": "seen"}, notes=("live-blog",), authors=("Ann",))
    assert (len(detail.revisions), queries.stats().unjudged) == (1, 0)


def test_what_an_older_page_gives_does_not_come_to_the_front(store: Store, queries: Queries) -> None:
    put(store, an_article(article_body="Old"))
    put(store, an_article(article_body="New", authors=("Bob",)), NOON + DAY)
    replace_(store, standing(store), article_body="Old, better", authors=("Ann",))
    assert texts(queries) == [("Old", "publisher", False), ("Old, better", "rules", False), ("New", "publisher", True)]
    replace_(store, standing(store), authors=("Ann",))
    assert queries.article("1").article.authors == ("Bob",)
    assert standing(store).article.article_body == "Old, better"


def test_a_text_that_rules_change_back_comes_to_the_front_again(store: Store, queries: Queries) -> None:
    put(store, an_article())
    for body in ("Better", "Body of number 1."):
        replace_(store, standing(store), article_body=body)
    assert [(row[0], row[2]) for row in texts(queries)][1:] == [("Better", False), ("Body of number 1.", True)]


def test_the_same_page_put_again_after_rules_changed_its_text_changes_nothing(store: Store, queries: Queries) -> None:
    put(store, an_article())
    replace_(store, standing(store), article_body="Better")
    assert put(store, an_article(article_body="Better"), NOON) is Outcome.UNCHANGED
    assert put(store, an_article(article_body="Better"), NOON + DAY) is Outcome.UNCHANGED
    assert put(store, an_article(article_body="Edited"), NOON + DAY) is Outcome.REVISED
    assert [row[1] for row in texts(queries)] == ["publisher", "rules", "publisher"]


@pytest.mark.parametrize(
    "fields",
    [
        {"external_id": "\ud800", "description": "a\0b", "notes": ("x",), "provenance": {"a": "b"}},
        {"url": "https://daily.example/" + "é" * 5_000, "is_accessible_for_free": False, "date_published": NOON},
        {"extra": {"x": [1, 2.5, None], "y": NOON}, "authors": ("a", "b")},
    ],
)
def test_what_will_be_stored_is_known_before(store: Store, queries: Queries, fields: dict[str, Any]) -> None:
    article = an_article(**fields)
    put(store, article)
    assert queries.article("1").article == as_stored(article)
