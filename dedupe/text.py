"""Texts to words: one vectorised pass that hashes every word and marks the quoted ones.

A word is a run of letters and digits; apostrophes ("don’t" = "dont"), points and commas between digits (1,234.5) and
invisible characters vanish. In scripts without spaces (CJK, kana, Thai, Lao, Khmer, Burmese) every character is a word.
Case and Unicode composition do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from unicodedata import category, normalize

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes

TEXT_VERSION = "text2"
MAX_CHARS = 200_000  # what follows in a longer text is not judged

_PLANE = 0x10000
_FEW = 0.25  # with a larger share of characters beyond ASCII, it is faster to look up all
_ASCII, _CASE = np.uint8(127), np.uint8(32)  # its last code point, and the bit that small letters have
_NO_CASE, SINGLE = 128, 129  # what stands for letters without case, and for a character that is a word
_VANISH = "'’ʼ＇`´\u00ad\u200b\u200c\u200d\u2060\ufeff"
_DASHES = "-—–"
_STOPS = "!…。！？؟।։።"
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(33)

# Quotations by the marks of the major languages; an unclosed one reaches to the end of its paragraph, as in quotes that
# run on. They begin with what is in _OPENS.
_QUOTED = re.compile(
    r"“[^”\n]{2,1500}[”\n]|\"[^\"\n]{2,1000}[\"\n]|„[^“”\n]{2,1000}[“”]|«[^»\n]{2,1000}»|「[^」\n]{2,1000}」"
    r"|‘(?<!\w‘)[^‘\n]{2,800}?’(?!\w)"
)
_OPENS = '"“„«「‘'
# What marks a line of an embedded social media post, and plainer signs of it.
_POST = re.compile(r"\(@\w{2,}\)|pic\.twitter\.com|https?://t\.co/")
_SIGNS = ("(@", "pic.twitter.com", "//t.co/")
_BESIDE = ord("c") + ord("t")  # the characters beside the point of the latter two

# What is read as the ASCII character that each begins with.
_LIKE = {c: alike[0] for alike in (_VANISH, _OPENS, _STOPS, _DASHES) for c in alike}

_CHUNK_CHARS = 100_000  # texts are read in chunks whose arrays stay in the processor's cache


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
class Characters:
    """Characters, a byte each: ``plain`` uint8[m] has those of ASCII, and for others what `_stand_ins` says.

    ``others`` int64[k] are the places of the latter, in order, or a slice of all characters where many are others;
    ``codes`` int64[k] are the code points there, the last one of the basic plane for all beyond (emoji, rare scripts).
    """

    plain: NDArray[np.uint8]
    others: NDArray[np.int64] | slice
    codes: NDArray[np.int64]

    def without(self, gone: NDArray[np.int64]) -> Characters:
        """Leave out those at some places, in order."""
        keep = np.ones(len(self.plain), dtype=np.bool_)
        keep[gone] = False
        if isinstance(self.others, slice):
            return Characters(self.plain[keep], self.others, self.codes[keep])
        kept = keep[self.others]
        others = self.others[kept]
        return Characters(self.plain[keep], others - np.searchsorted(gone, others), self.codes[kept])

    def text(self, begin: int, end: int) -> str:
        """Return the characters from ``begin`` to before ``end``."""
        if isinstance(self.others, slice):
            codes = self.codes[begin:end].astype(np.uint32)
        else:
            codes = self.plain[begin:end].astype(np.uint32)
            first, last = np.searchsorted(self.others, (begin, end))
            codes[self.others[first:last] - begin] = self.codes[first:last]
        return codes.tobytes().decode("utf-32-le", "replace")

    def hashes(self, letters: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Hashes:
        """Hash each word from ``starts`` to before ``ends``, ASCII in lower case, others as ``letters`` has them.

        It is a polynomial over the letters' code points, from prefix sums: no loop over words.
        """
        count = len(self.plain)
        powers = _powers(_BASE, count)
        sums = np.empty(count + 1, dtype=np.uint64)
        sums[0] = 0
        np.multiply(self.plain | _CASE, powers, out=sums[1:])
        sums[1:][self.others] = letters.take(self.codes) * powers[self.others]
        np.cumsum(sums, out=sums)
        return mix((sums[ends] - sums[starts]) * _powers(_INVERSE, count)[starts] + np.uint64(_BASE))


@dataclass(frozen=True, slots=True)
class Reading:
    """Some texts read together. ``words`` are those of all of them; each text's begin at one of ``bounds``.

    One more place follows, the end of the last text's words. The words stand from ``starts`` to before ``ends``, both
    int64[n], among the ``characters``, those that vanish being left out.
    """

    words: Words
    bounds: list[int]
    characters: Characters
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
    composed = [text[:MAX_CHARS] for text in texts]
    characters = _characters(joined := _joined(composed))
    if _may_compose(characters.codes) and (other := [normalize("NFC", text) for text in composed]) != composed:
        composed, characters = other, _characters(joined := _joined(other))
    points = np.flatnonzero((characters.plain == ord(".")) | (characters.plain == ord(",")))
    quotations = _quotations(joined, characters.plain) + _posts(joined, characters.plain, points)
    gone = _vanishing(characters.plain, points)
    if len(gone):
        characters = characters.without(gone)
    starts, ends = _word_bounds(characters.plain)
    first = np.cumsum([0, *(len(text) + 1 for text in composed)])

    def word_at(places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of the first word at or after places in the texts as given."""
        return np.searchsorted(starts, places - np.searchsorted(gone, places))

    quoted = _inside(word_at(np.array(quotations, dtype=np.int64).reshape(-1, 2)), len(starts))
    digits = np.flatnonzero(in_range(characters.plain, "0", "9"))
    numeric = np.zeros(len(starts), dtype=np.bool_)
    numeric[np.searchsorted(starts, digits[np.diff(digits, prepend=-2) > 1], side="right") - 1] = True
    found = Words(characters.hashes(_lowered(), starts, ends), quoted, numeric)
    return Reading(found, word_at(first).tolist(), characters, starts, ends)


