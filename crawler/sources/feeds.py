"""RSS, RDF, CDF and Atom, read by feedparser; what it does not do is here.

That is: bounds, taking dates of publication and of change apart, and choosing which address is the article's.

Source: https://www.rssboard.org/rss-specification, https://web.resource.org/rss/1.0/spec, RFC 4287 (Atom 1.0),
the Atom 0.3 draft.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from xml.sax import SAXException

import feedparser

from crawler import urls
from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources import plain, xmltree
from crawler.sources.dates import from_feed, from_struct
from crawler.sources.discovered import MAX_LINKS, Discovered, select
from crawler.sources.links import Link

# The name of an entry for each name that the root element may have, in lower case.
ENTRIES = {"rss": "item", "rdf": "item", "channel": "item", "feed": "entry", "entry": "entry"}

_MAX_BYTES = 20_000_000  # 10,000 entries of 2 KB; feedparser takes up to 10 s for them where they are not well-formed
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_RELATION = "http://www.iana.org/assignments/relation/"
_TAG = re.compile(r"""<[A-Za-z_](?:[^<>"']++|"[^"]*+"|'[^']*+')*+""")
_MAX_ATTRIBUTES = 500  # for which Python's SAX takes quadratic time
# feedparser takes it for a date of change; under this name it leaves it as it is.
_DC_DATE = re.compile(r"(</?)dc:date(?=[\s/>])")
_DC_DATE_NAME = "dcdate"
_HTTP = re.compile("https?://", re.IGNORECASE)
_CHARACTER = re.compile(r"&#(?:x[0-9a-f]+|[0-9]+);?", re.IGNORECASE)
_MAX_CHARACTER_CHARS = 12  # "&#x10ffff;" has ten


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as feedparser reads it: ``left_out`` counts entries beyond those that are taken.

    ``problem`` says what is so wrong with it that part of it may be missing, "" if nothing.
    """

    title: str | None
    entries: list[Any]
    left_out: int
    is_atom: bool
    problem: str


def is_feed(text: str) -> bool:
    """Say whether a text is RSS or Atom, by its root element."""
    return xmltree.root_name(xmltree.bare(text)) in ENTRIES


def read(spec: SourceSpec, text: str, url: str) -> Discovered:
    """Return what a feed lists.

    Raises:
        SourceError: it is broken before the first entry.
    """
    document = xmltree.bare(text)
    feed = parse(document, url, xmltree.root_name(document))
    read_one = partial(read_entry, name=spec.name, url=url, is_atom=feed.is_atom)
    found = select("Atom" if feed.is_atom else "RSS", feed.entries, read_one, spec.follow, feed.title)
    if not found.links and feed.problem:
        raise SourceError(url, f"not well-formed: {feed.problem}")
    return replace(found, dropped={**found.dropped, "over-limit": feed.left_out}) if feed.left_out else found


def parse(document: str, url: str, root: str) -> Feed:
    """Read a feed.

    Args:
        document: from its first element on, so that it declares no entities.
        root: the name of that element, one of ``ENTRIES``.

    Raises:
        SourceError: more than ``_MAX_BYTES``, or hundreds of attributes in one element.
    """
    if any(tag[0].count("=") > _MAX_ATTRIBUTES for tag in _TAG.finditer(document)):
        raise SourceError(url, f"an element with more than {_MAX_ATTRIBUTES} attributes")
    document, left_out = _cut(document, ENTRIES[root])
    body = _CHARACTER.sub(_character, _DC_DATE.sub(rf"\1{_DC_DATE_NAME}", document)).encode("utf-8", "replace")
    if len(body) > _MAX_BYTES:
        raise SourceError(url, f"more than {_MAX_BYTES:,} bytes")
    found = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    is_atom = ENTRIES[root] == "entry"
    problem = _problem(found.bozo_exception) if found.bozo else ""
    return Feed(_title(found.feed, is_atom), found.entries, left_out, is_atom, problem)


def read_entry(entry: Any, name: str, url: str, is_atom: bool) -> Link | None:
    """Return the link of an entry, or None if it has no web address."""
    address = next(filter(None, (urls.absolute(url, link) for link in _addresses(entry))), None)
    if address is None:
        return None
    return Link(
        url=address,
        source=name,
        headline=_title(entry, is_atom),
        date_published=_date(entry, "published") or from_feed(entry.get(_DC_DATE_NAME)),
        date_modified=_date(entry, "updated"),
        content=_content(entry),
    )


def _cut(document: str, entry: str) -> tuple[str, int]:
    """Take the entries after the first ``MAX_LINKS`` out of a feed, and say how many they are."""
    starts = re.finditer(rf"<(?:[\w.-]{{1,40}}:)?{entry}(?=[\s/>])", document, re.IGNORECASE)
    if (first := next(islice(starts, MAX_LINKS, None), None)) is None:
        return document, 0
    end = f"</{first[0][1:]}>"
    _, _, rest = document[first.end() :].rpartition(end)
    return document[: first.start()] + rest, 1 + sum(1 for _ in starts)


def _problem(error: Exception) -> str:
    """Say what feedparser found wrong; its line numbers are not those of what the server sent."""
    said = error.getMessage() if isinstance(error, SAXException) else str(error)
    return plain.line(said, markup=False) or type(error).__name__


def _character(found: re.Match[str]) -> str:
    """Mend a reference to what is no character, such as half of an emoji: feedparser fails on them."""
    return html.escape(html.unescape(found[0][:_MAX_CHARACTER_CHARS]))


def _title(fields: Any, is_atom: bool) -> str | None:
    """Return a title as plain text.

    Only Atom says whether tags in a text are meant; elsewhere those that HTML has are taken for tags.
    """
    detail = fields.get("title_detail") or {}
    return plain.line(fields.get("title") or "", markup=not is_atom or detail.get("type") != "text/plain")


def _addresses(entry: Any) -> Iterator[object]:
    """Yield what may be the article's address, the surest first. A medium that comes with it is not."""
    yield entry.get("feedburner_origlink")
    alternates = [link for link in entry.get("links", ()) if _is_alternate(link)]
    # Of several, the one for reading.
    for link in sorted(alternates, key=lambda link: link.get("type") not in _HTML_TYPES):
        yield link.get("href")
    # An identifier that is no permanent link is none of the web, or said to be none.
    identifier = entry.get("id") or ""
    if _HTTP.match(identifier) and (entry.get("guidislink", True) or entry.get("link") == ""):
        yield identifier


def _is_alternate(link: Any) -> bool:
    """Relations may be written as addresses, too. Source: RFC 4287, section 4.2.7.2."""
    relation: str = link.get("rel", "")
    return relation.strip().removeprefix(_RELATION) == "alternate"


def _date(entry: Any, name: str) -> datetime | None:
    """Return a date of the entry: feedparser's mapping would give one for the other.

    It reads some spellings with months in other scripts, but others wrongly ("2016-11-01 10:00:00 UTC" as midnight,
    "10:00" as today's, "CET" as UTC), so it is not asked first.
    """
    text = dict.get(entry, name)
    if not isinstance(text, str):
        return None
    return from_feed(text) or (None if text.isascii() else from_struct(dict.get(entry, f"{name}_parsed")))


def _content(entry: Any) -> str | None:
    texts = (content.get("value") for content in entry.get("content", ()) if content.get("type") in _HTML_TYPES)
    return next(filter(None, map(plain.whole_text, texts)), None)
