"""The index that proposes candidates: postings, each a key and the document that has it, in sorted runs.

A run is made of a batch of documents and never changes; runs are merged when there are many of one size, as in a
log-structured merge tree (O'Neil et al. 1996). Documents are filed by time: the runs of one bucket hold those dated
within BUCKET_DAYS of each other, so that a window of time is a handful of buckets, whatever the index holds.

What comes out depends on the documents that came before, never on how they were put into runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes, distinct, ranges, ranks

BUCKET_DAYS = 30
UNDATED = (1 << 30) - 1  # the bucket of documents that may be of any time, after those of all times
STRETCH = 8  # buckets that such documents are met with together
# Of each key only the latest postings are read: a phrase that all use says nothing, and of a text with thousands of
# copies these are enough to know it by.
MOST_POSTINGS = 64
_FOUND_TOGETHER = 128  # documents: each may have MOST_POSTINGS of each of its keys
_BLOCK_SIZE = 512  # postings, at most: a block fits into a page of the database with a few others
MOST_BITS = 22
_USUAL_WIDTH = 4  # bytes of a posting
FAN_IN = 4  # so many runs of one size become one of the next

Run: TypeAlias = Hashes
"""Postings in ascending order, uint64[n]: the key in the upper half, the document's number in the lower."""
Keys: TypeAlias = NDArray[np.uint32]
"""Numbers of KEY_BITS bits."""

# Of which a posting takes 4 bytes. Of ten million articles in a bucket some hundred share one key with a new one by
# chance, next to none shares two, as candidates must.
KEY_BITS = 30
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


class Index(Protocol):
    """Where runs are kept."""

    def add(self, bucket: int, run: Run) -> None:
        """File a run of documents that came after all that are filed."""

    def read(self, first: int, last: int, keys: Keys) -> Iterator[Run]:
        """Read from buckets ``first`` to ``last`` runs, or parts of them, that have all their postings of the keys.

        ``keys`` are sorted, each once.
        """

    def buckets(self) -> list[int]:
        """List the buckets up to UNDATED that have runs, in order."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs of documents that share keys, by ``document``, then ``other``, which came earlier: both uint32[m].

    ``shared`` int64[m, families]: the number of keys of each family that they share.
    """

    document: NDArray[np.uint32]
    other: NDArray[np.uint32]
    shared: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> Matches:
        """Return some of the pairs."""
        return Matches(self.document[chosen], self.other[chosen], self.shared[chosen])


