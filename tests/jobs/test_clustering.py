"""What the choice of a canonical article is told about one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

import pytest

from crawler.jobs.clustering import claim_of, recluster
from dedupe.canonical import choose
from dedupe.judge import Relation
from storage.queries import Queries
from storage.store import Store
from storage.types import Article
from tests.store.build import an_edge

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ARTICLE = Article(
    url="https://a.example/x",
    site="a.example",
    source="a",
    headline="A headline",
    article_body="A body of six words here",
    date_published=NOON,
)


@pytest.mark.parametrize(
    ("raw", "hours"),
    [
        ("2026-03-02T12:00:00Z", 0),
        ("1772452800", 0),
        ("Mon, 02 Mar 2026 12:00:00 GMT", 0),
        ("2026-03-02", 24),
        ("2026-03-02T00:00:00-05:00", 24),
        ("2 March 2026", 24),
        (None, 24),
    ],
)
def test_a_mere_date_spans_a_day(raw: str | None, hours: float) -> None:
    claim = claim_of(1, replace(ARTICLE, date_published_raw=raw))
    assert claim.earliest is not None
    assert claim.latest is not None
    assert claim.latest - claim.earliest == hours * 3600


def test_an_article_without_a_date_claims_none() -> None:
    claim = claim_of(1, replace(ARTICLE, date_published=None))
    assert (claim.earliest, claim.latest) == (None, None)


def test_a_page_that_names_itself_points_nowhere() -> None:
    own, others = "http://a.example/x#top", "https://b.example/y"
    assert claim_of(1, replace(ARTICLE, canonical_url=own)).points_at == ()
    assert claim_of(1, replace(ARTICLE, canonical_url=own, is_based_on=others)).points_at == (others,)


def test_an_agency_is_credited_by_markup_by_credit_line_and_by_its_sign() -> None:
    named = replace(
        ARTICLE, source_organization="Reuters", credit_text="Additional reporting by X", dateline="ROME (EFE)"
    )
    assert claim_of(1, named).credits == ("Reuters", "Additional reporting by X", "EFE")
    imported = replace(ARTICLE, article_body="WASHINGTON (AP) — The Senate voted on Friday.")
    assert claim_of(1, imported).credits == ("Associated Press",)
    line = "This article was first published in the Calder Review."
    republished = replace(ARTICLE, article_body=f"{ARTICLE.article_body}\n{line}")
    assert claim_of(1, republished).credits == ("the Calder Review",)


def test_an_agencys_own_page_is_known_by_all_its_names() -> None:
    claim = claim_of(1, replace(ARTICLE, publisher="AP News"))
    assert "Associated Press" in claim.names and claim.is_agency
    assert not claim_of(1, ARTICLE).is_agency


def test_an_agencys_site_is_known_where_nothing_names_the_publisher() -> None:
    claim = claim_of(1, replace(ARTICLE, site="apnews.com", source="feed 7"))
    assert "Associated Press" in claim.names and claim.is_agency
    copy = claim_of(2, replace(ARTICLE, article_body="ROME (AP) — A body."))
    assert (
        choose([replace(claim, article_id=3), copy]).reason
        == "other copies credit it, it is the agency's own text, a full text"
    )


def test_a_claim_has_the_priority_of_its_source() -> None:
    assert claim_of(1, ARTICLE).priority == 0
    assert claim_of(1, ARTICLE, 3).priority == 3


def test_doubtful_pairs_count_when_clusters_are_made(store: Store) -> None:
    """The tenth is joined to three of nine copies, and may be a copy of the others."""
    run_id = store.start_run("test", NOON)
    for n in range(10):
        store.put_article(replace(ARTICLE, url=f"https://a.example/{n}"), run_id=run_id, seen_at=NOON)
    *whole, last = (document.article_id for document in store.index.arrivals(0, 10))
    store.save_edges([an_edge(a, b) for a, b in combinations(whole, 2)])
    store.save_edges([an_edge(a, last) for a in whole[:3]])
    recluster(store, [last])
    assert [len(row.members) for row in Queries(store).clusters(min_size=1)] == [9, 1]
    store.save_edges([an_edge(a, last, joins=False, relation=Relation.BLOCK_QUOTE) for a in whole[3:]])
    recluster(store, [last])
    assert [len(row.members) for row in Queries(store).clusters(min_size=1)] == [10]
