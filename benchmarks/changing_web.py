"""A generated web with all that a crawl meets: feeds, indexes of sitemaps, updates, copies, redirects and failures.

Every site publishes so many pages a day; what is special about a page goes by its number (``_KINDS``). The second day
brings new pages, and a second version of some of the first day's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from benchmarks.loopback import Answer
from tests.dedupe import prose

DAYS = (1, 2)
_KINDS = (
    "plain",
    "redirected",
    "missing",
    "failing",
    "short",
    "disallowed",
    "copy",
    "updated",
    "tracked",
    "only-in-feed",
)
_FAILING_BELOW = 20
_STATUSES = {"missing": 404, "failing": 500, "only-in-feed": 410}
_ROBOTS = b"User-agent: *\nDisallow: /members/\n"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def noon(day: int) -> datetime:
    """Return when a day's crawl looks at the web."""
    return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=day)


@dataclass(frozen=True, slots=True)
class Story:
    """One page of one site; sites are numbered."""

    site: int
    number: int
    day: int

    @property
    def kind(self) -> str:
        """Few pages fail: a host that gives nothing but errors for a while is left alone."""
        kind = _KINDS[self.number % len(_KINDS)]
        return "plain" if kind == "failing" and self.number >= _FAILING_BELOW else kind

    @property
    def published(self) -> datetime:
        """The copy of another site's page comes an hour later."""
        return noon(self.day) - timedelta(hours=3 if self.kind == "copy" else 4, minutes=self.number)

    @property
    def path(self) -> str:
        """Name the page's place on its site; kinds that the server treats alike are told by it."""
        folder = "members" if self.kind == "disallowed" else "news"
        return f"/{folder}/{self.day}/{self.number}-the-{self.kind}-page"

    @property
    def listed(self) -> str:
        """Return the address by which sources know the page."""
        path = f"/go/{self.day}/{self.number}" if self.kind == "redirected" else self.path
        tail = "?utm_source=feed&utm_medium=rss" if self.kind == "tracked" else ""
        return f"http://{host(self.site)}{path}{tail}"

    @property
    def headline(self) -> str:
        return " ".join(prose.sentences(self._seed, 1)[0].split()[:6])

    def paragraphs(self, today: int) -> list[str]:
        """Return the text as it is on a day."""
        text = _sentences(self._seed)[: 1 if self.kind == "short" else None]
        if self.kind == "copy":
            text = [*text, f"A line that site {self.site} adds."]
        return [f"Updated: {text[0]}", *text[1:], *_sentences(-self._seed)[:3]] if self._is_new(today) else text

    @property
    def _seed(self) -> int:
        """Choose the text; a copy has that of the plain page six before it, on the site before."""
        site, number = (self.site - 1, self.number - 6) if self.kind == "copy" else (self.site, self.number)
        return 1 + (self.day * 1000 + site) * 1000 + number

    def _is_new(self, today: int) -> bool:
        return self.kind == "updated" and today > self.day