def bucket_of(day: float) -> int:
    """Return the bucket of a date in days since 1970."""
    return int(day // BUCKET_DAYS)


def to_keys(hashes: Hashes) -> Keys:
    """Make keys of hashes, in their shape."""
    return (hashes >> np.uint64(64 - KEY_BITS)).astype(np.uint32)


def to_run(keys: Keys, documents: NDArray[np.uint32]) -> Run:
    """Make a run of the keys of documents: uint32[n, keys a document] and their numbers, uint32[n]."""
    return np.sort((keys.astype(np.uint64) << _HALF | documents[:, None].astype(np.uint64)).ravel())


def span_of(run: Run) -> tuple[int, int]:
    """Return the lowest and the highest number of a document in a run."""
    documents = run & _LOW
    return int(documents.min()), int(documents.max())


def merge(runs: Sequence[Run]) -> Run:
    """Make one run of several."""
    return np.sort(np.concatenate(runs))


class MemoryIndex:
    """An index in memory."""

    def __init__(self) -> None:
        self._runs: defaultdict[int, list[list[Run]]] = defaultdict(list)  # by bucket and level

    def add(self, bucket: int, run: Run) -> None:
        """See `Index`."""
        levels = self._runs[bucket]
        for level in levels:
            level.append(run)
            if len(level) < FAN_IN:
                return
            run = merge(level)
            level.clear()
        levels.append([run])

    def read(self, first: int, last: int, keys: Keys) -> Iterator[Run]:
        """See `Index`: whole runs."""
        for bucket in sorted(bucket for bucket in self._runs if first <= bucket <= last):
            for level in self._runs[bucket]:
                yield from level

    def buckets(self) -> list[int]:
        """See `Index`."""
        return sorted(bucket for bucket in self._runs if bucket <= UNDATED)


def find(
    keys: Keys, documents: NDArray[np.uint32], families: Sequence[int], least: int, runs: Iterable[Run], *, later: bool
) -> Matches:
    """Find the pairs of each document and an earlier one that share at least ``least`` keys.

    ``keys`` uint32[n, k] belong to ``documents`` uint32[n]; the first ``families[0]`` of the k are one family, and so
    on. With ``later``, those with the documents themselves and with later ones are found, too.
    """
    runs = [*runs]
    parts = [slice(first, first + _FOUND_TOGETHER) for first in range(0, len(documents), _FOUND_TOGETHER)]
    found = [_find(keys[part], documents[part], families, least, runs, later=later) for part in parts]
    return Matches(*(np.concatenate([getattr(each, field.name) for each in found]) for field in fields(Matches)))


def _find(
    keys: Keys, documents: NDArray[np.uint32], families: Sequence[int], least: int, runs: Sequence[Run], *, later: bool
) -> Matches:
    asked = np.sort(_numbered(keys))
    wanted, column = asked >> _HALF << _HALF, (asked & _LOW).astype(np.int64)
    end = wanted | (_LOW if later else documents[column // keys.shape[1]])
    found = [_postings(run, wanted, end) for run in runs]
    place = np.concatenate([np.empty(0, np.int64), *(places for places, _ in found)])
    other = np.concatenate([np.empty(0, np.uint32), *(others for _, others in found)])
    if np.bincount(place, minlength=1).max() > MOST_POSTINGS:
        place, other = _latest(place, other)
    return _count(column[place], other, documents, families, least)


def _numbered(keys: Keys) -> Hashes:
    """Return each key with its place in the table beside it."""
    return keys.astype(np.uint64).ravel() << _HALF | np.arange(keys.size, dtype=np.uint64)


def _postings(run: Run, low: Hashes, high: Hashes) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return the postings of a run from each ``low`` to before its ``high``: its place in these, and the document.

    Of each, only those that can be among its MOST_POSTINGS latest.
    """
    begin = run.searchsorted(low)
    hit = np.flatnonzero(run.take(begin, mode="clip") >> _HALF == low >> _HALF) if len(run) else begin[:0]
    end = run.searchsorted(high[hit])
    count = np.minimum(end - begin[hit], MOST_POSTINGS)
    return np.repeat(hit, count), (run[ranges(end - count, count)] & _LOW).astype(np.uint32)


def _latest(place: NDArray[np.int64], other: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return the MOST_POSTINGS latest postings of each place."""
    ordered = np.sort(place.astype(np.uint64) << _HALF | ~other)
    place, other = (ordered >> _HALF).astype(np.int64), ~ordered.astype(np.uint32)
    is_late = ranks(place) < MOST_POSTINGS
    return place[is_late], other[is_late]


def _count(
    column: NDArray[np.int64],
    other: NDArray[np.uint32],
    documents: NDArray[np.uint32],
    families: Sequence[int],
    least: int,
) -> Matches:
    """Count for each pair the keys found: each is given by its place in the table of keys and the other document.

    A document that was filed twice counts once.
    """
    kinds, width = len(families), sum(families)
    row, key = np.divmod(column, width)
    pair, key = np.divmod(distinct((row << 32 | other) * width + key), width)
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    rank = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(pair))))
    family = np.cumsum(families).searchsorted(key, side="right")
    shared = np.bincount(rank * kinds + family, minlength=len(first) * kinds).reshape(-1, kinds)
    enough = shared.sum(axis=1) >= least
    pair, shared = pair[first][enough], shared[enough]
    return Matches(documents[pair >> 32], (pair & 0xFFFFFFFF).astype(np.uint32), shared)


@dataclass(frozen=True, slots=True)
class Packing:
    """How a run is packed: in blocks by the highest ``bits`` of the key, and in each ``width`` bytes a posting.

    Those have what the number of the block does not say of the key, and the document, counted from ``first``.
    """

    bits: int
    first: int
    width: int

    @property
    def document_bits(self) -> int:
        """How many bits of a posting are the document's."""
        return 8 * self.width - KEY_BITS + self.bits


