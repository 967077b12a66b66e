"""Documents to edges: meets each document, in order of arrival, with what came before it.

    texts ─> shingles ─> site text ─> sketch ─> keys ─> candidates ─> measures ─> verdict

A document is judged by what had arrived when it came, never by what came later. So incremental runs and a rebuild,
which both go by order of arrival, find the same edges, however long their batches are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedupe import candidates, judge, postings, sentences, shingles, sites, sketches
from dedupe.sentences import Sentences
from dedupe.sets import Hashes, distinct
from dedupe.shingles import Shingled
from dedupe.similarity import SAME_MATTER, Measures, Text, measure_all
from dedupe.sketches import MIN_SHINGLES
from dedupe.text import Words, read, split

# What is stored of documents under one spec must not be compared with what is stored under another.
SPEC = f"{sketches.SPEC}/content{candidates.CONTENT_BANDS}/body{candidates.BODY_KEYS}"
SPEC += f"/sample{sites.SAMPLE}/bucket{postings.BUCKET_DAYS}"

_SITES_HELD = 400
_PAIRS_TOGETHER = 1000

Numbers: TypeAlias = NDArray[np.uint32]
Appeared: TypeAlias = tuple[float | None, int]
"""When a document was published, in seconds since 1970 (None: not known), and its place in the order of arrival."""
Sizes: TypeAlias = NDArray[np.int64]
"""Numbers of own shingles; -1 for a document that is judged no more."""


class Skip(StrEnum):
    """Why a document is not compared, or hardly."""

    TOO_SHORT = "too-short"
    NO_OWN_TEXT = "no-own-text"  # all but a little is quotations or site text: only an identical text is a copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A revision of an article, as it is judged.

    ``number`` is its place in the order of arrival, below 2**32. ``published`` is in seconds since 1970, None when not
    known; ``day``, in days since 1970, is when it is taken to have appeared: published, else first seen. ``language``
    is an IETF tag (BCP 47).
    """

    number: int
    article_id: int
    site: str
    headline: str
    text: str
    language: str | None
    published: float | None
    day: float

    @property
    def appeared(self) -> Appeared:
        """When it was published and when it arrived."""
        return self.published, self.number


