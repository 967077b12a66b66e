"""init and sources: the configuration as commands write and read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.config import TEMPLATE, load
from tests.cli.conftest import Command
from tests.cli.test_collect import configure
from tests.crawl.web import rss, serve

CONFIG = Path("wirefold.toml")


def test_init_writes_the_commented_configuration(wirefold: Command) -> None:
    assert wirefold("init").out == "init: wirefold.toml\n"
    assert CONFIG.read_text() == TEMPLATE


def test_init_does_not_overwrite_unless_forced(wirefold: Command) -> None:
    CONFIG.write_text("# mine")
    assert "--force" in wirefold("init").complaint
    assert CONFIG.read_text() == "# mine"
    assert wirefold("init", "--force").code == 0
    assert CONFIG.read_text() == TEMPLATE


def test_init_can_name_the_store(wirefold: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    wirefold("init", "--store", 'my "news".sqlite')
    monkeypatch.delenv("WIREFOLD_STORE")
    assert load(None).store == 'my "news".sqlite'


def test_a_source_added_is_listed(wirefold: Command) -> None:
    assert wirefold("sources", "add", "bbc", "https://bbc.example/rss.xml", "--language", "en").code == 0
    assert wirefold("sources", "add", "sz", "https://sz.example/news.xml", "--kind", "sitemap").code == 0
    assert CONFIG.read_text().startswith(TEMPLATE)
    rows = wirefold("sources", "list", "--format", "json").value
    assert [(row["name"], row["kind"], row["language"]) for row in rows] == [
        ("bbc", "feed", "en"),
        ("sz", "sitemap", None),
    ]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["bbc", "ftp://bbc.example/rss"], "url: must be an http or https address"),
        (["", "https://bbc.example/rss"], "name: "),
        (["bbc", "https://bbc.example/rss", "--kind", "page"], "--kind"),
    ],
)
def test_a_source_that_cannot_be_is_not_added(arguments: list[str], named: str, wirefold: Command) -> None:
    assert named in wirefold("sources", "add", *arguments).complaint
    assert not CONFIG.exists()


def test_a_name_is_given_only_once(wirefold: Command) -> None:
    wirefold("sources", "add", "bbc", "https://bbc.example/rss.xml")
    assert '"bbc"' in wirefold("sources", "add", "bbc", "https://bbc.example/other.xml").complaint


@pytest.mark.slow
def test_check_lists_links_and_stores_nothing(installed: Command, tmp_path: Path) -> None:
    with serve() as web:
        web.answers = {"http://a.example/rss": rss("/one", "/two")}
        configure(tmp_path, web.proxy)
        rows = installed("sources", "check", "good", "--format", "json").value
        asked = web.urls()
    assert [(row["url"], row["known"]) for row in rows] == [
        ("http://a.example/one", False),
        ("http://a.example/two", False),
    ]
    assert asked == ["http://a.example/rss"]
    assert installed("stats", "--format", "json").value["runs"] == 0


def test_check_says_in_one_line_why_a_source_cannot_be_read(installed: Command, tmp_path: Path) -> None:
    with serve() as web:
        configure(tmp_path, web.proxy)
        done = installed("sources", "check", "good")
    assert (done.code, done.out) == (1, "")
    [line] = done.err.splitlines()
    assert "a.example/rss: http-404" in line