def packing(count: int, first: int, last: int) -> Packing:
    """Choose the packing of a run of so many postings of documents from ``first`` to ``last``."""
    bits = min(MOST_BITS, (count // _BLOCK_SIZE).bit_length())
    return Packing(bits, first, (KEY_BITS - bits + (last - first).bit_length() + 7) // 8)


def pack(run: Run, how: Packing) -> list[tuple[int, bytes]]:
    """Cut a run into blocks, each with its number, in order; empty ones are left out."""
    number = _block_of(run >> _HALF, how.bits)
    rest = run >> _HALF & _rest(how.bits)
    values = rest << np.uint64(how.document_bits) | ((run & _LOW) - np.uint64(how.first))
    packed = memoryview(values.astype("<u8").view(np.uint8).reshape(-1, 8)[:, : how.width].tobytes())
    borders = [*np.flatnonzero(np.diff(number, prepend=np.uint64(1 << 32))).tolist(), len(run)]
    blocks = zip(number[borders[:-1]].tolist(), pairwise(borders), strict=True)
    return [(block, bytes(packed[start * how.width : end * how.width])) for block, (start, end) in blocks]


def unpack(blocks: Sequence[tuple[int, bytes]], how: Packing) -> Run:
    """Join blocks, in order of their numbers, to a run again."""
    packed = np.frombuffer(b"".join(block for _, block in blocks), dtype=np.uint8)
    number = np.repeat(*_numbered_blocks(blocks, how))
    return _run(_values(packed, how.width, np.arange(len(number))), number, how)


def select(blocks: Sequence[tuple[int, bytes]], how: Packing, keys: Keys) -> Run:
    """Return the postings of keys, sorted and each once, from blocks in order that have all of them: part of a run."""
    packed = np.frombuffer(b"".join(block for _, block in blocks), dtype=np.uint8)
    numbers, counts = _numbered_blocks(blocks, how)
    ends = np.cumsum(counts)
    number = _block_of(keys, how.bits)
    block = numbers.searchsorted(number)
    there = np.flatnonzero(numbers.take(block, mode="clip") == number) if len(numbers) else block[:0]
    number, block, rest = number[there], block[there], keys[there] & _rest(how.bits)
    begin = _first(packed, how, (ends - counts)[block], ends[block], rest)
    end = _first(packed, how, begin, ends[block], rest + np.uint64(1))
    values = _values(packed, how.width, ranges(begin, end - begin))
    return _run(values, np.repeat(number, end - begin), how)


def _numbered_blocks(blocks: Sequence[tuple[int, bytes]], how: Packing) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the numbers of blocks, and how many postings each has."""
    numbers = np.array([number for number, _ in blocks], dtype=np.uint64)
    return numbers, np.array([len(block) for _, block in blocks], dtype=np.int64) // how.width


def _values(packed: NDArray[np.uint8], width: int, places: NDArray[np.int64]) -> Hashes:
    """Read the postings at some places: numbers of ``width`` bytes."""
    if width == _USUAL_WIDTH:
        return packed.view("<u4").take(places).astype(np.uint64)
    values = np.zeros(len(places), dtype=np.uint64)
    for byte in range(width):
        values |= packed[places * width + byte].astype(np.uint64) << np.uint64(8 * byte)
    return values


def _first(
    packed: NDArray[np.uint8], how: Packing, begin: NDArray[np.int64], end: NDArray[np.int64], rest: Hashes
) -> NDArray[np.int64]:
    """Return the first places from ``begin`` on where the key's rest is not below ``rest``, or ``end``."""
    documents = np.uint64(how.document_bits)
    begin, end = begin.copy(), end.copy()
    open_ = np.flatnonzero(begin < end)
    while len(open_):
        middle = (begin[open_] + end[open_]) // 2
        below = _values(packed, how.width, middle) >> documents < rest[open_]
        begin[open_[below]] = middle[below] + 1
        end[open_[~below]] = middle[~below]
        open_ = open_[begin[open_] < end[open_]]
    return begin


def _run(values: Hashes, number: Hashes, how: Packing) -> Run:
    """Make postings of what is packed of them and the numbers of their blocks."""
    documents = np.uint64(how.document_bits)
    key = number << np.uint64(KEY_BITS - how.bits) | values >> documents
    return key << _HALF | ((values & ((np.uint64(1) << documents) - np.uint64(1))) + np.uint64(how.first))


def blocks_of(keys: Keys, bits: int) -> NDArray[np.uint64]:
    """Return the numbers of the blocks that hold the postings of keys, ascending, each once."""
    return distinct(_block_of(keys, bits))


def _block_of(keys: Keys | Hashes, bits: int) -> Hashes:
    return keys.astype(np.uint64) >> np.uint64(KEY_BITS - bits)


def _rest(bits: int) -> np.uint64:
    """Return the bits of a key that its block's number does not say."""
    return np.uint64((1 << (KEY_BITS - bits)) - 1)
