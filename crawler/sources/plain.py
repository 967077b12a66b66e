"""Plain text of the HTML that feeds put into their fields."""

from __future__ import annotations

import html
import re

from lxml import etree
from lxml.html import defs

_MAX_RAW_CHARS = 10_000  # of a title with its markup
_MAX_CHARS = 1_000  # the longest headline of the crossing-outlets corpus has 220
_WHOLE_TEXT_CHARS = 1_000  # teasers are shorter
_MAX_CONTENT_CHARS = 1_000_000
_TAG = re.compile(rf"</?(?:{'|'.join(sorted(defs.tags))})\b[^<>]*>|<!--", re.IGNORECASE)
_APART = ("br", "p", "div", "li", "td", "tr", "h1", "h2", "h3", "h4")
# Unicode's C1 control characters were meant as those of windows-1252: so browsers take "&#146;".
_C1 = {code: bytes([code]).decode("windows-1252", "ignore") for code in range(0x80, 0xA0)}


def line(text: str, *, markup: bool = True) -> str | None:
    """Return a title on one line without tags and entities, or None if nothing is left.

    Args:
        markup: tags may be in it; what only looks like one stays.

    >>> line(" A &amp; <b>B</b><br>C "), line("5 < 6 &#8211; 7"), line("the <b> tag", markup=False), line("<i></i>")
    ('A & B C', '5 < 6 – 7', 'the <b> tag', None)
    """
    text = text[:_MAX_RAW_CHARS]
    text = text_of(text) if markup and _TAG.search(text) else html.unescape(text)
    return " ".join(text.translate(_C1).split())[:_MAX_CHARS] or None


def whole_text(content: str | None) -> str | None:
    """Return the HTML if it is an article's whole text rather than a teaser, and not too big, else None."""
    if content is None or not _WHOLE_TEXT_CHARS <= len(content) <= _MAX_CONTENT_CHARS:
        return None
    return content if len(" ".join(text_of(content).split())) >= _WHOLE_TEXT_CHARS else None


def text_of(content: str) -> str:
    """Return the text of an HTML fragment, without scripts; never fails."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = etree.fromstring(content.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return ""
    if root is None:
        return ""
    etree.strip_elements(root, "script", "style", with_tail=False)
    for element in root.iter(*_APART):
        element.tail = f" {element.tail or ''}"
    return "".join(root.itertext())
