"""Bytes to one parsed tree, with bounds that hold before anything is parsed."""

from __future__ import annotations

import re

from lxml import etree, html
from w3lib.encoding import html_to_unicode

from crawler.extract.page import Page

MAX_BYTES = 10_000_000
"""Pages above this are refused unparsed. Source: the largest of the 2,727 real pages in shared/data has 1.7 MB."""
MAX_TAGS = 100_000
"""Opening and closing tags, counted as "<". Source: the most in those pages is 7,403."""

_INVALID = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_HTML_TYPE = re.compile(r"html|xml|text/plain|octet-stream|^\s*$", re.IGNORECASE)
_TAG = re.compile(rb"<\s*(!doctype|html|head|body|div|p|meta|script|article|table|title)\b", re.IGNORECASE)


class Refused(Exception):
    """Say that a page is none to extract from: `reason` is a fixed word, `detail` is for a person.

    Never leaves ``crawler.extract``: :func:`crawler.extract.extract` turns it into a Rejection.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def parse(page: Page) -> html.HtmlElement:
    """Return the page's tree, without comments and processing instructions.

    Raises:
        Refused: page-too-big, too-many-tags, not-html or empty.
    """
    _check(page)
    text = _INVALID.sub("", decode(page.content, page.content_type))
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    try:
        return html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Refused("empty", f"nothing parsed: {error}") from error


def decode(content: bytes, content_type: str | None) -> str:
    """Return the text by byte-order mark, HTTP header, then meta tag; if none says, UTF-8, else Windows-1252.

    Bytes beyond ASCII that are valid UTF-8 are UTF-8 whatever is declared: chance does not make them so.
    """
    _, text = html_to_unicode(content_type, content, auto_detect_fun=_guess)
    if content.isascii():
        return text
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text


def _guess(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _check(page: Page) -> None:
    """Refuse what must not, or need not, be parsed."""
    size = len(page.content)
    if size > MAX_BYTES:
        raise Refused("page-too-big", f"{size} bytes, limit {MAX_BYTES}")
    if not page.content.strip():
        raise Refused("empty", "no bytes")
    if page.content_type and not _HTML_TYPE.search(page.content_type.partition(";")[0]):
        raise Refused("not-html", f"Content-Type {page.content_type}")
    if not _TAG.search(page.content.replace(b"\0", b"")[:100_000]):
        raise Refused("not-html", "no HTML tag in its beginning")
    tags = page.content.count(b"<")
    if tags > MAX_TAGS:
        raise Refused("too-many-tags", f"{tags} tags, limit {MAX_TAGS}")
