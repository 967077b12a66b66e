"""Articles that are forgotten for good, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from storage.queries import Queries
from storage.store import Store
from storage.types import ArticleQuery, Listed, Outcome, Role, Visited
from tests.store.build import DAY, NOON, a_cluster, an_article, an_edge, judge, put, put_many
from tests.store.test_links import a_link, due, visit


def _purge(store: Store, url: str = an_article(1).url) -> set[int] | None:
    return store.purge(url, "asked by its author", run_id=store.start_run("purge", NOON), at=NOON + DAY)


def test_nothing_is_left_of_a_purged_article(store: Store, queries: Queries) -> None:
    put_many(store, 3)
    put(store, an_article(1, article_body="Secret words"), NOON + DAY)
    judge(store, [a_cluster(1, 2), a_cluster(3)], [an_edge(1, 2), an_edge(1, 3, joins=False)])
    assert _purge(store) == {2}
    assert queries.articles(ArticleQuery(words="secret")) == []
    assert (queries.stats().articles, queries.stats().revisions, queries.edges_of([1, 2, 3])) == (2, 2, [])
    assert [row.role for row in queries.articles(ArticleQuery(role=None))] == [Role.CANONICAL, None]
    assert queries.stats().clusters == 1
    store.replace_clusters([a_cluster(2)])
    assert queries.cluster(2).canonical.id == 2


@pytest.mark.parametrize("ref", [an_article(1).url, "https://www.daily.example/1", "https://short.example/1"])
def test_an_article_is_purged_by_url_address_or_alias(store: Store, ref: str) -> None:
    put(store, an_article(1, address="https://www.daily.example/1"))
    store.add_alias("https://short.example/1", an_article(1).url)
    assert _purge(store, ref) == set()
    assert _purge(store, ref) is None


def test_what_is_no_article_is_not_purged(store: Store) -> None:
    put(store, an_article(1, external_id="x"))
    assert [_purge(store, ref) for ref in ("1", "x", "https://nowhere.example/")] == [None] * 3


def test_a_purged_url_and_its_aliases_stay_known(store: Store, queries: Queries) -> None:
    put(store, an_article(1))
    store.add_alias("a", an_article(1).url)
    _purge(store)
    asked = ["a", an_article(1).url, "unseen"]
    assert store.known_urls(asked) == {"a", an_article(1).url}
    (loss,) = queries.why("a").rejections
    assert (loss.stage, loss.reason, loss.detail, loss.retry, loss.command) == (
        "discovery",
        "purged",
        "asked by its author",
        False,
        "purge",
    )


def test_a_purged_article_is_not_taken_back(store: Store) -> None:
    put(store, an_article(1))
    _purge(store)
    assert [put(store, an_article(number)) for number in (1, 2)] == [Outcome.REFUSED, Outcome.KEPT]


def test_no_later_news_bring_a_purged_article_back(store: Store) -> None:
    store.put_links("daily", [a_link(1), a_link(2)], seen_at=NOON)
    put(store, an_article(1))
    store.add_alias(an_article(2).url, an_article(1).url)
    for number in (1, 2):
        visit(store, Visited.KEPT, number, headline="Secret", etag='"1"', next_visit=NOON + DAY)
    _purge(store)
    news = [a_link(number, date_modified=NOON + 2 * DAY) for number in (1, 2)]
    for day in range(3, 5):
        store.put_links("daily", news, seen_at=NOON + day * DAY)
    store.put_links("agency", [Listed(url=an_article(1).url, address="x")], seen_at=NOON + 9 * DAY)
    assert due(store, NOON + 99 * DAY) == []
    assert [state and state.headline for state in map(store.link, (news[0].url, news[1].url))] == [None, None]


def test_full_text_is_sound_after_a_purge(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        put_many(store, 3)
        _purge(store, an_article(2).url)
        put(store, an_article(4))
        with store.transaction() as connection:
            connection.execute(text("INSERT INTO revision_text (revision_text) VALUES ('integrity-check')"))
        assert [row.id for row in Queries(store).articles(ArticleQuery(words="body"))] == [4, 3, 1]
