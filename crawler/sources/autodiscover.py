"""Finds the feeds and sitemaps of a site: from its homepage, its robots.txt, and the usual places. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count, islice
from typing import Any, Literal
from urllib.parse import urlsplit

from courlan import extract_domain
from lxml import etree
from w3lib.encoding import html_body_declared_encoding

from crawler import urls
from crawler.sources import plain
from crawler.sources.discovered import Discovered
from crawler.sources.payload import decode

_MAX_CANDIDATES = 50  # more than anyone chooses from; a page of the newsweb corpus names at most 3
_MAX_ELEMENTS = 5_000  # links of a page that are looked at; a page of the newsweb corpus has at most about 400
_MAX_ROBOTS_BYTES = 512_000  # what RFC 9309, section 2.5, wants to be read of a robots.txt
_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/rss",
    "application/atom",
    "text/rss+xml",
    "text/xml",
    "application/xml",
}
# Where a link's path or host says that it is a feed. Readers that subscribe to it ("/subscribe?url=...") are not.
_FEED_PATH = re.compile(r"(^|/)(rss|feeds?|atom|rdf)\d?/?$ | \.(rss|rdf|atom)$ | (rss|feed|atom)[\w-]*\.(xml|json|php)$"
                        r"| /index\.(xml|rdf)$ | (^|/)(rss|feeds?)/.+\.xml$", re.VERBOSE | re.IGNORECASE)  # fmt: skip
_FEED_HOST = re.compile(r"^(rss|feeds?)\d?\.", re.IGNORECASE)
_COMMENTS = re.compile(r"/comments?/", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"\s*sitemap\s*:\s*([^\s#]+)", re.IGNORECASE)
_USUAL_FEEDS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
_USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml", "/sitemap_index.xml")
# Words of addresses that do not tell one source of a site from another.
_NO_TOPIC = re.compile("rss|feeds?|atom|rdf|xml|json|php|html|gz|index|default|www|wp|all")
_MAX_NAME_CHARS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed or a sitemap, and ``why`` it is thought to be one, for a person."""

    url: str
    kind: Literal["feed", "sitemap"]
    title: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a candidate turned out to be. ``full_content``: most of its links carry their whole text."""

    kind: Literal["feed", "sitemap"]
    form: str
    title: str | None
    links: int
    newest: datetime | None
    full_content: bool


def candidates(page_html: bytes, url: str) -> list[Candidate]:
    """Return what a page names or links to as feeds, the surest first; feeds of comments are left out."""
    text = decode(page_html, f"text/html; charset={html_body_declared_encoding(page_html)}")
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return []
    base = next((urls.absolute(url, element.get("href")) for element in root.iter("base")), None) or url
    return _unique(chain(_named(root, base), _linked(root, base)))


def sitemaps_of(robots_txt: bytes, url: str) -> list[Candidate]:
    """Return the sitemaps that a robots.txt at `url` names."""
    lines = decode(robots_txt[:_MAX_ROBOTS_BYTES], None).splitlines()
    named = (match[1] for line in lines if (match := _SITEMAP_LINE.match(line)))
    found = (_candidate("sitemap", urls.absolute(url, link), "named in robots.txt") for link in named)
    return _unique(chain.from_iterable(found))


def well_known(url: str) -> list[Candidate]:
    """Return where sites usually keep feeds and sitemaps: to be asked where nothing else is found."""
    feeds = (_candidate("feed", urls.absolute(url, path), "a usual place") for path in _USUAL_FEEDS)
    sitemaps = (_candidate("sitemap", urls.absolute(url, path), "a usual place") for path in _USUAL_SITEMAPS)
    return _unique(chain.from_iterable(chain(feeds, sitemaps)))


def assess(candidate: Candidate, discovered: Discovered) -> Assessment:
    """Say what a candidate is, by what it answered."""
    links = discovered.links
    is_feed = discovered.form in ("RSS", "Atom", "JSON Feed")
    return Assessment(
        kind="feed" if is_feed else "sitemap",
        form=discovered.form,
        title=discovered.title or candidate.title,
        links=len(links),
        newest=max(filter(None, (link.latest for link in links)), default=None),
        full_content=sum(link.content is not None for link in links) * 2 > len(links),
    )


def name_for(url: str, title: str | None, taken: Collection[str]) -> str:
    """Return a short lower-case name for a source, different from all that are `taken`.

    It is the site with the topic that the address tells, else with that of the title, else with a number.

    >>> name_for("https://feeds.example.co.uk/news/world/rss.xml", "Example News - World", {})
    'example-news-world'
    >>> name_for("https://example.com/feed?id=2", "Example: Sport", {"example"}), name_for("http://[::1]/", None, ())
    ('example-sport', 'source')
    """
    site, path = _site_word(url), urlsplit(url).path if urls.site_of(url) else ""
    wishes = [_name(site, path), _name(site, title or "")]
    numbered = (f"{wishes[0][: _MAX_NAME_CHARS - 8]}-{number}" for number in count(2))
    return next(name for name in chain(wishes, numbered) if name not in taken)


def _named(root: Any, base: str) -> Iterator[Candidate]:
    """Yield what <link> elements name as the page in another form."""
    for element in islice(root.iter("link"), _MAX_ELEMENTS):
        relations = (element.get("rel") or "").lower().split()
        content_type = (element.get("type") or "").partition(";")[0].strip().lower()
        if "feed" in relations or ("alternate" in relations and content_type in _FEED_TYPES):
            address = urls.absolute(base, element.get("href"))
            yield from _candidate("feed", address, "named by the page", element.get("title"))


def _linked(root: Any, base: str) -> Iterator[Candidate]:
    """Yield what links on the page look like feeds."""
    for element in islice(root.iter("a"), _MAX_ELEMENTS):
        address = urls.absolute(base, element.get("href"))
        parts = urlsplit(address) if address else None
        if parts and (_FEED_PATH.search(parts.path) or _FEED_HOST.search(parts.netloc)):
            yield from _candidate("feed", address, "linked from the page", "".join(element.itertext()))


def _candidate(
    kind: Literal["feed", "sitemap"], address: str | None, why: str, title: str | None = None
) -> Iterator[Candidate]:
    if address is not None and not _COMMENTS.search(urlsplit(address).path):
        yield Candidate(url=address, kind=kind, title=plain.line(title or ""), why=why)


def _unique(found: Iterable[Candidate]) -> list[Candidate]:
    by_identity: dict[str, Candidate] = {}
    for candidate in found:
        by_identity.setdefault(urls.identity(candidate.url), candidate)
        if len(by_identity) == _MAX_CANDIDATES:
            break
    return list(by_identity.values())


def _site_word(url: str) -> str:
    """Return the label of the host that names the site: the one before the ending ("co.uk")."""
    domain = extract_domain(url)
    word: str = domain.partition(".")[0] if domain else urls.site_of(url).split(".")[-2:][0]
    return word if re.search(r"[a-z]", word) else "source"


def _name(site: str, topic: str) -> str:
    words = (word for word in re.findall(r"[^\W_]+", topic.lower()) if not _NO_TOPIC.fullmatch(word) and word != site)
    return "-".join([site, *islice(dict.fromkeys(words), 4)])[:_MAX_NAME_CHARS].rstrip("-")
