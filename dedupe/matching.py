"""Documents to edges: meets each document, in order of arrival, with what came before it.

    texts ─> shingles ─> site text ─> sketch ─> keys ─> candidates ─> measures ─> verdict

A document is judged by what had arrived when it came, never by what came later. So incremental runs and a rebuild,
which both go by order of arrival, find the same edges, however long their batches are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from dedupe import across, candidates, judge, postings, sites, sketches
from dedupe.documents import Document, Known, is_later, prepared
from dedupe.library import Library, Numbers, Sizes
from dedupe.screening import Proposed, joined, screened
from dedupe.sets import distinct
from dedupe.shingles import Shingled
from dedupe.similarity import SAME_MATTER, Measures, Text, measure, measure_all
from dedupe.thresholds import DEFAULT, Thresholds
from dedupe.translation import NOTABLE, Correspondence, correspondence

# What is stored of documents under one spec must not be compared with what is stored under another.
SPEC = f"{sketches.SPEC}/content{candidates.CONTENT_BANDS}/body{candidates.BODY_KEYS}"
SPEC += f"/sample{sites.SAMPLE}/bucket{postings.BUCKET_DAYS}/across{across.KEYS}/key{postings.KEY_BITS}"

_SITES_HELD = 400
_SITES_TOGETHER = 50  # of which samples are read at once
_PAIRS_TOGETHER = 1000  # that are measured at once: so many documents and bitmaps are in memory


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair that was measured, ``a`` and ``b`` in order of their article ids."""

    a: Document
    b: Document
    measures: Measures
    verdict: judge.Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """Documents that look for candidates, in order of their numbers: all that this needs of them.

    ``sizes`` are numbers of own shingles, ``buckets`` int64[n] where they are filed.
    """

    numbers: Numbers
    buckets: NDArray[np.int64]
    sizes: Sizes
    keys: postings.Keys


