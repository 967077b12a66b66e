"""What became of a URL, on both databases."""

from __future__ import annotations

import pytest

from storage.errors import NotFound
from storage.queries import Queries
from storage.store import Store
from storage.types import ArticleQuery, Rejection, Stage
from tests.store.build import DAY, NOON, an_article, put
from tests.store.test_links import HOUR, a_link


def test_a_url_that_nobody_has_seen_is_not_found(queries: Queries) -> None:
    with pytest.raises(NotFound, match=r"not in the store: https://nowhere.example/"):
        queries.why("https://nowhere.example/")


def test_a_history_has_listings_losses_revisions_and_what_led_to_it(store: Store, queries: Queries) -> None:
    store.put_links("daily", [a_link(9)], seen_at=NOON)
    store.put_links("agency", [a_link(1, url="https://short.example/1")], seen_at=NOON + HOUR)
    run_id = store.start_run("crawl", NOON)
    loss = Rejection(url="https://short.example/1", source="agency", stage=Stage.FETCH, reason="timeout", retry=True)
    store.put_rejection(loss, run_id=run_id, seen_at=NOON + HOUR)
    address = "https://www.daily.example/1.html"
    store.put_article(an_article(1, address=address, external_id="x"), run_id=run_id, seen_at=NOON)
    put(store, an_article(1, headline="New", address=address, external_id="x"), NOON + DAY)
    store.add_alias("https://short.example/1", "https://old.example/1")
    store.add_alias("https://old.example/1", an_article(1).url)

    history = queries.why(an_article(1).url)
    assert (history.url, history.address) == (an_article(1).url, address)
    assert history.aliases == ("https://old.example/1", "https://short.example/1")
    assert [(row.source, row.url) for row in history.listings] == [("agency", "https://short.example/1")]
    assert history.link == store.link("https://short.example/1")
    assert [(row.stage, row.reason, row.source, row.run_id, row.command) for row in history.rejections] == [
        ("fetch", "timeout", "agency", run_id, "crawl")
    ]
    assert history.article is not None
    assert history.article == queries.article("1")
    assert [(row.run_id, row.command) for row in history.article.revisions] == [(run_id, "crawl"), (2, "test")]
    for ref in (address, "https://old.example/1", "https://short.example/1", "1", "x"):
        assert queries.why(ref) == history


def test_the_link_of_the_url_itself_goes_before_those_of_aliases(store: Store, queries: Queries) -> None:
    store.put_links("daily", [a_link(1), a_link(2)], seen_at=NOON)
    store.add_alias(an_article(1).url, an_article(2).url)
    history = queries.why(an_article(1).url)
    assert history.link == store.link(an_article(2).url)
    assert history.address == a_link(2).address
    assert len(history.listings) == 2


def test_aliases_in_a_circle_end(store: Store, queries: Queries) -> None:
    store.add_alias("a", "b")
    store.add_alias("b", "a")
    store.add_alias("c", "a")
    assert {*queries.why("c").aliases, queries.why("c").url} == {"a", "b", "c"}


def test_a_loss_alone_is_a_history(store: Store, queries: Queries) -> None:
    loss = Rejection(url="u", source="daily", stage=Stage.DISCOVERY, reason="off-topic")
    store.put_rejection(loss, run_id=store.start_run("crawl", NOON), seen_at=NOON)
    history = queries.why("u")
    assert (history.url, history.address, history.link, history.article) == ("u", "u", None, None)


def test_people_see_addresses_and_find_articles_by_them(store: Store, queries: Queries) -> None:
    put(store, an_article(1, address="https://www.daily.example/1"))
    put(store, an_article(2))
    assert [row.url for row in queries.articles(ArticleQuery())] == [
        an_article(2).url,
        "https://www.daily.example/1",
    ]
    assert queries.article("https://www.daily.example/1").article.url == an_article(1).url
