"""What a page says of itself in JSON-LD: bounded reading, and the node that describes this page's article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from itertools import islice
from typing import Any

from lxml import html

from crawler import urls

Node = Mapping[str, Any]

MAX_SCRIPT_CHARS = 1_000_000
MAX_SCRIPTS = 50
MAX_NODES = 2_000
MAX_DEPTH = 8
MAX_REPAIRED_CHARS = 100_000
"""Broken scripts are repaired up to so many characters a page. Source: 0.1 s at most on hostile ones."""
_MAX_PARTS = 200

_BEFORE = re.compile(r"\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)?\s*")
_AFTER = ("-->", "//]]>", "// ]]>", "]]>", ";")
"""What old templates wrap scripts in, so that browsers without scripts do not show them."""
_ARTICLE = re.compile(r"(Article|BlogPosting|LiveBlogPosting|Report)$")
_SURROGATES = re.compile("[\ud800-\udfff]")
_TAGS = re.compile(r"<[^<>]{0,500}>")


def read_nodes(scripts: Sequence[html.HtmlElement]) -> tuple[Node, ...]:
    """Return the JSON-LD objects in these script elements, in page order, outer before inner.

    Broken scripts (a comma too many, an unescaped quotation mark, an end cut off) are repaired while they are small
    together, and left out otherwise.
    """
    data = [script for script in scripts if "ld+json" in (script.get("type") or "").lower()]
    return tuple(islice(_read(data[:MAX_SCRIPTS]), MAX_NODES))


def _read(scripts: list[html.HtmlElement]) -> Iterator[Node]:
    left = MAX_REPAIRED_CHARS
    for script in scripts:
        text = script.text or ""
        value = _parse(text)
        if value is None and len(text) <= left:
            left -= len(text)
            value = _repaired(text)
        yield from _nodes(value, 0)


def article_node(nodes: tuple[Node, ...], url: str, titles: frozenset[str]) -> Node:
    """Return the node of this page's own article, or an empty one.

    Pages carry nodes of related articles too: the one that names this URL wins, then the one with the page's title,
    then the first with a body or a date.
    """
    articles = article_nodes(nodes)
    if len(articles) < 2:
        return articles[0] if articles else {}
    identity = urls.identity(url)
    return max(articles, key=lambda node: _closeness(node, identity, titles))


def article_nodes(nodes: tuple[Node, ...]) -> list[Node]:
    """Return the nodes of articles, this page's or others."""
    return [node for node in nodes if _is_article(node)]


def describes(node: Node, url: str, titles: frozenset[str]) -> bool:
    """Return whether a node names this URL or one of these case-folded titles."""
    return any(_closeness(node, urls.identity(url), titles)[:2])


def may_be_of(node: Node, url: str, titles: frozenset[str]) -> bool:
    """Return whether a node is no other page's: it names no address, or this one, or one of these titles."""
    return not (node.get("url") or node.get("mainEntityOfPage")) or describes(node, url, titles)


def _is_article(node: Node) -> bool:
    """Return whether the node's type is an article's."""
    return any(_ARTICLE.search(kind) for kind in types(node))


def types(node: Node) -> tuple[str, ...]:
    """Return the node's types without their namespace."""
    return tuple(kind.rpartition("/")[2] for kind in strings(node.get("@type")))


def strings(value: object, depth: int = 0) -> list[str]:
    """Return the texts in a value (a text, a named object or a list of them), HTML entities and tags undone."""
    if isinstance(value, list) and depth < MAX_DEPTH:
        return [text for part in value[:_MAX_PARTS] for text in strings(part, depth + 1)]
    if isinstance(value, dict) and depth < MAX_DEPTH:
        return strings(value.get("name") or value.get("@value") or value.get("url") or value.get("@id"), depth + 1)
    if not isinstance(value, str):
        return []
    text = " ".join(_SURROGATES.sub("", _TAGS.sub(" ", unescape(value))).split())
    return [text] if text else []


def first(node: Node, *names: str) -> str | None:
    """Return the first text under the first of these names that has one."""
    return next((text for name in names for text in strings(node.get(name))), None)


def _parse(text: str) -> object:
    if len(text) > MAX_SCRIPT_CHARS:
        return None
    try:
        return json.loads(_bare(text), strict=False)
    except (ValueError, RecursionError):
        return None


def _repaired(text: str) -> object:
    from json_repair import repair_json  # seldom needed

    try:
        return repair_json(_bare(text), return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None


def _bare(text: str) -> str:
    before = _BEFORE.match(text)
    bare = text[before.end() if before else 0 :].rstrip()
    for wrapping in _AFTER:
        bare = bare.removesuffix(wrapping).rstrip()
    return bare


def _nodes(value: object, depth: int) -> Iterator[Node]:
    """Yield the objects with a type in `value`, itself first."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for part in value:
            yield from _nodes(part, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for part in value.values():
            if isinstance(part, dict | list):
                yield from _nodes(part, depth + 1)


def _closeness(node: Node, identity: str, titles: frozenset[str]) -> tuple[bool, bool, bool]:
    links = [*strings(node.get("url")), *strings(node.get("@id")), *strings(_page_of(node))]
    names = {text.casefold() for text in (*strings(node.get("headline")), *strings(node.get("name")))}
    complete = bool(node.get("articleBody") or node.get("datePublished"))
    return (any(urls.identity(link) == identity for link in links), bool(names & titles), complete)


def _page_of(node: Node) -> object:
    page = node.get("mainEntityOfPage")
    return page.get("@id") or page.get("url") if isinstance(page, dict) else page
