"""What the choice of a canonical article is told about one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.jobs.clustering import claim_of
from storage.types import Article

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


def test_an_agencys_own_page_is_known_by_all_its_names() -> None:
    assert "Associated Press" in claim_of(1, replace(ARTICLE, publisher="AP News")).names
