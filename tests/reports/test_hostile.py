"""Two hundred hostile articles in the report: nothing of them is markup, runs or breaks the layout."""

from __future__ import annotations

import html as escaping
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from markdown_it import MarkdownIt

from crawler.jobs.tracing import trace_one
from crawler.reports import clusters, markdown
from crawler.reports.summary import Summary, summarise
from storage.queries import Queries
from storage.rows import chunked
from storage.store import Store
from tests.reports import hostile
from tests.reports.rows import NOW
from tests.reports.test_clusters import fill

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PHONE_WIDTH = 390
MEASURE = """frame.addEventListener("load", () => setTimeout(() => {
  const root = frame.contentDocument.documentElement, count = name => root.querySelectorAll(name).length;
  document.body.dataset.found = JSON.stringify({
    ran: document.body.dataset.ran ?? "", width: root.scrollWidth, cards: count("article"), scripts: count("script")});
}, 500))"""
UNSAFE = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b\x7f-\x9f]")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(str(tmp_path_factory.mktemp("hostile") / "store.db")) as store:
        fill(store, *chunked(hostile.articles(200), 2))
        yield store


@pytest.fixture(scope="module")
def summary(store: Store) -> Summary:
    hosts = {attack[:200]: None for attack in hostile.ATTACKS}
    return summarise(Queries(store), now=NOW, hosts=hosts)


@pytest.fixture(scope="module")
def page(store: Store, summary: Summary) -> str:
    return clusters.render(summary, Queries(store).texts, partial(trace_one, store))


def in_a_frame(page: str, folder: Path) -> dict[str, Any]:
    """Open a page in Chromium in a frame as wide as a phone, and say how it went."""
    outer = folder / "frame.html"
    frame = f'<iframe id="frame" width="{PHONE_WIDTH}" height="844" frameborder="0" srcdoc="{escaping.escape(page)}">'
    outer.write_text(f"<!doctype html><body>{frame}</iframe><script>{MEASURE}</script>", "utf-8", errors="replace")
    options = ("--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={folder / 'profile'}")
    command = [str(CHROMIUM), *options, "--virtual-time-budget=20000", "--dump-dom", outer.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120)
    found = re.search(r'data-found="([^"]*)"', done.stdout.decode())
    assert found, done.stderr.decode()[-2_000:]
    return dict(json.loads(escaping.unescape(found[1])))


def test_nothing_of_the_articles_is_markup(page: str) -> None:
    root = html.document_fromstring(page)
    assert not root.xpath(
        "//script | //img | //iframe | //link | //object | //embed | //form | //base | //marquee | //animate"
        " | //*[@style] | //@*[starts-with(name(), 'on')] | //@src | //@srcdoc"
    )
    hrefs = [str(href) for href in root.xpath("//@href")]
    assert hrefs and all(href.startswith(("#", "https://evil.example/")) for href in hrefs)
    assert not any("secret" in href for href in hrefs)
    assert not UNSAFE.search(page)


def test_the_page_stays_small_and_whole(page: str) -> None:
    assert len(page.encode()) < 1_500_000
    root = html.document_fromstring(page)
    assert len(root.cssselect("article")) == 100
    assert [child.tag for child in root.body] == ["header", "nav", "main", "footer"]


def test_nothing_in_a_mail_is_html_or_a_link_elsewhere(summary: Summary) -> None:
    text = markdown.render(summary, max_clusters=100)
    tokens = [inner for token in MarkdownIt("commonmark").parse(text) for inner in (token, *(token.children or []))]
    assert not {token.type for token in tokens} & {"html_block", "html_inline", "image", "code_block", "fence"}
    links = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    assert links and all(address.startswith("https://evil.example/") for address in links)
    assert sum(token.type == "heading_open" for token in tokens) == text.count("\n## ") + 1
    assert not UNSAFE.search(text)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_in_a_browser_no_script_runs_and_nothing_is_wider_than_a_phone(page: str, tmp_path: Path) -> None:
    assert in_a_frame(page, tmp_path) == {"ran": "", "width": PHONE_WIDTH, "cards": 100, "scripts": 0}


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_frame_would_tell_of_a_script_and_of_too_wide_a_page(tmp_path: Path) -> None:
    found = in_a_frame(f"<!doctype html>{hostile.ATTACKS[0]}<p style='width: 999px'>wide", tmp_path)
    assert (found["ran"], found["scripts"]) == ("1", 1)
    assert found["width"] > PHONE_WIDTH
