"""Texts to words: one vectorised pass that hashes every word and marks the quoted ones.

A word is a run of letters and digits; points and commas between digits (1,234.5) and apostrophes vanish ("don’t" = "dont"); in scripts without spaces (CJK, kana,
Thai, Lao, Khmer, Burmese) every character is a word. Case and Unicode composition do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

TEXT_VERSION = "text1"

_APOSTROPHES = "'’ʼ＇`´"
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(33)

# Quotation marks of the major languages; an unclosed one reaches to the end of its paragraph, as in quotes that run on.
_QUOTED = re.compile(
    r"“[^”\n]{2,1500}(?:”|\n|$)|\"[^\"\n]{2,1000}(?:\"|\n|$)|„[^“”\n]{2,1000}[“”]|«[^»\n]{2,1000}»|「[^」\n]{2,1000}」"
    r"|(?<!\w)‘[^‘\n]{2,800}?’(?!\w)"
)
_POST = re.compile(
    r"^.*(?:\(@\w{2,}\)|pic\.twitter\.com|https?://t\.co/).*$", re.MULTILINE
)  # an embedded social media post


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: ``hashes`` uint64[n], ``quoted`` bool[n], ``numeric`` bool[n] (the word has a digit)."""

    hashes: NDArray[np.uint64]
    quoted: NDArray[np.bool_]
    numeric: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.hashes)


def words(text: str) -> Words:
    """Split ``text`` into hashed words, in order. Equal words have equal hashes on every machine and in every run."""
    folded = unicodedata.normalize("NFC", text.lower())
    code = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kind = _kinds()[np.minimum(code, 0xFFFF)]
    keep = (kind != _APOSTROPHE) & ~_digit_points(kind)
    return _hash_words(code[keep], kind[keep], _quoted_mask(folded)[keep])


_OTHER, _WORD, _DIGIT, _SINGLE, _POINT, _APOSTROPHE = range(6)


def _digit_points(kind: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which characters are a point or comma between two digits."""
    inside = np.zeros(len(kind), dtype=np.bool_)
    inside[1:-1] = (kind[1:-1] == _POINT) & (kind[:-2] == _DIGIT) & (kind[2:] == _DIGIT)
    return inside


@cache
def _kinds() -> NDArray[np.uint8]:
    """The kind of each code point of the basic plane (what lies beyond counts as a letter)."""
    kinds = np.array(
        [_DIGIT if c.isdigit() else _WORD if c.isalnum() else _OTHER for c in map(chr, range(0x10000))], dtype=np.uint8
    )
    marks = [i for i in range(0x300, 0x10000) if unicodedata.category(chr(i)) in ("Mn", "Mc")]
    kinds[marks] = _WORD
    for first, last in _UNSPACED:
        span = kinds[first : last + 1]
        span[span == _WORD] = _SINGLE
    kinds[[ord(c) for c in _APOSTROPHES]] = _APOSTROPHE
    kinds[[ord("."), ord(",")]] = _POINT
    kinds[0xFFFF] = _WORD
    return kinds


def _quoted_mask(text: str) -> NDArray[np.bool_]:
    """Return bool[len(text)]: which characters stand in a quotation or an embedded post."""
    mask = np.zeros(len(text), dtype=np.bool_)
    for pattern in (_QUOTED, _POST):
        for match in pattern.finditer(text):
            mask[match.start() : match.end()] = True
    return mask


def _hash_words(code: NDArray[np.uint32], kind: NDArray[np.uint8], quoted: NDArray[np.bool_]) -> Words:
    """Hash each word with a polynomial over its code points, from prefix sums: no loop over words."""
    kind = np.where(kind == _POINT, np.uint8(_OTHER), kind)
    is_word = kind != _OTHER
    before = np.concatenate(([_OTHER], kind[:-1])) if len(kind) else kind
    after = np.concatenate((kind[1:], [_OTHER])) if len(kind) else kind
    starts = np.flatnonzero(is_word & ((before == _OTHER) | (before == _SINGLE) | (kind == _SINGLE)))
    ends = np.flatnonzero(is_word & ((after == _OTHER) | (after == _SINGLE) | (kind == _SINGLE))) + 1
    prefix = np.zeros(len(code) + 1, dtype=np.uint64)
    np.cumsum(code * _powers(_BASE, len(code)), out=prefix[1:])
    raw = (prefix[ends] - prefix[starts]) * _powers(_INVERSE, len(code))[starts] if len(starts) else prefix[:0]
    digits = np.concatenate(([0], np.cumsum(kind == _DIGIT)))
    return Words(mix(raw + _BASE), quoted[starts], digits[ends] > digits[starts])


_POWERS: dict[int, NDArray[np.uint64]] = {}


def _powers(base: np.uint64, n: int) -> NDArray[np.uint64]:
    """Return base**0 .. base**(n-1) modulo 2**64, from a table that grows to the longest text seen."""
    table = _POWERS.get(int(base))
    if table is None or len(table) < n:
        size = max(n, 1 << 14)
        table = np.concatenate(([np.uint64(1)], np.cumprod(np.full(size, base, dtype=np.uint64))))
        _POWERS[int(base)] = table
    return table[:n]


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread the bits of uint64 hashes (one round of the MurmurHash3 finalizer)."""
    values = (values ^ (values >> _SHIFT)) * _MIX
    return values ^ (values >> _SHIFT)
