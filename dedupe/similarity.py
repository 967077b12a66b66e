"""Exact measures of two texts: what they share once site text and quotations are left out, and how it is spread.

Many pairs are measured together: what is done for each of them is one search of the shorter text's shingles among the
longer one's; all the rest is done for all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe.sentences import Sentences, align
from dedupe.sets import Hashes, overlap
from dedupe.shingles import WIDTH, Shingled
from dedupe.text import Words
from dedupe.thresholds import DEFAULT, Thresholds

# Translations of one article share 0.05 of their content pairs or more, nearly all other pairs less (translations and
# crossing-outlets in ../shared/data).
SAME_MATTER = 0.05
LEAD = 25  # words in which an article begins: past a dateline, short of a commentary's introduction
# Versions of one text in other words share fewer 5-word shingles than this; above, 2-word shingles are not looked at.
REWORDED_JACCARD = 0.5

_QUOTED, _SITE, _LEAD, _THERE = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
_OUT = _QUOTED | _SITE
_CHUNK = 64  # pairs that are measured together: their arrays stay in the processor's cache


@dataclass(frozen=True)
class Text:
    """One side of a comparison. ``site_text`` bool[len(body.sequence)]: which shingles the site repeats.

    ``published`` is in seconds since 1970, None when not known.
    """

    body: Shingled
    sentences: Sentences
    headline: Words
    site: str
    published: float | None
    site_text: NDArray[np.bool_]

    @cached_property
    def names(self) -> frozenset[int]:
        """The stems of the words in capitals that begin no sentence."""
        return frozenset(self.sentences.names.tolist())

    @cached_property
    def quotations(self) -> Hashes:
        """The shingles that stand in quotations, sorted, each once."""
        return self.body.unique[self.body.quotations]

    @cached_property
    def flags(self) -> NDArray[np.uint8]:
        """What is known of each shingle of ``body.unique``: uint8[len(unique)]."""
        flags = np.where(self.body.quotations, _THERE | _QUOTED, _THERE)
        if self.site_text.any():
            flags[self.body.anywhere(self.site_text)] |= _SITE
        start = self.body.places[:LEAD]
        flags[start] |= np.where(flags[start] & _SITE, np.uint8(0), _LEAD)
        return flags

    @cached_property
    def own(self) -> int:
        """The number of shingles outside quotations and site text."""
        return int(np.count_nonzero(self.flags & _OUT == 0))

    @cached_property
    def own_words(self) -> int:
        """The number of words outside site text."""
        if not self.site_text.any():
            return len(self.body.words)
        return int(np.count_nonzero(~self.body.words_in(self.site_text)))

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The words with digits."""
        return frozenset(self.body.numbers.tolist())

    @cached_property
    def headline_words(self) -> frozenset[int]:
        """The words of the headline."""
        return frozenset(self.headline.hashes.tolist())

    @cached_property
    def length(self) -> tuple[int, int]:
        """The number of words; between equals the sum of their hashes, so that order never matters."""
        return len(self.body.words), int(self.body.words.hashes.sum())


@dataclass(frozen=True, slots=True)
class Measures:
    """Exact measures of a pair (a, b). Shares are 0..1; ``containment`` is relative to the smaller set.

    ``raw_*`` are over all 5-word shingles, ``jaccard`` and ``containment`` over those outside quotations and site text.
    ``runs`` counts the stretches of the shorter text that the longer one has too, ``coverage`` is their share of its
    words outside site text, ``longest_run`` the longest one's share of theirs: a block quotation is one long run, an
    edited copy many. ``lead``: the longer text's first words are among what is shared; ``opening``: so are the shorter
    one's. ``headline`` is the containment of the headlines' words, ``numbers`` that of the words with digits, of which
    the text with fewer has ``number_words``, ``names`` that of words in capitals that begin no sentence, of which the
    text with fewer has ``name_words``, and ``quotes`` that of quotations' shingles, of which the text with fewer has
    ``quote_shingles``. ``same_dateline``: both have a dateline, and they begin alike.

    The rest asks whether one is the other in other words, and is None where it would change nothing: where texts are
    too far apart in time, or have other numbers. ``pair_jaccard`` is over 2-word shingles: not of texts that share
    REWORDED_JACCARD of the 5-word ones, or too little, or in too long runs. ``content`` is the Jaccard of content
    pairs: not of plain copies, by their containment, or two texts of one site. Where it reaches SAME_MATTER, sentences
    are aligned: ``aligned`` and ``aligned_back`` are the shares of the shorter text that the longer one has in the same
    order, and the converse, outside sentences shared word for word; ``order`` is how much of that the order explains,
    ``rest`` the share of the text outside those sentences, and ``aligned_words`` the mean of ``aligned`` and
    ``aligned_back`` by words alone that are neither names nor numbers.

    ``anchored`` and ``anchor_weight`` are of two languages: the share and the evidence of `translation.Correspondence`.
    """

    words_a: int
    words_b: int
    raw_jaccard: float
    raw_containment: float
    jaccard: float
    containment: float
    shared: int
    judged: int
    runs: int
    longest_run: float
    coverage: float
    lead: bool
    opening: bool
    headline: float
    same_headline: bool
    numbers: float
    number_words: int
    same_site: bool
    identical: bool
    days_apart: float | None
    quotes: float | None = None
    quote_shingles: int | None = None
    names: float | None = None
    name_words: int | None = None
    same_dateline: bool | None = None
    pair_jaccard: float | None = None
    content: float | None = None
    aligned: float | None = None
    aligned_back: float | None = None
    order: float | None = None
    rest: float | None = None
    anchored: float | None = None
    anchor_weight: float | None = None
    aligned_words: float | None = None

    def as_dict(self) -> dict[str, float]:
        """Return the measures as plain numbers, rounded, unknown ones left out: what an edge stores."""
        values = zip(self.__slots__, _VALUES(self), strict=True)
        return {
            name: round(value, 4) if isinstance(value, float) else +value for name, value in values if value is not None
        }


