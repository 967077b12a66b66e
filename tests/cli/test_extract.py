"""extract: one page, saved or fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.cli.showing import extracted_lines
from crawler.exports.schema_org import in_schema_org
from tests.cli.conftest import Command
from tests.cli.pages import configure, configure_override, page
from tests.crawl.web import Answer, serve
from tests.store.build import an_article


def test_a_saved_page_is_shown_under_schema_org_names(wirefold: Command) -> None:
    Path("page.html").write_bytes(page(1))
    article = wirefold("extract", "page.html", "--url", "http://www.one.example/a?utm_source=x").value
    assert (article["url"], article["address"]) == ("https://one.example/a", "http://www.one.example/a")
    assert article["headline"] == "Ferry number 1 runs aground"
    assert {"articleBody", "datePublished", "inLanguage", "isAccessibleForFree"} <= article.keys()


def test_a_saved_page_is_shown_as_text(wirefold: Command) -> None:
    Path("page.html").write_bytes(page(1))
    assert wirefold("extract", "page.html", "--format", "text").out.startswith("Ferry number 1 runs aground\n  url  ")


def test_a_page_that_is_no_article_is_rejected_with_its_reason(wirefold: Command) -> None:
    Path("page.html").write_text("<html><body><p>Short.</p></body></html>")
    done = wirefold("extract", "page.html")
    assert done.code == 1
    assert done.value["stage"] == "extract"
    assert done.value["reason"] in wirefold("extract", "page.html", "--format", "text").out


ONE = ("extract", "page.html", "--url", "https://www.one.example/a", "--config", "own/wirefold.toml")


def fix(text: str) -> None:
    """Write an override of one.example, and a configuration that names it."""
    Path("own").mkdir()
    configure_override(Path("own"), "one.example", text)


def test_an_operators_override_can_be_tried_out(wirefold: Command) -> None:
    Path("page.html").write_bytes(page(1))
    fix("headline = 'p'\nauthors = '.none'")
    assert wirefold(*ONE).value["notes"][0].startswith("override: headline of one.example matched too much")
    Path("own/fixes/one.toml").write_text("site = 'one.example'\nwhy = 'a habit'\nbody = '(//p)[2]'")
    article = wirefold(*ONE).value
    assert "\n" not in article["articleBody"]
    assert article["provenance"]["articleBody"] == "override one.example"


def test_explain_shows_each_field_with_its_rule_and_what_was_noticed(wirefold: Command) -> None:
    Path("page.html").write_bytes(page(1))
    fix("headline = 'p'\nbody = 'article'")
    lines = wirefold(*ONE, "--explain").out.splitlines()
    [body] = [line for line in lines if line.lstrip().startswith("articleBody")]
    assert body.rstrip().endswith("override one.example")
    noticed = lines[lines.index("Noticed:") + 1 :]
    assert noticed[0].startswith("  override: headline of one.example matched too much")


def test_explain_says_that_an_override_lapsed(wirefold: Command) -> None:
    Path("page.html").write_bytes(page(1))
    fix("headline = 'p'\nvalid_until = 2020-12-31")
    assert "override: one.example lapsed, it was valid until 2020-12-31" in wirefold(*ONE, "--explain").out


def test_explain_is_for_programs_too(wirefold: Command) -> None:
    Path("page.html").write_bytes(page(1))
    explained = wirefold("extract", "page.html", "--explain", "--format", "json").value
    article = wirefold("extract", "page.html").value
    assert explained["notes"] == article["notes"]
    assert {row["field"]: row["value"] for row in explained["fields"]}.items() <= article.items()
    assert {row["rule"] for row in explained["fields"]} == set(article["provenance"].values())


def test_explain_gives_the_reason_of_a_rejection(wirefold: Command) -> None:
    Path("page.html").write_text("<html><body><p>Short.</p></body></html>")
    done = wirefold("extract", "page.html", "--explain")
    assert (done.code, done.out.splitlines()[0]) == (1, "Rejected: extract/too-short")


def test_an_override_that_cannot_be_used_is_named(wirefold: Command) -> None:
    Path("page.html").write_bytes(page(1))
    fix("body = 'div['")
    assert "own/fixes/one.toml: body: not a selector" in wirefold(*ONE).complaint


@pytest.mark.slow
def test_a_page_is_fetched_by_the_rules_of_a_crawl(installed: Command, tmp_path: Path) -> None:
    with serve() as web:
        web.answers = {
            "http://a.example/robots.txt": Answer(body=b"User-agent: *\nDisallow: /private", headers={}),
            "http://a.example/ferry": Answer(body=page(1)),
            "http://a.example/private": Answer(body=page(2)),
        }
        configure(tmp_path, web.proxy)
        fetched = installed("extract", "http://a.example/ferry")
        forbidden = installed("extract", "http://a.example/private")
        private = installed("extract", "http://127.0.0.1/")
    assert (fetched.code, fetched.value["headline"]) == (0, "Ferry number 1 runs aground")
    assert (forbidden.code, forbidden.value["reason"]) == (1, "robots-txt")
    assert (private.code, private.value["reason"]) == (1, "private-address")
    assert web.urls() == ["http://a.example/ferry"]


def test_an_address_does_not_say_where_another_page_is_from(wirefold: Command) -> None:
    assert "--url" in wirefold("extract", "https://a.example/", "--url", "https://b.example/").complaint


def test_where_fields_come_from_goes_by_the_names_of_schema_org_too() -> None:
    article = an_article(provenance={"date_published": "ld:datePublished", "headline": "seen"}, notes=("live-blog",))
    record = in_schema_org(article)
    assert record["provenance"] == {"datePublished": "ld:datePublished", "headline": "seen"}
    assert record["notes"] == ("live-blog",)
    lines = list(extracted_lines(article))
    assert "  provenance             date_published: ld:datePublished, headline: seen" in lines
    assert "  notes                  live-blog" in lines
