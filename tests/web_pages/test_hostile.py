"""Whatever articles hold, pages stay pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from lxml import html

from storage.queries import Queries
from storage.store import Store
from storage.types import ArticleQuery
from tests.web_pages import hostile
from tests.web_pages.serve import client

_PAGE_BYTES = 2_000_000
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069\x00\x1b\x9b]")
_OURS = {"/static/keys.js", "/static/pages.css", "data:,"}


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the location of a store of hostile articles."""
    location = str(tmp_path_factory.mktemp("hostile") / "store.sqlite")
    hostile.fill(location)
    return location


@pytest.fixture(scope="module")
def asked(hostile_store: str) -> Iterator[TestClient]:
    """Give a client that may decide."""
    with client(hostile_store) as asked:
        yield asked


def paths(location: str) -> list[str]:
    """List pages of all kinds: of each article, of each cluster with each of some variants, of pairs."""
    with Store.open(location) as store:
        rows = [*Queries(store).clusters(min_size=2)]
        articles = Queries(store).articles(ArticleQuery(role=None, limit=500))
    assert len(articles) == 200 and len(rows) > 10
    return [
        "/",
        "/?role=any&limit=100&q=window",
        "/review",
        "/decisions",
        *(f"/articles/{row.id}" for row in articles),
        *(f"/clusters/{row.id}?with={row.members[-1].id}" for row in rows),
        *(f"/pairs/{n}/{n + 1}" for n in range(1, 41)),
    ]


def test_no_markup_of_an_article_is_markup_of_a_page(asked: TestClient, hostile_store: str) -> None:
    for path in paths(hostile_store):
        page = asked.get(path)
        assert page.status_code == 200, path
        assert len(page.content) < _PAGE_BYTES, path
        assert not _OVERRIDES.search(page.text), path
        _check(html.document_fromstring(page.content.decode()), path)


def _check(page: html.HtmlElement, path: str) -> None:
    loaded = {each.get(name) for name in ("src", "href") for each in page.xpath("//script | //link | //img | //base")}
    assert loaded - {None} <= _OURS, path
    assert page.xpath("//iframe | //style | //meta[@http-equiv] | //svg//script") == [], path
    assert [each for each in page.xpath("//@*") if each.attrname.startswith("on")] == [], path
    assert {urlsplit(each).scheme for each in page.xpath("//@href")} <= {"", "http", "https", "data"}, path
    assert {*page.xpath("//@action")} <= {"/", "/decide", "/split"}, path
    assert len(page.xpath("//main")) == len(page.xpath("//footer")) == 1, path


def test_what_is_searched_for_is_no_markup_either(asked: TestClient) -> None:
    for payload in hostile.PAYLOADS:
        page = asked.get("/", params={"q": payload[:500], "source": payload[:500], "after": ""})
        assert page.status_code == 200
        _check(html.document_fromstring(page.content.decode()), payload)


def test_the_api_answers_with_json_that_no_browser_takes_for_a_page(asked: TestClient) -> None:
    for path in ("articles?role=any&limit=100", "clusters?limit=100", "edges?limit=500", "decisions?ended=true"):
        answer = asked.get(f"/api/v1/{path}")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_problem_repeats_nothing_as_markup(asked: TestClient, tmp_path: Path) -> None:
    for payload in hostile.PAYLOADS[:15]:
        page = asked.get("/", params={"since": payload})
        assert page.status_code == 422
        _check(html.document_fromstring(page.content.decode()), payload)
