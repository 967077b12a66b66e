"""WARC files for tests: written by warcio, read by Wirefold."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.errors import ArchiveError
from crawler.extract.page import Page
from crawler.spiders.archive import read_warc
from storage.types import Rejection

HTML = b"<!doctype html><title>Hello</title><p>Hello</p>"


def warc(path: Path, *, is_gzip: bool = True) -> Iterator[WARCWriter]:
    """Give a writer of a new file."""
    with path.open("wb") as file:
        yield WARCWriter(file, gzip=is_gzip)


def put(
    writer: WARCWriter,
    url: str | None,
    body: bytes = HTML,
    *,
    kind: str = "response",
    status: str = "200 OK",
    headers: dict[str, str] | None = None,
    date: str = "2016-11-01T12:00:00Z",
) -> None:
    headers = {"Content-Type": "text/html; charset=utf-8"} if headers is None else headers
    http = StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1") if kind == "response" else None
    record = writer.create_warc_record(
        url or "http://x.example/",
        kind,
        payload=io.BytesIO(body),
        http_headers=http,
        warc_headers_dict={"WARC-Date": date},
    )
    if url is None:
        record.rec_headers.remove_header("WARC-Target-URI")
    writer.write_record(record)


def read(path: Path, **options: int) -> tuple[list[Page | Rejection], ArchiveError | None]:
    found = []
    try:
        for each in read_warc(path, **options):
            found.append(each)
    except ArchiveError as error:
        return found, error
    return found, None


def reasons(path: Path, **options: int) -> list[str]:
    found, error = read(path, **options)
    assert error is None
    return reasons_of(found)


def reasons_of(found: list[Page | Rejection]) -> list[str]:
    return [each.reason if isinstance(each, Rejection) else "page" for each in found]


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def zstandard(body: bytes) -> bytes:
    # A frame of one raw block, written by hand: RFC 8878, section 3.1.1. Window 16 KiB.
    return b"\x28\xb5\x2f\xfd\x00\x20" + (len(body) << 3 | 1).to_bytes(3, "little") + body


def chunked(body: bytes) -> bytes:
    parts = [body[at : at + 20] for at in range(0, len(body), 20)]
    return b"".join(b"%x;x=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


CODINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("X-GZip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", bare_deflate),
    ("br", brotli.compress),
    ("zstd", zstandard),
    ("identity", bytes),
]
