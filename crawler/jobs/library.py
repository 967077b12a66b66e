"""The store as the library that dedupe matches against: documents, their index, what their sites repeat."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from dedupe import documents, postings, sites
from dedupe.candidates import blank_bitmaps
from dedupe.documents import Known
from dedupe.library import Numbers, Sizes
from dedupe.sets import Hashes
from storage.store import Store
from storage.types import Document, PostingRun, SiteSample, Sketch

_KNOWN_HELD = 1500
_BITMAPS_HELD = 1 << 16
_DAY_S = 86_400
# Where more blocks than one in so many are wanted, all are read.
_READ_ALL = 4
_BLOCKS_AT_ONCE = 1 << 12  # so many are in memory: some 10 MB
# Runs are merged in parts of the space of keys with about so many postings: so the memory that takes is bounded.
_MERGED_AT_ONCE = 4_000_000


class StoredIndex:
    """The index in a store; see `postings.Index`."""

    def __init__(self, store: Store) -> None:
        self._index = store.index

    def add(self, bucket: int, run: postings.Run) -> None:
        """File a run; when there are many of its size, merge them."""
        first, last = postings.span_of(run)
        how = postings.packing(len(run), first, last)
        self._index.add_blocks(self._begin(bucket, 0, how, len(run), last), postings.pack(run, how))
        level = 0
        while len(full := self._at_level(bucket, level)) >= postings.FAN_IN:
            self._merge(full, level + 1)
            level += 1

    def _begin(self, bucket: int, level: int, how: postings.Packing, count: int, last: int) -> int:
        return self._index.add_run(
            PostingRun(
                id=0,
                bucket=bucket,
                level=level,
                bits=how.bits,
                width=how.width,
                first=how.first,
                last=last,
                postings=count,
            )
        )

    def _at_level(self, bucket: int, level: int) -> list[PostingRun]:
        return [run for run in self._index.runs(bucket, bucket) if run.level == level]

    def _merge(self, runs: Sequence[PostingRun], level: int) -> None:
        count, last = sum(run.postings for run in runs), max(run.last for run in runs)
        how = postings.packing(count, min(run.first for run in runs), last)
        merged = self._begin(runs[0].bucket, level, how, count, last)
        part_bits = min(min(run.bits for run in runs), (count // _MERGED_AT_ONCE).bit_length())
        for part in range(1 << part_bits):
            pieces = [self._part(run, part, part_bits) for run in runs]
            self._index.add_blocks(merged, postings.pack(postings.merge(pieces), how))
        self._index.remove_runs([run.id for run in runs])

    def _part(self, run: PostingRun, part: int, part_bits: int) -> postings.Run:
        """Read the part of a run whose keys begin with so many bits."""
        width = 1 << (run.bits - part_bits)
        blocks = self._index.blocks_between(run.id, part * width, (part + 1) * width - 1)
        return postings.unpack(blocks, _packing(run))

    def read(self, first: int, last: int, keys: postings.Keys) -> Iterator[postings.Run]:
        """Read what may hold postings of the keys."""
        for run in self._index.runs(first, last):
            wanted = postings.blocks_of(keys, run.bits)
            for begin in range(0, 1 << run.bits, _BLOCKS_AT_ONCE):
                end = min(begin + _BLOCKS_AT_ONCE, 1 << run.bits)
                these = wanted[slice(*wanted.searchsorted([begin, end]))]
                if len(these) > (end - begin) // _READ_ALL:
                    blocks = self._index.blocks_between(run.id, begin, end - 1)
                else:
                    blocks = self._index.blocks(run.id, these.tolist())
                yield postings.select(blocks, _packing(run), keys)

    def buckets(self) -> list[int]:
        """List the buckets up to `postings.UNDATED` that have runs, in order."""
        return self._index.buckets(postings.UNDATED)


def _packing(run: PostingRun) -> postings.Packing:
    return postings.Packing(run.bits, run.first, run.width)


class StoredLibrary:
    """A store as a `dedupe.library.Library`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: OrderedDict[int, Known] = OrderedDict()
        self._bitmaps = blank_bitmaps(_BITMAPS_HELD)  # by number, modulo _BITMAPS_HELD
        self._bitmap_of = np.zeros(_BITMAPS_HELD, dtype=np.uint32)
        self._fetched: dict[int, Document] = {}  # for their bitmaps: half of them are asked for next
        self.index = StoredIndex(store)

    def windows(self, names: Sequence[str]) -> dict[str, sites.SiteWindow]:
        """Read the samples of sites."""
        found = {name: sites.SiteWindow() for name in names}
        for name, samples in groupby(self._store.index.samples(names), attrgetter("site")):
            latest = [*samples][-sites.WINDOW :]
            found[name] = sites.SiteWindow([each.article_id for each in latest], [each.shingles for each in latest])
        return found

    def sizes(self, numbers: NDArray[np.uint32]) -> Sizes:
        """Read the sizes of documents."""
        found = self._store.index.sizes(numbers.tolist())
        return np.array([found.get(number, -1) for number in numbers.tolist()], dtype=np.int64)

    def bitmaps(self, numbers: Numbers) -> Hashes:
        """Return the bitmaps of documents; those that were not met lately are read for it."""
        place = numbers % _BITMAPS_HELD
        bitmaps, absent = self._bitmaps[place], self._bitmap_of[place] != numbers
        bitmaps[absent] = self._read_bitmaps(numbers[absent])
        return bitmaps

    def _read_bitmaps(self, numbers: Numbers) -> Hashes:
        found = blank_bitmaps(len(numbers))
        stored = self._store.index.documents(numbers.tolist())
        self._fetched = {each.revision_id: each for each in stored}
        there = np.array([each.revision_id for each in stored], dtype=np.uint32)
        bitmaps = documents.bitmaps([to_document(each) for each in stored])
        self._remember(there, bitmaps)
        found[numbers.searchsorted(there)] = bitmaps
        return found

    def _remember(self, numbers: Numbers, bitmaps: Hashes) -> None:
        place = numbers % _BITMAPS_HELD
        self._bitmaps[place], self._bitmap_of[place] = bitmaps, numbers

    def known(self, numbers: Sequence[int]) -> dict[int, Known]:
        """Read documents, unless they are held from before; a document that is held is current."""
        found = {number: self._held[number] for number in numbers if number in self._held}
        fetched, self._fetched = self._fetched, {}
        missing = [number for number in numbers if number not in found]
        stored = [fetched[number] for number in missing if number in fetched]
        stored += self._store.index.documents(number for number in missing if number not in fetched)
        found |= {known.document.number: known for known in restored(stored)}
        self._hold(found)
        return found

    def keep(self, arrived: Sequence[Known], due: Sequence[Known]) -> None:
        """Store what later documents are matched by: sketches of the current ones, samples of all."""
        samples = [_sample(known) for known in arrived]
        self._store.index.put_samples(samples, sites.WINDOW)
        self._store.index.put_sketches([_sketch(known) for known in due])
        self._hold({known.document.number: known for known in due})

    def _hold(self, known: dict[int, Known]) -> None:
        for number, each in known.items():
            if self._bitmap_of[number % _BITMAPS_HELD] != number:
                self._remember(np.array([number], dtype=np.uint32), each.bitmap)
            self._held[number] = each
            self._held.move_to_end(number)
        while len(self._held) > _KNOWN_HELD:
            self._held.popitem(last=False)


def restored(stored: Sequence[Document]) -> list[Known]:
    """Prepare documents whose site text was found before."""
    return documents.prepared([to_document(each) for each in stored], documents.known_site_text)


def to_document(document: Document) -> documents.Document:
    """Give a stored document the form in which it is judged."""
    published = document.date_published.timestamp() if document.date_published else None
    day = (document.seen_at.timestamp() if published is None else published) / _DAY_S
    return documents.Document(
        number=document.revision_id,
        article_id=document.article_id,
        site=document.site,
        headline=document.headline,
        text=document.text,
        language=document.in_language,
        published=published,
        day=day,
        site_text=document.site_text,
    )


def _sample(known: Known) -> SiteSample:
    return SiteSample(
        site=known.document.site,
        revision_id=known.document.number,
        article_id=known.document.article_id,
        shingles=sites.packed(known.body.sequence),
    )


def _sketch(known: Known) -> Sketch:
    return Sketch(
        revision_id=known.document.number,
        size=len(known.own),
        site_text=known.site_text.as_bytes(),
        skip_reason=known.skip,
    )
