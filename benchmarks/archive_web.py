"""Serves the pages of a WARC file as the web they came from, a day at a time: an HTTP proxy in a process of its own.

Each source has an Atom feed at ``http://SOURCE/feed`` with the links of the day, or of all days. What is asked for is
recorded. No address outside of the archive is answered, so that nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import multiprocessing
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from crawler.extract.page import Page
from crawler.spiders.archive import read_warc

ALL_DAYS = "all"
_CONTROL = "http://control.invalid/"


@dataclass(frozen=True, slots=True)
class Version:
    """A page as it was served on a day."""

    day: str
    body: bytes
    content_type: str
    etag: str


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
        self.versions: dict[str, list[Version]] = defaultdict(list)
        for (_, day, source, _), page in zip(rows, pages, strict=True):
            url = served_at(page.url)
            for listed_on in (day, ALL_DAYS):
                self.links[source, listed_on].append(url)
            self.versions[url].append(
                Version(day, page.content, page.content_type or "text/html", etag_of(page.content))
            )

    def answer(self, url: str, condition: str) -> tuple[int, str, str, bytes]:
        """Return status, Content-Type, ETag and body."""
        if url.startswith(_CONTROL):
            return 200, "application/json", "", self._control(url.removeprefix(_CONTROL))
        status, content_type, etag, body = self._find(url)
        if etag and etag == condition:
            status, body = 304, b""
        self.log[url, status, etag] += 1
        return status, content_type, etag, body

    def _control(self, what: str) -> bytes:
        if what == "log":
            return json.dumps([[*key, count] for key, count in self.log.items()]).encode()
        self.day = what
        return b"{}"

    def _find(self, url: str) -> tuple[int, str, str, bytes]:
        if url.endswith("/feed"):
            body = self._feed(urlsplit(url).netloc)
            return 200, "application/atom+xml", etag_of(body), body
        version = self._version(url)
        if version is None:
            return 404, "text/plain", "", b"not here\n"
        return 200, version.content_type, version.etag, version.body

    def _version(self, url: str) -> Version | None:
        """Return the page as it is today: its last version up to now."""
        versions = self.versions.get(url, [])
        if self.day == ALL_DAYS:
            return versions[-1] if versions else None
        return next((version for version in reversed(versions) if version.day <= self.day), None)

    def _feed(self, source: str) -> bytes:
        updated = "" if self.day == ALL_DAYS else f"<updated>{self.day}T12:00:00Z</updated>"
        entries = "".join(
            f'<entry><id>{escape(url)}</id><title/><link href="{escape(url, {chr(34): "&quot;"})}"/>{updated}</entry>'
            for url in self.links[source, self.day]
        )
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{source}</title>{entries}</feed>'.encode()


def etag_of(body: bytes) -> str:
    """Return the ETag of a body."""
    return f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'


def served_at(url: str) -> str:
    """Return where the archive's web serves a page: over plain HTTP, since its proxy speaks no TLS.

    A default port is part of some of the archive's addresses, but no server can tell it.
    """
    parts = urlsplit(url)
    return parts._replace(scheme="http", netloc=parts.netloc.removesuffix(":80"), fragment="").geturl()


class _Connection(asyncio.Protocol):
    """Speaks as much HTTP/1.1 as a crawler needs; quick, so that the crawler and not this is measured."""

    def __init__(self, web: ArchiveWeb) -> None:
        self._web = web
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            request, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            self._answer(request.split(" ")[1], headers)

    def _answer(self, url: str, headers: Mapping[str, str]) -> None:
        status, content_type, etag, body = self._web.answer(url, headers.get("if-none-match", ""))
        tag = f"ETag: {etag}\r\n" if etag else ""
        head = f"HTTP/1.1 {status} -\r\nContent-Type: {content_type}\r\n{tag}Content-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode("latin-1") + body)


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
    port, sources, days = here.recv()
    try:
        yield Handle(f"http://127.0.0.1:{port}", tuple(sources), tuple(days))
    finally:
        process.terminate()
        process.join()


def _serve(warc: Path, listing: Path, pipe: object) -> None:
    web = ArchiveWeb(warc, listing)

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Connection(web), "127.0.0.1", 0)
        sources = sorted({source for source, _ in web.links})
        pipe.send((server.sockets[0].getsockname()[1], sources, web.days))  # type: ignore[attr-defined]
        await server.serve_forever()

    asyncio.run(run())
