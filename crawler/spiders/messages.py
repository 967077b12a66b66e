"""HTTP responses as an archive holds them: pure functions over bytes.

Archives differ in what they have undone already: bodies that are neither chunked nor packed, whatever their header
says, are taken as they are; of bodies that are cut or damaged, what could be undone.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Fields = tuple[tuple[str, str], ...]

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_ZLIB, _RAW_DEFLATE, _GZIP = zlib.MAX_WBITS, -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it came over the line."""

    status: int
    fields: Fields
    body: bytes


def parse_response(block: bytes) -> Response | None:
    """Read a response; None if the bytes do not begin like one.

    >>> parse_response(b"HTTP/1.1 200 OK\\r\\nServer: x\\r\\n\\r\\nHello")
    Response(status=200, fields=(('server', 'x'),), body=b'Hello')
    """
    status = _STATUS_LINE.match(block)
    if status is None:
        return None
    end = _HEADER_END.search(block)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    return Response(int(status[1]), parse_fields(head.splitlines()[1:]), body)


def parse_fields(lines: Sequence[bytes]) -> Fields:
    """Read header lines, names in lower case; a line that begins with a space goes on with the one before.

    >>> parse_fields([b"WARC-Type: response", b"X-Note: one", b"  two", b"junk"])
    (('warc-type', 'response'), ('x-note', 'one two'))
    """
    unfolded: list[bytes] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and unfolded:
            unfolded[-1] += b" " + line.strip()
        else:
            unfolded.append(line)
    pairs = (_text(line).partition(":") for line in unfolded)
    return tuple((name.strip().lower(), value.strip()) for name, colon, value in pairs if colon)


def _text(line: bytes) -> str:
    """Decode a line; without NUL, which not every store takes."""
    line = line.replace(b"\0", b"")
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def first(fields: Fields, name: str) -> str | None:
    """Return the first field of a name (in lower case), if it says anything."""
    return next((value for key, value in fields if key == name and value), None)


def unknown_coding(fields: Fields) -> str | None:
    """Return the content coding that cannot be undone, if there is one."""
    return next((coding for coding in _codings(fields) if coding not in _UNDO), None)


def undo_codings(response: Response, limit: int) -> bytes:
    """Return the body without transfer and content codings, or its first ``limit`` bytes if it is longer.

    Source: RFC 9112 section 7.1 (chunks), RFC 9110 section 8.4 (content codings, the last one applied last).
    """
    is_chunked = "chunked" in (first(response.fields, "transfer-encoding") or "").lower()
    body = b"".join(_chunks(response.body)) if is_chunked else response.body
    for coding in reversed(_codings(response.fields)):
        body = _bounded(_UNDO[coding](body), limit)
    return body[:limit]


def _codings(fields: Fields) -> list[str]:
    said = (first(fields, "content-encoding") or "").lower().split(",")
    return [coding.strip() for coding in said if coding.strip() not in ("", "identity", "none")]


def _chunks(body: bytes) -> Iterator[bytes]:
    """Yield the chunks of a body; from where it is not chunked, it is taken as it is."""
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        start, length = size.end(), int(size[1], 16)
        if not length:
            return
        yield body[start : start + length]
        at = start + length
        at += 2 if body.startswith(b"\r\n", at) else body.startswith(b"\n", at)
    yield body[at:]


def _bounded(blocks: Iterator[bytes], limit: int) -> bytes:
    found = bytearray()
    for block in blocks:
        found += block
        if len(found) >= limit:
            break
    return bytes(found)


def _gzip(body: bytes) -> Iterator[bytes]:
    return _inflated(body, zlib.decompressobj(_GZIP))


def _deflate(body: bytes) -> Iterator[bytes]:
    """Unpack zlib data, or the bare deflate data that some servers send; the first bytes tell which (RFC 1950)."""
    is_zlib = body[:1] and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflated(body, zlib.decompressobj(_ZLIB if is_zlib else _RAW_DEFLATE))


def _brotli(body: bytes) -> Iterator[bytes]:
    unpack = brotli.Decompressor().process
    return _stepped(body, lambda data: unpack(data, output_buffer_limit=_BLOCK), brotli.error)


def _zstd(body: bytes) -> Iterator[bytes]:
    unpack = zstd.ZstdDecompressor().decompress
    return _stepped(body, lambda data: unpack(data, _BLOCK), (zstd.ZstdError, EOFError))


def _inflated(body: bytes, inflater: Any) -> Iterator[bytes]:
    rest = body

    def step(_: bytes) -> bytes:
        nonlocal rest
        block: bytes = inflater.decompress(rest, _BLOCK)
        rest = inflater.unconsumed_tail
        return block

    return _stepped(body, step, zlib.error)


def _stepped(
    body: bytes, step: Callable[[bytes], bytes], failure: type[Exception] | tuple[type[Exception], ...]
) -> Iterator[bytes]:
    """Yield what a decompressor makes of a body, block by block; a body that is not packed at all, as it is."""
    data, is_packed = body, False
    try:
        while block := step(data):
            yield block
            data, is_packed = b"", True
    except failure:
        if not is_packed:
            yield body


_UNDO: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
