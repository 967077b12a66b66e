"""Texts to words: one vectorised pass that hashes every word and marks the quoted ones.

A word is a run of letters and digits; apostrophes ("don’t" = "dont"), points and commas between digits (1,234.5) and
invisible characters vanish. In scripts without spaces (CJK, kana, Thai, Lao, Khmer, Burmese) every character is a word.
Case and Unicode composition do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes

TEXT_VERSION = "text1"
MAX_CHARS = 200_000  # what follows in a longer text is not judged

_OTHER, _WORD, _DIGIT, _SINGLE, _POINT, _VANISHING = range(6)
_VANISH = "'’ʼ＇`´\u00ad\u200b\u200c\u200d\u2060\ufeff"
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(33)

# Quotation marks of the major languages; an unclosed one reaches to the end of its paragraph, as in quotes that run on.
_QUOTED = re.compile(
    r"“[^”\n]{2,1500}(?:”|\n|$)|\"[^\"\n]{2,1000}(?:\"|\n|$)|„[^“”\n]{2,1000}[“”]|«[^»\n]{2,1000}»|「[^」\n]{2,1000}」"
    r"|(?<!\w)‘[^‘\n]{2,800}?’(?!\w)"
)
# A line of an embedded social media post.
_POST = re.compile(r"^.*(?:\(@\w{2,}\)|pic\.twitter\.com|https?://t\.co/).*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: ``hashes`` uint64[n], ``quoted`` bool[n], ``numeric`` bool[n] (the word has a digit)."""

    hashes: Hashes
    quoted: NDArray[np.bool_]
    numeric: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.hashes)


def words(text: str) -> Words:
    """Split ``text`` into hashed words, in order. Equal words have equal hashes on every machine and in every run."""
    folded = unicodedata.normalize("NFC", text[:MAX_CHARS].lower())
    code = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kind = _kinds()[np.minimum(code, 0xFFFF)]
    keep = (kind != _VANISHING) & ~_digit_points(kind)
    kind = np.where(kind[keep] == _POINT, np.uint8(_OTHER), kind[keep])
    starts, ends = _word_bounds(kind)
    digits = np.concatenate(([0], np.cumsum(kind == _DIGIT)))
    return Words(_hash(code[keep], starts, ends), _quoted_mask(folded)[keep][starts], digits[ends] > digits[starts])


@cache
def _kinds() -> NDArray[np.uint8]:
    """The kind of each code point of the basic plane; what lies beyond (emoji, rare scripts) shares the last one's."""
    plane = [chr(point) for point in range(0x10000)]
    kinds = np.array([_DIGIT if c.isdigit() else _WORD if c.isalnum() else _OTHER for c in plane], dtype=np.uint8)
    kinds[[ord(c) for c in plane if unicodedata.category(c) in ("Mn", "Mc")]] = _WORD
    for first, last in _UNSPACED:
        span = kinds[first : last + 1]
        span[span == _WORD] = _SINGLE
    kinds[[ord(c) for c in _VANISH]] = _VANISHING
    kinds[[ord("."), ord(",")]] = _POINT
    return kinds


def _digit_points(kind: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which characters are a point or comma between two digits."""
    inside = np.zeros(len(kind), dtype=np.bool_)
    inside[1:-1] = (kind[1:-1] == _POINT) & (kind[:-2] == _DIGIT) & (kind[2:] == _DIGIT)
    return inside


def _quoted_mask(text: str) -> NDArray[np.bool_]:
    """Return bool[len(text)]: which characters stand in a quotation or an embedded post."""
    mask = np.zeros(len(text), dtype=np.bool_)
    for pattern in (_QUOTED, _POST):
        for match in pattern.finditer(text):
            mask[match.start() : match.end()] = True
    return mask


def _word_bounds(kind: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each word starts and where it ends (exclusive)."""
    padded = np.concatenate(([_OTHER], kind, [_OTHER]))
    inside, single = padded != _OTHER, padded == _SINGLE
    joined = inside[1:] & inside[:-1] & ~single[1:] & ~single[:-1]  # with the character before
    return np.flatnonzero(inside[1:-1] & ~joined[:-1]), np.flatnonzero(inside[1:-1] & ~joined[1:]) + 1


def _hash(code: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Hashes:
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
