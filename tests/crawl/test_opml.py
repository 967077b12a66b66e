from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources.opml import Subscriptions, read_opml, write_opml

LINE = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=20)
SPECS = st.lists(
    st.builds(
        SourceSpec,
        name=LINE,
        kind=st.sampled_from(["feed", "sitemap", "section"]),
        url=st.integers(0, 99).map(lambda number: f"https://a.example/?a={number}&b=<'\">"),
        language=st.none() | st.just("en"),
        publisher=st.none() | LINE,
        max_links=st.none() | st.integers(1, 99),
        poll_every_min=st.none() | st.floats(0.1, 9_999),
        follow=st.sampled_from([None, r"/news/\d+<&"]),
    ),
    unique_by=(lambda spec: spec.name, lambda spec: spec.url),
)


def read(outlines: str) -> Subscriptions:
    return read_opml(f"<opml version='1.0'><head/><body>{outlines}</body></opml>".encode(), "list.opml")


@given(SPECS)
def test_what_is_written_is_read_back(specs: list[SourceSpec]) -> None:
    assert read_opml(write_opml(specs), "f") == Subscriptions(specs, [], doubles=0)


def test_folders_are_looked_into() -> None:
    found = read(
        "<outline text='News'><outline text='World'><outline text='A' type='rss' xmlUrl='https://a.example/'/></outline>"
        "</outline><outline title='B' XMLURL='feed://b.example/' category='/x'/>"
    )
    assert found.specs == [
        SourceSpec(name="A", kind="feed", url="https://a.example/"),
        SourceSpec(name="B", kind="feed", url="http://b.example/"),
    ]
    assert found.errors == []


def test_an_address_counts_once_and_a_name_that_is_used_again_gets_a_number() -> None:
    found = read("".join(f"<outline text='A' xmlUrl='https://a.example/{path}'/>" for path in ("1", "2", "1", "3")))
    assert [(spec.name, spec.url[-1]) for spec in found.specs] == [
        ("A", "1"),
        ("A 2", "2"),
        ("A 3", "3"),
    ]
    assert (found.doubles, found.errors) == (1, [])


def test_what_has_neither_an_address_nor_outlines_inside_is_said() -> None:
    found = read(
        "<outline text='News'><outline text='Lost' type='rss'/><outline xmlUrl=' '/></outline>"
        "<outline text='A' xmlUrl='https://a.example/'/>"
    )
    assert [spec.name for spec in found.specs] == ["A"]
    assert list(map(str, found.errors)) == ['list.opml: source "Lost": no xmlUrl', 'list.opml: source "": no xmlUrl']


def test_a_source_without_a_name_is_called_after_its_site() -> None:
    found = read(
        "<outline xmlUrl='https://www.example.com/world/rss'/><outline text=' &#x200b;' xmlUrl='http://b.org'/>"
    )
    assert [spec.name for spec in found.specs] == ["example-world", "b"]


def test_what_cannot_be_used_is_said_and_the_rest_taken() -> None:
    found = read("<outline text='A & B &eacute;' xmlUrl='ftp://a'/><outline text='C' xmlUrl='https://c.example/'/>")
    assert [spec.name for spec in found.specs] == ["C"]
    assert list(map(str, found.errors)) == ['list.opml: source "A & B é": url: must be an http or https address']


def test_a_list_that_is_cut_short_gives_what_it_has_and_says_so() -> None:
    found = read_opml(b"<opml><body><outline text='A' xmlUrl='https://a.example/'/><outl", "f")
    assert [spec.name for spec in found.specs] == ["A"]
    assert "cut short or broken" in str(found.errors[0])


@pytest.mark.parametrize("body", [b"", b"hello", b"<rss/>", b"<html><body/></html>"])
def test_what_is_not_opml_is_refused(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^f: "):
        read_opml(body, "f")
