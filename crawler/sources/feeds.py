"""RSS and Atom, all versions.

Source: https://www.rssboard.org/rss-specification, https://web.resource.org/rss/1.0/spec, RFC 4287 (Atom 1.0),
the Atom 0.3 draft.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from crawler.sources import plain, xmltree
from crawler.sources.dates import from_feed
from crawler.sources.links import Link

# The first field that says something is taken.
_TITLE = ("title", "atom:title", "dc:title", "media:title")
_PUBLISHED = (
    "pubdate",
    "published",
    "issued",
    "dcterms:issued",
    "dc:date",
    "atom:published",
    "created",
    "dcterms:created",
)
_MODIFIED = ("updated", "modified", "atom:updated", "dcterms:modified", "lastmod")
_CONTENT = ("content:encoded", "content", "atom:content")
_GUID = ("guid", "id", "atom:id")
_HTML_TYPES = ("html", "xhtml", "text/html", "application/xhtml+xml")
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def read_entry(entry: Any, name: str, url: str) -> Link | None:
    """Return the link of an <item> or <entry>, or None if it has no web address."""
    fields = xmltree.fields(entry)
    found = (xmltree.address(element, link, url) for element, link in _links(entry, fields))
    address = next(filter(None, found), None)
    if address is None:
        return None
    modified = _date(fields, _MODIFIED)
    return Link(
        url=address,
        source=name,
        headline=title(fields),
        date_published=_date(fields, _PUBLISHED) or modified,
        date_modified=modified,
        content=_content(fields),
    )


def feed_title(root: Any) -> str | None:
    """Return the title of a feed."""
    channel = next((child for child in root if xmltree.local_name(child) == "channel"), root)
    return title(xmltree.fields(channel))


def title(fields: Mapping[str, list[Any]]) -> str | None:
    """Return a title as plain text."""
    return next((line for element in _of(fields, _TITLE) if (line := _line(element)) is not None), None)


def _line(element: Any) -> str | None:
    """Only Atom says whether tags in a text are meant; elsewhere those that HTML has are taken for tags."""
    if "atom" in element.tag.lower() and not _is_html(element) and element.get("mode") != "base64":
        return plain.line(xmltree.text(element), markup=False)
    return plain.line(_markup(element))


def _of(fields: Mapping[str, list[Any]], names: tuple[str, ...]) -> Iterator[Any]:
    for name in names:
        yield from fields.get(name, ())


def _date(fields: Mapping[str, list[Any]], names: tuple[str, ...]) -> datetime | None:
    return next((date for element in _of(fields, names) if (date := from_feed(xmltree.text(element)))), None)


def _links(entry: Any, fields: Mapping[str, list[Any]]) -> Iterator[tuple[Any, str | None]]:
    """Yield what may be the article's address, the surest first. A medium that comes with it is not."""
    for element in fields.get("feedburner:origlink", ()):
        yield element, xmltree.text(element)
    alternates = [link for link in _of(fields, ("link", "atom:link")) if _is_alternate(link)]
    # Of several, the one for reading.
    for element in sorted(alternates, key=lambda link: link.get("type", "text/html") not in _HTML_TYPES):
        yield element, element.get("href") or xmltree.text(element)
    for element in fields.get("content", ()):
        yield element, element.get("src")
    for element in _of(fields, _GUID):
        # A permanent link is absolute; any other text that stands here is an identifier.
        link = xmltree.text(element).strip()
        is_absolute = link.lower().startswith(("http://", "https://"))
        if is_absolute and element.get("isPermaLink", "true").strip().lower() != "false":
            yield element, link
    yield entry, entry.get(_RDF_ABOUT)


def _is_alternate(link: Any) -> bool:
    """Relations may be written as addresses, too. Source: RFC 4287, section 4.2.7.2."""
    relation: str = link.get("rel") or "alternate"
    return relation.strip().lower().removeprefix("http://www.iana.org/assignments/relation/") == "alternate"


def _content(fields: Mapping[str, list[Any]]) -> str | None:
    for element in _of(fields, _CONTENT):
        if xmltree.local_name(element) == "encoded" or _is_html(element):
            return plain.whole_text(_markup(element))
    return None


def _is_html(element: Any) -> bool:
    return (element.get("type") or "text").strip().lower() in _HTML_TYPES


def _markup(element: Any) -> str:
    """Return what is in an element: HTML may be escaped, or stand in it as elements, or (Atom 0.3) be base64."""
    if element.get("mode") == "base64":
        return _from_base64(xmltree.text(element))
    inner = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return (element.text or "") + "".join(inner)


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
