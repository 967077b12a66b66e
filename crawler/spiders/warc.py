"""Reads the HTML pages of a WARC file: warcio reads the records, their headers and HTTP messages.

Source: ISO 28500 (WARC 1.0, 1.1). Archives differ in what they have undone already: bodies that are neither chunked
nor packed, whatever their header says, are taken as they are; of bodies that are damaged, what could be undone.
"""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import brotli  # type: ignore[import-untyped]
from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.limitreader import LimitReader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from crawler import urls
from crawler.errors import ArchiveError
from crawler.extract.page import Page
from crawler.sources.dates import from_iso
from crawler.spiders.responses import is_html, refuse, refuse_status
from crawler.spiders.streams import CUT, MAX_HEADER_BYTES, PlainStream, next_record, open_stream
from storage.types import Rejection

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_PAGE_BYTES = 10_000_000

_BESIDES_BODY_BYTES = 1 << 20  # room for chunk sizes, beside the largest page
_BLOCK = 1 << 12  # gzip makes up to a thousand times as much of it
_PROBLEM_CHARS = 120  # warcio quotes the line it stumbles over
_LENGTH = re.compile(r"[0-9]{1,15}")
_STATUS = re.compile(r"[1-9][0-9]{2}")
_OK = 200
_RESERVATIONS = ("x-robots-tag", "tdm-reservation")
_HTTP_SCHEMES = ("http:", "https:")
# What tells about a capture, or that it is the same as another one, but is none itself.
_COMPANIONS = frozenset({"warcinfo", "request", "metadata", "revisit"})
# What warcio undoes, under the names it has for them; the others it does not know, or unpacks without a bound.
_WARCIO_CODINGS = {"": None, "identity": None, "none": None, "gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_OTHER_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "br": lambda body, limit: brotli.Decompressor().process(body, output_buffer_limit=limit),
    "zstd": lambda body, limit: zstd.ZstdDecompressor().decompress(body, limit),
}
_HTTP = StatusAndHeadersParser([], verify=False)

logging.getLogger("warcio").setLevel(logging.ERROR)  # it warns of each space in an address, which it mends


@dataclass(frozen=True, slots=True)
class Capture:
    """One record of an archive: its page, why it holds none, or None if it was none to hold one.

    ``offset`` is a byte of the file at which reading can go on so that it gives all that comes after this record.
    """

    found: Page | Rejection | None
    offset: int


def read_warc(path: Path, *, max_page_bytes: int = MAX_PAGE_BYTES) -> Iterator[Page | Rejection]:
    """Yield every capture in a WARC file (plain or gzip): its page, or why it holds none.

    Raises:
        ArchiveError: see `read_captures`.
    """
    captures = read_captures(path, max_page_bytes=max_page_bytes)
    return (capture.found for capture in captures if capture.found is not None)


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
    problems: list[ArchiveError] = []
    end = offset
    start: int | None = offset
    while start is not None:
        stream, start = open_stream(file, start), None
        try:
            for capture in _records(stream, end, max_page_bytes):
                end = capture.offset
                yield capture
        except ArchiveLoadFailed as error:
            problem = ascii(" ".join(str(error).split())[:_PROBLEM_CHARS])[1:-1]
            if not problems or problems[-1].offset != stream.place:
                problems.append(ArchiveError(path, stream.place, problem))
            # What begins at a place where no record was read yet may be of another kind, and whole.
            is_new = stream.place > stream.record_at
            start = next_record(file, max(stream.place if is_new else stream.place + 1, stream.scanned))
    if problems:
        more = f"; {len(problems) - 1:,} more damaged places" if len(problems) > 1 else ""
        raise ArchiveError(path, problems[0].offset, problems[0].problem + more)
    if not end:
        raise ArchiveError(path, 0, "no whole WARC record")


def _records(stream: PlainStream, offset: int, max_page_bytes: int) -> Iterator[Capture]:
    """Yield records up to the end of the stream, each once it is seen to be whole.

    Raises:
        ArchiveLoadFailed: what comes next is no record, or is damaged or cut.
    """
    records = WARCIterator(stream, no_record_parse=True)
    records.reader.set_decomp(None)  # the stream is unpacked already
    for record in records:
        stream.record_at = stream.place
        stream.expect_header(expected=False)
        with redirect_stderr(io.StringIO()):  # warcio says there what _pass_over finds out, and of damaged bodies
            found = _found(record, max_page_bytes)
            failure = _pass_over(record, records, stream)
        if failure is None:
            offset = stream.begin_record(records.offset) or offset
        yield Capture(found, offset)
        if failure is not None:
            raise failure


