from __future__ import annotations

import pytest

from crawler.extract import tree
from tests.extract.pages import BODY, article, page, rejection

_WORDS = "Der Bürgermeister über die Brücke: 5 €, sagt José."


@pytest.mark.parametrize(
    ("encoding", "content_type", "head"),
    [
        ("utf-8", "text/html; charset=utf-8", ""),
        ("utf-8", None, ""),
        ("cp1252", "text/html; charset=iso-8859-1", ""),
        ("cp1252", "text/html", '<meta charset="windows-1252">'),
        ("cp1252", None, ""),
        ("utf-16", "text/html", ""),
        ("utf-8-sig", "text/html; charset=iso-8859-1", ""),
        ("utf-8", "text/html; charset=iso-8859-1", '<meta charset="utf-8">'),
    ],
)
def test_the_text_is_decoded_whoever_declares_its_charset(encoding: str, content_type: str | None, head: str) -> None:
    content = f"<html><head>{head}</head><body><p>{_WORDS}</p></body></html>".encode(encoding)
    assert _WORDS in tree.parse(page(content, content_type=content_type)).text_content()


def test_japanese_in_seven_bits_is_not_taken_for_ascii() -> None:
    content = "<html><body><p>新しい橋</p></body></html>".encode("iso-2022-jp")
    assert "新しい橋" in tree.decode(content, "text/html; charset=iso-2022-jp")


def test_a_page_above_the_limit_is_refused_unparsed() -> None:
    assert rejection(b"<p>" + b"x" * tree.MAX_BYTES).reason == "page-too-big"


def test_a_page_of_too_many_tags_is_refused_unparsed() -> None:
    assert rejection("<html>" + "<p>x" * (tree.MAX_ELEMENTS + 1)).reason == "too-many-tags"


@pytest.mark.parametrize("content", [b"", b" \n\t ", b"\0\0"])
def test_a_page_without_content_is_refused(content: bytes) -> None:
    assert rejection(content).reason in {"empty", "not-html"}


@pytest.mark.parametrize(
    ("content", "content_type"),
    [("%PDF-1.7", "application/pdf"), ("{}", "application/json"), ("just words", "text/html")],
)
def test_what_is_not_html_is_refused(content: str, content_type: str) -> None:
    assert rejection(content, content_type=content_type).reason == "not-html"


def test_control_characters_do_not_cut_the_page() -> None:
    assert len(article(body=BODY.replace("budget", "bud\0get\x0b")).article_body.splitlines()) == 3


def test_a_deeply_nested_page_is_not_silently_empty() -> None:
    assert len(article(body="<div>" * 1500 + BODY).article_body.splitlines()) == 3
