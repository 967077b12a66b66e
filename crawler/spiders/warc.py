"""Reads the HTML pages of a WARC file.

Source: ISO 28500 (WARC 1.0, 1.1). What writers are known to do otherwise is read all the same: addresses in angle
brackets (wget) or with spaces, line ends of one byte, a whole file in one gzip member, members that do not end where
records do, bodies whose codings have been undone already (Common Crawl).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crawler import urls
from crawler.errors import ArchiveError
from crawler.extract.page import Page
from crawler.sources.dates import from_iso
from crawler.spiders.messages import Fields, Response, first, parse_fields, parse_response, undo_codings, unknown_coding
from crawler.spiders.responses import is_html, refuse, refuse_status
from crawler.spiders.streams import CUT, WARC_START, PlainStream, next_record, open_stream
from storage.types import Rejection

MAX_PAGE_BYTES = 10_000_000

_MAX_HEADER_BYTES = 1 << 16
_BESIDES_BODY_BYTES = 1 << 20  # room for HTTP headers and chunk sizes, beside the largest page
_QUOTED_CHARS = 60
_LENGTH = re.compile(r"[0-9]{1,15}")
_OK = 200
_RESERVATIONS = ("x-robots-tag", "tdm-reservation")
_HTTP_SCHEMES = ("http:", "https:")
# What tells about a capture, or that it is the same as another one, but is none itself.
_COMPANIONS = frozenset({"warcinfo", "request", "metadata", "revisit"})


@dataclass(frozen=True, slots=True)
class Capture:
    """One record of an archive: its page, why it holds none, or None if it was none to hold one.

    ``offset`` is a byte of the file at which reading can go on so that it gives all that comes after this record.
    """

    found: Page | Rejection | None
    offset: int


def read_warc(
    path: Path, on_bytes: Callable[[int], None] | None = None, *, max_page_bytes: int = MAX_PAGE_BYTES
) -> Iterator[Page | Rejection]:
    """Yield every capture in a WARC file (plain or gzip): its page, or why it holds none.

    ``on_bytes`` is told before each capture how many more bytes of the file have been read.

    Raises:
        ArchiveError: see `read_captures`.
    """
    last = 0
    for capture in read_captures(path, max_page_bytes=max_page_bytes):
        if on_bytes:
            on_bytes(capture.offset - last)
        last = capture.offset
        if capture.found is not None:
            yield capture.found


def read_captures(path: Path, offset: int = 0, *, max_page_bytes: int = MAX_PAGE_BYTES) -> Iterator[Capture]:
    """Yield every record of a WARC file (plain or gzip) from a byte on.

    Where the file is damaged, reading goes on at the next record or gzip member that is whole.

    Raises:
        ArchiveError: the file cannot be read, is not a WARC, or is damaged or cut: the first such place. All whole
            records came before.
    """
    try:
        with path.open("rb") as file:
            yield from _captures(path, file, offset, max_page_bytes)
    except OSError as error:
        raise ArchiveError(path, None, error.strerror or str(error)) from error


def _captures(path: Path, file: BinaryIO, offset: int, max_page_bytes: int) -> Iterator[Capture]:
    first_error, damages, end = None, 0, offset
    start: int | None = offset
    while start is not None:
        try:
            for capture in _records(open_stream(path, file, start), start, max_page_bytes):
                end = capture.offset
                yield capture
            start = None
        except ArchiveError as error:
            first_error, damages = first_error or error, damages + 1
            start = next_record(file, (error.offset or 0) + 1)
    if first_error:
        more = f"; {damages - 1:,} more damaged places" if damages > 1 else ""
        raise ArchiveError(path, first_error.offset, first_error.problem + more)
    if not end:
        raise ArchiveError(path, 0, "no whole WARC record")


def _records(stream: PlainStream, offset: int, max_page_bytes: int) -> Iterator[Capture]:
    """Yield records up to the end of the file, each once it is seen to be whole."""
    while True:
        stream.skip_blank(begin=True)
        place = stream.place
        header = _header(stream, place)
        if header is None:
            return
        block = _block(stream, place, header, max_page_bytes + _BESIDES_BODY_BYTES)
        stream.skip_blank(begin=False)
        offset = offset if stream.boundary is None else stream.boundary
        is_companion = first(header, "warc-type") in _COMPANIONS
        yield Capture(None if is_companion else _capture(header, block, max_page_bytes), offset)


def _header(stream: PlainStream, place: int) -> Fields | None:
    """Read the header of a record; None at the end of the file."""
    version = stream.readline(_MAX_HEADER_BYTES)
    if not version:
        return None
    if not version.startswith(WARC_START):
        raise ArchiveError(stream.path, place, f"not a WARC record: {version[:_QUOTED_CHARS]!r}")
    lines, size = [version], len(version)
    while lines[-1].strip():
        lines.append(stream.readline(_MAX_HEADER_BYTES))
        size += len(lines[-1])
        if size > _MAX_HEADER_BYTES:
            raise ArchiveError(stream.path, place, "the header of a record does not end")
    if not lines[-1]:
        raise ArchiveError(stream.path, place, CUT)
    return parse_fields(lines[1:])


def _block(stream: PlainStream, place: int, header: Fields, limit: int) -> bytes:
    """Read what a record holds, so much of it that a page of the largest size can be told from a larger one."""
    length = first(header, "content-length") or ""
    if not _LENGTH.fullmatch(length):
        raise ArchiveError(stream.path, place, "a record without a Content-Length")
    block = stream.read(min(int(length), limit)) if first(header, "warc-type") == "response" else b""
    if len(block) + stream.skip(int(length) - len(block)) < int(length):
        raise ArchiveError(stream.path, place, CUT)
    return block


def _capture(header: Fields, block: bytes, max_page_bytes: int) -> Page | Rejection:
    url = (first(header, "warc-target-uri") or "").removeprefix("<").removesuffix(">").replace(" ", "%20")
    kind = first(header, "warc-type")
    name = url or first(header, "warc-record-id") or ""
    source = urls.site_of(url)
    if kind != "response":
        return refuse(name, source, "not-a-response", f"WARC-Type {kind}")
    if not url.lower().startswith(_HTTP_SCHEMES):
        return refuse(name, source, "not-http")
    response = parse_response(block)
    if response is None:
        return refuse(url, source, "no-http-headers")
    return _page(url, source, response, first(header, "warc-date"), max_page_bytes)


def _page(url: str, source: str, response: Response, date: str | None, max_page_bytes: int) -> Page | Rejection:
    content_type = first(response.fields, "content-type")
    if response.status != _OK:
        return refuse_status(url, source, response.status)
    if coding := unknown_coding(response.fields):
        return refuse(url, source, "unknown-encoding", coding)
    content = undo_codings(response, max_page_bytes + 1)
    if len(content) > max_page_bytes:
        return refuse(url, source, "too-big", f"more than {max_page_bytes:,} bytes")
    if not is_html(content_type, content):
        return refuse(url, source, "not-html", content_type or "no Content-Type")
    fetched_at = from_iso(date)
    if fetched_at is None:
        return refuse(url, source, "no-date", "WARC-Date is missing or unreadable")
    return Page(
        url=url,
        content=content,
        content_type=content_type,
        fetched_at=fetched_at,
        opt_outs=_opt_outs(response.fields),
    )


def _opt_outs(fields: Fields) -> tuple[str, ...]:
    said = {name: [value for key, value in fields if key == name] for name in _RESERVATIONS}
    if not any(said.values()):
        return ()
    # Scrapy takes half a second to import, and few servers say anything.
    from scrapy.http import Headers

    from crawler.components.reservations import opt_outs

    return opt_outs(Headers(said))
