"""Bytes to one parsed tree, with bounds that hold before anything is parsed."""

from __future__ import annotations

import re
from contextlib import suppress

from lxml import etree, html
from w3lib.encoding import html_to_unicode

from crawler.extract import markup
from crawler.extract.page import Page

MAX_BYTES = 12_000_000
"""Pages above this are refused unread. Source: the largest of the 2,727 real pages in shared/data has 1,679,815 bytes;
with a limit of seven times as much, scripts of 10 MB cost no article."""
MAX_CHARS = 2_500_000
"""Characters parsed, once scripts, styles, comments and embedded images are left out of a page of over half as much."""
MAX_TAGS = 20_000
"""Opening and closing tags, counted as "<"; pages with more are read flat. Source: the most in those pages is 7,403;
trafilatura takes 1 s for 20,000 inline tags in one paragraph, and time by their square."""
MAX_ELEMENTS = 20_000
"""Tags but for end tags of a page made flat: trafilatura takes up to 1.5 s for them."""
MAX_TAGS_READ = 1_000_000
"""Tags of a page before it is made flat, which takes 1 s."""
MAX_ATTRIBUTES = 100_000
"""Attributes in what is parsed, counted as "=" (one by one in pages of over half as many characters as are parsed).
Source: the most "=" in those pages is 21,868, those in scripts included."""
MAX_DEPTH = 100
"""Elements in each other; deeper pages are read flat. Source: the deepest of those pages has 51. libxml2 2.14 drops
what follows the first element deeper than 2,048, and trafilatura recurses."""

_LARGE_CHARS = 150_000
"""Smaller pages are not asked for crowded tags: 30,000 attributes, which is the most they have room for, take 1 s."""
_LOST_TAGS = 4
_MAX_TEXT_CHARS = 5_000
_MUCH_MORE, _MORE_CHARS = 2, 500
_IS_DEEP = etree.XPath(f"boolean({'/*' * MAX_DEPTH})")
_RAW_TEXT = ("script", "style", "title", "textarea", "iframe", "xmp", "plaintext", "noembed", "noframes")
_SHOWN = etree.XPath(f".//text()[not({' or '.join(f'parent::{name}' for name in _RAW_TEXT)})]")
_INVALID = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r"))
_NONCHARACTER = re.compile(b"\xef\xbf[\xbe\xbf]")
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
        Refused: page-too-big, too-many-tags, too-many-attributes, too-deep, not-html or empty.
    """
    text, data = _text_of(page)
    if text.count("<") <= MAX_TAGS:
        thinned = markup.uncrowded(text) if len(text) > _LARGE_CHARS else text
        tree = _parsed(thinned, data if thinned is text else None)
        if not (_IS_DEEP(tree) or _goes_on(tree)):
            return tree
    return _parsed_flat(text)


def parse_again(page: Page, tree: html.HtmlElement) -> html.HtmlElement | None:
    """Return the tree of the page read flat, if the first one lost much of its text; None if it did not.

    Raises:
        Refused: too-many-tags, too-many-attributes or too-deep.
    """
    again = _parsed_flat(_text_of(page)[0])
    return again if _shown_chars(again) > _MUCH_MORE * _shown_chars(tree) + _MORE_CHARS else None


def _text_of(page: Page) -> tuple[str, bytes]:
    """Return the markup of a page, and it as UTF-8, without what is never read if there is much of it."""
    _check(page)
    text, data = _cleaned(decode(page.content, page.content_type))
    if len(text) > MAX_CHARS // 2 or _attributes(text) > MAX_ATTRIBUTES:
        text = markup.without_bulk(text)
        data = text.encode("utf-8")
    return text, data


def _cleaned(text: str) -> tuple[str, bytes]:
    """Return the text, and it as UTF-8, without characters that XML lacks.

    Whether there are any, bytes tell in a third of the time.
    """
    with suppress(UnicodeEncodeError):
        data = text.encode("utf-8")
        if not _NONCHARACTER.search(data) and len(data.translate(None, _CONTROLS)) == len(data):
            return text, data
    text = _INVALID.sub("", text)
    return text, text.encode("utf-8")


def _parsed_flat(text: str) -> html.HtmlElement:
    _limit("too-many-tags", text.count("<"), MAX_TAGS_READ)
    row = markup.flat(text)
    _limit("too-many-tags", row.count("<") - row.count("</"), MAX_ELEMENTS)
    tree = _parsed(row)
    if _IS_DEEP(tree):
        raise Refused("too-deep", f"over {MAX_DEPTH} elements in each other")
    return tree


def _parsed(text: str, data: bytes | None = None) -> html.HtmlElement:
    """Parse a text, of which ``data`` is the UTF-8 if that is there already."""
    _limit("page-too-big", len(text), MAX_CHARS)
    _limit("too-many-attributes", _attributes(text), MAX_ATTRIBUTES)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    try:
        return html.document_fromstring(data or text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Refused("empty", f"nothing parsed: {error}") from error


def _limit(reason: str, count: int, limit: int) -> None:
    if count > limit:
        raise Refused(reason, f"{count} of {limit} allowed")


def _attributes(text: str) -> int:
    """Return the number of attributes, more or less; 0 where there is no room for too many."""
    if len(text) <= 2 * MAX_ATTRIBUTES:
        return 0
    return markup.attributes(text) if len(text) > MAX_CHARS // 2 else text.count("=")


def _goes_on(tree: html.HtmlElement) -> bool:
    """Return whether more text stands after the page's end than before: the parser makes other trees of it."""
    return tree.getnext() is not None and sum(map(_shown_chars, tree.itersiblings())) > _shown_chars(tree)


def _shown_chars(tree: html.HtmlElement) -> int:
    return sum(len(text.strip()) for text in _SHOWN(tree))


def shown_text(element: html.HtmlElement) -> str:
    """Return an element's text with white space collapsed, the beginning of a very long one."""
    return " ".join(element.text_content()[:_MAX_TEXT_CHARS].split())


def decode(content: bytes, content_type: str | None) -> str:
    """Return the text by byte-order mark, HTTP header, then meta tag; if none says, UTF-8, else Windows-1252.

    Bytes beyond ASCII that are valid UTF-8 are UTF-8 whatever is declared: chance does not make them so. A charset that
    leaves few tags of those the bytes show is none (in ISO-2022-JP "<" is also half a letter).
    """
    if not content.isascii():
        with suppress(UnicodeDecodeError):
            return content.decode("utf-8-sig")
    try:
        _, text = html_to_unicode(content_type, content, auto_detect_fun=_guess)
    except (LookupError, UnicodeError):  # Python's codecs that are none of text
        text = ""
    is_likely = text.count("<") * _LOST_TAGS >= content.count(b"<")
    return text if is_likely else content.decode(_guess(content), "replace")


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
