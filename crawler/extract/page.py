"""What extraction is given: one page as it was fetched, read from an archive, or made of the text in a feed."""

from __future__ import annotations

import html as escaping
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lxml import etree, html

_MAX_CONTENT_CHARS = 1_000_000
_NOT_TEXT = ("script", "style", "meta", "link", "base", "title", "iframe", "object", "embed", "form", "template", "svg")
_PAGE_TAG = re.compile(r"</?(?:html|head|body)\b[^<>]*>", re.IGNORECASE)
"""The parser would leave out what follows the end of a page."""
_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{headline}</title>{date}</head>
<body><article><h1>{headline}</h1>
{text}
</article></body></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One fetched page. ``url`` is where it was found after redirects, ``content_type`` the HTTP header as sent.

    ``fetched_at`` is aware; a date on the page is believed only up to it. ``source`` names the configured source.
    ``date_listed`` and ``headline_listed`` are what the source said of it; ``language`` and ``publisher`` hold where
    the page says nothing; ``opt_outs`` are reservations that came in HTTP headers (see ``Article.opt_outs``).
    """

    url: str
    content: bytes
    content_type: str | None
    fetched_at: datetime
    source: str | None = None
    requested_url: str | None = None
    headline_listed: str | None = None
    date_listed: datetime | None = None
    language: str | None = None
    publisher: str | None = None
    opt_outs: tuple[str, ...] = ()


class Listing(Protocol):
    """What a source says of an article, its text included (``crawler.sources.Link``)."""

    @property
    def url(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def headline(self) -> str | None: ...
    @property
    def date_published(self) -> datetime | None: ...
    @property
    def content(self) -> str | None: ...


def feed_page(listing: Listing, *, fetched_at: datetime) -> Page:
    """Return a page that shows the text a feed carries (hostile HTML) as its article, under its headline and date.

    What could speak for the page as a whole (meta, link, JSON-LD in scripts, another title) is taken out.
    """
    date = listing.date_published
    meta = f'<meta property="article:published_time" content="{date.isoformat()}">' if date else ""
    headline = escaping.escape(listing.headline or "")
    text = _PAGE.format(headline=headline, date=meta, text=_cleaned(listing.content or ""))
    return Page(
        url=listing.url,
        content=text.encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        fetched_at=fetched_at,
        source=listing.source,
        headline_listed=listing.headline,
        date_listed=date,
    )


def _cleaned(content: str) -> str:
    """Return the HTML well-formed and without what is no text; "" where nothing can be read."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    bounded = _PAGE_TAG.sub("", content[:_MAX_CONTENT_CHARS].replace("\0", "")).encode("utf-8", "replace")
    try:
        tree = html.document_fromstring(b"<div>" + bounded, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ""
    etree.strip_elements(tree, *_NOT_TEXT, with_tail=False)
    return "".join(html.tostring(child, encoding="unicode") for child in tree.iterfind("body/*"))
