"""Sentences in order: what survives of a text when somebody else translates the original, when hardly a phrase does.

A text is read once into pieces (sentences, cut where they run long) and weighted stems. Two texts are then aligned:
every sentence of one looks for its like in the other, and the places found may not go back. A stem counts by its kind
(numbers and names twice, short words little or not at all) and by how few sentences of the two texts have it, so no
word list of a language and no statistics of a collection are needed, and a verdict depends on the two texts alone.

In scripts without spaces two neighbouring characters are a stem.

The figures are in docs/explanation/judgement.md.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from dedupe import text as words_of
from dedupe.sets import Hashes, distinct
from dedupe.text import in_range, mix

STEM = 5  # characters of a word that count: endings differ between translators
PIECE = 60  # a sentence longer than this many words is cut: lists, and scripts that mark no sentence's end
MOST_PIECES = 150  # neighbouring pieces of a longer text are taken together, which bounds the work for a pair
REACH = 8  # a content pair is two content words of one piece at most this many content words apart
SAME_SENTENCE = 0.7  # a sentence with this share of its words in shared runs is shared word for word

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DATELINE = 80  # characters in which a dateline ends: "ST. PETERSBURG, Russia (AP) — "

_DATELINE = re.compile(r"\s*([A-Z\u00c0-\u00dd\u0391-\u03a9\u0410-\u042f][^\n!?]{1,70}?)\s*(?:—|–|\s--?)\s")
_NAME, _LONG, _MEDIUM = 2.0, 1.0, 0.5


@dataclass(frozen=True)
class Sentences:
    """A text read by sentences. Of each word, the words being those of `dedupe.text`:

    ``sentence`` int64[n]; ``stems`` uint64[n]; ``weights`` float64[n], 0 for a word that is left out.

    And, as they stand, with repetitions: ``names`` are the stems of the words in capitals that begin no sentence;
    ``content`` are unordered pairs of content words (names, numbers, long words) that stand close in one sentence,
    hashed. They propose candidates: translations of one text share 0.10 and more of them (Jaccard), other texts 0.03
    and less. ``dateline`` is the first stem where the text begins with a dateline, else 0.
    """

    sentence: Ints
    stems: Hashes
    weights: Floats
    names: Hashes
    content: Hashes
    dateline: int

    @cached_property
    def piece(self) -> Ints:
        """The piece of each word: its sentence, or neighbours together in a text of more than MOST_PIECES."""
        count = int(self.sentence[-1]) + 1 if len(self.sentence) else 0
        return self.sentence if count <= MOST_PIECES else self.sentence * MOST_PIECES // count

    @cached_property
    def count(self) -> int:
        """The number of pieces."""
        return int(self.piece[-1]) + 1 if len(self.piece) else 0

    @cached_property
    def table(self) -> Table:
        return _table(self)

    @cached_property
    def content_pairs(self) -> Hashes:
        """The content pairs, sorted, each once."""
        return distinct(self.content)


@dataclass(frozen=True, slots=True)
class Table:
    """The stems of a text by piece: ``vocabulary`` sorted, each once, with ``weights``; cells (row, col) as they stand.

    ``frequency`` counts the pieces that have a stem.
    """

    vocabulary: Hashes
    weights: Floats
    frequency: Ints
    row: Ints
    col: Ints
    count: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """How far two texts say the same in the same order, outside the sentences that they share word for word.

    ``shorter``: the share of the shorter text's weight that the longer one has in the same order; ``longer`` the
    converse. ``order``: how much more that is than with one text's sentences reversed, the lesser of the two.
    ``rest``: the share of the text (the lesser one) that is outside sentences shared word for word. ``words``: the mean
    of ``shorter`` and ``longer`` by words alone that are neither names nor numbers: in two articles with one list of
    dates and places, these are what is aligned.
    """

    shorter: float
    longer: float
    order: float
    rest: float
    words: float


def read(text: str) -> Sentences:
    """Read ``text`` by sentences."""
    return of_reading(words_of.reading([text]))[0]


def of_reading(reading: words_of.Reading) -> list[Sentences]:
    """Read texts by sentences whose words have been read together."""
    found = _marked(reading)
    pairs, counts = _near(found.stems[found.content], found.sentence[found.content])
    names = found.stems[found.name]
    bounds = reading.bounds
    name_bounds = _before(found.name)[bounds].tolist()
    pair_bounds = _before(counts)[_before(found.content)[bounds]].tolist()
    return [
        Sentences(
            sentence=found.sentence[begin:end] - found.sentence[begin : begin + 1],
            stems=found.stems[begin:end],
            weights=found.weights[begin:end],
            names=names[first_name:last_name],
            content=pairs[first_pair:last_pair],
            dateline=int(found.stems[begin]) if has_dateline else 0,
        )
        for (begin, end), (first_name, last_name), (first_pair, last_pair), has_dateline in zip(
            pairwise(bounds), pairwise(name_bounds), pairwise(pair_bounds), _datelines(reading), strict=True
        )
    ]


def _before(counts: NDArray[Any]) -> Ints:
    """Return the sums of the counts before each place, and of all of them: int64[n + 1]."""
    return np.concatenate(([0], np.cumsum(counts)))


def _datelines(reading: words_of.Reading) -> list[bool]:
    """Return which texts have a dash between blanks in their first DATELINE characters."""
    plain = reading.characters.plain
    dashes = np.flatnonzero(plain == ord("-"))
    dashes = np.append(dashes[plain[dashes + 1] <= ord(" ")], len(plain))
    starts = np.append(reading.starts, len(plain))[reading.bounds[:-1]]
    is_near = dashes[np.searchsorted(dashes, starts)] < starts + DATELINE
    return [
        near and begin < end and _DATELINE.match(reading.characters.text(start, start + DATELINE)) is not None
        for near, (begin, end), start in zip(is_near.tolist(), pairwise(reading.bounds), starts.tolist(), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Marked:
    """What is known of each word of a reading: see `Sentences`."""

    sentence: Ints
    stems: Hashes
    weights: Floats
    content: Bools
    name: Bools


def _marked(reading: words_of.Reading) -> _Marked:
    starts, ends, numeric = reading.starts, reading.ends, reading.words.numeric
    first = reading.characters.plain[starts]
    single = first == words_of.SINGLE
    begins = _begins(reading, first)
    length = ends - starts
    short = np.where(numeric, ends, np.minimum(ends, starts + STEM))
    stems = reading.characters.hashes(_folded(), starts, short)
    name = in_range(first, "A", "Z") & ~begins & (length >= 2)
    weights = _weights(length, name | numeric)
    content = numeric | name | (length >= 5)
    if single.any():
        _pair_singles(stems, weights, single, begins)
        content = np.where(single, (weights > 0) & (stems % np.uint64(4) == 0), content)
    return _Marked(_sentences(begins), stems, weights, content, name)


def align(shorter: Sentences, longer: Sentences, same_shorter: Bools, same_longer: Bools) -> Alignment:
    """Align two texts. ``same_*`` bool[n] marks the words that stand in a run which the other text has too.

    Sentences most of whose words are so marked are left out: reports of one event share quotations and passages, what
    they say around them differs; a translator words everything anew.
    """
    a, b = shorter.table, longer.table
    own_a, own_b = _own(shorter, same_shorter), _own(longer, same_longer)
    grids = _grids(a, b)
    whole, words = grids.whole, grids.words
    rest = min(_share(whole.a, own_a), _share(whole.b, own_b))
    left, right = grids.a[own_a], grids.b[own_b]
    if not len(whole.stems) or not len(left) or not len(right):
        return Alignment(0.0, 0.0, 0.0, rest, 0.0)
    found, found_back = _found(left, right, whole.stems), _found(right, left, whole.stems)
    there, back = _in_order(found, whole.a[own_a]), _in_order(found_back, whole.b[own_b])
    by_chance = _in_order(found[:, ::-1], whole.a[own_a]), _in_order(found_back[:, ::-1], whole.b[own_b])
    in_words = (
        _in_order(_found(left, right, words.stems), words.a[own_a])
        + _in_order(_found(right, left, words.stems), words.b[own_b])
    ) / 2
    return Alignment(there, back, max(0.0, min(there - by_chance[0], back - by_chance[1])), rest, in_words)


@cache
def _folded() -> NDArray[np.uint32]:
    """Each code point without case and accents."""
    plain = (unicodedata.normalize("NFKD", c.lower())[0] if not c.isascii() else c.lower() for c in words_of.plane())
    return np.fromiter((ord(c) for c in plain), dtype=np.uint32, count=len(words_of.plane()))


def _begins(reading: words_of.Reading, first: NDArray[np.uint8]) -> Bools:
    """Return which words begin a sentence: after a stop and a blank, unless lower case goes on; after "U.S." none.

    ``first`` are the words' first characters.
    """
    plain, starts, ends = reading.characters.plain, reading.starts, reading.ends
    before = np.concatenate(([0], ends[:-1]))[: len(starts)]
    initial = np.concatenate(([False], in_range(first, "A", "Z") & (ends - starts <= 2)))[: len(starts)]
    stops = np.flatnonzero((plain == ord(".")) | (plain == ord("!")) | (plain == ord("?")))
    stopped = _after(stops, starts) & ~initial & ((starts - before >= 2) | (first == words_of.SINGLE))
    begins: Bools = stopped | _after(np.flatnonzero(plain == ord("\n")), starts)
    begins &= ~in_range(first, "a", "z")
    begins[[bound for bound in reading.bounds if bound < len(begins)]] = True
    return begins


def _after(places: Ints, starts: Ints) -> Bools:
    """Return which words are the first ones after places between words."""
    following = np.zeros(len(starts) + 1, dtype=np.bool_)
    following[np.searchsorted(starts, places)] = True
    return following[:-1]


def _weights(length: Ints, special: Bools) -> Floats:
    """Weigh words by kind: numbers and names, long words, words of four letters; shorter ones count for nothing."""
    weights = np.array([0, 0, 0, 0, _MEDIUM, _LONG]).take(length, mode="clip")
    weights[special] = _NAME
    return weights


def _pair_singles(stems: Hashes, weights: Floats, single: Bools, begins: Bools) -> None:
    """Make each character of a script without spaces a stem with the next one, in place."""
    paired = np.zeros(len(stems), dtype=np.bool_)
    paired[:-1] = single[:-1] & single[1:] & ~begins[1:]
    following = np.roll(stems, -1)
    stems[paired] = mix(stems[paired] * np.uint64(3) + following[paired])
    weights[single] = 0
    weights[paired] = _MEDIUM


def _sentences(begins: Bools) -> Ints:
    """Number the sentences, given where they begin; those that run long are cut."""
    place = np.arange(len(begins))
    within = place - np.maximum.accumulate(np.where(begins, place, 0))
    far = np.flatnonzero(within >= PIECE)
    cut = begins.copy()
    cut[far[within[far] % PIECE == 0]] = True
    return np.cumsum(cut) - 1


def _near(stems: Hashes, sentence: Ints) -> tuple[Hashes, Ints]:
    """Return the pairs of unequal stems that stand near in one sentence, order forgotten, by the place of the first.

    Beside them, how many each place begins: int64[len(stems)].
    """
    # a row for each distance, which NumPy goes through faster than a row for each place
    near = sliding_window_view(np.concatenate((stems, np.zeros(REACH, dtype=np.uint64))), len(stems))[1:]
    same = sliding_window_view(np.concatenate((sentence, np.full(REACH, -1))), len(stems))[1:]
    chosen = (same == sentence) & (near != stems)
    return mix((near + stems).T[chosen.T]), np.count_nonzero(chosen, axis=0)


def _table(s: Sentences) -> Table:
    kept = s.weights > 0
    vocabulary, place = np.unique(s.stems[kept], return_inverse=True)
    weights = np.zeros(len(vocabulary), dtype=np.float64)
    np.maximum.at(weights, place, s.weights[kept])
    cells = np.unique(s.piece[kept] * max(1, len(vocabulary)) + place)
    row, col = np.divmod(cells, max(1, len(vocabulary)))
    return Table(vocabulary, weights, np.bincount(col, minlength=len(vocabulary)), row, col, s.count)


def _own(s: Sentences, same: Bools) -> Bools:
    """Return which pieces are not shared word for word."""
    shared = np.bincount(s.piece[same], minlength=s.count)
    own: Bools = shared < SAME_SENTENCE * np.bincount(s.piece, minlength=s.count)
    return own


@dataclass(frozen=True, slots=True)
class _Weights:
    """What the shared stems of two texts weigh, and the pieces of each."""

    stems: Floats
    a: Floats
    b: Floats


@dataclass(frozen=True, slots=True)
class _Grids:
    """What stands where in two texts: ``a`` and ``b`` float64[pieces, shared stems], and what it weighs.

    ``words`` are the weights without names and numbers.
    """

    a: Floats
    b: Floats
    whole: _Weights
    words: _Weights


def _grids(a: Table, b: Table) -> _Grids:
    _, in_a, in_b = np.intersect1d(a.vocabulary, b.vocabulary, assume_unique=True, return_indices=True)
    both = a.count + b.count
    frequency_a, frequency_b = a.frequency.copy(), b.frequency.copy()
    frequency_a[in_a] += b.frequency[in_b]
    frequency_b[in_b] = frequency_a[in_a]
    weights_a, weights_b = a.weights.copy(), b.weights.copy()
    weights_a[in_a] = weights_b[in_b] = (a.weights[in_a] + b.weights[in_b]) / 2
    weights_a *= np.log1p(both / frequency_a).astype(np.float64)
    weights_b *= np.log1p(both / frequency_b).astype(np.float64)

    def weighed(of_a: Floats, of_b: Floats) -> _Weights:
        return _Weights(np.minimum(of_a[in_a], of_b[in_b]), _by_piece(a, of_a), _by_piece(b, of_b))

    words = weighed(weights_a * (a.weights < _NAME), weights_b * (b.weights < _NAME))
    return _Grids(_grid(a, in_a), _grid(b, in_b), weighed(weights_a, weights_b), words)


def _by_piece(table: Table, weights: Floats) -> Floats:
    return np.bincount(table.row, weights[table.col], minlength=table.count).astype(np.float64)


def _grid(table: Table, stems: Ints) -> Floats:
    place = np.full(len(table.vocabulary), -1)
    place[stems] = np.arange(len(stems))
    where = place[table.col]
    grid = np.zeros((table.count, len(stems)), dtype=np.float64)
    grid[table.row[where >= 0], where[where >= 0]] = 1
    return grid


def _twos(grid: Floats) -> Floats:
    """Take each piece together with the next one: a translator may split a sentence."""
    return np.maximum(grid[:-1], grid[1:]) if len(grid) > 1 else grid


def _found(pieces: Floats, places: Floats, weights: Floats) -> Floats:
    """Return what each piece finds at each place of the other text."""
    found: Floats = (pieces * weights) @ _twos(places).T
    return found


def _in_order(found: Floats, weights: Floats) -> float:
    """Return the share found in order; with the other text reversed, that is what chance gives.

    A piece counts by the square root of its weight, so that one long list of names does not decide.
    """
    counts = np.sqrt(weights)
    total = float(counts.sum())
    if not total:
        return 0.0
    return _chain(found / np.maximum(counts, 1e-9)[:, None]) / total


def _chain(found: Floats) -> float:
    """Return the most that the rows find in the columns if no row looks before the place of the row above it."""
    best = np.zeros(found.shape[1], dtype=np.float64)
    for row in found:
        best = np.maximum.accumulate(best + row)
    return float(best[-1])


def _share(weights: Floats, chosen: Bools) -> float:
    total = float(weights.sum())
    return float(weights[chosen].sum()) / total if total else 0.0