_VALUES = attrgetter(*Measures.__slots__)


def restored(stored: Mapping[str, Any], published_a: float | None, published_b: float | None) -> Measures:
    """Make measures of what `Measures.as_dict` gave (so rounded), with other dates of publication."""
    return Measures(**{**stored, "days_apart": _days_apart(published_a, published_b)})


def _days_apart(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else abs(a - b) / 86400


def measure(a: Text, b: Text, thresholds: Thresholds = DEFAULT) -> Measures:
    """Compare two texts. Swapping them swaps ``words_a`` and ``words_b`` and nothing else."""
    return measure_all([(a, b)], thresholds)[0]


def measure_all(pairs: Sequence[tuple[Text, Text]], thresholds: Thresholds = DEFAULT) -> list[Measures]:
    """Compare many pairs of texts, each as `measure` does."""
    chunks = (pairs[first : first + _CHUNK] for first in range(0, len(pairs), _CHUNK))
    return [found for chunk in chunks for found in _measure_chunk(chunk, thresholds)]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What pairs share, by pair: counts of shingles, and of the stretches of the shorter text."""

    all: NDArray[np.int64]
    own: NDArray[np.int64]
    left_short: NDArray[np.int64]  # own shingles of the shorter text that the longer one does not quote
    quoted_long: NDArray[np.int64]  # own shingles of the longer text that the shorter one quotes
    lead: NDArray[np.int64]
    opening: NDArray[np.int64]
    runs: NDArray[np.int64]
    longest: NDArray[np.int64]  # words
    covered: NDArray[np.int64]  # words


def _measure_chunk(pairs: Sequence[tuple[Text, Text]], thresholds: Thresholds) -> Iterator[Measures]:
    sides = [(a, b) if a.length <= b.length else (b, a) for a, b in pairs]
    found = _shared(sides)
    columns = [getattr(found, name).tolist() for name in _Shared.__slots__]
    for (a, b), (short, long), counts in zip(pairs, sides, zip(*columns, strict=True), strict=True):
        yield _of_pair(a, b, short, long, counts, thresholds)


def _of_pair(a: Text, b: Text, short: Text, long: Text, counts: Sequence[int], thresholds: Thresholds) -> Measures:
    shared, own, left_short, quoted_long, lead, opening, runs, longest, covered = counts
    raw_jaccard, raw_containment = _shares(shared, len(short.body.unique), len(long.body.unique))
    left_long = long.own - quoted_long
    jaccard, containment = _shares(own, left_short, left_long)
    longest_run = longest / covered if covered else 0.0
    headline, headline_words = _common(a.headline_words, b.headline_words)
    numbers, number_words = _common(a.numbers, b.numbers)
    names, name_words = _common(a.names, b.names)
    _, quotes = overlap(short.quotations, long.quotations)
    days = _days_apart(a.published, b.published)
    is_fresh = days is not None and days <= thresholds.fresh_days
    is_plain = containment >= (thresholds.part if is_fresh else thresholds.part_undated) or a.site == b.site
    is_near = days is None or days <= max(thresholds.translated_days, thresholds.fresh_days)
    asks_for_words = is_near and not other_numbers(numbers, number_words)
    asks_for_pairs = raw_jaccard < REWORDED_JACCARD and may_be_reworded(containment, longest_run)
    return Measures(
        a.length[0],
        b.length[0],
        raw_jaccard,
        raw_containment,
        jaccard,
        containment,
        own,
        min(left_short, left_long),
        runs,
        longest_run,
        min(1.0, covered / max(1, short.own_words)),
        lead > 0,
        opening > 0,
        headline,
        headline >= 0.9 and headline_words >= 5,
        numbers,
        number_words,
        a.site == b.site,
        a.length == b.length and a.body.digest == b.body.digest,
        days,
        quotes,
        min(len(short.quotations), len(long.quotations)),
        names,
        name_words,
        _same_dateline(a, b),
        overlap(a.body.pairs, b.body.pairs)[0] if asks_for_words and asks_for_pairs else None,
        **(_by_sentences(short, long) if asks_for_words and not is_plain else {}),
    )


def other_numbers(numbers: float, number_words: int) -> bool:
    """Whether texts full of numbers have different ones, as templates do; of translations 1 in 100 goes below 0.4."""
    return number_words >= 10 and numbers < 0.4


def may_be_reworded(containment: float, longest_run: float) -> bool:
    """Whether that much, in such runs, is shared by an article in other words: a block quotation is one long run."""
    return containment >= 0.1 and longest_run <= 0.45


def _same_dateline(a: Text, b: Text) -> bool:
    return a.sentences.dateline != 0 and a.sentences.dateline == b.sentences.dateline


def _by_sentences(short: Text, long: Text) -> dict[str, float]:
    """Take the measures that need sentences: align them if the texts speak of the same."""
    content = overlap(short.sentences.content_pairs, long.sentences.content_pairs)[0]
    if content < SAME_MATTER:
        return {"content": content}
    found = align(short.sentences, long.sentences, _known(short, long), _known(long, short))
    return {
        "content": content,
        "aligned": found.shorter,
        "aligned_back": found.longer,
        "order": found.order,
        "rest": found.rest,
        "aligned_words": found.words,
    }


def _known(text: Text, other: Text) -> NDArray[np.bool_]:
    """Return bool[words]: which words of ``text`` stand in a run that ``other`` has too, or in site text."""
    shared = (_found(text.body.unique, other) != 0).take(text.body.places)
    return text.body.words_in(shared | text.site_text)


def _shares(shared: int, size_a: int, size_b: int) -> tuple[float, float]:
    """Return Jaccard and containment of two sets of which so many are shared."""
    smaller = min(size_a, size_b)
    return (shared / (size_a + size_b - shared), shared / smaller) if smaller else (0.0, 0.0)


def _common(a: frozenset[int], b: frozenset[int]) -> tuple[float, int]:
    """Return containment and size of the smaller one of two sets."""
    smaller = min(len(a), len(b))
    return (len(a & b) / smaller if smaller else 0.0), smaller


def _shared(sides: Sequence[tuple[Text, Text]]) -> _Shared:
    """Count what the pairs (shorter text, longer text) share."""
    short = np.concatenate([short.flags for short, _ in sides])
    long = np.concatenate([_found(short.body.unique, long) for short, long in sides])
    starts = np.cumsum([0, *(len(short.flags) for short, _ in sides)])

    def count(which: NDArray[Any]) -> NDArray[np.int64]:
        totals = np.concatenate(([0], np.cumsum(which != 0)))
        counts: NDArray[np.int64] = np.diff(totals[starts])
        return counts

    shared, own_short, own_long = long != 0, short & _OUT == 0, long & _OUT == 0
    stretches = _stretches([short for short, _ in sides], shared & (short & _SITE == 0), starts)
    return _Shared(
        count(shared),
        count(shared & own_short & own_long),
        count(own_short & (long & _QUOTED == 0)),
        count(shared & own_long & (short & _QUOTED != 0)),
        count(long & _LEAD),
        count(shared & (short & _LEAD != 0)),
        *stretches,
    )


def _found(shingles: Hashes, text: Text) -> NDArray[np.uint8]:
    """Return the flags that a text has for shingles, 0 where it does not have them: uint8[len(shingles)]."""
    unique = text.body.unique
    if not len(unique):
        return np.zeros(len(shingles), dtype=np.uint8)
    places = unique.searchsorted(shingles)
    there = unique.take(places, mode="clip") == shingles
    flags: NDArray[np.uint8] = text.flags.take(places, mode="clip") * there
    return flags


def _stretches(
    texts: Sequence[Text], shared: NDArray[np.bool_], starts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the number of stretches of shared words of each text, and the words of the longest one and of all.

    ``shared`` says it of the texts' distinct shingles, which begin at ``starts``.
    """
    sizes = [len(text.body.sequence) + WIDTH + 1 for text in texts]  # a gap after each, wider than what is filled in
    first = np.cumsum([1, *sizes])
    words = np.zeros(first[-1] + WIDTH, dtype=np.bool_)
    for text, begin, start in zip(texts, first.tolist(), starts.tolist(), strict=False):
        places = text.body.places
        words[begin : begin + len(places)] = shared[start:].take(places)
    covered = words.copy()
    for offset in range(1, WIDTH):
        covered[offset:] |= words[:-offset]
    borders = np.flatnonzero(covered[1:] != covered[:-1])
    lengths = borders[1::2] - borders[::2]
    owner = first.searchsorted(borders[::2] + 1, side="right") - 1
    longest = np.zeros(len(texts), dtype=np.int64)
    np.maximum.at(longest, owner, lengths)
    count = len(texts)
    return (
        np.bincount(owner, minlength=count),
        longest,
        np.bincount(owner, weights=lengths, minlength=count).astype(np.int64),
    )
