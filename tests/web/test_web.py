"""The small web is what it says: every copy has its text, every page its look, and the server keeps HTTP's promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import unescape
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from lxml import etree

from crawler import config
from tests.web import content, copies
from tests.web.content import Text, Truth
from tests.web.pages import Resource, build
from tests.web.server import SmallWeb, serving

KINDS = {
    "original",
    "verbatim",
    "abridged",
    "extended",
    "rewritten-headline",
    "machine-translated",
    "updated",
    "independent",
    "template",
    "gallery",
    "digest",
    "login",
}


@pytest.fixture(scope="module")
def truth() -> Truth:
    return content.load_truth()


@pytest.fixture(scope="module")
def texts() -> dict[str, Text]:
    return content.load_texts()


@pytest.fixture(scope="module")
def web() -> Iterator[SmallWeb]:
    with serving() as running:
        yield running


def test_every_kind_of_copy_and_look_alike_is_there(truth: Truth) -> None:
    assert {page.kind for page in truth.pages} == KINDS


def test_at_least_eight_outlets_and_one_agency_carry_articles(truth: Truth) -> None:
    outlets = {outlet.host: outlet for outlet in content.load_outlets().values()}
    carrying = Counter(outlets[page.host].credit for page in truth.pages)
    assert carrying["Meridian"] >= 8
    assert len({page.host for page in truth.pages if outlets[page.host].credit is None}) >= 8


def test_every_cluster_has_one_original_or_stands_alone(truth: Truth) -> None:
    for name, urls in truth.clusters(day=2).items():
        kinds = [page.kind for page in truth.pages if page.cluster == name]
        assert kinds.count("original") == 1 or len(urls) == 1, name


def test_originals_are_published_before_their_copies(truth: Truth) -> None:
    first = {page.cluster: page.published for page in truth.pages if page.kind == "original"}
    assert all(page.published >= first.get(page.cluster, page.published) for page in truth.pages)


def test_originals_have_the_length_of_news_articles(truth: Truth, texts: dict[str, Text]) -> None:
    originals = {page.article for page in truth.pages if page.kind in {"original", "independent", "machine-translated"}}
    lengths = {name: sum(len(paragraph.split()) for paragraph in texts[name].body) for name in originals}
    assert {name: length for name, length in lengths.items() if not 250 <= length <= 600} == {}


def test_every_file_of_text_is_used(truth: Truth, texts: dict[str, Text]) -> None:
    assert set(texts) == {page.article for page in truth.pages}


def test_independent_reports_share_no_paragraph_but_quotations(texts: dict[str, Text]) -> None:
    agency, own = texts["ferry"].body, texts["ferry-tidewater"].body
    assert not set(agency) & set(own)
    assert sum('"' in paragraph for paragraph in own) >= 3


def test_an_update_keeps_all_but_the_lead(texts: dict[str, Text]) -> None:
    assert texts["court-sentence"].body[-8:] == texts["court"].body[-8:]
    assert texts["court-sentence"].body[0] != texts["court"].body[0]


def test_typographic_outlets_set_curly_quotation_marks(truth: Truth, texts: dict[str, Text]) -> None:
    page = next(page for page in truth.pages if page.article == "bridge" and "harrowmere" in page.url)
    copy = copies.make(texts["bridge"], page.kind, "harrowmere", content.load_outlets(), page.published)
    assert "“We will not gamble" in " ".join(copy.body)
    assert '"' not in " ".join(copy.body)


@pytest.mark.parametrize("day", [1, 2])
def test_every_page_shows_its_whole_article_in_its_encoding(truth: Truth, texts: dict[str, Text], day: int) -> None:
    files, outlets = build(day), content.load_outlets()
    keys = {outlet.host: key for key, outlet in outlets.items()}
    for page in truth.pages:
        if page.day <= day:
            key = keys[page.host]
            html = unescape(files[(page.host, urlsplit(page.url).path)].body.decode(outlets[key].encoding))
            copy = copies.make(texts[page.article], page.kind, key, outlets, page.published)
            assert [part for part in (*copy.body, *copy.captions) if part not in html] == []


def test_every_source_lists_every_page_of_its_outlet(truth: Truth) -> None:
    files = build(2)
    for outlet in content.load_outlets().values():
        xml = files[(outlet.host, outlet.source_path)].body
        etree.fromstring(xml)
        assert all(page.url.encode() in xml for page in truth.pages if page.host == outlet.host)
        assert all(loss.url.encode() in xml for loss in truth.losses if urlsplit(loss.url).netloc == outlet.host)


def test_the_configuration_names_every_source(web: SmallWeb, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("config") / "wirefold.toml"
    web.write_config(path)
    loaded = config.load(path, environment={})
    outlets = content.load_outlets()
    assert {(spec.name, spec.url) for spec in loaded.sources} == {
        (key, f"http://{outlet.host}{outlet.source_path}") for key, outlet in outlets.items()
    }
    assert loaded.crawl.proxy == f"http://127.0.0.1:{web.server_port}"


def get(web: SmallWeb, url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    opener = build_opener(ProxyHandler({"http": f"http://127.0.0.1:{web.server_port}"}))
    request = Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with opener.open(request, timeout=5) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except HTTPError as answer:
        return answer.code, answer.read(), dict(answer.headers)


def test_hosts_answer_each_for_themselves_through_the_proxy(web: SmallWeb) -> None:
    assert b"Disallow: /members/" in get(web, "http://fenwickexaminer.example/robots.txt")[1]
    assert b"Crawl-delay" in get(web, "http://www.tidewaterpost.example/robots.txt")[1]
    assert get(web, "http://northmoordaily.example/robots.txt")[0] == 404


def test_unknown_hosts_and_paths_are_404(web: SmallWeb) -> None:
    assert get(web, "http://www.example.com/")[0] == 404
    assert get(web, "http://caldergazette.example/nowhere")[0] == 404


def test_a_tracking_query_leads_to_the_same_page(web: SmallWeb) -> None:
    url = "http://caldergazette.example/news/flood-wall-lower-meads"
    assert get(web, url)[1] == get(web, url + "?utm_source=x")[1]


@pytest.mark.parametrize(("header", "validator"), [("If_None_Match", "ETag"), ("If_Modified_Since", "Last-Modified")])
def test_an_unchanged_feed_is_304(web: SmallWeb, header: str, validator: str) -> None:
    url = "http://www.meridianpress.example/atom.xml"
    _, _, headers = get(web, url)
    assert get(web, url, **{header: headers[validator]})[:2] == (304, b"")
    assert get(web, url, If_None_Match='"another"')[0] == 200


def test_the_second_day_changes_only_the_feeds_that_list_something_new() -> None:
    first, second = build(1), build(2)
    new_pages = {key for key in second if key not in first}
    assert len(new_pages) == 3
    assert _changed_sources(first, second) == {host for host, _ in new_pages}


def _changed_sources(first: dict[tuple[str, str], Resource], second: dict[tuple[str, str], Resource]) -> set[str]:
    return {key[0] for key in first if first[key].etag != second[key].etag}


def test_the_log_keeps_what_was_asked_and_by_whom(web: SmallWeb) -> None:
    get(web, "http://caldergazette.example/rss.xml", User_Agent="tester")
    last = web.requests[-1]
    assert (last.host, last.path, last.status, last.user_agent) == ("caldergazette.example", "/rss.xml", 200, "tester")
