"""What a hostile or broken server may answer."""

from __future__ import annotations

import gzip
import json
import pickle
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources import Discovered, discover
from crawler.sources.autodiscover import candidates, sitemaps_of
from crawler.sources.opml import read_opml
from tests.crawl.test_sources_sitemaps import NEWS_SITEMAP

pytestmark = pytest.mark.slow

URL = "https://a.example/x"
FEED = SourceSpec(name="x", kind="feed", url=URL)
SITEMAP = SourceSpec(name="x", kind="sitemap", url=URL)
ITEM = "<item><title>T</title><link>/a</link></item>"
FEEDS = (
    f"""<?xml version="1.0" encoding="utf-8"?><!DOCTYPE rss [<!ENTITY x "y">]><rss version="2.0"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>&x;é</title>{ITEM}<item><guid>http://b.example/</guid>
        <dc:date>2016-11-01</dc:date></item></channel></rss>""".encode(),
    """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://c.example/"><entry><title type="html">&lt;b&gt;x
        </title><link href="y"/><updated>2016-11-01T10:00:00Z</updated><content type="xhtml"><div>z</div></content>
        </entry></feed>""".encode("utf-16"),
    json.dumps({"items": [{"url": "/a", "title": "T", "date_published": "2016-11-01"}]}).encode(),
    NEWS_SITEMAP,
    gzip.compress(NEWS_SITEMAP),
    b"http://a.example/1\nhttp://a.example/2\n",
)


def read(body: bytes, content_type: str | None = None, spec: SourceSpec = FEED) -> Discovered | SourceError:
    try:
        return discover(spec, body, content_type, URL)
    except SourceError as error:
        return error


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Cut a piece out of a feed and put another in its place."""
    body = draw(st.sampled_from(FEEDS))
    start, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
    return body[:start] + draw(st.binary(max_size=20) | st.just(body[start:end] * 2)) + body[end:]


@given(
    body=st.binary(max_size=300) | mutated() | st.text(alphabet='<>/="&;?!x rsurlsetfeditmchanlok[]{}').map(str.encode),
    content_type=st.none() | st.sampled_from(["text/html", "application/xml; charset=nonsense", "x; charset=utf-16"]),
)
@example(body=b"<rss version='2.0'><channel><item><pubDate>9999999999</pubDate><link>//</link>", content_type=None)
@example(body=b'{"items": [{"url": {}, "title": 1, "date_published": []}, null]}', content_type=None)
def test_whatever_a_server_answers_is_links_or_a_source_error(body: bytes, content_type: str | None) -> None:
    for spec in (FEED, SITEMAP):
        answer = read(body, content_type, spec)
        if isinstance(answer, SourceError):
            assert "\n" not in str(answer) and len(str(answer)) < 500
        else:
            assert all(link.url.startswith("http") and link.source == spec.name for link in answer.links)
            assert pickle.loads(pickle.dumps(answer)) == answer


@given(st.binary(max_size=300) | mutated())
def test_whatever_is_taken_for_a_page_or_a_list_of_sources_is_read_or_refused(body: bytes) -> None:
    candidates(body, URL)
    sitemaps_of(body, URL)
    try:
        read_opml(body, "f")
    except SourceError as error:
        assert str(error).startswith("f: ")


@pytest.mark.parametrize("declared", ['<!ENTITY e "expanded">', '<!ENTITY e SYSTEM "file:///etc/passwd">'])
def test_no_declared_entity_is_resolved(declared: str) -> None:
    body = f"<!DOCTYPE rss [{declared}]><rss><item><title>&e;</title><link>/a</link></item></rss>"
    answer = read(body.encode())
    assert isinstance(answer, Discovered)
    assert [link.headline for link in answer.links] == ["&e;"]


def test_the_newest_10_000_links_are_taken_and_the_rest_counted() -> None:
    day = "<lastmod>{}</lastmod>".format
    body = "".join(
        f"<url><loc>/{n}</loc>{day('2026-01-01' if n >= 2_000 else '2025-01-01')}</url>" for n in range(12_000)
    )
    answer = read(f"<urlset>{body}</urlset>".encode())
    assert isinstance(answer, Discovered)
    assert [link.url for link in answer.links] == [f"https://a.example/{n}" for n in range(2_000, 12_000)]
    assert answer.dropped == {"over-limit": 2_000}


@pytest.mark.slow
def test_a_million_entries_are_counted_but_not_taken() -> None:
    answer = read(gzip.compress(f"<rss><channel>{ITEM * 1_000_000}</channel></rss>".encode()))
    assert isinstance(answer, Discovered)
    assert (len(answer.links), answer.dropped) == (10_000, {"over-limit": 990_000})


def test_a_gzip_bomb_is_refused() -> None:
    answer = read(gzip.compress(b"<urlset>" + b" " * 60_000_000))
    assert isinstance(answer, SourceError)
    assert answer.problem == "inflates to more than 52,428,800 bytes"


MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "body",
    [
        b"<rss>" + b"<channel>" * (MEGABYTE // 9),
        b"<rss><channel>" + b"<item>" * (MEGABYTE // 6),
        b"<rss><channel><item>" + b"<![CDATA[" * (MEGABYTE // 9),
        b"<rss><channel><item>" + b"<!--" * (MEGABYTE // 4),
        b"<!DOCTYPE [" * (MEGABYTE // 11),
        b"<!DOCTYPE x [" + b"] " * (MEGABYTE // 2),
        b"<rss><channel><item><title>" + b"&" * MEGABYTE,
        b"<rss><channel><item><title>" + b"&lt;b&gt;" * (MEGABYTE // 9) + b"</title><link>/a</link></item>",
        b"<rss " + b" ".join(b"a%d=''" % number for number in range(MEGABYTE // 10)) + b">",
        b"<rss><channel><item " + b" ".join(b"a%d='>'" % number for number in range(MEGABYTE // 10)) + b"/>",
        b"<rss><channel>" + b"<item><link>/</link><pubDate>" + b"a a, " * (MEGABYTE // 5),
        b'{"items":' + b"[" * MEGABYTE,
        b'{"items":[' + b"1" * MEGABYTE + b"]}",
        gzip.compress(b"") * (MEGABYTE // 20),
        b"\0" * MEGABYTE,
    ],
    ids=range(15),
)
def test_no_megabyte_takes_quadratic_time(body: bytes) -> None:
    started = time.process_time()
    read(body)
    assert time.process_time() - started < 20  # which would be minutes; they take 0.1 to 1 s


@pytest.mark.parametrize("read_page", [lambda body: candidates(body, URL), lambda body: sitemaps_of(body, URL)])
def test_a_page_of_nothing_but_feeds_is_read_in_part(read_page: Callable[[bytes], list[object]]) -> None:
    page = b"".join(b"<a href=/rss/%d.xml>x</a>\nSitemap: /%d\n" % (number, number) for number in range(10_000))
    assert len(read_page(page)) == 50