@dataclass(frozen=True)
class Known:
    """A document with all that its comparisons need."""

    document: Document
    body: Shingled
    sentences: Sentences
    headline: Words
    site_text: sites.SiteText

    @cached_property
    def as_later(self) -> Text:
        """The document as one side of a comparison: without what its site repeats."""
        return self._text(self.site_text.repeated)

    @cached_property
    def as_earlier_on_site(self) -> Text:
        """The same, as the earlier one of two of one site: without what one other of the site had."""
        return self._text(self.site_text.seen) if self.site_text.seen.any() else self.as_later

    def _text(self, site_text: NDArray[np.bool_]) -> Text:
        document = self.document
        return Text(self.body, self.sentences, self.headline, document.site, document.published, site_text)

    @cached_property
    def own(self) -> Hashes:
        """The shingles to find candidates by, in order: those neither quoted nor site text; none where they are few."""
        own = self.body.sequence[~(self.body.quoted | self.site_text.repeated)]
        return own if len(own) >= MIN_SHINGLES else own[:0]

    @property
    def is_short(self) -> bool:
        """Whether there is too little text for any comparison."""
        return len(self.body.sequence) < MIN_SHINGLES

    @cached_property
    def bitmap(self) -> Hashes:
        """A bitmap of its own shingles."""
        return candidates.bitmap(self.own, candidates.OWN_BITS)

    @cached_property
    def content_bitmap(self) -> Hashes:
        """A bitmap of its content pairs."""
        return candidates.bitmap(self.sentences.content, candidates.CONTENT_BITS)

    @property
    def skip(self) -> Skip | None:
        """Why it is not compared, if so."""
        if self.is_short:
            return Skip.TOO_SHORT
        return None if len(self.own) else Skip.NO_OWN_TEXT


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair that was measured, ``a`` and ``b`` in order of their article ids."""

    a: Document
    b: Document
    measures: Measures
    verdict: judge.Verdict


@dataclass(frozen=True, slots=True)
class Proposed:
    """Pairs of documents and others, by number, and what speaks for each pair."""

    number: Numbers
    other: Numbers
    likely: NDArray[np.bool_]
    in_content: NDArray[np.bool_]


class Library(Protocol):
    """What came before, wherever it is kept."""

    @property
    def index(self) -> postings.Index:
        """The index of all documents that were matched."""

    def windows(self, names: Sequence[str]) -> Mapping[str, Sequence[tuple[int, NDArray[np.uint32]]]]:
        """Return article ids and samples (see `sites.sample`) of the last `sites.WINDOW` documents of sites."""

    def sizes(self, numbers: NDArray[np.uint32]) -> Sizes:
        """Return the numbers of own shingles of documents, -1 for one that is superseded or gone."""

    def known(self, numbers: Sequence[int]) -> Mapping[int, Known]:
        """Return documents by number, leaving out those that are judged no more."""


def prepared(documents: Sequence[Document], site_text: Callable[[Document, Shingled], sites.SiteText]) -> list[Known]:
    """Prepare many documents at once; ``site_text`` is asked for each of them, in order."""
    readings = list(read([document.text for document in documents]))
    bodies = (body for reading in readings for body in shingles.of_reading(reading))
    by_sentences = (found for reading in readings for found in sentences.of_reading(reading))
    headlines = split([document.headline for document in documents])
    return [
        Known(document, body, found, headline, site_text(document, body))
        for document, body, found, headline in zip(documents, bodies, by_sentences, headlines, strict=True)
    ]


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
        """Find the site text of a document, which is then in the window of its site."""
        window = self._windows[document.site]
        site_text = window.site_text(document.article_id, body.sequence)
        window.push(document.article_id, sites.sample(body.sequence))
        return site_text

    def _load(self, names: Set[str]) -> None:
        """Have the windows of sites ready; others go when there are too many. The library has what they held."""
        missing = sorted(names - self._windows.keys())
        for name in sorted(self._windows.keys() - names)[: max(0, len(self._windows) + len(missing) - _SITES_HELD)]:
            del self._windows[name]
        known = self._library.windows(missing)
        for name in missing:
            self._windows[name] = sites.SiteWindow()
            for article_id, sampled in known.get(name, ()):
                self._windows[name].push(article_id, sampled)

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

    def _judge(self, current: Sequence[Known], keys: postings.Keys, *, later: bool) -> list[Judged]:
        """Measure and judge documents against others; pairs that share next to nothing are left out."""
        proposed = self._proposed(current, keys, later=later)
        here = {known.document.number: known for known in current}
        known = {
            **self._library.known([each for each in distinct(proposed.other).tolist() if each not in here]),
            **here,
        }
        ordered = [_by_article(*pair) for pair in _alike(known, proposed)]
        found = zip(ordered, measure_all([(a, b) for (_, a), (_, b) in ordered], self._reworded_days), strict=True)
        return [
            Judged(
                a,
                b,
                measures,
                judge.judge(measures, b_later=is_later(b.appeared, a.appeared), thresholds=self._thresholds),
            )
            for ((a, _), (b, _)), measures in found
            if measures.raw_containment >= judge.NOTABLE or (measures.content or 0.0) >= SAME_MATTER
        ]

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


def _alike(known: Mapping[int, Known], proposed: Proposed) -> Iterator[tuple[Known, Known]]:
    """Pair known documents, the earlier one first, leaving out what bitmaps show to share next to nothing."""
    numbers = np.array(sorted(known), dtype=np.uint32)
    documents = [known[each] for each in numbers.tolist()]
    there = np.isin(proposed.other, numbers)
    pairs = np.sort(numbers.searchsorted(np.stack((proposed.number, proposed.other))[:, there]), axis=0)
    alike = _where_alike(documents, pairs, proposed.likely[there], lambda known: known.bitmap, candidates.alike)
    left = proposed.in_content[there] & ~alike
    alike |= _where_alike(documents, pairs, left, lambda known: known.content_bitmap, candidates.alike_in_content)
    for one, two in pairs[:, alike].T.tolist():
        yield documents[one], documents[two]


def _where_alike(
    documents: Sequence[Known],
    pairs: NDArray[np.int64],
    asked: NDArray[np.bool_],
    bitmap_of: Callable[[Known], Hashes],
    test: Callable[[Hashes, Hashes], NDArray[np.bool_]],
) -> NDArray[np.bool_]:
    """Return which pairs of places of documents, int64[2, m], pass a test of their bitmaps, of those asked for."""
    passed = np.zeros(pairs.shape[1], dtype=np.bool_)
    places = np.flatnonzero(asked)
    rows = distinct(pairs[:, places].ravel())
    bitmaps = np.array([bitmap_of(documents[row]) for row in rows.tolist()])
    for first in range(0, len(places), _PAIRS_TOGETHER):
        some = places[first : first + _PAIRS_TOGETHER]
        one, two = rows.searchsorted(pairs[:, some])
        passed[some] = test(bitmaps[one], bitmaps[two])
    return passed


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


def is_later(b: Appeared, a: Appeared) -> bool:
    """Say whether b was published after a; where that is not known or equal, whether it arrived after a."""
    (published_b, number_b), (published_a, number_a) = b, a
    if published_a is not None and published_b is not None and published_a != published_b:
        return published_b > published_a
    return number_b > number_a


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


class MemoryLibrary:
    """A library in memory, for as many documents as fit there."""

    def __init__(self) -> None:
        self.index = postings.MemoryIndex()
        self._known: dict[int, Known] = {}

    def keep(self, judged: Iterable[Known]) -> None:
        """Keep documents that have been matched and that no revision supersedes."""
        self._known |= {known.document.number: known for known in judged}

    def windows(self, names: Sequence[str]) -> dict[str, list[tuple[int, NDArray[np.uint32]]]]:
        """See `Library`."""
        found: dict[str, list[tuple[int, NDArray[np.uint32]]]] = {name: [] for name in names}
        for known in self._known.values():
            if known.document.site in found:
                found[known.document.site].append((known.document.article_id, sites.sample(known.body.sequence)))
        return {name: samples[-sites.WINDOW :] for name, samples in found.items()}

    def sizes(self, numbers: NDArray[np.uint32]) -> Sizes:
        """See `Library`."""
        known = (self._known.get(number) for number in numbers.tolist())
        return np.array([-1 if each is None else len(each.own) for each in known], dtype=np.int64)

    def known(self, numbers: Sequence[int]) -> dict[int, Known]:
        """See `Library`."""
        return {number: self._known[number] for number in numbers if number in self._known}
