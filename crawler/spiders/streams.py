"""Archive files as warcio is given them: from a record on, gzip members unpacked block by block.

warcio unpacks gzip itself, but then refuses files that are one member, says of damage only on stderr, and reads lines
of any length. Unpacked here, all of these are one stream, damage is an error, and no more is kept in memory than a
header may be long.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, BinaryIO

from warcio.exceptions import ArchiveLoadFailed

WARC_START = b"WARC/"
CUT = "the file ends within a record"
MAX_HEADER_BYTES = 1 << 16

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_BLOCK = 1 << 14
_WINDOW = 1 << 20
_GZIP_HEADER_BYTES = 4096  # room for the name and the extra field that some writers put before the data
_POSSIBLE_START = re.compile(rb"\x1f\x8b\x08|WARC/[01]\.\d+\r?\n[A-Za-z-]+:")
_HEADER_END = re.compile(rb"\n\r?\n")
_START_CHARS = 64  # more than the longest match of it


class PlainStream:
    """A file that is not packed, from a record on.

    ``place`` is the byte of the file that what goes wrong is said of: where the record that is read begins;
    ``record_at`` is the place of the last one that was found. Before ``scanned`` nothing more is to be found.
    """

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self.place = self.record_at = self.scanned = offset
        self._file = file
        self._header_left: int | None = MAX_HEADER_BYTES
        file.seek(offset)

    def read(self, size: int) -> bytes:
        """Read up to so many bytes.

        Raises:
            ArchiveLoadFailed: the data is damaged or cut, or a header does not end.
        """
        block = self._next_block(size)
        if self._header_left is not None:
            self._header_left -= len(block)
            if self._header_left < -_BLOCK:  # what follows the header in its last block
                self._pass_scanned()
                raise ArchiveLoadFailed("the header of a record does not end")
        return block

    def tell(self) -> int:
        """Return how far has been read."""
        return self._file.tell()

    def expect_header(self, *, expected: bool) -> None:
        """Read no more than a header may be long from now on; or as much as is asked for."""
        self._header_left = MAX_HEADER_BYTES if expected else None

    def begin_record(self, position: int) -> int | None:
        """Return the byte of the file from which reading would go on here; None if there is none."""
        self.place = position
        return position

    def _next_block(self, size: int) -> bytes:
        return self._file.read(size)

    def _pass_scanned(self) -> None:
        """Look for no records in what was read, as no header ends there, but for its last bytes."""
        self.scanned = self._file.tell() - _BLOCK


class GzipStream(PlainStream):
    """A file of gzip members, from the beginning of one on. ``place`` is where the member that is read begins."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        super().__init__(file, offset)
        self._position = self._begun_at = 0  # in the stream: of what is read next, of the member
        self._packed = b""
        self._inflater: Any = None

    def tell(self) -> int:
        return self._position

    def begin_record(self, position: int) -> int | None:
        return self.place if position == self._begun_at else None

    def _pass_scanned(self) -> None:
        """Do nothing: a member is not unpacked a second time."""

    def _next_block(self, size: int) -> bytes:
        block = b""
        while not block and (self._inflater or self._begin_member()):
            block = self._unpack(size)
        self._position += len(block)
        return block

    def _begin_member(self) -> bool:
        self._packed = self._packed or self._file.read(_BLOCK)
        self.place = self._file.tell() - len(self._packed)
        self._begun_at = self._position
        self._inflater = zlib.decompressobj(_GZIP) if self._packed else None
        return bool(self._packed)

    def _unpack(self, size: int) -> bytes:
        inflater, packed = self._inflater, self._packed or self._file.read(_BLOCK)
        try:
            block: bytes = inflater.decompress(packed, size)
        except zlib.error as error:
            raise ArchiveLoadFailed(f"damaged gzip data ({error})") from error
        if not (packed or block or inflater.eof):
            raise ArchiveLoadFailed(CUT)
        self._packed = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        self._inflater = None if inflater.eof else inflater
        return block


def open_stream(file: BinaryIO, offset: int) -> PlainStream:
    """Open a stream from a byte of the file on, past line ends, of the kind that begins there."""
    file.seek(offset)
    head = file.read(_START_CHARS)
    start = head.lstrip(b"\r\n")
    kind = GzipStream if start.startswith(_GZIP_MAGIC) else PlainStream
    return kind(file, offset + len(head) - len(start))


def begins_record(file: BinaryIO, offset: int) -> bool:
    """Tell whether a WARC record begins at a byte of the file, as far as the file goes."""
    file.seek(offset)
    there = file.read(_GZIP_HEADER_BYTES)
    head = unpacked(there, len(WARC_START)).lstrip(b"\r\n")
    if not head:  # nothing yet: only where the file ends may something come
        return len(there) < _GZIP_HEADER_BYTES
    return WARC_START.startswith(head[: len(WARC_START)])


def next_record(file: BinaryIO, offset: int) -> int | None:
    """Search for the first byte, not before ``offset``, at which a record or a member with one begins.

    A page may contain gzip data or quote a WARC: so what looks like a beginning is unpacked and looked at.
    """
    while True:
        file.seek(offset)
        window = file.read(_WINDOW)
        for start in _possible_starts(window):
            if begins_record(file, offset + start):
                return offset + start
        if len(window) < _WINDOW:
            return None
        offset += _WINDOW - _START_CHARS


def _possible_starts(window: bytes) -> Iterator[int]:
    """Yield where a gzip member or a record may begin; no record whose header has no end before the next begins."""
    for match, after in pairwise([*_POSSIBLE_START.finditer(window), None]):
        assert match is not None
        end = after.start() if after else len(window)
        if after is None or match[0].startswith(_GZIP_MAGIC) or _HEADER_END.search(window, match.start(), end):
            yield match.start()


def unpacked(content: bytes, limit: int) -> bytes:
    """Return up to so many bytes of content that may be gzip; what cannot be unpacked is left out."""
    if not content.startswith(_GZIP_MAGIC):
        return content[:limit]
    inflater = zlib.decompressobj(_GZIP)
    try:
        return inflater.decompress(content, limit)
    except zlib.error:
        return b""
