"""Texts to words: one vectorised pass that hashes every word and marks the quoted ones.

A word is a run of letters and digits; apostrophes ("don’t" = "dont"), points and commas between digits (1,234.5) and
invisible characters vanish. In scripts without spaces (CJK, kana, Thai, Lao, Khmer, Burmese) every character is a word.
Case and Unicode composition do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes

TEXT_VERSION = "text2"
MAX_CHARS = 200_000  # what follows in a longer text is not judged

_PLANE = 0x10000
_OTHER, _WORD, DIGIT, SINGLE, _POINT, _VANISHING, _OPENING = range(7)
_VANISH = "'’ʼ＇`´\u00ad\u200b\u200c\u200d\u2060\ufeff"
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(33)

# Quotations by the marks of the major languages; an unclosed one reaches to the end of its paragraph, as in quotes that
# run on. The first characters are those of the kind _OPENING.
_QUOTED = re.compile(
    r"“[^”\n]{2,1500}[”\n]|\"[^\"\n]{2,1000}[\"\n]|„[^“”\n]{2,1000}[“”]|«[^»\n]{2,1000}»|「[^」\n]{2,1000}」"
    r"|‘(?<!\w‘)[^‘\n]{2,800}?’(?!\w)"
)
_OPENS = '“"„«「‘'
# What marks a line of an embedded social media post, and plainer signs of it.
_POST = re.compile(r"\(@\w{2,}\)|pic\.twitter\.com|https?://t\.co/")
_SIGNS = ("(@", "pic.twitter.com", "//t.co/")

_CHUNK_CHARS = 50_000  # texts are read in chunks whose arrays stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: ``hashes`` uint64[n], ``quoted`` bool[n], ``numeric`` bool[n] (the word has a digit)."""

    hashes: Hashes
    quoted: NDArray[np.bool_]
    numeric: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.hashes)

    def part(self, begin: int, end: int) -> Words:
        """Return the words from ``begin`` to before ``end``."""
        return Words(self.hashes[begin:end], self.quoted[begin:end], self.numeric[begin:end])


@dataclass(frozen=True, slots=True)
class Reading:
    """Some texts read together. ``words`` are those of all of them; each text's begin at one of ``bounds``.

    One more place follows, the end of the last text's words. ``code`` int64[m] has the characters, in their case, and
    ``kind`` uint8[m] their kinds; the words stand from ``starts`` to before ``ends`` there.
    """

    words: Words
    bounds: list[int]
    code: NDArray[np.int64]
    kind: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def words(text: str) -> Words:
    """Split ``text`` into hashed words, in order. Equal words have equal hashes on every machine and in every run."""
    return reading([text]).words


def split(texts: Sequence[str]) -> list[Words]:
    """Split many texts, each as `words` does."""
    return [found.words.part(begin, end) for found in read(texts) for begin, end in pairwise(found.bounds)]


def read(texts: Sequence[str]) -> Iterator[Reading]:
    """Read many texts, so many together that the arrays stay in the processor's cache."""
    first = size = 0
    for i, text in enumerate(texts):
        if i > first and size + len(text) > _CHUNK_CHARS:
            yield reading(texts[first:i])
            first, size = i, 0
        size += len(text)
    if texts:
        yield reading(texts[first:])


