"""RSS and Atom."""

from __future__ import annotations

import calendar
import io
from datetime import UTC, datetime
from typing import Any

import feedparser

from crawler import urls
from crawler.errors import SourceError
from crawler.sources.links import Link


def read_feed(name: str, body: bytes, content_type: str | None, url: str) -> list[Link]:
    """Return the links of a feed in its order. feedparser forgives much, so that broken feeds give what they have.

    Raises:
        SourceError: nothing in it is a feed.
    """
    # As a stream: bytes alone might be taken for the name of a file.
    headers = {"content-type": content_type or "application/xml", "content-location": url}
    feed = feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False)
    if not feed.get("version"):
        raise SourceError(url, f"not a feed: {_problem(feed) or 'neither RSS nor Atom'}")
    links = [link for entry in feed.entries if (link := _link(entry, name, url)) is not None]
    if not links and (problem := _problem(feed)):
        raise SourceError(url, f"the feed cannot be read: {problem}")
    return links


def _problem(feed: Any) -> str:
    """Say why feedparser thinks ill of a feed, except for what its server said of type and encoding."""
    error = feed.get("bozo_exception")
    harmless = (feedparser.NonXMLContentType, feedparser.CharacterEncodingOverride)
    return "" if error is None or isinstance(error, harmless) else " ".join(str(error).split())


def _link(entry: Any, name: str, base: str) -> Link | None:
    url = urls.absolute(base, entry.get("link"))
    if url is None:
        return None
    headline = " ".join(str(entry.get("title") or "").split())
    return Link(url=url, source=name, headline=headline or None, date_published=_date(entry))


def _date(entry: Any) -> datetime | None:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None
