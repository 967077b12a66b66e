from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import dates, jsonld
from tests.extract.pages import BODY, FETCHED_AT, PARAGRAPHS, article, evidence

_SHORT = "It took all night, and the hall was empty in the end."  # too short a text to tell its language


def _ld(node: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def _meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def test_json_ld_comes_before_meta_elements() -> None:
    head = _ld({"@type": "NewsArticle", "headline": "From JSON-LD"}) + _meta("og:title", "From meta")
    assert article(head).headline == "From JSON-LD"


def test_meta_elements_come_before_what_is_shown() -> None:
    assert article(_meta("og:title", "From meta"), "<h1>Shown</h1>" + BODY).headline == "From meta"


@pytest.mark.parametrize("wrap", [lambda n: n, lambda n: [n], lambda n: {"@graph": [{"@type": "WebSite"}, n]}])
def test_the_article_is_found_in_lists_and_graphs(wrap: object) -> None:
    node = {"@type": ["Thing", "ReportageNewsArticle"], "headline": "Found"}
    assert callable(wrap)
    assert article(_ld(wrap(node))).headline == "Found"


def test_a_related_article_s_node_is_not_taken_for_this_one_s() -> None:
    related = {"@type": "NewsArticle", "headline": "Other", "url": "https://a.example/2", "datePublished": "2024-01-01"}
    own = {"@type": "NewsArticle", "headline": "Own", "url": "http://www.a.example/news/1?utm_source=x"}
    assert article(_ld([related, own])).headline == "Own"


@pytest.mark.parametrize(
    "text",
    [
        '{"@type": "NewsArticle", "headline": "Found",}',
        '{"@type": "NewsArticle", "headline": "Found"',
        '{"@type": "NewsArticle", "description": "He said "no" twice", "headline": "Found"}',
        '<!-- {"@type": "NewsArticle", "headline": "Found"} -->',
        '{"@type": "NewsArticle", "headline": "Found", "description": "two\nlines"}',
    ],
)
def test_broken_json_ld_is_repaired(text: str) -> None:
    assert article(f'<script type="application/ld+json">{text}</script>').headline == "Found"


def test_broken_json_ld_is_repaired_up_to_a_size() -> None:
    node = '{"@type": "NewsArticle", "headline": "Found", "description": "' + "x" * jsonld.MAX_REPAIRED_CHARS
    head = f'<script type="application/ld+json">{node}</script>' + _meta("og:title", "From meta")
    assert article(head).headline == "From meta"


_MICRODATA = """<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Shown</h1>
<span itemprop="author" itemscope itemtype="https://schema.org/Person"><b itemprop="name">Jane Doe</b></span>
<meta itemprop="datePublished" content="2024-03-18T09:30:00Z"><span itemprop="articleSection">Council</span>
<div itemprop="publisher" itemscope itemtype="https://schema.org/Organization">
<meta itemprop="name" content="The Daily"></div>{body}</div>"""


def test_microdata_is_read_with_its_nested_items() -> None:
    found = article(body=_MICRODATA.format(body=BODY))
    assert (found.headline, found.authors, found.publisher) == ("Shown", ("Jane Doe",), "The Daily")
    assert (found.date_published, found.article_section) == (datetime(2024, 3, 18, 9, 30, tzinfo=UTC), "Council")
    assert found.provenance["headline"] == "microdata headline"


def test_microdata_of_another_article_is_left_alone() -> None:
    other = (
        '<div itemscope itemtype="https://schema.org/NewsArticle"><a itemprop="url" href="/other">'
        '<span itemprop="headline">Other</span></a><span itemprop="author">Wrong Man</span></div>'
    )
    found = article(body=f'<h1>Own title</h1><p class="byline">By Jane Doe</p>{BODY}{other}')
    assert (found.headline, found.authors) == ("Own title", ("Jane Doe",))


def test_the_text_of_a_link_is_the_value_of_a_property_that_is_no_address() -> None:
    section = '<a itemprop="articleSection" href="/s">Sport</a>'
    item = f'<div itemscope itemtype="https://schema.org/NewsArticle">{section}{BODY}</div>'
    assert article(body=item).article_section == "Sport"


def test_json_ld_comes_before_microdata() -> None:
    node = {"@type": "NewsArticle", "headline": "From JSON-LD", "author": "Bo Dahl"}
    found = article(_ld(node), _MICRODATA.format(body=BODY))
    assert (found.headline, found.authors, found.article_section) == ("From JSON-LD", ("Bo Dahl",), "Council")


def test_the_headline_that_is_shown_and_shared_comes_before_the_one_for_search_engines() -> None:
    head = _ld({"@type": "NewsArticle", "headline": "For engines"}) + _meta("og:title", "For readers | Council")
    found = article(head + _meta("article:section", "Council"), "<h1>For readers</h1>" + BODY)
    assert (found.headline, found.provenance["headline"]) == ("For readers", "meta og:title, shown as h1")


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ("2024-03-18", "meta date, only the day"),
        ("2024-03-18T09:30:00", "meta date, no zone, taken as UTC"),
        ("2024-03-18T09:30:00Z", "meta date"),
    ],
)
def test_what_a_date_leaves_open_is_told(raw: str, rule: str) -> None:
    assert article(_meta("date", raw)).provenance["date_published"] == rule


def test_every_field_that_is_there_says_which_rule_gave_it() -> None:
    head = _ld({"@type": "NewsArticle", "headline": "H", "author": "Jane Doe", "publisher": {"name": "The Daily"}})
    found = article(head + _meta("og:image", "/a.jpg") + _meta("article:tag", "roads"), html='<html lang="en">')
    plain = {"url", "site", "source", "address", "external_id", "opt_outs", "extra", "provenance", "notes"}
    there = {name for name, value in asdict(found).items() if value and name not in plain}
    assert there == set(found.provenance)


