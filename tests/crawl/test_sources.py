from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources import Link, discover
from tests.crawl.web import sitemap

FEED = SourceSpec(name="f", kind="feed", url="https://a.example/rss")
SITEMAP = SourceSpec(name="s", kind="sitemap", url="https://a.example/sitemap.xml")
NEWS_SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><!-- two -->
<url><loc> https://a.example/1 </loc><image:image><image:loc>https://a.example/i.png</image:loc></image:image>
<news:news><news:publication_date>2026-02-03T10:00:00+01:00</news:publication_date>
<news:title>One &amp; only</news:title></news:news></url>
<url><loc>/2</loc><lastmod>2026-02-01</lastmod></url><url/></urlset>"""
ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def read(spec: SourceSpec, body: bytes, content_type: str | None = "application/xml") -> list[Link]:
    return discover(spec, body, content_type, spec.url)


def rss(inner: str) -> bytes:
    return f'<rss version="2.0"><channel><title>x</title>{inner}</channel></rss>'.encode()


def test_an_rss_item_is_a_link_with_headline_and_date() -> None:
    body = rss("<item><title>A &amp; B</title><link>/a</link><pubDate>Tue, 01 Nov 2016 10:00:00 +0100</pubDate></item>")
    date = datetime(2016, 11, 1, 9, tzinfo=UTC)
    assert read(FEED, body) == [Link(url="https://a.example/a", source="f", headline="A & B", date_published=date)]


def test_an_atom_entry_is_a_link_with_headline_and_date() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title>T</title>
    <link rel="alternate" href="https://a.example/t"/><updated>2016-11-01T10:00:00Z</updated></entry></feed>"""
    date = datetime(2016, 11, 1, 10, tzinfo=UTC)
    assert read(FEED, body) == [Link(url="https://a.example/t", source="f", headline="T", date_published=date)]


def test_an_empty_feed_has_no_links_and_is_no_error() -> None:
    assert read(FEED, rss(""), "text/html") == []


def test_only_web_addresses_become_links() -> None:
    body = rss(
        "<item><link>javascript:alert(1)</link></item><item><title>none</title></item><item><link>b</link></item>"
    )
    assert [link.url for link in read(FEED, body)] == ["https://a.example/b"]


def test_a_feed_never_opens_a_file_or_an_entity() -> None:
    body = ENTITY + rss("<item><title>&e;</title><link>/a</link></item>")
    assert [link.headline for link in read(FEED, body)] == ["&e;"]
    with pytest.raises(SourceError, match="not a feed"):
        read(FEED, b"/etc/passwd")


@pytest.mark.parametrize("body", [b"", b"hello", b"<html><body>Welcome</body></html>", b'{"version": 1}', b"\x00\xff"])
def test_what_is_not_a_feed_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^https://a\.example/rss: not a feed"):
        read(FEED, body)


def test_a_feed_cut_before_its_first_link_is_an_error() -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read(FEED, b'<rss version="2.0"><channel><item><title>T')


def test_a_news_sitemap_gives_links_in_its_order() -> None:
    first = Link(
        url="https://a.example/1",
        source="s",
        headline="One & only",
        date_published=datetime(2026, 2, 3, 9, tzinfo=UTC),
    )
    second = Link(url="https://a.example/2", source="s", date_published=datetime(2026, 2, 1, tzinfo=UTC))
    assert read(SITEMAP, NEWS_SITEMAP) == [first, second]


def test_a_gzip_sitemap_is_read_as_it_is() -> None:
    assert read(SITEMAP, gzip.compress(NEWS_SITEMAP)) == read(SITEMAP, NEWS_SITEMAP)


def test_a_sitemap_index_lists_sitemaps() -> None:
    assert [link.kind for link in read(SITEMAP, sitemap("/a.xml", "/b.xml", index=True).body)] == ["sitemap"] * 2


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (ENTITY + b"<urlset><url><loc>&e;</loc></url></urlset>", "declares a document type"),
        (b"<html></html>", "not a sitemap: its root element is <html>"),
        (b"junk", "not XML"),
        (b"", "not XML"),
        (b"<urlset><url><loc>https://a.example/</loc></url>", "not XML"),
        (b"\x1f\x8bjunk-junk-junk-junk", "broken gzip"),
        (gzip.compress(b"<urlset>" + b" " * 60_000_000), "inflates to more than"),
    ],
)
def test_a_sitemap_that_cannot_be_trusted_is_refused_whole(body: bytes, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(SITEMAP, body)
    assert str(caught.value).startswith(f"{SITEMAP.url}: {says}")


@given(
    body=st.binary(max_size=300)
    | st.text(alphabet='<>/="&;?!x rsurlsetfeditmchanlok', max_size=300).map(str.encode)
    | st.integers(0, len(NEWS_SITEMAP)).map(lambda cut: NEWS_SITEMAP[:cut]),
    content_type=st.none() | st.sampled_from(["text/html", "application/xml; charset=nonsense", "x"]),
)
@example(body=b"<rss version='2.0'><channel><item><pubDate>9999999999</pubDate><link>//</link>", content_type=None)
def test_whatever_a_server_answers_is_links_or_a_source_error(body: bytes, content_type: str | None) -> None:
    for spec in (FEED, SITEMAP):
        try:
            links = read(spec, body, content_type)
        except SourceError as error:
            assert "\n" not in str(error)
        else:
            assert all(link.url.startswith("http") and link.source == spec.name for link in links)
