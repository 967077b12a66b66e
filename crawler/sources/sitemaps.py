"""Sitemaps: news sitemaps, plain ones, and indexes of them.

Source: https://www.sitemaps.org/protocol.html
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from crawler import urls
from crawler.errors import SourceError
from crawler.sources.dates import from_iso
from crawler.sources.links import Link

_GZIP = b"\x1f\x8b"
_MAX_BYTES = 50 * 1024 * 1024  # the protocol's own limit, uncompressed


def read_sitemap(name: str, body: bytes, url: str) -> list[Link]:
    """Return the links of a sitemap (articles) or of an index (sitemaps), in its order; gzip is undone.

    Raises:
        SourceError: not a sitemap, too big, or with a document type: no entity is ever resolved.
    """
    try:
        return list(_links(name, _inflate(body, url), url))
    except etree.XMLSyntaxError as error:
        raise SourceError(url, f"not XML: {error.msg}") from error


def _inflate(body: bytes, url: str) -> bytes:
    if not body.startswith(_GZIP):
        return body
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(body, _MAX_BYTES)
    except zlib.error as error:
        raise SourceError(url, f"broken gzip: {error}") from error
    if inflater.unconsumed_tail:
        raise SourceError(url, f"inflates to more than {_MAX_BYTES:,} bytes")
    return inflated


def _links(name: str, body: bytes, url: str) -> Iterator[Link]:
    elements = etree.iterparse(
        io.BytesIO(body),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    _, root = next(elements)
    _check(root, url)
    for event, element in elements:
        if event == "end" and element.getparent() is root:
            if (link := _link(element, name, url)) is not None:
                yield link
            element.clear()


def _check(root: Any, url: str) -> None:
    if root.getroottree().docinfo.doctype:
        raise SourceError(url, "declares a document type, which a sitemap may not: its entities are not resolved")
    kind = etree.QName(root).localname
    if kind not in ("urlset", "sitemapindex"):
        raise SourceError(url, f"not a sitemap: its root element is <{kind}>")


def _link(element: Any, name: str, base: str) -> Link | None:
    url = urls.absolute(base, element.findtext("{*}loc"))
    if url is None:
        return None
    date = from_iso(element.findtext("{*}news/{*}publication_date") or element.findtext("{*}lastmod"))
    if etree.QName(element).localname == "sitemap":
        return Link(url=url, source=name, date_published=date, kind="sitemap")
    headline = " ".join((element.findtext("{*}news/{*}title") or "").split())
    return Link(url=url, source=name, headline=headline or None, date_published=date)
