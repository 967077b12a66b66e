"""What becomes of an article that stands behind a paywall at one visit and in the open at another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawler.extract import Page, extract
from crawler.jobs.keeping import keeping
from storage.queries import Queries
from storage.store import Store
from storage.types import ONLY_THE_BEGINNING, Article

URL = "https://a.example/news/ferry"
MORNING = datetime(2026, 3, 1, 6, tzinfo=UTC)
LOCKED = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
TEXT = [
    "The ferry to the island will run through the winter, the county council decided late on Monday evening.",
    "Repairs to the landing stage had cost twice what was planned, and the company wanted to stop in January.",
    "Islanders collected more than a thousand signatures against the closure, most of them in the first week.",
    "The council will pay for the boats from its reserve, and the company is to hire four more people in spring.",
]
OFFER = "Subscribe now to keep reading this article and all others."


def at(hour: int, *lines: str, head: str = LOCKED) -> Page:
    body = "".join(f"<p>{line}</p>" for line in lines)
    html = f"<html><head><title>Ferry to run</title>{head}</head><body><article><h1>Ferry to run</h1>{body}</article>"
    time = MORNING + timedelta(hours=hour)
    return Page(url=URL, content=html.encode(), content_type="text/html; charset=utf-8", fetched_at=time)


def keep(store: Store, *pages: Page) -> dict[str, int]:
    """Keep what the pages give; returns what was counted."""
    with keeping(store, "test") as keeper:
        for page in pages:
            keeper.page(page, extract(page))
    return {name: count for name, count in keeper.counts.items() if count and name != "pages"}


FULL = at(1, *TEXT * 2, head="")
STUB = at(2, *TEXT[:3], TEXT[3][:40] + "…", OFFER)


def body(queries: Queries) -> str:
    return queries.article(URL).article.article_body


def revisions(queries: Queries) -> list[str]:
    return [revision.headline for revision in queries.article(URL).revisions]


def test_a_rejected_stub_gives_way_to_the_article(store: Store, queries: Queries) -> None:
    stub = at(0, TEXT[0], OFFER)
    assert keep(store, stub) == {"rejected": 1, "rejected/extract/paywall-stub": 1}
    assert keep(store, FULL) == {"kept": 1}
    assert TEXT[3] in body(queries)


def test_the_full_text_is_a_revision_of_a_kept_stub(store: Store, queries: Queries) -> None:
    assert keep(store, replace(STUB, fetched_at=MORNING)) == {"kept": 1}
    assert queries.article(URL).article.is_accessible_for_free is False
    assert keep(store, FULL) == {"revised": 1}
    assert TEXT[3] in body(queries)
    assert len(revisions(queries)) == 2


def test_a_stub_takes_nothing_from_a_full_text(store: Store, queries: Queries) -> None:
    found = extract(STUB)
    assert isinstance(found, Article) and ONLY_THE_BEGINNING in found.notes
    assert keep(store, FULL, STUB, replace(FULL, fetched_at=MORNING + timedelta(hours=3))) == {
        "kept": 1,
        "unchanged": 2,
    }
    assert TEXT[3] in body(queries)
    assert len(revisions(queries)) == 1


def test_another_text_behind_the_paywall_is_a_revision(store: Store, queries: Queries) -> None:
    news = (
        "The company said on Tuesday that it takes back its word and will stop all its boats in January all the same.",
        "A lawyer for the county called this a breach of contract and said that a court would have to decide now.",
        "Until then the fire brigade is to take nurses and children across, if the weather lets its small boat out.",
    )
    assert keep(store, FULL, at(3, *news)) == {"kept": 1, "revised": 1}


def test_pages_come_in_any_order(store: Store, queries: Queries) -> None:
    assert keep(store, STUB, FULL) == {"kept": 1, "revised": 1}
    assert len(revisions(queries)) == 2
    assert keep(store, FULL, STUB) == {"unchanged": 2}
