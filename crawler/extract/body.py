"""The article's text: trafilatura quick, then thorough, then the rest of a split container, then JSON-LD's own."""

from __future__ import annotations

import re
from typing import Any

from lxml import html

from crawler.extract import jsonld
from crawler.extract.evidence import Evidence

_PARAGRAPHS = "//p[not(ancestor::aside or ancestor::nav or ancestor::footer or ancestor::header or ancestor::form)]"
_MIN_PARAGRAPH_CHARS = 60
_MAX_LINK_SHARE = 0.5
_TINY, _SHORT = 0.2, 0.6
_FEW_CHARS = 500
"""When the quick result is doubted: shares of the page's paragraph text, and characters. Source: article-bodies and
publishers (313 pages), newsweb-2016_11: elsewhere the thorough mode only added other texts of the page, and between the
two shares what was missing stood in sibling containers."""
_ABOUT_AS_LONG, _LONGER, _MUCH_LONGER = 0.8, 1.4, 2.0
_BLOCK = re.compile(r"<\s{0,9}/?\s{0,9}(?:p|br|div|li|h[1-6])\b[^<>]{0,500}>", re.IGNORECASE)


def text_of(evidence: Evidence) -> str:
    """Return the body, one paragraph a line, "" if there is none.

    The quick mode reads nearly every page as well as the thorough one in two thirds of the time: the others are asked
    only when the page holds clearly more paragraphs than it found.
    """
    text = _trafilatura(evidence.tree, fast=True)
    paragraphs = _paragraphs(evidence.tree)
    available = sum(map(len, paragraphs.values()))
    if len(text) < _TINY * available or len(text) < min(_FEW_CHARS, _SHORT * available):
        text = _longer(text, _trafilatura(evidence.tree, fast=False), _LONGER)
    if len(text) < _SHORT * available:
        text = _longer(text, _same_containers(paragraphs, text), _LONGER)
    return _longer(text, _declared(evidence.article), _MUCH_LONGER if "\n" in text else _ABOUT_AS_LONG)


def _longer(text: str, other: str, ratio: float) -> str:
    return other if len(other) > ratio * len(text) else text


def _trafilatura(tree: html.HtmlElement, *, fast: bool) -> str:
    from trafilatura import bare_extraction  # heavy: 0.2 s

    options: dict[str, Any] = {"favor_recall": True, "include_comments": False, "include_tables": False}
    document: Any = bare_extraction(tree, fast=fast, with_metadata=False, **options)
    return _lines((document.text or "") if document else "")


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line.strip("-•*|· "))


def _paragraphs(tree: html.HtmlElement) -> dict[html.HtmlElement, str]:
    """Return the page's paragraphs of running text in page order, without those that are mostly links."""
    texts = {paragraph: " ".join(paragraph.text_content().split()) for paragraph in tree.xpath(_PARAGRAPHS)}
    return {
        p: text
        for p, text in texts.items()
        if len(text) >= _MIN_PARAGRAPH_CHARS and _link_chars(p) < _MAX_LINK_SHARE * len(text)
    }


def _link_chars(paragraph: html.HtmlElement) -> int:
    return sum(len(link.text_content()) for link in paragraph.iter("a"))


def _same_containers(paragraphs: dict[html.HtmlElement, str], text: str) -> str:
    """Return the paragraphs of all containers that look like those the text came from.

    Pages that break an article up for advertisements repeat the container; the quick mode keeps one of them.
    """
    found = set(text.splitlines())
    kinds = {_kind(paragraph) for paragraph, line in paragraphs.items() if line in found}
    return "\n".join(line for paragraph, line in paragraphs.items() if _kind(paragraph) in kinds)


def _kind(paragraph: html.HtmlElement) -> tuple[str, str]:
    parent = paragraph.getparent()
    return parent.tag, parent.get("class", "")


def _declared(article: jsonld.Node) -> str:
    """Return the JSON-LD articleBody, with markup in it undone."""
    body = article.get("articleBody")
    if not isinstance(body, str):
        return ""
    return "\n".join(text for part in _BLOCK.sub("\n", body).splitlines() for text in jsonld.strings(part))
