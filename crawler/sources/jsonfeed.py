"""JSON Feed 1.0 and 1.1.

Source: https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

import html
import json
from functools import partial
from typing import Any

from crawler import urls
from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources import plain
from crawler.sources.dates import from_feed
from crawler.sources.discovered import Discovered, select
from crawler.sources.links import Link


def is_json(text: str) -> bool:
    """Say whether a text looks like JSON."""
    return text.lstrip()[:1] in ("{", "[")


def read(spec: SourceSpec, text: str, url: str) -> Discovered:
    """Return what a JSON Feed lists.

    Raises:
        SourceError: it is none.
    """
    feed = parse(text, url)
    read_item = partial(read_entry, name=spec.name, url=url)
    return select("JSON Feed", feed["items"], read_item, spec.follow, title(feed))


def parse(text: str, url: str) -> dict[str, Any]:
    """Return the feed.

    Raises:
        SourceError: not JSON, nested too deeply, or without "items".
    """
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(url, f"not JSON: {error}") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise SourceError(url, 'JSON, but not a JSON Feed: it has no "items"')
    return feed


def title(entry: dict[str, Any]) -> str | None:
    """Return the title of a feed or an item as plain text."""
    return plain.line(_string(entry, "title"))


def read_entry(entry: object, name: str, url: str) -> Link | None:
    """Return the link of an item, or None if it has no web address."""
    if not isinstance(entry, dict):
        return None
    address = urls.absolute(url, entry.get("url") or entry.get("external_url")) or _address_in_id(entry)
    if address is None:
        return None
    return Link(
        url=address,
        source=name,
        headline=title(entry),
        date_published=from_feed(_string(entry, "date_published")),
        date_modified=from_feed(_string(entry, "date_modified")),
        content=plain.whole_text(_string(entry, "content_html") or _paragraphs(_string(entry, "content_text"))),
    )


def _string(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _address_in_id(entry: dict[str, Any]) -> str | None:
    identifier = _string(entry, "id")
    return urls.absolute(identifier, identifier)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
