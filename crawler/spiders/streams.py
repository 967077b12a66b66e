"""The bytes of an archive file: plain, or gzip members that are unpacked block by block.

Members follow each other as one stream, however records lie in them. A place at which one could begin to read again
is known by its byte in the file as stored. Whatever a file holds, no more is kept in memory than was asked for.

warcio, with which recordings are written, is no reader for hostile files: it ends at the first damage, holds whole
chunks and lines unpacked in memory, and reports to stderr.
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from crawler.errors import ArchiveError

GZIP_MAGIC = b"\x1f\x8b"
WARC_START = b"WARC/"
CUT = "the file ends within a record"

_BLOCK = 1 << 14
_WINDOW = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS
_GZIP_HEADER_BYTES = 4096  # room for the name and the extra field that some writers put before the data
_POSSIBLE_START = re.compile(rb"\x1f\x8b\x08|\nWARC/[01]\.\d+\r?\n[A-Za-z-]+:")
_START_CHARS = 64  # more than the longest match of it


class PlainStream:
    """A file that is not packed, from a byte on."""

    def __init__(self, path: Path, file: BinaryIO, offset: int) -> None:
        self.path = path
        self._file = file
        self._block = b""
        self._used = 0
        file.seek(offset)

    @property
    def boundary(self) -> int | None:
        """The byte of the file from which a new stream would give what comes next; None if there is none."""
        return self.place

    @property
    def place(self) -> int:
        """The byte of the file that what goes wrong with what comes next is said of."""
        return self._file.tell() - len(self._block) + self._used

    def read(self, size: int) -> bytes:
        """Read so many bytes, fewer at the end of the file."""
        parts = []
        while size > 0 and self._has_more():
            part = self._block[self._used : self._used + size]
            self._used += len(part)
            size -= len(part)
            parts.append(part)
        return b"".join(parts)

    def skip(self, size: int) -> int:
        """Pass over so many bytes; returns over how many, fewer at the end of the file."""
        passed = 0
        while passed < size and self._has_more():
            step = min(size - passed, len(self._block) - self._used)
            self._used += step
            passed += step
        return passed

    def readline(self, limit: int) -> bytes:
        """Read to the end of the line, or so many bytes of it."""
        parts: list[bytes] = []
        while limit > 0 and self._has_more():
            end = self._block.find(b"\n", self._used, self._used + limit) + 1 or self._used + limit
            part = self._block[self._used : end]
            self._used += len(part)
            limit -= len(part)
            parts.append(part)
            if part.endswith(b"\n"):
                break
        return b"".join(parts)

    def skip_blank(self, *, begin: bool) -> None:
        """Pass over line ends; with ``begin`` also into the next member, if one ends here."""
        while self._has_more(begin=begin):
            self._used = len(self._block) - len(self._block[self._used :].lstrip(b"\r\n"))
            if self._used < len(self._block):
                return

    def _has_more(self, *, begin: bool = True) -> bool:
        if self._used == len(self._block):
            self._block, self._used = self._next_block(begin), 0
        return bool(self._block)

    def _next_block(self, begin: bool) -> bytes:
        return self._file.read(_BLOCK)


class GzipStream(PlainStream):
    """A file of gzip members, from the beginning of one on.

    Raises:
        ArchiveError: from any read: a member is damaged or cut; it names the byte at which the member begins.
    """

    def __init__(self, path: Path, file: BinaryIO, offset: int) -> None:
        super().__init__(path, file, offset)
        self._member = offset
        self._packed = b""
        self._inflater: Any = None

    @property
    def boundary(self) -> int | None:
        is_between = self._inflater is None and self._used == len(self._block)
        return self._file.tell() - len(self._packed) if is_between else None

    @property
    def place(self) -> int:
        return self._member

    def _next_block(self, begin: bool) -> bytes:
        while self._inflater is not None or (begin and self._begin_member()):
            if block := self._unpack():
                return block
        return b""

    def _begin_member(self) -> bool:
        self._packed = self._packed or self._file.read(_BLOCK)
        self._member = self._file.tell() - len(self._packed)
        self._inflater = zlib.decompressobj(_GZIP) if self._packed else None
        return self._inflater is not None

    def _unpack(self) -> bytes:
        inflater = self._inflater
        packed = self._packed or self._file.read(_BLOCK)
        try:
            block: bytes = inflater.decompress(packed, _BLOCK)
        except zlib.error as error:
            raise ArchiveError(self.path, self._member, f"damaged gzip data ({error})") from error
        if not (packed or block or inflater.eof):
            raise ArchiveError(self.path, self._member, CUT)
        self._packed = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        self._inflater = None if inflater.eof else inflater
        return block


def open_stream(path: Path, file: BinaryIO, offset: int) -> PlainStream:
    """Open a stream from a byte of the file on, of the kind that begins there."""
    file.seek(offset)
    return (GzipStream if file.read(2) == GZIP_MAGIC else PlainStream)(path, file, offset)


def begins_record(file: BinaryIO, offset: int) -> bool:
    """Tell whether a WARC record begins at a byte of the file, as far as the file goes."""
    file.seek(offset)
    head = unpacked(file.read(_GZIP_HEADER_BYTES), len(WARC_START)).lstrip(b"\r\n")
    return WARC_START.startswith(head[: len(WARC_START)])


def next_record(file: BinaryIO, offset: int) -> int | None:
    """Search for the first byte, not before ``offset``, at which a record or a member with one begins.

    A page may contain gzip data or quote a WARC: so what looks like a beginning is unpacked and looked at.
    """
    while True:
        file.seek(offset)
        window = file.read(_WINDOW)
        for match in _POSSIBLE_START.finditer(window):
            start = offset + match.start() + window.startswith(b"\n", match.start())
            if begins_record(file, start):
                return start
        if len(window) < _WINDOW:
            return None
        offset += _WINDOW - _START_CHARS


def unpacked(content: bytes, limit: int) -> bytes:
    """Return up to so many bytes of content that may be gzip; what cannot be unpacked is left out."""
    if not content.startswith(GZIP_MAGIC):
        return content[:limit]
    inflater = zlib.decompressobj(_GZIP)
    try:
        return inflater.decompress(content, limit)
    except zlib.error:
        return b""
