"""Publisher fixes: what a file may say, which one a page gets, and what happens where it misses."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import ConfigError
from crawler.extract import Page, extract
from crawler.extract.overrides import Override, Overrides, load
from storage.types import Article
from tests.extract.pages import BODY, PARAGRAPHS, article, page

WHY = "site = 'a.example'\nwhy = 'a habit'\n"


def override(**fields: object) -> Override:
    """Make the override of the test pages' site."""
    return Override.model_validate({"site": "a.example", "why": "a habit", **fields})


def overridden(shown: str, head: str = "", **fields: object) -> Article:
    """Return the article that a page of the site gives with an override."""
    html = f"<html><head><title>A title</title>{head}</head><body>{shown}</body></html>"
    result = extract(page(html), override(**fields))
    assert isinstance(result, Article), result
    return result


def notes(found: Article) -> tuple[str, ...]:
    """Return the notes on overrides."""
    return tuple(note for note in found.notes if note.startswith("override"))


def fetched(url: str, at: str = "2024-03-20") -> Page:
    """Return a page without content."""
    return Page(url=url, content=b"", content_type=None, fetched_at=datetime.fromisoformat(at).replace(tzinfo=UTC))


# -- files ------------------------------------------------------------------------------------------------------------


def write(folder: Path, text: str, name: str = "a.toml") -> Path:
    """Write an override's file."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WHY + "colour = 'red'", "a.toml: colour: unknown option"),
        (WHY + "body = 'div['", "a.toml: body: not a selector: 'div['"),
        (WHY + "body = '//div['", "a.toml: body: not a selector: '//div['"),
        (WHY + "body = '//p[. = $x]'", "a.toml: body: not a selector"),
        (WHY + "body = 'p::text'", "a.toml: body: not a selector"),
        (WHY + "body = ''", "a.toml: body: not a selector"),
        (WHY + "body = '(count(//p))'", "a.toml: body: selects no elements, attributes or text"),
        (WHY + "drop = ['.ad', '/']\nbody = 'p'\nvalid_until = 'soon'", "a.toml: valid_until: input should be a valid"),
        (WHY + "drop = ['.ad', '..']", "a.toml: drop 2: not a selector"),
        (WHY + "body = 'p'\nsince = 2024-02-01\nvalid_until = 2024-01-01", "a.toml: since is after valid_until"),
        (WHY, "a.toml: selects nothing: give one of body, authors, headline, date_published or drop"),
        ("site = 'https://a.example/'\nwhy = 'b'\nbody = 'p'", "a.toml: site: must be a host in small letters"),
        ("site = 'www.a.example'\nwhy = 'b'\nbody = 'p'", "a.toml: site: must be a host in small letters without www."),
        ("site = 'a.example'\nbody = 'p'", "a.toml: why: field required"),
        ("site = ", "a.toml: not TOML"),
    ],
)
def test_a_file_that_is_no_override_is_refused_by_file_and_field(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text))
    assert says in str(caught.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        load(tmp_path / "none")


def test_an_override_can_be_handed_to_a_process() -> None:
    ours = override(body="div > p", valid_until="2025-01-01")
    assert pickle.loads(pickle.dumps(ours)) == ours


# -- which one --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://a.example/1", True),
        ("https://www.a.example/1", True),
        ("https://News.A.example:8080/1", True),
        ("https://ba.example/1", False),
        ("https://example/1", False),
        ("file:///tmp/page.html", False),
    ],
)
def test_an_override_is_for_its_site_and_hosts_below_it(url: str, is_ours: bool) -> None:
    ours = override(body="p")
    assert Overrides((ours,)).of(fetched(url)) == (ours if is_ours else None)


def test_the_operators_overrides_go_before_packaged_ones(tmp_path: Path) -> None:
    page = fetched("https://www.lestimes.com/1", "2025-06-01")
    [packaged] = [found for found in load().listed if found.site == "lestimes.com"]
    assert load().of(page) == packaged
    own = load(write(tmp_path, "site = 'lestimes.com'\nwhy = 'b'\nbody = '.mine'"))
    assert (found := own.of(page)) and found.body == ".mine"


def test_the_most_particular_host_goes_first(tmp_path: Path) -> None:
    write(tmp_path, WHY + "body = '.all'", "1.toml")
    write(tmp_path, WHY.replace("a.example", "blog.a.example") + "body = '.blog'", "2.toml")
    found = load(tmp_path)
    assert [
        own and own.body for own in map(found.of, map(fetched, ("https://blog.a.example/", "https://a.example/")))
    ] == [
        ".blog",
        ".all",
    ]


def test_one_that_holds_goes_before_one_that_lapsed() -> None:
    old, new = override(body=".old", valid_until="2024-03-19"), override(body=".new", since="2024-03-20")
    both = Overrides((old, new))
    assert both.of(fetched("https://a.example/", "2024-03-19T23:59")) == old
    assert both.of(fetched("https://a.example/", "2024-03-20T00:00")) == new
    assert Overrides((old,)).of(fetched("https://a.example/", "2025-01-01")) == old


# -- fields -----------------------------------------------------------------------------------------------------------


def test_an_override_goes_before_all_rules_and_stands_in_the_provenance() -> None:
    head = '<meta property="og:title" content="Told to machines"><meta name="author" content="Ann Lee">'
    body = f"<article><h1>Told to machines</h1><b class=h>Ours</b><i class=a>By Bo Ek, Reuters</i>{BODY}</article>"
    found = overridden(
        f'{body}<u data-d="2024-03-01T10:00:00Z"></u>', head, headline=".h", authors="i.a", date_published="//u/@data-d"
    )
    assert (found.headline, found.authors) == ("Ours", ("Bo Ek", "Reuters"))
    assert (found.date_published, found.date_published_raw) == (
        datetime(2024, 3, 1, 10, tzinfo=UTC),
        "2024-03-01T10:00:00Z",
    )
    assert {found.provenance[name] for name in ("headline", "authors", "date_published")} == {"override a.example"}
    assert notes(found) == ()


def test_an_elements_attribute_for_machines_goes_before_its_text() -> None:
    body = f"<article>{BODY}</article><time class=t datetime='2024-02-03'>yesterday</time>"
    assert overridden(body, date_published=".t").date_published_raw == "2024-02-03"
    meta = '<meta name="hed" content="Ours">'
    assert overridden(body, meta, headline="meta[name=hed]").headline == "Ours"


def test_a_body_is_one_paragraph_a_line() -> None:
    html = (
        "<div class=t>Loose <b>bold</b>\n text<script>no()</script><p>One<br>two</p><h2>Head</h2>"
        f"<figure><figcaption>Caption</figcaption></figure><ul><li>item</li></ul><p> * </p>{BODY}tail</div><p>Other</p>"
    )
    lines = ("Loose bold text", "One", "two", "Head", "- item", *PARAGRAPHS, "tail")
    found = overridden(html, body="div.t, div.t p")
    assert found.article_body.splitlines() == list(lines)
    assert found.provenance["article_body"] == "override a.example"


def test_a_body_can_be_an_attribute_or_a_text() -> None:
    text = " ".join(PARAGRAPHS)
    assert overridden(f'<div data-text="{text}"></div>', body="//div/@data-text").article_body == text
    assert overridden(f"<div>{text}</div>", body="(string(//div))").article_body == text


def test_what_is_dropped_is_in_no_body() -> None:
    html = f"<article>{BODY}<div class=more>{PARAGRAPHS[0].replace('council', 'senate')}</div></article>"
    for fields in ({}, {"body": "article"}):
        found = overridden(html, drop=["div.more", ".not-there"], **fields)
        assert found.article_body.splitlines() == list(PARAGRAPHS)
        assert notes(found) == ("override: drop of a.example took out elements: 1",)


# -- where it misses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "selector", "says"),
    [
        ("body", ".none", "matched nothing"),
        ("body", "hr", "matched nothing"),
        ("body", "i", "matched too much (2,001 times)"),
        ("body", "//h1[no-such-function()]", "cannot be asked of this page"),
        ("headline", ".none", "matched nothing"),
        ("headline", "i", "matched too much (2,001 times)"),
        ("headline", "body", "matched too much ("),
        ("authors", "hr", "matched nothing"),
        ("authors", "h1", "matched no name: 'News desk'"),
        ("date_published", "h1", "matched no date: 'News desk'"),
        ("drop", "body", "would take out nearly all the page's text: body"),
        ("drop", "html", "would take out nearly all the page's text: html"),
        ("drop", "//p", "would take out nearly all the page's text: //p"),
        ("drop", "//p/@class", "selects no elements: //p/@class"),
        ("drop", "i", "matched too much (2,001 times): i"),
    ],
)
def test_the_ordinary_rules_stand_in_for_a_selector_that_misses_and_a_note_says_so(
    field: str, selector: str, says: str
) -> None:
    html = f"<hr><h1>News desk</h1><article class=x>{BODY.replace('<p>', '<p class=y>')}</article>{'<i></i>' * 2001}"
    fields: dict[str, Any] = {field: [selector] if field == "drop" else selector}
    found = overridden(html, **fields)
    plain = article("<title>A title</title>", html)
    assert found.article_body.splitlines() == list(PARAGRAPHS)
    assert (found.headline, found.authors) == (plain.headline, plain.authors)
    [note] = notes(found)
    assert note.startswith(f"override: {field} of a.example {says}")


@pytest.mark.parametrize(
    ("span", "says"),
    [
        ({"valid_until": "2024-03-19"}, "lapsed, it was valid until 2024-03-19"),
        ({"since": "2024-03-21"}, "does not hold yet, only since 2024-03-21"),
    ],
)
def test_an_override_out_of_its_span_does_nothing_and_a_note_says_so(span: dict[str, str], says: str) -> None:
    html = f"<article><h1>Shown</h1><b>Ours</b>{BODY}</article>"
    found = overridden(html, headline="b", drop=["p"], **span)
    assert found.headline == "Shown"
    assert notes(found) == (f"override: a.example {says}",)
    assert overridden(html, headline="b", since="2024-03-20", valid_until="2024-03-20").headline == "Ours"


def test_a_page_of_any_depth_and_width_breaks_no_override() -> None:
    deep = f"{'<div>' * 90}deep{'</div>' * 90}"
    wide = "<p><i>wide</i></p>" * 2_500 + "<div>wide</div>" * 2_100
    found = overridden(f"<article>{BODY}</article>{wide}{deep}", body="div", authors="p", drop=["//div", "p"])
    assert [note.partition(" (")[0] for note in notes(found)] == [
        "override: authors of a.example matched too much",
        "override: drop of a.example matched too much",
        "override: drop of a.example matched too much",
        "override: body of a.example matched too much",
    ]


def test_extraction_without_an_override_has_no_notes_of_one() -> None:
    found = article("<title>A</title>")
    assert replace(found, notes=()) == found