def test_the_text_goes_before_the_declared_language_and_the_disagreement_is_noted() -> None:
    text = "Der Gemeinderat hat am Dienstag nach langer Debatte den neuen Haushalt der Stadt beschlossen. " * 4
    found = article(html='<html lang="en-US">', body=f"<p>{text}</p>")
    assert (found.in_language, found.notes) == ("de", ("language-disagrees: declared en, detected de",))


@pytest.mark.parametrize(
    "text", ["{", "[" * 5000, '{"@type": "NewsArticle", "headline": ', "null", '"text"', '{"a":' * 10_000]
)
def test_json_ld_beyond_repair_is_left_out(text: str) -> None:
    head = f'<script type="application/ld+json">{text}</script>' + _meta("og:title", "From meta")
    assert article(head).headline == "From meta"


def test_json_ld_is_read_to_a_bounded_depth() -> None:
    node: dict[str, object] = {"@type": "NewsArticle", "headline": "Deep"}
    for _ in range(jsonld.MAX_DEPTH + 1):
        node = {"about": node}
    assert not evidence(_ld(node)).nodes


def test_the_site_s_name_is_taken_off_the_title() -> None:
    site = _meta("og:site_name", "The Example Times")
    assert article("<title>Budget approved - The Example Times</title>" + site).headline == "Budget approved"
    assert article("<title>Budget approved - a long night</title>").headline == "Budget approved - a long night"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2024-03-18T09:30:00+01:00", datetime(2024, 3, 18, 8, 30, tzinfo=UTC)),
        ("2024-03-18T09:30:00-0500", datetime(2024, 3, 18, 14, 30, tzinfo=UTC)),
        ("2024-03-18 09:30:00 +02:00", datetime(2024, 3, 18, 7, 30, tzinfo=UTC)),
        ("2024-03-18", datetime(2024, 3, 18, tzinfo=UTC)),
        ("Mon, 18 Mar 2024 09:30:00 EST", datetime(2024, 3, 18, 14, 30, tzinfo=UTC)),
        ("Mon Mar 18 09:30:00 CET 2024", datetime(2024, 3, 18, 8, 30, tzinfo=UTC)),
        ("1710750600", datetime(2024, 3, 18, 8, 30, tzinfo=UTC)),
        ("1710750600000", datetime(2024, 3, 18, 8, 30, tzinfo=UTC)),
        ("2031-01-01", None),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01", None),
        ("soon", None),
    ],
)
def test_a_date_is_read_in_utc_or_refused(raw: str, expected: datetime | None) -> None:
    assert dates.parse(raw, latest=FETCHED_AT) == expected


@given(st.text(max_size=40))
def test_any_text_is_a_believable_date_or_none(raw: str) -> None:
    moment = dates.parse(raw, latest=FETCHED_AT)
    assert moment is None or moment.tzinfo is UTC


def test_a_date_that_cannot_be_true_gives_way_to_the_next_rule() -> None:
    head = _meta("article:published_time", "2099-01-01T00:00:00Z") + _meta("date", "2024-03-17")
    found = article(head)
    assert (found.date_published, found.date_published_raw) == (datetime(2024, 3, 17, tzinfo=UTC), "2024-03-17")


def test_a_date_before_the_publisher_was_founded_is_refused() -> None:
    publisher = {"@type": "NewsMediaOrganization", "name": "The Daily", "foundingDate": "2015-04-01"}
    node = {"@type": "NewsArticle", "headline": "H", "datePublished": "2001-01-01T00:00:00Z", "publisher": publisher}
    found = article(_ld(node) + _meta("article:published_time", "2024-03-18T09:30:00Z"))
    assert (found.date_published, found.provenance["date_published"]) == (
        datetime(2024, 3, 18, 9, 30, tzinfo=UTC),
        "meta article:published_time",
    )


def test_a_date_is_found_when_only_the_address_has_it() -> None:
    found = article(url="https://a.example/2024/03/17/budget")
    assert found.date_published == datetime(2024, 3, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("html", "head", "language"),
    [
        ('<html lang="en-US">', "", "en"),
        ('<html lang="zh_Hans">', "", "zh"),
        ("<html>", _meta("og:locale", "pt_BR"), "pt"),
        ('<html lang="">', _ld({"@type": "Article", "inLanguage": "DE"}), "de"),
        ("<html>", "", None),
    ],
)
def test_the_declared_language_is_its_primary_subtag(html: str, head: str, language: str | None) -> None:
    assert article(head, f"<p>{PARAGRAPHS[0]}</p><p>{_SHORT}</p>", html=html).in_language == language


@pytest.mark.parametrize(("value", "free"), [(False, False), ("False", False), ("true", True), ("perhaps", None)])
def test_the_paywall_flag_is_read_as_text_or_boolean(value: object, free: bool | None) -> None:
    assert article(_ld({"@type": "NewsArticle", "isAccessibleForFree": value})).is_accessible_for_free is free


def test_the_original_is_an_absolute_web_address() -> None:
    assert article(_ld({"@type": "Article", "isBasedOn": {"@id": "/orig"}})).is_based_on == "https://www.a.example/orig"
    assert article(_ld({"@type": "Article", "isBasedOn": "javascript:alert(1)"})).is_based_on is None


def test_canonical_url_is_what_the_page_claims_and_not_the_identity() -> None:
    found = article('<link rel="canonical" href="https://wire.example/orig">')
    assert (found.url, found.canonical_url) == ("https://a.example/news/1", "https://wire.example/orig")


def test_the_year_of_a_copyright_notice_is_no_date() -> None:
    assert article(body=f"{BODY}<p>© 2024 The Harbour Post</p>").date_published is None
