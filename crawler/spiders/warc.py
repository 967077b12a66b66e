"""Reads the HTML pages of a WARC file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed

from crawler import urls
from crawler.errors import ArchiveError
from crawler.extract.page import Page
from crawler.sources.dates import from_iso
from crawler.spiders.responses import is_html, refuse, refuse_status
from storage.types import Rejection

_PROBLEM_CHARS = 120  # warcio quotes the line it stumbles over
# What tells about a capture, but is none itself.
_COMPANIONS = frozenset({"warcinfo", "request", "metadata"})


def read_warc(
    path: Path, on_bytes: Callable[[int], None] | None = None, *, max_page_bytes: int = 10_000_000
) -> Iterator[Page | Rejection]:
    """Yield every capture in a WARC file (plain or gzip): its page, or why it holds none.

    ``on_bytes`` is told before each capture how many more bytes of the file have been read.

    Raises:
        ArchiveError: the file cannot be read, is not a WARC, or ends within a record; all whole records came before.
    """
    try:
        with path.open("rb") as file:
            yield from _captures(path, file, on_bytes or (lambda _: None), max_page_bytes)
    except OSError as error:
        raise ArchiveError(path, None, error.strerror or str(error)) from error


def _captures(
    path: Path, file: BinaryIO, on_bytes: Callable[[int], None], max_page_bytes: int
) -> Iterator[Page | Rejection]:
    # HTTP headers are parsed in _response: the reader's own way fails on a record without a target.
    records = WARCIterator(file, no_record_parse=True)
    end = 0  # of the last whole record
    try:
        for record in records:
            capture = None if record.rec_type in _COMPANIONS else _capture(record, records.loader, max_page_bytes)
            records.read_to_end()
            if _is_cut(record):
                break
            on_bytes(records.offset - end)
            end = records.offset
            if capture is not None:
                yield capture
    except ArchiveLoadFailed as error:
        raise ArchiveError(path, end, " ".join(str(error).split())[:_PROBLEM_CHARS]) from error
    if not end or end < path.stat().st_size:
        raise ArchiveError(path, end, "the file ends within a record" if end else "no whole WARC record")


def _is_cut(record: Any) -> bool:
    """Tell whether the file ended before the record did, in its header or after, once the record is read."""
    declared = record.rec_headers.get_header("Content-Length") or ""
    return not declared.isdecimal() or record.raw_stream.limit > 0


def _capture(record: Any, loader: Any, max_page_bytes: int) -> Page | Rejection:
    header = record.rec_headers.get_header
    url = header("WARC-Target-URI") or header("WARC-Record-ID") or ""
    source = urls.site_of(url)
    if record.rec_type != "response":
        return refuse(url, source, "not-a-response", f"WARC-Type {record.rec_type}")
    if not url.startswith(loader.HTTP_SCHEMES):
        return refuse(url, source, "not-http")
    try:
        record.http_headers = loader.load_http_headers(record.rec_type, url, record.raw_stream, record.length)
    except EOFError:
        record.http_headers = None
    if record.http_headers is None:
        return refuse(url, source, "no-http-headers")
    return _page(record, url, source, max_page_bytes)


def _page(record: Any, url: str, source: str, max_page_bytes: int) -> Page | Rejection:
    header = record.http_headers.get_header
    status, content_type, encoding = (
        record.http_headers.get_statuscode(),
        header("Content-Type"),
        header("Content-Encoding"),
    )
    if status != "200":
        return refuse_status(url, source, int(status)) if status.isdecimal() else refuse(url, source, "no-http-headers")
    if encoding and encoding.lower() not in {"identity", *BufferedReader.get_supported_decompressors()}:
        return refuse(url, source, "unknown-encoding", encoding)
    content = record.content_stream().read(max_page_bytes + 1)
    if len(content) > max_page_bytes:
        return refuse(url, source, "too-big", f"more than {max_page_bytes:,} bytes")
    if not is_html(content_type, content):
        return refuse(url, source, "not-html", content_type or "no Content-Type")
    fetched_at = from_iso(record.rec_headers.get_header("WARC-Date"))
    if fetched_at is None:
        return refuse(url, source, "no-date", "WARC-Date is missing or unreadable")
    return Page(url=url, content=content, content_type=content_type, fetched_at=fetched_at)
