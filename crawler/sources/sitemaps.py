"""Sitemaps: news sitemaps, plain ones, indexes of them, and lists of addresses.

Source: https://www.sitemaps.org/protocol.html
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from crawler import urls
from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources import plain, xmltree
from crawler.sources.dates import from_feed
from crawler.sources.discovered import Discovered, select
from crawler.sources.links import Link

# The name of an entry for each name that the root element may have.
ENTRIES = {"urlset": "url", "sitemapindex": "sitemap"}


def read(spec: SourceSpec, text: str, url: str) -> Discovered:
    """Return what a sitemap, or an index of them, lists.

    Raises:
        SourceError: it is none, or broken before the first address.
    """
    tree = xmltree.parse(xmltree.bare(text), url, ENTRIES)
    read_one = partial(read_entry, name=spec.name, url=url)
    form = "sitemap index" if xmltree.local_name(tree.root) == "sitemapindex" else "sitemap"
    found = select(form, tree.entries, read_one, spec.follow)
    if not found.links and (problem := tree.problem()):
        raise SourceError(url, problem)
    is_news = form == "sitemap" and any(link.headline for link in found.links)
    return replace(found, form="news sitemap") if is_news else found


def read_list(spec: SourceSpec, text: str, url: str) -> Discovered:
    """Return the addresses of a list, one a line."""
    read_one = partial(read_line, name=spec.name, url=url)
    return select("list of addresses", filter(str.strip, text.splitlines()), read_one, spec.follow)


def read_entry(entry: Any, name: str, url: str) -> Link | None:
    """Return the link of a <url> (an article) or of a <sitemap>, or None if it has no web address."""
    address = urls.absolute(url, entry.findtext("{*}loc"))
    if address is None:
        return None
    return Link(
        url=address,
        source=name,
        headline=plain.line(entry.findtext("{*}news/{*}title") or ""),
        date_published=from_feed(entry.findtext("{*}news/{*}publication_date")),
        date_modified=from_feed(entry.findtext("{*}lastmod")),
        kind="sitemap" if xmltree.local_name(entry) == "sitemap" else "article",
    )


def read_line(line: str, name: str, url: str) -> Link | None:
    """Return the link that one line of a list of addresses is, or None if it is none."""
    address = urls.absolute(url, line)
    return None if address is None else Link(url=address, source=name)


def is_list(text: str) -> bool:
    """Say whether a text is a list of addresses, by its first line."""
    return text.lstrip()[:8].lower().startswith(("http://", "https://"))
