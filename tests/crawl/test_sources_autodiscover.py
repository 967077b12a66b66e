from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources import Discovered, Link
from crawler.sources.autodiscover import (
    Assessment,
    Candidate,
    assess,
    candidates,
    name_for,
    sitemaps_of,
    well_known,
)

PAGE = """<html><head><meta charset="utf-8"><base href="https://a.example/home/">
<link rel="Alternate" type="application/rss+xml; charset=utf-8" title="Top &amp; néw" href="rss">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
<link rel="alternate" type="application/json" href="/wp-json/1"><link rel="alternate" hreflang="de" href="/de">
<link rel="stylesheet" type="text/xml" href="/x"><!-- <link rel="feed" href="/hidden"> -->
<link rel="feed" href="/atom.xml"></head>
<body><a href="https://feeds.b.example/sport">Sport</a><a href="rss">again</a><a href="/news/feeding">no</a>
<a href="/rss/world.xml"><b>World</b> news</a><a href="javascript:rss.xml">no</a></body></html>""".encode()
GIVEN = Candidate(url="https://a.example/rss", kind="sitemap", title="Given", why="x")


def test_a_page_names_its_feeds_and_links_to_others() -> None:
    assert [(found.url, found.title, found.why) for found in candidates(PAGE, "https://x.example/")] == [
        ("https://a.example/home/rss", "Top & néw", "named by the page"),
        ("https://a.example/atom.xml", None, "named by the page"),
        ("https://feeds.b.example/sport", "Sport", "linked from the page"),
        ("https://a.example/rss/world.xml", "World news", "linked from the page"),
    ]


@pytest.mark.parametrize("page", [b"", b"\x00", b"hello", b"<!-- -->", "<link rel=feed href=''>".encode("utf-16")])
def test_a_page_without_feeds_names_none(page: bytes) -> None:
    assert candidates(page, "https://a.example/") == []


def test_robots_txt_names_sitemaps() -> None:
    robots = (
        b"User-agent: *\r\nDisallow: /x\nSITEMAP: https://a.example/1.xml # news\r\n sitemap:/2.xml\nsitemap: data:x\n"
    )
    found = sitemaps_of(robots, "https://a.example/robots.txt")
    assert [candidate.url for candidate in found] == ["https://a.example/1.xml", "https://a.example/2.xml"]
    assert {candidate.kind for candidate in found} == {"sitemap"}


def test_the_usual_places_are_at_the_root() -> None:
    places = well_known("https://a.example/a/b?c")
    assert {"https://a.example/feed", "https://a.example/sitemap.xml"} <= {place.url for place in places}
    assert {place.kind for place in places} == {"feed", "sitemap"}


def test_an_answer_says_what_a_candidate_is() -> None:
    date = datetime(2026, 1, 2, tzinfo=UTC)
    links = [
        Link(url="https://a.example/1", source="x", date_published=date, content="<p>x</p>"),
        Link(url="https://a.example/2", source="x", content="<p>y</p>"),
    ]
    assert assess(GIVEN, Discovered(form="Atom", title="Real", links=links)) == Assessment(
        kind="feed", form="Atom", title="Real", links=2, newest=date, full_content=True
    )
    assert assess(GIVEN, Discovered(form="news sitemap", links=[])) == Assessment(
        kind="sitemap", form="news sitemap", title="Given", links=0, newest=None, full_content=False
    )


@pytest.mark.parametrize(
    ("url", "title", "name"),
    [
        ("https://feeds.bbci.co.uk/news/world/rss.xml", None, "bbci-news-world"),
        ("https://www.example.com/feed/", "Example", "example"),
        ("https://www.example.com/feed/?cat=5", "Example.com » Sport", "example-com-sport"),
        ("https://taken.com/rss", "Taken", "taken-2"),
        ("https://www.example.com/news-sitemap.xml.gz", None, "example-news-sitemap"),
        ("http://localhost:80/", None, "localhost"),
        ("http://127.0.0.1/", None, "source"),
    ],
)
def test_a_name_tells_site_and_topic(url: str, title: str | None, name: str) -> None:
    assert name_for(url, title, {"taken"} | ({"example"} if "cat" in url else set())) == name


@given(st.text(max_size=40), st.none() | st.text(max_size=60), st.sets(st.sampled_from(["a", "a-2", "source"])))
def test_a_name_is_short_lower_case_and_new(path: str, title: str | None, taken: set[str]) -> None:
    for url in (f"https://a.example/{path}", path):
        name = name_for(url, title, taken)
        assert 0 < len(name) <= 40 and name == name.lower() and name.isprintable() and name not in taken