class ChangingWeb:
    """The web; set ``day`` to turn it. Of three sites, one has an RSS feed, one an Atom feed, one a sitemap index."""

    def __init__(self, sites: int, pages: int) -> None:
        self.day = 1
        self._sites = range(1, sites + 1)
        self._pages = range(pages)
        stories = [Story(site, number, day) for site in self._sites for number in self._pages for day in DAYS]
        self._stories = {f"http://{host(story.site)}{story.path}": story for story in stories}
        self._moved = {story.listed: story for story in stories if story.kind == "redirected"}

    def sources(self) -> list[dict[str, Any]]:
        """Return the sources as ``wirefold.toml`` has them."""
        return [
            {"name": f"site{site}", "kind": "sitemap" if site % 3 == 0 else "feed", "url": _source(site)}
            for site in self._sites
        ]

    def answer(self, url: str) -> Answer:
        """Return what an address gives today, whatever its query."""
        parts = urlsplit(url)
        if parts.path == "/robots.txt":
            return Answer(_ROBOTS, "text/plain")
        if parts.path.endswith(".xml"):
            return self._listing(_site(parts.netloc), parts.path)
        if url in self._moved:
            return Answer(status=301, location=f"http://{parts.netloc}{self._moved[url].path}")
        story = self._stories.get(url.partition("?")[0])
        return Answer(b"", "text/plain", 404) if story is None or story.day > self.day else self._page(story)

    def _page(self, story: Story) -> Answer:
        if story.kind in _STATUSES:
            return Answer(b"not here", "text/plain", _STATUSES[story.kind])
        return Answer(_html(story, story.paragraphs(self.day)))

    def _listing(self, site: int, path: str) -> Answer:
        stories = [Story(site, number, day) for day in DAYS if day <= self.day for number in self._pages]
        writers: dict[str, Callable[[], str]] = {
            "/rss.xml": lambda: _rss(stories, self.day),
            "/atom.xml": lambda: _atom(stories, self.day),
            "/index.xml": lambda: _index(site, self.day),
        }
        day = path.removeprefix("/day").removesuffix(".xml")
        write = writers.get(path, lambda: _sitemap([story for story in stories if str(story.day) == day], self.day))
        return Answer(write().encode(), "application/xml")


def host(site: int) -> str:
    return f"site{site}.example"


def _site(name: str) -> int:
    return int(name.removeprefix("site").removesuffix(".example"))


def _source(site: int) -> str:
    return f"http://{host(site)}{('/index.xml', '/rss.xml', '/atom.xml')[site % 3]}"


@cache
def _sentences(seed: int) -> list[str]:
    return prose.sentences(seed, 12)


def _html(story: Story, paragraphs: list[str]) -> bytes:
    head = f'<title>{story.headline}</title><meta property="article:published_time" content="{story.published:%FT%TZ}">'
    body = f"<h1>{story.headline}</h1><article>{''.join(f'<p>{text}</p>' for text in paragraphs)}</article>"
    return f'<html lang="en"><head>{head}</head><body>{body}</body></html>'.encode()


def _rss(stories: list[Story], today: int) -> str:
    def item(story: Story) -> str:
        content = "".join(f"<p>{text}</p>" for text in story.paragraphs(today)) if story.kind == "only-in-feed" else ""
        body = f"<content:encoded>{escape(content)}</content:encoded>" if content else ""
        date = format_datetime(story.published, usegmt=True)
        link = escape(story.listed)
        return f"<item><title>{story.headline}</title><link>{link}</link><pubDate>{date}</pubDate>{body}</item>"

    items = "".join(map(item, stories))
    namespace = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<rss version="2.0" {namespace}><channel><title>News</title>{items}</channel></rss>'


def _atom(stories: list[Story], today: int) -> str:
    def entry(story: Story) -> str:
        dates = f"<published>{story.published:%FT%TZ}</published><updated>{_modified(story, today):%FT%TZ}</updated>"
        return f'<entry><id>{escape(story.listed)}</id><link href="{escape(story.listed)}"/>{dates}</entry>'

    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{"".join(map(entry, stories))}</feed>'


def _index(site: int, today: int) -> str:
    days = (day for day in DAYS if day <= today)
    sitemaps = "".join(f"<sitemap><loc>http://{host(site)}/day{day}.xml</loc></sitemap>" for day in days)
    return f'<sitemapindex xmlns="{_SITEMAP}">{sitemaps}</sitemapindex>'


def _sitemap(stories: list[Story], today: int) -> str:
    entries = (
        f"<url><loc>{escape(story.listed)}</loc><lastmod>{_modified(story, today):%FT%TZ}</lastmod></url>"
        for story in stories
    )
    return f'<urlset xmlns="{_SITEMAP}">{"".join(entries)}</urlset>'


def _modified(story: Story, today: int) -> datetime:
    return noon(today) - timedelta(hours=1) if story._is_new(today) else story.published
