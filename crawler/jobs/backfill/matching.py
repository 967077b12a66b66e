"""Documents to edges: candidates are found by spans of days, and measured by blocks of documents.

Whoever asks for candidates needs the keys of all documents of the days around, and whoever measures pairs the texts of
both sides: so keys go to each span that asks for them, and texts to each block that has pairs of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import product
from operator import attrgetter
from typing import NamedTuple, TypeAlias

import numpy as np

from crawler.jobs.backfill.arriving import Abroad, Sought
from crawler.jobs.dedupe import to_edge
from crawler.jobs.judging import Judging
from crawler.jobs.library import restored
from dedupe import across, postings
from dedupe.candidates import FAMILIES, OWN_BITS
from dedupe.documents import Known
from dedupe.library import MemoryLibrary, Numbers, Sizes
from dedupe.matching import Asked, Matcher, buckets_around, times_around
from dedupe.screening import Proposed, alike_in_own, joined, screened
from dedupe.sets import Hashes, distinct
from storage.rows import chunked
from storage.types import Document, Edge

_TOGETHER = 500  # documents that are asked for at once
_BLOCK = 2000  # documents in order of arrival whose pairs are measured together
# In place of a slice: all documents of a bucket ask, for translations; those without a date ask, for what is there.
_ABROAD, _UNDATED = -1, -2

Span: TypeAlias = tuple[int, int]
"""A bucket of time, and which slice of its documents asks, or _ABROAD; or a stretch of buckets, and _UNDATED."""


class Candidates(NamedTuple):
    """Pairs that are worth measuring, of the documents of a block and earlier ones."""

    block: int
    pairs: Proposed


class Translations(NamedTuple):
    """Pairs that may be translations, by number, of the documents of a block and earlier ones."""

    block: int
    pairs: list[tuple[int, int]]


class Wanted(NamedTuple):
    """A document that a block has a pair of."""

    number: int
    block: int


class Delivered(NamedTuple):
    """A document, for a block that wants it."""

    block: int
    document: Document


Row: TypeAlias = Document | Sought | Abroad | Candidates | Translations | Wanted | Delivered


def spans_of(judging: Judging, slices: int, buckets: Set[int], row: Row) -> Iterator[Span]:
    """Give the keys of what candidates are found by: every slice of every bucket that may ask for it.

    ``buckets`` are all that there are. Documents without a date ask for what is in them, and may be asked for in each.
    """
    if isinstance(row, Sought):
        around = buckets_around(judging.thresholds)
        is_dated = row.bucket != postings.UNDATED
        asking = range(row.bucket - around, row.bucket + around + 1) if is_dated else buckets - {postings.UNDATED}
        yield from product(asking, range(slices))
        if postings.UNDATED in buckets:
            found_in = {row.bucket} if is_dated else buckets
            yield from ((stretch, _UNDATED) for stretch in {bucket // postings.STRETCH for bucket in found_in})
    elif isinstance(row, Abroad):
        time, around = across.time_of(row.bucket), times_around(judging.thresholds)
        yield from ((bucket, _ABROAD) for bucket in range(time - around, time + around + 1))


def propose(
    judging: Judging, slices: int, span: Span, around: list[Sought | Abroad]
) -> Iterator[Candidates | Translations | Wanted]:
    """Find the pairs that are worth measuring, of a slice of a bucket's documents and all of the days around."""
    ordered = sorted(around, key=attrgetter("number"))
    if span[1] == _ABROAD:
        yield from _abroad(judging, span[0], [row for row in ordered if isinstance(row, Abroad)])
    else:
        yield from _at_home(judging, slices, span, [row for row in ordered if isinstance(row, Sought)])


