"""init and sources: the configuration as commands write and read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.config import TEMPLATE, load
from storage.store import Store
from tests.cli.conftest import Command
from tests.cli.pages import configure
from tests.crawl.web import Answer, rss, serve, sitemap

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
    assert [(row["name"], row["kind"], row["language"], row["kept_in"]) for row in rows] == [
        ("bbc", "feed", "en", "file"),
        ("sz", "sitemap", None, "file"),
    ]


@pytest.mark.parametrize("command", [["list"], ["export"], ["check", "bbc"]])
def test_a_store_that_is_named_and_not_there_is_not_made(wirefold: Command, command: list[str]) -> None:
    assert "there is no store yet" in wirefold("sources", *command, "--store", "tpyo.sqlite").complaint
    assert not Path("tpyo.sqlite").exists()


def test_nothing_is_added_when_it_is_only_tried(wirefold: Command) -> None:
    tried = wirefold("sources", "add", "bbc", "https://bbc.example/rss.xml", "--dry-run")
    assert tried.code == 0
    assert tried.out == "sources: bbc (feed, https://bbc.example/rss.xml) would be added to wirefold.toml\n"
    assert not CONFIG.exists()
    assert not Path("store.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["bbc", "ftp://bbc.example/rss"], "bbc, url: must be an http or https address"),
        (["", "https://bbc.example/rss"], "name: "),
        (["bbc", "https://bbc.example/rss", "--kind", "page"], "--kind"),
        (["https://bbc.example/", "--kind", "feed"], "--kind is for a source that is added under a NAME"),
        (["bbc"], "'bbc' is not an http or https address"),
        (["bbc", "https://bbc.example/", "more"], "give a URL, or a NAME and a URL"),
    ],
)
def test_a_source_that_cannot_be_is_not_added(arguments: list[str], named: str, wirefold: Command) -> None:
    assert named in wirefold("sources", "add", *arguments).complaint
    assert not CONFIG.exists()


def test_a_name_is_given_only_once(wirefold: Command) -> None:
    wirefold("sources", "add", "bbc", "https://bbc.example/rss.xml")
    assert '"bbc"' in wirefold("sources", "add", "bbc", "https://bbc.example/other.xml").complaint


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_an_address_is_a_source_only_once(options: list[str], wirefold: Command, tmp_path: Path) -> None:
    wirefold("sources", "add", "bbc", "https://bbc.example/rss.xml")
    with Store.open(str(tmp_path / "store.sqlite")) as store:
        store.put_stored_source("sz", {"kind": "feed", "url": "https://sz.example/rss"})
    for name, url in (("bbc", "https://bbc.example/rss.xml"), ("sz", "https://sz.example/rss")):
        complaint = wirefold("sources", "add", "other", url, *options).complaint
        assert complaint.endswith(f"{url} is a source already, under the name '{name}'")
    assert [spec.name for spec in load(CONFIG).sources] == ["bbc"]


def test_a_configuration_still_to_be_made_knows_no_sources(wirefold: Command) -> None:
    wirefold("sources", "add", "bbc", "https://bbc.example/rss.xml")
    assert wirefold("sources", "add", "news", "https://bbc.example/rss.xml", "--config", "new.toml").code == 0
    assert [spec.name for spec in load(Path("new.toml")).sources] == ["news"]


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


@pytest.mark.slow
def test_what_a_site_has_is_shown_and_added_under_names_of_its_own(installed: Command, tmp_path: Path) -> None:
    home = '<html><head><link rel="alternate" type="application/rss+xml" title="News" href="/rss"></head></html>'
    with serve() as web:
        web.answers = {
            "http://a.example/": Answer(body=home.encode()),
            "http://a.example/rss": rss("/one", "/two"),
            "http://a.example/robots.txt": Answer(body=b"Sitemap: http://a.example/news.xml", headers={}),
            "http://a.example/news.xml": sitemap("http://a.example/one"),
        }
        CONFIG.write_text(f'[crawl]\nproxy = "{web.proxy}"\ndelay_s = 0\nworkers = 1\n')
        tried = installed("sources", "add", "http://a.example/", "--dry-run")
        before = CONFIG.read_text()
        added = installed("sources", "add", "http://a.example/", "--language", "en")
        again = installed("sources", "add", "http://a.example/")
    assert (tried.code, tried.err) == (0, "")
    assert "http://a.example/rss" in tried.out
    assert "[[source]]" not in before
    assert added.out.startswith(tried.out)
    specs = load(CONFIG).sources
    assert [(spec.kind, spec.url, spec.language) for spec in specs] == [
        ("feed", "http://a.example/rss", "en"),
        ("sitemap", "http://a.example/news.xml", "en"),
    ]
    assert added.out.splitlines()[-1] == f"sources: {', '.join(spec.name for spec in specs)} added to wirefold.toml"
    assert (again.code, again.out) == (1, "")
    assert "no feed or sitemap was found that is not a source already" in again.err


def test_check_says_in_one_line_why_a_source_cannot_be_read(installed: Command, tmp_path: Path) -> None:
    with serve() as web:
        configure(tmp_path, web.proxy)
        done = installed("sources", "check", "good")
    assert (done.code, done.out) == (1, "")
    [line] = done.err.splitlines()
    assert "a.example/rss: http-404" in line
