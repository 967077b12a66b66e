"""Pages that want to break extraction, built when asked for: each has a name and says what may come out of it.

Used by tests/extract/test_hostile.py and by benchmarks/hostile_pages.py.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass

SENTENCES = tuple(
    f"In paragraph {number} the council {verb} the new budget after a long debate about {matter}, which took all night."
    for number, (verb, matter) in enumerate(
        (
            ("approved", "roads and schools"),
            ("delayed", "the old library"),
            ("questioned", "the fire brigade"),
            ("amended", "two bridges"),
            ("praised", "the swimming pool"),
            ("rejected", "a car park"),
            ("explained", "the water works"),
            ("published", "street lights"),
            ("defended", "the winter service"),
            ("counted", "trees and benches"),
        )
    )
)
TEXT = "".join(f"<p>{sentence}</p>\n" for sentence in SENTENCES)
ARTICLE = f"<h1>Council debates budget</h1><article>{TEXT}</article>"
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Hostile:
    """One hostile page. ``reasons`` are the rejections it may get; without any, the ten sentences must come out."""

    name: str
    build: Callable[[], bytes]
    reasons: tuple[str, ...] = ()
    content_type: str | None = "text/html"
    has_article: bool = True


def _page(body: str, head: str = "") -> bytes:
    title = "<title>Council debates budget</title>"
    return f"<!DOCTYPE html><html><head>{title}{head}</head><body>{body}</body></html>".encode("utf-8", "surrogatepass")


def _beside(name: str, body: Callable[[], str], *reasons: str) -> list[Hostile]:
    """Put the hostile markup before the article, and after it."""
    return [
        Hostile(f"{name}, then the article", lambda: _page(body() + ARTICLE), reasons),
        Hostile(f"the article, then {name}", lambda: _page(ARTICLE + body()), reasons),
    ]


def _inside(name: str, before: Callable[[], str], after: Callable[[], str] = str, *reasons: str) -> Hostile:
    return Hostile(name, lambda: _page(f"<h1>Council debates budget</h1>{before()}{TEXT}{after()}"), reasons)


def _in_head(name: str, head: Callable[[], str], *reasons: str) -> Hostile:
    return Hostile(name, lambda: _page(ARTICLE, head()), reasons)


def _raw(name: str, build: Callable[[], bytes], *reasons: str, content_type: str | None = "text/html") -> Hostile:
    return Hostile(name, build, reasons, content_type, has_article=False)


def _numbered(form: str, count: int) -> str:
    return "".join(form % number for number in range(count))


def _ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def _ld_of(size: int) -> str:
    return json.dumps({"@type": "NewsArticle", "headline": "x", "keywords": ["budget"] * (size // 10)})


_TAGS = ("too-many-tags",)
_ATTRIBUTES = ("too-many-attributes",)
_NESTED = 100_000

SIZE = [
    _raw("50 MB of <p>", lambda: b"<html>" + b"<p>" * (50 * _MEGABYTE // 3), "page-too-big"),
    _raw("10 MB of <p>", lambda: b"<html>" + b"<p>" * (10 * _MEGABYTE // 3), *_TAGS),
    _raw("a gzip bomb left packed", lambda: gzip.compress(b"<p>" * 20 * _MEGABYTE), "not-html"),
    _raw("a gzip bomb unpacked", lambda: gzip.decompress(gzip.compress(b"<p>x" * 10 * _MEGABYTE)), "page-too-big"),
    _raw("nothing but 1 MB of NULs", lambda: b"\0" * _MEGABYTE, "not-html", "empty"),
    _raw("a million spaces in a tag", lambda: b"<html" + b" " * _MEGABYTE + b">", "too-short", "empty"),
    _raw("one unfinished tag of 5 MB", lambda: b"<html><p " + b"x" * 5 * _MEGABYTE, "page-too-big"),
]
TAGS = [
    *_beside("200k links", lambda: _numbered("<a href='/%d'>more</a> ", 200_000), *_TAGS),
    *_beside("14k links", lambda: _numbered("<a href='/news/%d'>more news</a> ", 14_000)),
    *_beside("100k <br>", lambda: "<br>" * 100_000, *_TAGS),
    *_beside("25k <p> without end", lambda: "<p>x y" * 25_000, *_TAGS),
    *_beside("500k unclosed <div>", lambda: "<div>" * 500_000),
    *_beside("500k unclosed <b>", lambda: "<b>" * 500_000),
    *_beside("500k unclosed <li>", lambda: "<li>" * 500_000),
    *_beside("500k unclosed unknown tags", lambda: _numbered("<x%d>", 500_000)),
    *_beside("100k end tags", lambda: "</i>" * 100_000),
    *_beside("100k tags never finished", lambda: "<x" * 100_000),
    *_beside("7k small tables", lambda: "<table><tr><td>x y</td></tr></table>" * 7_000),
    *_beside("15k <script>", lambda: "<script>x = 1</script>" * 15_000),
    *_beside("14k headings", lambda: "<h2>More news</h2>" * 14_000),
    *_beside("14k bylines", lambda: "<div class='byline'>By Jane Doe</div>" * 14_000),
    *_beside("5k small articles", lambda: f"<article><p>{SENTENCES[0]}</p></article>" * 5_000),
    _inside("14k <span> in a paragraph", lambda: "<p>" + "<span>x</span> " * 14_000),
    _inside("45k <span> in a paragraph", lambda: "<p>" + "<span>x</span> " * 45_000),
    _in_head("14k <meta>", lambda: _numbered("<meta name='a%d' content='x'>", 14_000)),
]
ATTRIBUTES = [
    *_beside("500k attributes on one element", lambda: f"<p {_numbered('a%d=x ', 500_000)}>"),
    *_beside("500k attributes without values", lambda: f"<p {_numbered('a%d ', 500_000)}>"),
    *_beside("500k times the same attribute", lambda: f"<p {'a=x ' * 500_000}>x</p>"),
    *_beside("500k attributes over 5k elements", lambda: f"<p {_numbered('a%d=x ', 100)}>" * 5_000, "page-too-big"),
    *_beside("200k attributes over 2k elements", lambda: f"<p {_numbered('a%d=x ', 100)}>" * 2_000, *_ATTRIBUTES),
    *_beside("500k over 5k, without values", lambda: f"<p {_numbered('a%d ', 100)}>x" * 5_000, *_ATTRIBUTES),
    *_beside("190k over 2k, without values", lambda: f"<p {_numbered('a%d ', 95)}>x" * 2_000),
    *_beside("a 1 MB attribute value", lambda: f"<p class='{'x ' * 500_000}'>x</p>"),
    *_beside("a 5 MB image in an attribute", lambda: f'<img src="data:image/png;base64,{"A" * 5_000_000}">'),
    *_beside("a 1 MB tag name", lambda: f"<{'x' * _MEGABYTE}>"),
    _in_head("1 MB of meta content", lambda: f"<meta name='author' content='{'By A B, ' * 125_000}'>"),
    _in_head("meta refresh and base of 1 MB", lambda: f"<base href='http://{'a' * _MEGABYTE}/'>"),
]
NESTING = [
    _inside("100k nested <div>, the text at the bottom", lambda: "<div>" * _NESTED, lambda: "</div>" * _NESTED),
    _inside("100k nested <div>, unclosed", lambda: "<div>" * _NESTED),
    _inside("100k nested <b>", lambda: "<b>" * _NESTED, lambda: "</b>" * _NESTED),
    _inside("100k nested <font>", lambda: "<font size=2>" * _NESTED),
    _inside("50k <b><i> that cross", lambda: "<b><i></b>" * 50_000),
    _inside("9k <a><p>", lambda: "<a href='/x'><p>" * 9_000),
    _inside("3k nested lists", lambda: "<ul><li>" * 3_000),
    _inside("3k nested tables", lambda: "<table><tr><td>" * 3_000, lambda: "</td></tr></table>" * 3_000),
    _inside("3k nested quotations", lambda: "<blockquote>" * 3_000, lambda: "</blockquote>" * 3_000),
    _inside("3k headings, unclosed", lambda: "<h2>" * 3_000),
    _inside("50k nested <svg>", lambda: "<svg><g>" * 50_000),
    _inside("1,500 nested <div>", lambda: "<div>" * 1_500),
    _inside("150 nested <span>", lambda: "<span>" * 150),
    Hostile(
        "each paragraph 1,000 deeper",
        lambda: _page("<h1>Council debates budget</h1>" + "".join("<div>" * 1_000 + f"<p>{s}</p>" for s in SENTENCES)),
    ),
    *_beside("100k nested <div>", lambda: "<div>" * _NESTED + "</div>" * _NESTED),
]
JSON_LD = [
    _in_head("10 MB of JSON-LD", lambda: _ld(_ld_of(10 * _MEGABYTE))),
    _in_head("0.9 MB of JSON-LD", lambda: _ld(_ld_of(900_000))),
    _in_head("1 MB of broken JSON-LD", lambda: _ld(_ld_of(990_000)[:-5])),
    _in_head("1 MB of quotes in JSON-LD", lambda: _ld('{"@type": "NewsArticle", "headline": ' + '"' * 990_000)),
    _in_head("1 MB of backslashes in JSON-LD", lambda: _ld('{"a": "' + "\\" * 990_000)),
    _in_head("1 MB of commas in JSON-LD", lambda: _ld('{"@type": "NewsArticle"' + ", " * 490_000 + "}")),
    _in_head("JSON-LD 300k deep", lambda: _ld("[" * 300_000)),
    _in_head("JSON-LD objects 100k deep", lambda: _ld('{"a":' * 100_000 + "1" + "}" * 100_000)),
    _in_head("5k scripts of JSON-LD", lambda: _ld('{"@type": "NewsArticle", "author": "A B"}') * 5_000),
    _in_head("20k nodes of JSON-LD", lambda: _ld(json.dumps([{"@type": "NewsArticle", "url": "/x"}] * 20_000))),
    _in_head(
        "a JSON-LD headline of 0.9 MB", lambda: _ld(json.dumps({"@type": "Article", "headline": "a | b " * 150_000}))
    ),
    _in_head(
        "a JSON-LD text of 0.9 MB of tags",
        lambda: _ld(json.dumps({"@type": "Article", "author": "<" * 900_000})),
        *_TAGS,
    ),
    _in_head("a JSON-LD number of 0.9 MB", lambda: _ld('{"@type": "Article", "wordCount": ' + "9" * 900_000 + "}")),
    _in_head(
        "a JSON-LD date of 0.9 MB", lambda: _ld(json.dumps({"@type": "Article", "datePublished": "1 " * 450_000}))
    ),
    _in_head(
        "a JSON-LD text of spaces in tags",
        lambda: _ld(json.dumps({"@type": "Article", "articleBody": "<" + " " * 900_000})),
    ),
    _in_head(
        "a JSON-LD date of spaces", lambda: _ld(json.dumps({"@type": "Article", "datePublished": f"1{' ' * 900_000}x"}))
    ),
    _in_head("1 MB of comment ends in JSON-LD", lambda: _ld("; //  ]] --> " * 80_000)),
    _in_head("20k JSON-LD authors", lambda: _ld(json.dumps({"@type": "Article", "author": ["Jane Doe"] * 20_000}))),
]
TEXTS = [
    *_beside("a text of 1 MB", lambda: "word " * 200_000),
    *_beside("a text of 10 MB", lambda: "word " * 2_000_000, "page-too-big"),
    *_beside("a line of 1 MB without a space", lambda: f"<p>{'x' * _MEGABYTE}</p>"),
    *_beside("a million spaces", lambda: f"<p>{' ' * _MEGABYTE}</p>"),
    *_beside("150,000 spaces that do not break", lambda: f"<p>{'&#160;' * 150_000}</p>"),
    *_beside("a million short lines", lambda: "x\n" * _MEGABYTE),
    *_beside("1 MB of entities", lambda: "&amp;&lt;&#8217;" * 70_000),
    *_beside("1 MB of ampersands", lambda: "&" * _MEGABYTE),
    *_beside("1 MB of Chinese", lambda: f"<p>{'新しい橋' * 80_000}</p>"),
    *_beside("1 MB of brackets", lambda: f"<p>{'(' * _MEGABYTE}</p>"),
    *_beside("300 kB of separators", lambda: f"<p>{' | x - y · z' * 27_000}</p>"),
    *_beside("a quotation of 300 kB", lambda: f"<blockquote>{'he said and ' * 27_000}</blockquote>"),
    Hostile("a title of 1 MB", lambda: f"<html><title>{'a - b | ' * 125_000}</title><body>{ARTICLE}".encode()),
    Hostile("a headline of 300 kB", lambda: _page(f"<h1>{'a - b | ' * 37_500}</h1>{TEXT}")),
    *_beside("a byline of 300 kB", lambda: f"<div class='byline'>{'By A and ' * 33_000}</div>"),
    *_beside("a date of 300 kB", lambda: f"<time datetime='{'1 ' * 150_000}'>x</time>"),
    *_beside("a date of spaces", lambda: f"<time datetime='1{' ' * 900_000}x'>x</time>"),
    *_beside("9k headlines that the text repeats", lambda: "<h1>More</h1><p>More</p>" * 4_500),
    *_beside("7k bylines of 200 characters", lambda: f"<p class='byline'>{'by A and, by ' * 15}</p>" * 7_000),
    _in_head(
        "200 author elements of 5 kB", lambda: f"<meta name='author' content='{'By A B, in - and ' * 290}'>" * 200
    ),
    Hostile("a title of 1 MB of dashes", lambda: f"<html><title>{'- ' * 500_000}</title><body>{ARTICLE}".encode()),
    *_beside("1 MB of addresses", lambda: f"<p>{'a@b.c//www.' * 90_000}</p>"),
    *_beside("9k lines of furniture", lambda: "<p>Advertisement</p>" * 9_000),
    *_beside("2 MB of ampersands", lambda: "&" * 1_900_000),
    *_beside("150 kB of dates", lambda: f"<p>{'1/2/2016 3 May 2016 ' * 7_000}</p>"),
    *_beside("a dateline of 100 kB", lambda: f"<p>{'WASHINGTON (AP) - ' * 5_500}</p>"),
]
ENDS = [
    _inside("an unclosed comment", lambda: "<!-- menu "),
    _inside("an unclosed script", lambda: "<script>var x = 'a';"),
    _inside("an unclosed style", lambda: "<style>p { color: red }"),
    Hostile("an unclosed title", lambda: f"<html><head><title>Council debates budget<body>{ARTICLE}".encode()),
    _inside("an unclosed textarea", lambda: "<textarea>"),
    _inside("an unclosed iframe", lambda: "<iframe src='/x'>"),
    _inside("an unclosed noscript", lambda: "<noscript>"),
    _inside("an unclosed xmp", lambda: "<xmp>"),
    _inside("<plaintext>", lambda: "<plaintext>"),
    _inside("an unclosed quote in a tag", lambda: "<a href='/x>menu</a>"),
    _inside("an unclosed svg title", lambda: "<svg><title>"),
    _inside("math", lambda: "<math><mtext>"),
    _inside("an unclosed select", lambda: "<select><option>"),
    _inside("an unclosed template", lambda: "<template>"),
    _inside("an unclosed CDATA", lambda: "<![CDATA["),
    _inside("an unclosed PHP", lambda: "<?php "),
    _inside("tags in script strings", lambda: "<script>document.write('<div><p>' + \"<!--<script>\")</script>"),
    _inside("1 MB of comment beginnings", lambda: "<!--" * 250_000),
    _inside("1 MB of script beginnings", lambda: "<script>" * 125_000),
    _inside("1 MB of broken script ends", lambda: "<script>" + "</scrip" * 140_000 + "</script>"),
    _inside("1 MB of <![CDATA[", lambda: "<![CDATA[" * 110_000),
    _inside("1 MB of quotes in tags", lambda: "<a '\"" * 160_000, str, *_TAGS),
    Hostile("text after </html>", lambda: f"<html><body><p>x</p></body></html>{ARTICLE}".encode()),
    Hostile(
        "the end of the page after the first sentence", lambda: _page(ARTICLE.replace("</p>", "</p></body></html>", 1))
    ),
    Hostile("a second page after the first", lambda: _page("<p>x</p>") + _page(ARTICLE)),
]
CHARSETS = [
    Hostile("NULs in the text", lambda: _page(ARTICLE).replace(b"e", b"\0e")),
    Hostile("a megabyte of NULs before the text", lambda: b"\0" * _MEGABYTE + _page(ARTICLE)),
    Hostile(
        "UTF-16, header says UTF-8", lambda: _page(ARTICLE).decode().encode("utf-16"), (), "text/html; charset=utf-8"
    ),
    Hostile("UTF-16 without a mark", lambda: _page(ARTICLE).decode().encode("utf-16-le"), ()),
    Hostile("UTF-32", lambda: _page(ARTICLE).decode().encode("utf-32")),
    Hostile("UTF-8, header says UTF-16", lambda: _page(ARTICLE + "é"), (), "text/html; charset=utf-16"),
    Hostile("ASCII, header says UTF-16", lambda: _page(ARTICLE), (), "text/html; charset=utf-16"),
    Hostile("UTF-7", lambda: _page(ARTICLE, '<meta charset="utf-7">'), (), "text/html; charset=utf-7"),
    Hostile(
        "header against meta", lambda: _page(ARTICLE + "é", '<meta charset="koi8-r">'), (), "text/html; charset=gbk"
    ),
    Hostile("no such charset", lambda: _page(ARTICLE + "é", '<meta charset="x-none">'), (), "text/html; charset=none"),
    Hostile("a charset that is no text", lambda: _page(ARTICLE), (), "text/html; charset=base64"),
    Hostile("lone surrogates", lambda: _page(ARTICLE + "\ud800" * 1_000 + "\udfff")),
    Hostile("bytes of no charset", lambda: _page(ARTICLE) + bytes(range(128, 256)) * 1_000),
    Hostile(
        "character references that are none", lambda: _page("&#55296;&#0;&#99999999999;&#x110000;" * 1_000 + ARTICLE)
    ),
]
PAGES: tuple[Hostile, ...] = tuple(SIZE + TAGS + ATTRIBUTES + NESTING + JSON_LD + TEXTS + ENDS + CHARSETS)
