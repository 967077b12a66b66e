"""Section pages: which of their links are articles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from lxml import etree, html
from w3lib.encoding import html_to_unicode

from crawler import urls
from crawler.errors import SourceError
from crawler.sources.links import Link
from crawler.sources.shapes import Shapes, learn, likeness

__all__ = ["Shapes", "learn", "read_section"]

_MAX_BYTES = 10_000_000
_MAX_LINKS = 10_000
"""Links looked at. Source: the most on a page of newsweb-2016_11 and publishers are 605."""
_MAX_TEXT_PARTS, _MAX_TEXT_CHARS = 40, 300
_LOOKS_LIKE_ARTICLE = 3
_IN_FURNITURE = 3
_FURNITURE = ("nav", "footer")
_NO_SHAPES = Shapes()


class _Found(NamedTuple):
    """A link as far as the page has been read: its first address, longest text and best likeness."""

    address: str
    text: str
    likely: int


def read_section(name: str, body: bytes, url: str, shapes: Shapes = _NO_SHAPES) -> list[Link]:
    """Return the links of a page that look like articles of its site, in page order, headed by the text they show.

    Raises:
        SourceError: the body is no HTML page.
    """
    found: dict[str, _Found] = {}
    for element, address in islice(_links(_parse(body, url), url), _MAX_LINKS):
        identity, text = urls.identity(address), _text(element)
        likely = likeness(identity, text, shapes) - _furniture(element)
        before = found.get(identity, _Found(address, "", likely))
        found[identity] = _Found(before.address, max(before.text, text, key=len), max(before.likely, likely))
    found.pop(urls.identity(url), None)
    articles = (link for link in found.values() if link.likely >= _LOOKS_LIKE_ARTICLE)
    return [Link(url=link.address, source=name, headline=link.text or None) for link in articles]


def _parse(body: bytes, url: str) -> html.HtmlElement:
    _, text = html_to_unicode(None, body[:_MAX_BYTES])
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        return html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise SourceError(url, f"not an HTML page: {error}") from error


def _links(tree: html.HtmlElement, url: str) -> Iterator[tuple[html.HtmlElement, str]]:
    """Yield the links to pages of the same site or of a site below it, with their addresses."""
    base = next((found for element in tree.iter("base") if (found := urls.absolute(url, element.get("href")))), url)
    site = urls.site_of(url)
    for element in tree.iter("a"):
        address = urls.absolute(base, element.get("href"))
        if address and f".{urls.site_of(address)}".endswith(f".{site}"):
            yield element, address


def _text(element: html.HtmlElement) -> str:
    parts = islice(element.itertext(), _MAX_TEXT_PARTS)
    return " ".join(" ".join(part[:_MAX_TEXT_CHARS] for part in parts).split())[:_MAX_TEXT_CHARS]


def _furniture(element: html.HtmlElement) -> int:
    return _IN_FURNITURE * any(True for _ in element.iterancestors(*_FURNITURE))
