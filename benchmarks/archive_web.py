"""Serves the pages of a WARC file as the web they came from, a day at a time: an HTTP proxy in a process of its own.

Each source has an Atom feed at ``http://SOURCE/feed`` with the links of the day, or of all days. What is asked for is
recorded. No address outside of the archive is answered, so that nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import csv
import json
import multiprocessing
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from benchmarks.loopback import Answer, etag_of, listen, proxy_of
from crawler.extract.page import Page
from crawler.spiders.archive import read_warc

ALL_DAYS = "all"
_CONTROL = "http://control.invalid/"


class ArchiveWeb:
    """What the archive's web answers. ``log`` counts (url, status, etag)."""

    def __init__(self, warc: Path, listing: Path) -> None:
        with listing.open(encoding="utf-8") as lines:
            rows = list(csv.reader(lines, delimiter="\t"))
        pages = [page for page in read_warc(warc) if isinstance(page, Page)]
        self.day = ALL_DAYS
        self.log: Counter[tuple[str, int, str]] = Counter()
        self.days = sorted({day for _, day, _, _ in rows})
        self.links: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.versions: dict[str, list[tuple[str, Answer]]] = defaultdict(list)  # by day
        for (_, day, source, _), page in zip(rows, pages, strict=True):
            url = served_at(page.url)
            for listed_on in (day, ALL_DAYS):
                self.links[source, listed_on].append(url)
            version = Answer(page.content, page.content_type or "text/html", etag=etag_of(page.content))
            self.versions[url].append((day, version))

    def answer(self, url: str) -> Answer:
        """Return what an address gives today."""
        if url.startswith(_CONTROL):
            return Answer(self._control(url.removeprefix(_CONTROL)), "application/json")
        if url.endswith("/feed"):
            return Answer(self._feed(urlsplit(url).netloc), "application/atom+xml")
        return self._version(url) or Answer(b"not here\n", "text/plain", 404)

    def sent(self, url: str, status: int, etag: str) -> None:
        """Note what was asked for."""
        if not url.startswith(_CONTROL):
            self.log[url, status, etag] += 1

    def _control(self, what: str) -> bytes:
        if what == "log":
            return json.dumps([[*key, count] for key, count in self.log.items()]).encode()
        self.day = what
        return b"{}"

    def _version(self, url: str) -> Answer | None:
        """Return the page as it is today: its last version up to now."""
        versions = reversed(self.versions.get(url, []))
        return next((version for day, version in versions if self.day in (day, ALL_DAYS) or day < self.day), None)

    def _feed(self, source: str) -> bytes:
        updated = "" if self.day == ALL_DAYS else f"<updated>{self.day}T12:00:00Z</updated>"
        entries = "".join(
            f'<entry><id>{escape(url)}</id><title/><link href="{escape(url, {chr(34): "&quot;"})}"/>{updated}</entry>'
            for url in self.links[source, self.day]
        )
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{source}</title>{entries}</feed>'.encode()


def served_at(url: str) -> str:
    """Return where the archive's web serves a page: over plain HTTP, since its proxy speaks no TLS.

    A default port is part of some of the archive's addresses, but no server can tell it.
    """
    parts = urlsplit(url)
    return parts._replace(scheme="http", netloc=parts.netloc.removesuffix(":80"), fragment="").geturl()


@dataclass(frozen=True, slots=True)
class Handle:
    """The running web, from outside."""

    proxy: str
    sources: tuple[str, ...]
    days: tuple[str, ...]

    def set_day(self, day: str) -> None:
        """Turn the web to a day."""
        self._ask(day)

    def log(self) -> list[tuple[str, int, str, int]]:
        """Return what was asked for: url, status, etag, how often."""
        return [(url, status, etag, count) for url, status, etag, count in json.loads(self._ask("log"))]

    def _ask(self, what: str) -> bytes:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": self.proxy}))
        with opener.open(_CONTROL + what) as response:
            body: bytes = response.read()
        return body


@contextmanager
def serving(warc: Path, listing: Path) -> Iterator[Handle]:
    """Run the archive's web in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(warc, listing, there), daemon=True)
    process.start()
    proxy, sources, days = here.recv()
    try:
        yield Handle(proxy, tuple(sources), tuple(days))
    finally:
        process.terminate()
        process.join()


def _serve(warc: Path, listing: Path, pipe: object) -> None:
    web = ArchiveWeb(warc, listing)

    async def run() -> None:
        server = await listen(web.answer, web.sent)
        sources = sorted({source for source, _ in web.links})
        pipe.send((proxy_of(server), sources, web.days))  # type: ignore[attr-defined]
        await server.serve_forever()

    asyncio.run(run())