class Matcher:
    """Judges documents against a library. Feed it batches in order of arrival, all through one instance per run."""

    def __init__(self, library: Library, thresholds: Thresholds = DEFAULT) -> None:
        self._library = library
        self._thresholds = thresholds
        self._windows: dict[str, sites.SiteWindow] = {}

    def read(self, documents: Sequence[Document]) -> list[Known]:
        """Prepare documents that come next in order of arrival, superseded ones too, and find their site text."""
        self._load({document.site for document in documents})
        return prepared(documents, self._arrived)

    def _arrived(self, document: Document, body: Shingled) -> sites.SiteText:
        """Find the site text of a document, unless it is known; then the document is in the window of its site."""
        window = self._windows[document.site]
        if document.site_text is None:
            return window.arrived(document.article_id, body.sequence)
        window.push(document.article_id, sites.sample(body.sequence))
        return sites.restored(document.site_text, len(body.sequence))

    def _load(self, names: Set[str]) -> None:
        """Have the windows of sites ready; those not used for longest go when there are too many.

        The library has what they held.
        """
        missing = sorted(names - self._windows.keys())
        self._windows |= {name: self._windows.pop(name) for name in sorted(names & self._windows.keys())}
        for name in [*self._windows][: max(0, len(self._windows) + len(missing) - max(_SITES_HELD, len(names)))]:
            del self._windows[name]
        for first in range(0, len(missing), _SITES_TOGETHER):
            self._windows |= self._library.windows(missing[first : first + _SITES_TOGETHER])

    def match(self, arrived: Sequence[Known], due: Set[int]) -> list[Judged]:
        """File documents in the index, and judge those whose numbers are ``due`` against what came before them.

        Those that are not due are superseded: they are nobody's candidates.
        """
        keys = keys_of(arrived)
        self._file(arrived, keys)
        rows = [row for row, known in enumerate(arrived) if known.document.number in due]
        return self._judge([arrived[row] for row in rows], keys[rows], later=False)

    def match_again(self, known: Known) -> list[Judged]:
        """File a document of which the date has changed once more, and judge it against all others, later ones too."""
        keys = keys_of([known])
        self._file([known], keys)
        return self._judge([known], keys, later=True)

    def _file(self, arrived: Sequence[Known], keys: postings.Keys) -> None:
        documents = _asked(arrived, keys)
        for bucket, rows in _by_bucket(documents):
            self._library.index.add(bucket, postings.to_run(keys[rows], documents.numbers[rows]))
        across.file(self._library, arrived)

    def _judge(self, current: Sequence[Known], keys: postings.Keys, *, later: bool) -> list[Judged]:
        """Measure and judge documents against others; pairs that share next to nothing are left out."""
        if not current:
            return []
        proposed = self.propose(_asked(current, keys), later=later)
        judged: list[Judged] = []
        for first in range(0, len(proposed.number), _PAIRS_TOGETHER):
            part = proposed.where(slice(first, first + _PAIRS_TOGETHER))
            judged += self.judge_pairs(screened(self._library, current, part))
        return [*judged, *self._judge_across(current, judged, later=later)]

    def judge_pairs(self, pairs: Iterable[tuple[Known, Known]]) -> Iterator[Judged]:
        """Measure and judge pairs, the earlier document first; those that share next to nothing are left out."""
        ordered = [_by_article(*pair) for pair in pairs]
        found = zip(ordered, measure_all([(a, b) for (_, a), (_, b) in ordered], self._thresholds), strict=True)
        for ((a, _), (b, _)), measures in found:
            if measures.raw_containment >= judge.NOTABLE or (measures.content or 0.0) >= SAME_MATTER:
                yield self._judged(a, b, measures)

    def _judged(self, a: Document, b: Document, measures: Measures) -> Judged:
        is_b_later = is_later(b.appeared, a.appeared)
        return Judged(a, b, measures, judge.judge(measures, b_later=is_b_later, thresholds=self._thresholds))

    def _judge_across(self, current: Sequence[Known], done: Sequence[Judged], *, later: bool) -> Iterator[Judged]:
        """Judge documents by what may be translations of them, or they of it."""
        span = times_around(self._thresholds)
        pairs = across.proposed(self._library.index, across.entries(current), span, later=later)
        known = {each.document.number: each for each in current}
        known |= self._library.known(sorted({number for pair in pairs for number in pair} - known.keys()))
        return self.judge_across(pairs, known, done)

    def judge_across(
        self, pairs: Sequence[tuple[int, int]], known: Mapping[int, Known], done: Sequence[Judged]
    ) -> Iterator[Judged]:
        """Judge which pairs, by number, the earlier first, are translations; pairs that are done are left out."""
        settled = {tuple(sorted((each.a.number, each.b.number))) for each in done}
        for one, other in pairs:
            if (one, other) not in settled and one in known and other in known:
                found = correspondence(known[one].anchors, known[other].anchors)
                if found.share >= NOTABLE:
                    yield self._translation(known[one], known[other], found)

    def _translation(self, earlier: Known, later: Known, found: Correspondence) -> Judged:
        (a, side_a), (b, side_b) = _by_article(earlier, later)
        measures = measure(side_a, side_b, self._thresholds)
        return self._judged(a, b, replace(measures, anchored=found.share, anchor_weight=found.evidence))

    def propose(self, asked: Asked, *, later: bool) -> Proposed:
        """Find the documents that are worth measuring against these: earlier ones or, with ``later``, all others.

        Those a little outside the window are among them: that they are so is a reason to be read.
        """
        found: list[Proposed] = []
        for bucket, rows in _by_bucket(asked):
            keys, numbers = asked.keys[rows], asked.numbers[rows]
            for runs in self._near(bucket, distinct(keys.ravel())):
                matches = postings.find(keys, numbers, candidates.FAMILIES, candidates.LEAST_SHARED, runs, later=later)
                found.append(self._worth_measuring(asked, matches.where(candidates.promising(matches))))
        return joined(found).once()

    def _near(self, bucket: int, keys: postings.Keys) -> Iterator[Iterable[postings.Run]]:
        """Read what documents of a bucket are met with; those without a date are met with one stretch after the other.

        So no more of an archive need be in memory.
        """
        read = self._library.index.read
        if bucket == postings.UNDATED:
            first = distinct(np.array(self._library.index.buckets()) // postings.STRETCH * postings.STRETCH)
            yield from (read(each, each + postings.STRETCH - 1, keys) for each in first.tolist())
        else:
            span = buckets_around(self._thresholds)
            undated = read(postings.UNDATED, postings.UNDATED, keys)
            yield chain(read(bucket - span, bucket + span, keys), undated)

    def _worth_measuring(self, asked: Asked, matches: postings.Matches) -> Proposed:
        sizes, other_sizes = self._sizes(asked, matches)
        there = (matches.document != matches.other) & (other_sizes >= 0)
        likely = there & candidates.likely(matches, sizes, other_sizes)
        in_content = there & candidates.speaks_of_the_same(matches)
        return Proposed(matches.document, matches.other, likely, in_content).where(likely | in_content)

    def _sizes(self, asked: Asked, matches: postings.Matches) -> tuple[Sizes, Sizes]:
        """Return the numbers of own shingles of both documents of each match."""
        others = distinct(matches.other)
        place = asked.numbers.searchsorted(others)
        sizes = asked.sizes.take(place, mode="clip")
        elsewhere = asked.numbers.take(place, mode="clip") != others
        sizes[elsewhere] = self._library.sizes(others[elsewhere])
        return asked.sizes[asked.numbers.searchsorted(matches.document)], sizes[others.searchsorted(matches.other)]


def buckets_around(thresholds: Thresholds) -> int:
    """Return how many buckets before and after a document's own may have its candidates."""
    return max(1, math.ceil(thresholds.window_days / postings.BUCKET_DAYS))


def times_around(thresholds: Thresholds) -> int:
    """Return how many buckets of time before and after a document's own may have translations of it."""
    return max(1, math.ceil(thresholds.translated_days / postings.BUCKET_DAYS))


def _asked(documents: Sequence[Known], keys: postings.Keys) -> Asked:
    return Asked(
        np.array([known.document.number for known in documents], dtype=np.uint32),
        np.array([known.document.bucket for known in documents], dtype=np.int64),
        np.array([len(known.own) for known in documents], dtype=np.int64),
        keys,
    )


def keys_of(documents: Sequence[Known]) -> postings.Keys:
    """Return the keys of documents, a row for each (see `candidates.keys_of`)."""
    return candidates.keys_of(
        candidates.Features(
            own=[known.own for known in documents],
            content=[known.sentences.content[: 0 if known.is_short else None] for known in documents],
            digests=[None if known.is_short else known.body.digest for known in documents],
            languages=[_number(known.document.language) for known in documents],
            numbers=[known.document.number for known in documents],
        )
    )


def _number(language: str | None) -> int:
    """Give a language a number up to 255; now and then two have the same."""
    primary = (language or "").lower().partition("-")[0].encode()
    return int.from_bytes(primary[:8], "little") % 251


def _by_article(earlier: Known, later: Known) -> tuple[tuple[Document, Text], tuple[Document, Text]]:
    """Make the sides of a comparison of a document and a later one, in order of their article ids."""
    same_site = earlier.document.site == later.document.site
    one = (earlier.document, earlier.as_earlier_on_site if same_site else earlier.as_later)
    other = (later.document, later.as_later)
    return (one, other) if one[0].article_id < other[0].article_id else (other, one)


def _by_bucket(documents: Asked) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Group the rows of documents by their buckets."""
    for bucket in distinct(documents.buckets).tolist():
        yield bucket, np.flatnonzero(documents.buckets == bucket)
