"""Exact measures of two texts: what they share once site text and quotations are left out, and how it is spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dedupe.sets import Hashes, isin, overlap, without
from dedupe.shingles import WIDTH, Shingled
from dedupe.text import Words

LEAD = 25  # words in which an article begins: past a dateline, short of a commentary's introduction


@dataclass(frozen=True, slots=True)
class Text:
    """One side of a comparison. ``site_text``: its shingles that the site repeats, sorted, each once.

    ``published`` is in seconds since 1970, None when not known.
    """

    body: Shingled
    headline: Words
    site: str
    published: float | None
    site_text: Hashes


@dataclass(frozen=True, slots=True)
class Measures:
    """Exact measures of a pair (a, b). Shares are 0..1; ``containment`` is relative to the smaller set.

    ``raw_*`` are over all 5-word shingles, ``jaccard`` and ``containment`` over those outside quotations and site text.
    ``runs`` counts the stretches of the shorter text that the longer one has too, ``coverage`` is their share of its
    words, ``longest_run`` the longest one's share of theirs: a block quotation is one long run, an edited copy many.
    ``lead``: the longer text's first words are among what is shared; ``opening``: so are the shorter one's.
    ``headline`` is the containment of the headlines' words, ``numbers`` that of the words with digits, of which the
    text with fewer has ``number_words``. ``pair_jaccard`` is over 2-word shingles.
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
    pair_jaccard: float
    headline: float
    same_headline: bool
    numbers: float
    number_words: int
    same_site: bool
    identical: bool
    days_apart: float | None

    def as_dict(self) -> dict[str, float]:
        """Return the measures as plain numbers, rounded, unknown ones left out: what an edge stores."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: round(float(value), 4) for name, value in values.items() if value is not None}


def restored(stored: Mapping[str, Any], published_a: float | None, published_b: float | None) -> Measures:
    """Make measures of what `Measures.as_dict` gave (so rounded), with other dates of publication."""
    return Measures(**{**stored, "days_apart": _days_apart(published_a, published_b)})


def _days_apart(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else abs(a - b) / 86400


def measure(a: Text, b: Text) -> Measures:
    """Compare two texts. Swapping them swaps ``words_a`` and ``words_b`` and nothing else."""
    raw_jaccard, raw_containment, _, _ = overlap(a.body.unique, b.body.unique)
    own_a, own_b = _own(a, b), _own(b, a)
    jaccard, containment, shared, judged = overlap(own_a, own_b)
    _, headline, _, headline_words = overlap(np.unique(a.headline.hashes), np.unique(b.headline.hashes))
    _, numbers, _, number_words = overlap(a.body.numbers, b.body.numbers)
    shorter, longer = sorted((a, b), key=_length)
    runs, longest, coverage = _runs(shorter, longer)
    return Measures(
        words_a=len(a.body.words),
        words_b=len(b.body.words),
        raw_jaccard=raw_jaccard,
        raw_containment=raw_containment,
        jaccard=jaccard,
        containment=containment,
        shared=shared,
        judged=judged,
        runs=runs,
        longest_run=longest,
        coverage=coverage,
        lead=_has_lead(longer, shorter),
        opening=_has_lead(shorter, longer),
        pair_jaccard=overlap(a.body.pairs, b.body.pairs)[0],
        headline=headline,
        same_headline=headline >= 0.9 and headline_words >= 5,
        numbers=numbers,
        number_words=number_words,
        same_site=a.site == b.site,
        identical=np.array_equal(a.body.words.hashes, b.body.words.hashes),
        days_apart=_days_apart(a.published, b.published),
    )


def _length(text: Text) -> tuple[int, int]:
    """The number of words; between equals the sum of their hashes, so that order never matters."""
    return len(text.body.words), int(text.body.words.hashes.sum())


def _own(text: Text, other: Text) -> Hashes:
    """The shingles of ``text`` to judge by: outside either text's quotations and outside its site's text."""
    return without(without(text.body.unquoted, other.body.quotations), text.site_text)


def _has_lead(text: Text, other: Text) -> bool:
    """Say whether one of the first LEAD words' shingles of ``text`` is in ``other`` and is not site text."""
    start = text.body.sequence[:LEAD]
    if not len(start) or not len(other.body.unique):
        return False
    return bool(isin(without(start, text.site_text), other.body.unique).any())


def _runs(shorter: Text, longer: Text) -> tuple[int, float, float]:
    """Return ``runs``, ``longest_run`` and ``coverage`` of the shorter text."""
    size = len(shorter.body.words)
    sequence = shorter.body.sequence
    if not len(sequence) or not len(longer.body.unique):
        return 0, 0.0, 0.0
    shared = isin(sequence, longer.body.unique)
    if len(shorter.site_text):
        shared &= ~isin(sequence, shorter.site_text)
    covered = np.zeros(size + 2, dtype=np.int8)
    for offset in range(WIDTH):
        covered[1 + offset : 1 + offset + len(shared)] |= shared
    edges = np.flatnonzero(np.diff(covered))
    lengths = edges[1::2] - edges[::2]
    total = int(lengths.sum())
    if not total:
        return 0, 0.0, 0.0
    return len(lengths), float(lengths.max() / total), total / size
