"""Discovery: what a source answered becomes Links. Pure; no network."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources import feeds, jsonfeed, sections, sitemaps, xmltree
from crawler.sources.discovered import Discovered, Form, select
from crawler.sources.links import Link
from crawler.sources.payload import decode, inflate
from crawler.sources.sections import Shapes

__all__ = ["Discovered", "Link", "Shapes", "discover"]

_ANY_SHAPES = Shapes()


def discover(
    spec: SourceSpec, body: bytes, content_type: str | None, url: str, shapes: Shapes = _ANY_SHAPES
) -> Discovered:
    """Return what a source lists, in its order.

    Feeds and sitemaps are known by what they are, whichever of the two the source is said to be.

    Args:
        content_type: the HTTP header as sent.
        url: where the body was found; relative links start from there.
        shapes: what the addresses of the site's articles look like, for a section page.

    Raises:
        SourceError: the body is not what the source's kind says, or cannot be read.
    """
    if spec.kind == "section":
        listed = sections.read_section(spec.name, body, url, shapes)
        return select("section", listed, lambda link: link, spec.follow)
    text = decode(inflate(body, url), content_type).lstrip("\ufeff")
    try:
        return _read(spec, text, url)
    except SourceError as error:
        raise SourceError(url, f"not a readable {spec.kind}: {error.problem}") from error


def _read(spec: SourceSpec, text: str, url: str) -> Discovered:
    if text.lstrip()[:1] in ("{", "["):
        return _read_json(spec, text, url)
    if sitemaps.is_list(text):
        read_line = partial(sitemaps.read_line, name=spec.name, url=url)
        return select("list of addresses", filter(str.strip, text.splitlines()), read_line, spec.follow)
    return _read_xml(spec, text, url)


def _read_json(spec: SourceSpec, text: str, url: str) -> Discovered:
    feed = jsonfeed.parse(text, url)
    read_entry = partial(jsonfeed.read_entry, name=spec.name, url=url)
    return select("JSON Feed", feed["items"], read_entry, spec.follow, jsonfeed.title(feed))


def _read_xml(spec: SourceSpec, text: str, url: str) -> Discovered:
    document = xmltree.bare(text)
    root = xmltree.root_name(document)
    if root in feeds.ENTRIES:
        return _read_feed(spec, document, url, root)
    return _read_sitemap(spec, document, url)


def _read_feed(spec: SourceSpec, document: str, url: str, root: str) -> Discovered:
    feed = feeds.parse(document, url, root)
    read_entry = partial(feeds.read_entry, name=spec.name, url=url, is_atom=feed.is_atom)
    found = select("Atom" if feed.is_atom else "RSS", feed.entries, read_entry, spec.follow, feed.title)
    if not found.links and feed.problem:
        raise SourceError(url, f"not well-formed: {feed.problem}")
    return replace(found, dropped={**found.dropped, "over-limit": feed.left_out}) if feed.left_out else found


def _read_sitemap(spec: SourceSpec, document: str, url: str) -> Discovered:
    tree = xmltree.parse(document, url, sitemaps.ENTRIES)
    read_entry = partial(sitemaps.read_entry, name=spec.name, url=url)
    form: Form = "sitemap index" if xmltree.local_name(tree.root) == "sitemapindex" else "sitemap"
    found = select(form, tree.entries, read_entry, spec.follow)
    if not found.links and (problem := tree.problem()):
        raise SourceError(url, problem)
    is_news = form == "sitemap" and any(link.headline for link in found.links)
    return replace(found, form="news sitemap") if is_news else found
