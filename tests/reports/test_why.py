"""The history of a link, told in order of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.reports.why import events, standing
from storage.types import (
    Article,
    ArticleDetail,
    Cause,
    ClusterRow,
    History,
    LinkState,
    ListingRow,
    RejectionRow,
    RevisionRow,
    Visited,
)
from tests.reports.rows import cluster, member

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://a.example/ferry"


def history(**fields: Any) -> History:
    """Make a history in which nothing is known."""
    nothing: dict[str, Any] = {
        "aliases": (),
        "link": None,
        "listings": (),
        "rejections": (),
        "article": None,
    }
    return History(url=URL, address=URL, **nothing | fields)


def link(**fields: Any) -> LinkState:
    about: dict[str, Any] = {"url": URL, "address": URL, "source": "daily", "date_first_seen": NOON}
    return LinkState(**about | fields)


def listing(**fields: Any) -> ListingRow:
    about: dict[str, Any] = {"source": "daily", "url": URL, "date_first_seen": NOON, "date_last_seen": NOON, "times": 1}
    return ListingRow(**about | fields)


def rejection(**fields: Any) -> RejectionRow:
    about: dict[str, Any] = {
        "stage": "extract",
        "reason": "too-short",
        "detail": "12 words",
        "retry": False,
        "source": "daily",
    }
    when: dict[str, Any] = {"date_first_seen": NOON, "date_last_seen": NOON, "run_id": 3, "command": "crawl"}
    return RejectionRow(**about | when | fields)


def detail(*hours: int, cluster: ClusterRow | None = None, id: int = 1) -> ArticleDetail:
    """Make an article with a revision so many hours after noon each."""
    revisions = tuple(
        RevisionRow(
            cause=Cause.PUBLISHER,
            id=n,
            run_id=n,
            command="crawl",
            seen_at=NOON + n * HOUR,
            headline=f"Version {n}",
            article_body="",
            is_current=False,
        )
        for n in hours
    )
    article = Article(url=URL, site="a.example", source="daily", headline="x", article_body="x")
    return ArticleDetail(
        id=id, article=article, date_first_seen=NOON, revisions=revisions, cluster=cluster, edges=(), skip_reason=None
    )


def texts(found: History) -> list[str]:
    return [event.text for event in events(found)]


def test_a_text_that_rules_changed_is_no_revision_of_its_publisher() -> None:
    article = detail(1, 2)
    by_rules = replace(article.revisions[1], cause=Cause.RULES, command="reextract")
    _, event = events(history(article=replace(article, revisions=(article.revisions[0], by_rules))))
    assert event.what == "reextracted"
    assert event.text == (
        "read again by new rules of extraction, not revised by its publisher: Version 2 [run 2, reextract]"
    )


def test_events_come_in_order_of_time() -> None:
    visited = link(visits=4, last_visit=NOON + 5 * HOUR, last_outcome=Visited.NOT_MODIFIED)
    seen = listing(date_last_seen=NOON + 3 * HOUR, times=7)
    assert texts(history(article=detail(1, 4), link=visited, listings=(seen,))) == [
        "listed by daily",
        "kept as an article: Version 1 [run 1, crawl]",
        "listed by daily for the last time so far, 7 in all",
        "revised: Version 4 [run 4, crawl]",
        "the last of 4 visits: the server says that it has not changed",
    ]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "rejected, for good: too short (12 words) [run 3, crawl]"),
        ({"stage": "fetch", "reason": "timeout", "retry": True}, "failed: timeout (12 words) [run 3, crawl]"),
        ({"stage": "discovery", "reason": "purged", "detail": ""}, "skipped, for good: purged [run 3, crawl]"),
    ],
)
def test_a_loss_is_told_with_its_reason(fields: dict[str, Any], text: str) -> None:
    assert texts(history(rejections=(rejection(**fields),))) == [text]


def test_a_loss_that_comes_again_is_told_twice() -> None:
    again = rejection(date_last_seen=NOON + HOUR)
    assert texts(history(rejections=(again,)))[1] == "rejected again, the last time so far: too short"


@pytest.mark.parametrize("outcome", Visited)
def test_every_outcome_of_a_visit_has_words(outcome: Visited) -> None:
    [text] = texts(history(link=link(visits=1, last_visit=NOON, last_outcome=outcome)))
    assert text.startswith("the only visit: ")


@pytest.mark.parametrize(
    ("next_visit", "visits", "said"),
    [
        (None, 3, "It will not be visited again."),
        (NOON - HOUR, 0, "Its first visit is due now, when daily is crawled."),
        (NOON + HOUR, 2, "Its next visit is due at 1 Mar 2026, 13:00 UTC, when daily is crawled."),
    ],
)
def test_the_next_visit_is_told(next_visit: datetime | None, visits: int, said: str) -> None:
    assert standing(history(link=link(next_visit=next_visit, visits=visits)), NOON) == ["No article yet.", said]


def test_a_refusal_for_good_is_told_as_what_holds() -> None:
    assert standing(history(rejections=(rejection(),)), NOON)[0] == "No article, and the address stays refused."


def test_an_article_is_told_with_its_place_among_its_copies() -> None:
    two = cluster(member(2))
    variant = history(article=detail(1, id=2, cluster=two))
    assert standing(variant, NOON)[0] == (
        "Article 2: variant in cluster 1 of 2 articles, nearly the same text; canonical is 1."
    )
    canonical = history(article=detail(1, id=1, cluster=two))
    assert standing(canonical, NOON)[0] == "Article 1: canonical in cluster 1 of 2 articles: published first."
    alone = replace(two, members=two.members[:1])
    assert standing(history(article=detail(1, cluster=alone)), NOON)[0] == "Article 1: the only one in cluster 1."
    assert standing(history(article=detail(1)), NOON)[0] == "Article 1: not compared with others yet."
