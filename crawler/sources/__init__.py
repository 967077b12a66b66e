"""Discovery: what a source answered becomes Links. Pure; no network."""

from __future__ import annotations

from crawler.config import SourceSpec
from crawler.sources.feeds import read_feed
from crawler.sources.links import Link
from crawler.sources.sitemaps import read_sitemap

__all__ = ["Link", "discover"]


def discover(spec: SourceSpec, body: bytes, content_type: str | None, url: str) -> list[Link]:
    """Return what a source lists, in its order.

    Args:
        content_type: the HTTP header as sent.
        url: where the body was found; relative links start from there.

    Raises:
        SourceError: the body is not what the source's kind says.
    """
    if spec.kind == "sitemap":
        return read_sitemap(spec.name, body, url)
    return read_feed(spec.name, body, content_type, url)