def reading(texts: Sequence[str]) -> Reading:
    """Read texts in one pass over all their characters; a line ends between two of them."""
    composed = [_composed(text) for text in texts]
    joined = "\n".join(composed) + "\n"
    given = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    code = np.minimum(given, np.uint32(_PLANE - 1)).astype(np.int64)  # what NumPy looks up fastest
    kind = _kinds().take(code)
    quotations = _quotations(joined, kind)
    _settle_points(kind)
    gone = np.flatnonzero(kind == _VANISHING)
    if len(gone):
        keep = kind != _VANISHING
        code, kind = code[keep], kind[keep]
    starts, ends = _word_bounds(kind)
    first = np.cumsum([0, *(len(text) + 1 for text in composed)])

    def word_at(places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of the first word at or after places in the texts as given."""
        return np.searchsorted(starts, places - np.searchsorted(gone, places))

    quoted = _inside(word_at(quotations), len(starts))
    numeric = np.zeros(len(starts), dtype=np.bool_)
    numeric[np.searchsorted(starts, np.flatnonzero(kind == DIGIT), side="right") - 1] = True
    found = Words(hash_words(_lowered().take(code), starts, ends), quoted, numeric)
    return Reading(found, word_at(first).tolist(), code, kind, starts, ends)


def _composed(text: str) -> str:
    shortened = text[:MAX_CHARS]
    return shortened if shortened.isascii() else unicodedata.normalize("NFC", shortened)


def is_unspaced(character: str) -> bool:
    """Say whether a character is of a script that puts no blanks between words."""
    return not character.isascii() and any(first <= ord(character) <= last for first, last in _UNSPACED)


@cache
def plane() -> list[str]:
    """The characters of the basic plane, by code point."""
    return [chr(point) for point in range(_PLANE)]


@cache
def _lowered() -> NDArray[np.uint32]:
    """Each code point of the basic plane in lower case; both small sigmas are one letter."""
    lowered = np.fromiter((ord(c.lower()[0]) for c in plane()), dtype=np.uint32, count=_PLANE)
    lowered[ord("ς")] = ord("σ")
    return lowered


@cache
def _kinds() -> NDArray[np.uint8]:
    """The kind of each code point of the basic plane; the last one stands for all beyond (emoji, rare scripts)."""
    kinds = np.array([DIGIT if c.isdigit() else _WORD if c.isalnum() else _OTHER for c in plane()], dtype=np.uint8)
    kinds[[ord(c) for c in plane() if unicodedata.category(c) in ("Mn", "Mc")]] = _WORD
    for first, last in _UNSPACED:
        span = kinds[first : last + 1]
        span[span == _WORD] = SINGLE
    kinds[[ord(c) for c in _VANISH]] = _VANISHING
    kinds[[ord("."), ord(",")]] = _POINT
    kinds[[ord(c) for c in _OPENS]] = _OPENING
    return kinds


def _quotations(text: str, kind: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return where quotations and lines of embedded posts begin and end: int64[n, 2]. ``kind`` loses its openings."""
    opens = np.flatnonzero(kind == _OPENING)
    kind[opens] = _OTHER
    spans: list[tuple[int, int]] = []
    done = 0
    for place in opens.tolist():
        if place >= done and (match := _QUOTED.match(text, place)):
            done = match.end()
            spans.append((place, done))
    if any(sign in text for sign in _SIGNS):
        marks = (match.span() for match in _POST.finditer(text))
        spans += [(text.rfind("\n", 0, begin) + 1, text.index("\n", end)) for begin, end in marks]
    return np.array(spans, dtype=np.int64).reshape(-1, 2)


def _settle_points(kind: NDArray[np.uint8]) -> None:
    """Let points and commas between two digits vanish; others end a word. The last character is never one."""
    points = np.flatnonzero(kind == _POINT)
    inside = (kind[points - 1] == DIGIT) & (kind[points + 1] == DIGIT)
    kind[points] = np.where(inside, np.uint8(_VANISHING), np.uint8(_OTHER))


def _inside(spans: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Return bool[count]: which of so many words lie in a span of words."""
    opened = np.bincount(spans[:, 0], minlength=count + 1) - np.bincount(spans[:, 1], minlength=count + 1)
    inside: NDArray[np.bool_] = np.cumsum(opened[:count]) > 0
    return inside


def _word_bounds(kind: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each word starts and where it ends (exclusive). The last character is never in one."""
    begins = kind != _OTHER
    single = kind == SINGLE
    if not single.any():
        borders = np.flatnonzero(np.diff(begins, prepend=np.False_))
        return borders[::2], borders[1::2]
    ends = begins.copy()
    joined = begins[1:] & begins[:-1]  # with the character before
    joined &= ~(single[1:] | single[:-1])
    begins[1:] &= ~joined
    ends[:-1] &= ~joined
    return np.flatnonzero(begins), np.flatnonzero(ends) + 1


def hash_words(code: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Hashes:
    """Hash each word with a polynomial over its code points, from prefix sums: no loop over words."""
    prefix = np.zeros(len(code) + 1, dtype=np.uint64)
    np.cumsum(code * _powers(_BASE, len(code)), out=prefix[1:])
    return mix((prefix[ends] - prefix[starts]) * _powers(_INVERSE, len(code) + 1)[starts] + np.uint64(_BASE))


def _powers(base: int, n: int) -> Hashes:
    """Return base**0 .. base**(n-1) modulo 2**64."""
    return _power_table(base, 1 << max(14, n.bit_length()))[:n]


@cache
def _power_table(base: int, size: int) -> Hashes:
    return np.concatenate((np.ones(1, np.uint64), np.cumprod(np.full(size - 1, base, dtype=np.uint64))))


def mix(values: Hashes) -> Hashes:
    """Spread the bits of uint64 hashes (one round of the MurmurHash3 finalizer)."""
    values = (values ^ (values >> _SHIFT)) * _MIX
    return values ^ (values >> _SHIFT)