def _found(record: Any, max_page_bytes: int) -> Page | Rejection | None:
    if not _LENGTH.fullmatch(_field(record.rec_headers, "Content-Length")):
        raise ArchiveLoadFailed("a record without a Content-Length")
    return None if record.rec_type in _COMPANIONS else _capture(record, max_page_bytes)


def _pass_over(record: Any, records: Any, stream: PlainStream) -> ArchiveLoadFailed | None:
    """Read to the first line of the next record; return what is wrong there.

    Raises:
        ArchiveLoadFailed: the record itself is damaged or cut.
    """
    while record.raw_stream.read(_BLOCK):
        pass
    if record.raw_stream.limit:
        raise ArchiveLoadFailed(CUT)
    stream.expect_header(expected=True)
    try:
        records.read_to_end()
    except ArchiveLoadFailed as failure:
        return failure
    return ArchiveLoadFailed("a record goes on after its Content-Length") if records.err_count else None


def _capture(record: Any, max_page_bytes: int) -> Page | Rejection:
    url = _field(record.rec_headers, "WARC-Target-URI")
    name = url or _field(record.rec_headers, "WARC-Record-ID")
    source = urls.site_of(url)
    if record.rec_type != "response":
        return refuse(name, source, "not-a-response", f"WARC-Type {_field(record.rec_headers, 'WARC-Type')}")
    if not url.lower().startswith(_HTTP_SCHEMES):
        return refuse(name, source, "not-http")
    try:
        http = _HTTP.parse(LimitReader(record.raw_stream, MAX_HEADER_BYTES))
    except EOFError:
        return refuse(url, source, "no-http-headers")
    status = http.get_statuscode()
    if not http.protocol.startswith("HTTP/") or not _STATUS.fullmatch(status):
        return refuse(url, source, "no-http-headers")
    return _page(record, http, url, max_page_bytes) if int(status) == _OK else refuse_status(url, source, int(status))


def _page(record: Any, http: StatusAndHeaders, url: str, max_page_bytes: int) -> Page | Rejection:
    source, content_type = urls.site_of(url), _field(http, "Content-Type") or None
    coding = _field(http, "Content-Encoding").lower()
    if coding not in {*_WARCIO_CODINGS, *_OTHER_CODINGS}:
        return refuse(url, source, "unknown-encoding", coding)
    content = _content(record, http, coding, max_page_bytes + 1)
    if len(content) > max_page_bytes:
        return refuse(url, source, "too-big", f"more than {max_page_bytes:,} bytes")
    if not is_html(content_type, content):
        return refuse(url, source, "not-html", content_type or "no Content-Type")
    fetched_at = from_iso(_field(record.rec_headers, "WARC-Date"))
    if fetched_at is None:
        return refuse(url, source, "no-date", "WARC-Date is missing or unreadable")
    return Page(url=url, content=content, content_type=content_type, fetched_at=fetched_at, opt_outs=_opt_outs(http))


def _content(record: Any, http: StatusAndHeaders, coding: str, limit: int) -> bytes:
    """Return the body without transfer and content codings, or its first ``limit`` bytes if it is longer.

    Chunks are joined before they are unpacked: warcio would unpack a chunk of any length at once.
    """
    stream: Any = LimitReader(record.raw_stream, limit + _BESIDES_BODY_BYTES)
    if "chunked" in _field(http, "Transfer-Encoding").lower():
        stream = ChunkedDataReader(stream)
    unpack = _OTHER_CODINGS.get(coding)
    warcio_name = None if unpack else _WARCIO_CODINGS[coding]
    body: bytes = BufferedReader(stream, block_size=_BLOCK, decomp_type=warcio_name).read(limit)
    if unpack is None:
        return body
    try:
        return unpack(body, limit)[:limit]
    except (brotli.error, zstd.ZstdError):
        return body


def _field(headers: StatusAndHeaders, name: str) -> str:
    """Return a header; without NUL, which not every store takes."""
    value: str = headers.get_header(name) or ""
    return value.replace("\0", "").strip()


def _opt_outs(http: StatusAndHeaders) -> tuple[str, ...]:
    said = {name: [value for key, value in http.headers if key.lower() == name] for name in _RESERVATIONS}
    if not any(said.values()):
        return ()
    # Scrapy takes half a second to import, and few servers say anything.
    from scrapy.http import Headers

    from crawler.components.reservations import opt_outs

    return opt_outs(Headers(said))