def _joined(texts: Sequence[str]) -> str:
    return "\n".join([*texts, ""])


def _may_compose(codes: NDArray[np.int64]) -> bool:
    """Say whether any character may be another one when composed: no Latin letter, punctuation or currency is."""
    return bool(((codes >= 0x300) & ~((codes >= 0x2010) & (codes < 0x20D0))).any())


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
def _stand_ins() -> NDArray[np.uint8]:
    """What each code point is read as: ASCII as itself, of others all but the letter: uint8[_PLANE]."""
    found = np.fromiter((_stand_in(c) for c in plane()), dtype=np.uint8, count=_PLANE)
    for first, last in _UNSPACED:
        span = found[first : last + 1]
        span[span == _NO_CASE] = SINGLE
    found[: _ASCII + 1] = np.arange(_ASCII + 1)
    return found


def _stand_in(c: str) -> int:
    if c in _LIKE or c.isdigit():
        return ord(_LIKE.get(c, "0"))
    if c.isalnum() or category(c) in ("Mn", "Mc"):
        return ord("A") if c.isupper() or c.istitle() else ord("a") if c.islower() else _NO_CASE
    return ord(" ")


def _characters(text: str) -> Characters:
    given = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    plain = given.astype(np.uint8)
    beyond = np.flatnonzero(given > _ASCII)
    others = beyond if len(beyond) <= _FEW * len(given) else slice(None)
    codes = np.minimum(given[others], np.uint32(_PLANE - 1)).astype(np.int64)  # what NumPy looks up fastest
    plain[others] = _stand_ins().take(codes)
    return Characters(plain, others, codes)


def in_range(plain: NDArray[np.uint8], first: str, last: str) -> NDArray[np.bool_]:
    """Return which characters are from ``first`` to ``last``."""
    inside: NDArray[np.bool_] = plain - np.uint8(ord(first)) <= ord(last) - ord(first)
    return inside


def _quotations(text: str, plain: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Return where quotations begin and end."""
    spans: list[tuple[int, int]] = []
    done = 0
    for place in np.flatnonzero(plain == ord(_OPENS[0])).tolist():
        if place >= done and (match := _QUOTED.match(text, place)):
            done = match.end()
            spans.append((place, done))
    return spans


def _posts(text: str, plain: NDArray[np.uint8], points: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return where lines of embedded posts begin and end.

    Texts without any are the rule: single characters, and what stands beside points, are looked at far faster.
    """
    may_have = "@" in text or (plain[points - 1] + plain[points + 1] == _BESIDE).any()
    if not (may_have and any(sign in text for sign in _SIGNS)):
        return []
    marks = (match.span() for match in _POST.finditer(text))
    return [(text.rfind("\n", 0, begin) + 1, text.index("\n", end)) for begin, end in marks]


def _vanishing(plain: NDArray[np.uint8], points: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of characters that vanish; points and commas between two digits become such."""
    # the last character is no point
    inside = in_range(plain[points - 1], "0", "9") & in_range(plain[points + 1], "0", "9")
    plain[points[inside]] = ord(_VANISH[0])
    return np.flatnonzero((plain == ord(_VANISH[0])) | (plain == ord("`")))


def _inside(spans: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Return bool[count]: which of so many words lie in a span of words."""
    inside = np.zeros(count, dtype=np.bool_)
    for begin, end in spans.tolist():
        inside[begin:end] = True
    return inside


def _word_bounds(plain: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each word starts and where it ends (exclusive). The last character is never in one."""
    begins = in_range(plain | _CASE, "a", "z") | in_range(plain, "0", "9") | (plain > _ASCII)
    single = plain == SINGLE
    if not single.any():
        borders = np.flatnonzero(np.diff(begins, prepend=np.False_))
        return borders[::2], borders[1::2]
    ends = begins.copy()
    joined = begins[1:] & begins[:-1]  # with the character before
    joined &= ~(single[1:] | single[:-1])
    begins[1:] &= ~joined
    ends[:-1] &= ~joined
    return np.flatnonzero(begins), np.flatnonzero(ends) + 1


def _powers(base: int, n: int) -> Hashes:
    """Return base**0 .. base**(n-1) modulo 2**64."""
    return _power_table(base, 1 << max(17, n.bit_length()))[:n]


@cache
def _power_table(base: int, size: int) -> Hashes:
    return np.concatenate((np.ones(1, np.uint64), np.cumprod(np.full(size - 1, base, dtype=np.uint64))))


def mix(values: Hashes) -> Hashes:
    """Spread the bits of uint64 hashes (one round of the MurmurHash3 finalizer)."""
    values = (values ^ (values >> _SHIFT)) * _MIX
    return values ^ (values >> _SHIFT)