def _abroad(judging: Judging, time: int, around: Sequence[Abroad]) -> Iterator[Translations | Wanted]:
    index = postings.MemoryIndex()
    for bucket, numbers, keys in _entries(around):
        index.add(bucket, postings.to_run(keys, numbers))
    asking = _entries([row for row in around if row.is_current and across.time_of(row.bucket) == time])
    blocks: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for pair in across.proposed(index, asking, times_around(judging.thresholds), later=False):
        blocks[pair[1] // _BLOCK].append(pair)
    for block, pairs in blocks.items():
        yield Translations(block, pairs)
        yield from (Wanted(number, block) for number in {number for pair in pairs for number in pair})


def _entries(rows: Sequence[Abroad]) -> Iterator[across.Entries]:
    by_bucket: defaultdict[int, list[Abroad]] = defaultdict(list)
    for row in rows:
        by_bucket[row.bucket].append(row)
    for bucket, some in by_bucket.items():
        keys = np.frombuffer(b"".join(row.keys for row in some), dtype=np.uint32).reshape(-1, across.KEYS)
        yield across.Entries(bucket, np.array([row.number for row in some], dtype=np.uint32), keys)


def _at_home(judging: Judging, slices: int, span: Span, around: Sequence[Sought]) -> Iterator[Candidates | Wanted]:
    library = _Around(span, around)
    matcher = Matcher(library, judging.thresholds)
    asking = [each for each in library.sought if _asks(each, span, slices)]
    for some in chunked(asking, _TOGETHER):
        proposed = matcher.propose(_asked(some), later=False)
        yield from _by_block(proposed.where(proposed.in_content | alike_in_own(library, {}, proposed)))


def _asks(sought: Sought, span: Span, slices: int) -> bool:
    """Say whether a document asks in a span; superseded ones never do."""
    if sought.bucket == postings.UNDATED:
        return span[1] == _UNDATED and sought.size >= 0
    return (sought.bucket, sought.number % slices) == span and sought.size >= 0


def _by_block(proposed: Proposed) -> Iterator[Candidates | Wanted]:
    blocks = proposed.number // _BLOCK
    for block in distinct(blocks).tolist():
        pairs = proposed.where(blocks == block)
        yield Candidates(block, pairs)
        numbers = distinct(np.concatenate((pairs.number, pairs.other)))
        yield from (Wanted(number, block) for number in numbers.tolist())


def _asked(sought: Sequence[Sought]) -> Asked:
    return Asked(
        np.array([each.number for each in sought], dtype=np.uint32),
        np.array([each.bucket for each in sought], dtype=np.int64),
        np.array([each.size for each in sought], dtype=np.int64),
        np.frombuffer(b"".join(each.keys for each in sought), dtype=np.uint32).reshape(-1, sum(FAMILIES)),
    )


class _Around(MemoryLibrary):
    """The documents around a span, without their texts, as a library that candidates are found in."""

    def __init__(self, span: Span, sought: Sequence[Sought]) -> None:
        super().__init__()
        self.sought = sought
        self._asked = _asked(sought)
        place, part = span
        found = slice(None) if part != _UNDATED else self._asked.buckets // postings.STRETCH == place
        self.index.add(place, postings.to_run(self._asked.keys[found], self._asked.numbers[found]))

    def sizes(self, numbers: Numbers) -> Sizes:
        """See `Library`."""
        return self._asked.sizes[self._asked.numbers.searchsorted(numbers)]

    def bitmaps(self, numbers: Numbers) -> Hashes:
        """See `Library`."""
        places = self._asked.numbers.searchsorted(numbers).tolist()
        bitmaps = b"".join(self.sought[place].bitmap for place in places)
        return np.frombuffer(bitmaps, dtype=np.uint64).reshape(-1, OWN_BITS // 64)


def number_of(row: Row) -> Iterator[int]:
    """Give the key of documents and of those that are wanted: the number."""
    if isinstance(row, Document):
        yield row.revision_id
    elif isinstance(row, Wanted):
        yield row.number


def deliver(_: int, rows: list[Document | Wanted]) -> Iterator[Delivered]:
    """Send a document to the blocks that want it."""
    blocks = {row.block for row in rows if isinstance(row, Wanted)}
    documents = (row for row in rows if isinstance(row, Document))
    return (Delivered(block, document) for document in documents for block in blocks)


def block_of(row: Row) -> Iterator[int]:
    """Give the key of pairs and the documents that they need."""
    if isinstance(row, (Candidates, Translations, Delivered)):
        yield row.block


def judge(judging: Judging, _: int, rows: list[Candidates | Translations | Delivered]) -> Iterator[Edge]:
    """Measure and judge the pairs of a block."""
    known = restored([row.document for row in rows if isinstance(row, Delivered)])
    by_number = {each.document.number: each for each in known}
    matcher = Matcher(MemoryLibrary(), judging.thresholds)
    done = list(matcher.judge_pairs(_screened(known, [row.pairs for row in rows if isinstance(row, Candidates)])))
    pairs = [pair for row in rows if isinstance(row, Translations) for pair in row.pairs]
    for found in (*done, *matcher.judge_across(pairs, by_number, done)):
        yield to_edge(found, judging)


def _screened(known: Sequence[Known], pairs: Sequence[Proposed]) -> Iterable[tuple[Known, Known]]:
    if not pairs:
        return ()
    return screened(MemoryLibrary(), known, joined(pairs))
