"""What a source says of a page, what a page says of its identity and of mining, and pages made of feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import extract
from crawler.extract.page import feed_page
from crawler.sources import Link
from storage.types import Article
from tests.extract.pages import BODY, FETCHED_AT, PARAGRAPHS, article, page

_LISTED = datetime(2024, 3, 18, 16, 5, tzinfo=UTC)


def _listed(head: str = "", html: str = "<html>", **said: object) -> Article:
    built = page(f"{html}<head>{head}</head><body><article>{BODY}</article></body></html>")
    result = extract(replace(built, **said))  # type: ignore[arg-type]
    assert isinstance(result, Article), result
    return result


# -- identity ----------------------------------------------------------------------------------------------------------


def test_an_article_has_the_identity_it_claims_and_the_address_where_it_was_found() -> None:
    url = "http://m.a.example/s/rain-until-friday?utm_source=x&from=top"
    found = article('<link rel="canonical" href="https://www.a.example/news/rain-until-friday">', url=url)
    assert found.url == "https://a.example/news/rain-until-friday"
    assert found.address == "http://m.a.example/s/rain-until-friday?from=top"
    assert found.site == "a.example"


def test_an_article_found_under_its_identity_has_no_other_address() -> None:
    assert article(url="https://a.example/news/1").address is None


def test_a_claim_on_another_site_is_kept_but_not_believed() -> None:
    found = article('<link rel="canonical" href="https://wire.example/news/1">')
    assert (found.url, found.canonical_url) == ("https://a.example/news/1", "https://wire.example/news/1")


# -- what the source says ----------------------------------------------------------------------------------------------


def test_what_the_source_says_holds_where_the_page_says_nothing() -> None:
    found = _listed(headline_listed="Budget", date_listed=_LISTED, language="en", publisher="The Daily")
    assert (found.headline, found.date_published) == ("Budget", _LISTED)
    assert (found.in_language, found.publisher) == ("en", "The Daily")


def test_the_page_goes_before_what_the_source_says() -> None:
    head = '<meta property="og:title" content="Budget approved"><meta property="og:site_name" content="The Weekly">'
    head += '<meta property="article:published_time" content="2024-03-19T08:00:00Z">'
    found = _listed(head, '<html lang="en">', headline_listed="X", date_listed=_LISTED, language="es", publisher="Y")
    assert (found.headline, found.publisher, found.in_language) == ("Budget approved", "The Weekly", "en")
    assert found.date_published == datetime(2024, 3, 19, 8, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["2024-03-18", "20240318", "2024-03-18T00:00:00Z", "2024-03-18 00:00:00+01:00"])
def test_the_listed_time_is_taken_where_the_page_gives_the_day_alone(raw: str) -> None:
    found = _listed(f'<meta property="article:published_time" content="{raw}">', date_listed=_LISTED)
    assert (found.date_published, found.date_published_raw) == (_LISTED, raw)


@pytest.mark.parametrize("raw", ["2024-03-15", "2024-03-20", "2024-03-18T11:00:00Z"])
def test_the_listed_time_is_not_taken_against_the_page(raw: str) -> None:
    found = _listed(f'<meta property="article:published_time" content="{raw}">', date_listed=_LISTED)
    assert found.date_published == datetime.fromisoformat(raw).replace(tzinfo=UTC)


def test_a_listed_date_in_the_future_is_not_believed() -> None:
    assert _listed(date_listed=FETCHED_AT + timedelta(days=3)).date_published is None


# -- reservations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "headers", "expected"),
    [
        ("", (), ()),
        ('<meta name="robots" content="index, follow, max-image-preview:large">', (), ()),
        ('<META NAME="Robots" CONTENT="noindex, NoAI,noimageai">', (), ("noai", "noimageai")),
        ('<meta name="tdm-reservation" content="1">', (), ("tdm-reservation",)),
        ('<meta name="tdm-reservation" content="0">', (), ()),
        ('<meta name="robots" content="noai">', ("tdm-reservation", "noai"), ("noai", "tdm-reservation")),
    ],
)
def test_reservations_of_headers_and_meta_elements_are_kept(
    head: str, headers: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert _listed(head, opt_outs=headers).opt_outs == expected


# -- pages made of feeds -----------------------------------------------------------------------------------------------


def _from_feed(content: str, headline: str | None = "Budget <approved> & done") -> Article:
    link = Link(url="https://a.example/news/1", source="a", headline=headline, date_published=_LISTED, content=content)
    result = extract(feed_page(link, fetched_at=FETCHED_AT))
    assert isinstance(result, Article), result
    return result


def test_the_text_of_a_feed_reads_as_an_article() -> None:
    found = _from_feed(BODY)
    assert found.article_body == "\n".join(PARAGRAPHS)
    assert (found.headline, found.date_published, found.source) == ("Budget <approved> & done", _LISTED, "a")


def test_text_of_a_feed_cannot_speak_for_the_page() -> None:
    node = '{"@type": "NewsArticle", "headline": "X", "datePublished": "2001-01-01"}'
    hostile = "</article></body></html><head><title>X</title><base href='https://evil.example/'>"
    hostile += "<link rel='canonical' href='https://a.example/news/12345678'><meta name='robots' content='noai'>"
    hostile += f"<meta property='og:title' content='X'><script type='application/ld+json'>{node}</script>"
    found = _from_feed(hostile + BODY)
    assert (found.url, found.headline, found.date_published) == (
        "https://a.example/news/1",
        "Budget <approved> & done",
        _LISTED,
    )
    assert (found.canonical_url, found.opt_outs) == (None, ())


@given(st.text(max_size=200) | st.text(alphabet="<>/a!-[]&;\"' =divtablep\0", max_size=200))
def test_any_text_can_be_made_a_page(content: str) -> None:
    feed_page(Link(url="https://a.example/1", source="a", content=content), fetched_at=FETCHED_AT)


@pytest.mark.parametrize("part", ["<div>", "<a href=x>", "<table><tr><td>", "<b><i>", "&amp;", "<p>"])
def test_hostile_depth_in_a_feed_does_no_harm(part: str) -> None:
    feed_page(Link(url="https://a.example/1", source="a", content=part * 50_000), fetched_at=FETCHED_AT)
