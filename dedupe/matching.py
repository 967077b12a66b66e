"""Documents to edges: meets each document, in order of arrival, with what came before it.

    texts ─> shingles ─> site text ─> sketch ─> keys ─> candidates ─> measures ─> verdict

A document is judged by what had arrived when it came, never by what came later. So incremental runs and a rebuild,
which both go by order of arrival, find the same edges, however long their batches are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from dedupe import across, candidates, judge, postings, sites, sketches
from dedupe.documents import Document, Known, is_later, prepared
from dedupe.library import Library, Sizes
from dedupe.screening import Proposed, screened
from dedupe.sets import distinct
from dedupe.shingles import Shingled
from dedupe.similarity import SAME_MATTER, Measures, Text, measure, measure_all
from dedupe.translation import NOTABLE, Correspondence, correspondence

# What is stored of documents under one spec must not be compared with what is stored under another.
SPEC = f"{sketches.SPEC}/content{candidates.CONTENT_BANDS}/body{candidates.BODY_KEYS}"
SPEC += f"/sample{sites.SAMPLE}/bucket{postings.BUCKET_DAYS}/across{across.KEYS}"

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


class Matcher:
    """Judges documents against a library. Feed it batches in order of arrival, all through one instance per run."""

    def __init__(self, library: Library, thresholds: judge.Thresholds = judge.DEFAULT) -> None:
        self._library = library
        self._thresholds = thresholds
        self._reworded_days = max(thresholds.translated_days, thresholds.fresh_days)
        self._windows: dict[str, sites.SiteWindow] = {}

    def read(self, documents: Sequence[Document]) -> list[Known]:
        """Prepare documents that come next in order of arrival, superseded ones too, and find their site text."""
        self._load({document.site for document in documents})
        return prepared(documents, self._arrived)

    def _arrived(self, document: Document, body: Shingled) -> sites.SiteText:
        """Find the site text of a document, unless it is known; then the document is in the window of its site."""
        window = self._windows[document.site]
        if document.site_text is None:
            site_text = window.site_text(document.article_id, body.sequence)
        else:
            site_text = sites.restored(document.site_text, len(body.sequence))
        window.push(document.article_id, sites.sample(body.sequence))
        return site_text

    def _load(self, names: Set[str]) -> None:
        """Have the windows of sites ready; those not used for longest go when there are too many.

        The library has what they held.
        """
        missing = sorted(names - self._windows.keys())
        self._windows |= {name: self._windows.pop(name) for name in sorted(names & self._windows.keys())}
        for name in [*self._windows][: max(0, len(self._windows) + len(missing) - max(_SITES_HELD, len(names)))]:
            del self._windows[name]
        for first in range(0, len(missing), _SITES_TOGETHER):
            known = self._library.windows(missing[first : first + _SITES_TOGETHER])
            self._windows |= {name: sites.SiteWindow(samples) for name, samples in known.items()}

    def match(self, arrived: Sequence[Known], due: Set[int]) -> list[Judged]:
        """File documents in the index, and judge those whose numbers are ``due`` against what came before them.

        Those that are not due are superseded: they are nobody's candidates.
        """
        keys = _keys(arrived)
        self._file(arrived, keys)
        rows = [row for row, known in enumerate(arrived) if known.document.number in due]
        return self._judge([arrived[row] for row in rows], keys[rows], later=False)

    def match_again(self, known: Known) -> list[Judged]:
        """File a document of which the date has changed once more, and judge it against all others, later ones too."""
        keys = _keys([known])
        self._file([known], keys)
        return self._judge([known], keys, later=True)

    def _file(self, arrived: Sequence[Known], keys: postings.Keys) -> None:
        for bucket, rows in _by_bucket(arrived).items():
            numbers = np.array([arrived[row].document.number for row in rows], dtype=np.uint32)
            self._library.index.add(bucket, postings.to_run(keys[rows], numbers))
        across.file(self._library, arrived)

    def _judge(self, current: Sequence[Known], keys: postings.Keys, *, later: bool) -> list[Judged]:
        """Measure and judge documents against others; pairs that share next to nothing are left out."""
        if not current:
            return []
        proposed = self._proposed(current, keys, later=later)
        parts = (proposed.part(first, _PAIRS_TOGETHER) for first in range(0, len(proposed.number), _PAIRS_TOGETHER))
        judged = [judged for part in parts for judged in self._measured(current, part)]
        return judged + self._judge_across(current, judged, later=later)

    def _measured(self, current: Sequence[Known], proposed: Proposed) -> Iterator[Judged]:
        """Measure and judge proposed pairs."""
        ordered = [_by_article(*pair) for pair in screened(self._library, current, proposed)]
        found = zip(ordered, measure_all([(a, b) for (_, a), (_, b) in ordered], self._reworded_days), strict=True)
        for ((a, _), (b, _)), measures in found:
            if measures.raw_containment >= judge.NOTABLE or (measures.content or 0.0) >= SAME_MATTER:
                yield self._judged(a, b, measures)

    def _judged(self, a: Document, b: Document, measures: Measures) -> Judged:
        is_b_later = is_later(b.appeared, a.appeared)
        return Judged(a, b, measures, judge.judge(measures, b_later=is_b_later, thresholds=self._thresholds))

    def _judge_across(self, current: Sequence[Known], done: Sequence[Judged], *, later: bool) -> list[Judged]:
        """Judge documents by what may be translations of them, or they of it; pairs that are done are left out."""
        span = max(1, math.ceil(self._thresholds.translated_days / postings.BUCKET_DAYS))
        settled = {tuple(sorted((each.a.number, each.b.number))) for each in done}
        pairs = [pair for pair in across.proposed(self._library, current, span, later=later) if pair not in settled]
        known = {each.document.number: each for each in current}
        known |= self._library.known(sorted({number for pair in pairs for number in pair} - known.keys()))
        met = [(known[one], known[other]) for one, other in pairs if one in known and other in known]
        found = [(*pair, correspondence(pair[0].anchors, pair[1].anchors)) for pair in met]
        return [self._translation(*each) for each in found if each[2].share >= NOTABLE]

    def _translation(self, earlier: Known, later: Known, found: Correspondence) -> Judged:
        (a, side_a), (b, side_b) = _by_article(earlier, later)
        measures = measure(side_a, side_b)
        return self._judged(a, b, replace(measures, anchored=found.share, anchor_weight=found.evidence))

    def _proposed(self, current: Sequence[Known], keys: postings.Keys, *, later: bool) -> Proposed:
        """Find the documents that are worth measuring against these.

        Those a little outside the window are among them: that they are so is a reason to be read.
        """
        span = max(1, math.ceil(self._thresholds.window_days / postings.BUCKET_DAYS))
        found: list[Proposed] = []
        for bucket, rows in _by_bucket(current).items():
            asked = keys[rows]
            runs = self._library.index.read(bucket - span, bucket + span, distinct(asked.ravel()))
            numbers = np.array([current[row].document.number for row in rows], dtype=np.uint32)
            matches = postings.find(asked, numbers, candidates.FAMILIES, candidates.LEAST_SHARED, runs, later=later)
            sizes, other_sizes = self._sizes(current, matches)
            there = (matches.document != matches.other) & (other_sizes >= 0)
            likely = there & candidates.likely(matches, sizes, other_sizes)
            in_content = there & candidates.speaks_of_the_same(matches)
            keep = likely | in_content
            found.append(Proposed(matches.document[keep], matches.other[keep], likely[keep], in_content[keep]))
        return Proposed(*(np.concatenate([getattr(each, name) for each in found]) for name in Proposed.__slots__))

    def _sizes(self, current: Sequence[Known], matches: postings.Matches) -> tuple[Sizes, Sizes]:
        """Return the numbers of own shingles of both documents of each match."""
        here = np.array([known.document.number for known in current], dtype=np.uint32)
        own = np.array([len(known.own) for known in current], dtype=np.int64)
        others = distinct(matches.other)
        place = here.searchsorted(others)
        sizes = own.take(place, mode="clip")
        elsewhere = here.take(place, mode="clip") != others
        sizes[elsewhere] = self._library.sizes(others[elsewhere])
        return own[here.searchsorted(matches.document)], sizes[others.searchsorted(matches.other)]


def _keys(documents: Sequence[Known]) -> postings.Keys:
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


def _by_bucket(documents: Sequence[Known]) -> dict[int, list[int]]:
    """Group the places of documents by the bucket of their day."""
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, known in enumerate(documents):
        places[postings.bucket_of(known.document.day)].append(place)
    return places
