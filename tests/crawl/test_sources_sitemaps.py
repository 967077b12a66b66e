from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources import Discovered, Link, discover
from tests.crawl.web import sitemap

SITEMAP = SourceSpec(name="s", kind="sitemap", url="https://a.example/sitemap.xml")
NEWS_SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><!-- two -->
<url><loc> https://a.example/1 </loc><image:image><image:loc>https://a.example/i.png</image:loc></image:image>
<news:news><news:publication_date>2026-02-03T10:00:00+01:00</news:publication_date>
<news:title>One &amp; only</news:title></news:news><lastmod>2026-02-04</lastmod></url>
<url><loc>/2</loc><lastmod>2026-02-01</lastmod></url><url/></urlset>"""
FIRST = Link(
    url="https://a.example/1",
    source="s",
    headline="One & only",
    date_published=datetime(2026, 2, 3, 9, tzinfo=UTC),
    date_modified=datetime(2026, 2, 4, tzinfo=UTC),
)
SECOND = Link(url="https://a.example/2", source="s", date_modified=datetime(2026, 2, 1, tzinfo=UTC))


def read(body: bytes) -> Discovered:
    return discover(SITEMAP, body, "application/xml", SITEMAP.url)


def test_a_news_sitemap_gives_links_in_its_order() -> None:
    assert read(NEWS_SITEMAP) == Discovered(form="news sitemap", links=[FIRST, SECOND], dropped={"no-address": 1})


@pytest.mark.parametrize("body", [NEWS_SITEMAP, NEWS_SITEMAP.decode().encode("utf-16"), b"\n" + NEWS_SITEMAP])
def test_a_gzip_sitemap_is_read_as_it_is(body: bytes) -> None:
    assert read(gzip.compress(body)) == read(NEWS_SITEMAP)


def test_all_members_of_a_gzip_file_are_read() -> None:
    parts = [NEWS_SITEMAP[start : start + 100] for start in range(0, len(NEWS_SITEMAP), 100)]
    assert read(b"".join(map(gzip.compress, parts))) == read(NEWS_SITEMAP)


def test_of_a_sitemap_that_is_cut_short_the_whole_entries_are_taken() -> None:
    cut = NEWS_SITEMAP[: NEWS_SITEMAP.index(b"</loc><lastmod>2026-02-01")]
    assert read(cut).links == read(gzip.compress(cut)[:-8]).links == [FIRST]


def test_a_sitemap_index_lists_sitemaps() -> None:
    index = read(sitemap("/a.xml", "/b.xml", index=True).body)
    assert (index.form, [link.kind for link in index.links]) == ("sitemap index", ["sitemap"] * 2)


def test_follow_does_not_keep_from_looking_into_an_index() -> None:
    spec = SITEMAP.model_copy(update={"follow": "/news/"})
    body = sitemap("/a.xml", index=True).body
    assert [link.url for link in discover(spec, body, None, spec.url).links] == ["https://a.example/a.xml"]


def test_a_list_of_addresses_is_a_sitemap() -> None:
    listed = read(b"\xef\xbb\xbfhttps://a.example/1\r\n\r\n https://a.example/2 \nftp://a.example/3\n")
    assert (listed.form, listed.dropped) == ("list of addresses", {"no-address": 1})
    assert [link.url for link in listed.links] == ["https://a.example/1", "https://a.example/2"]


def test_a_feed_that_is_called_a_sitemap_is_read_as_a_feed() -> None:
    assert read(b"<rss><channel><item><link>/1</link></item></channel></rss>").form == "RSS"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<html></html>", "not a readable sitemap: its root element is <html>"),
        (b"junk", "not a readable sitemap: not XML"),
        (b"", "not a readable sitemap: not XML"),
        (b"<urlset><url><loc>https://a.exam", "not a readable sitemap: Premature end"),
        (b"\x1f\x8bjunk-junk-junk-junk", "broken gzip"),
    ],
)
def test_what_is_no_sitemap_is_said_to_be_none(body: bytes, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(body)
    assert str(caught.value).startswith(f"{SITEMAP.url}: {says}")
