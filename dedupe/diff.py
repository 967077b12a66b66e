"""Compare two texts word by word, for a person to read. Nothing is judged here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

# Chinese, Japanese and Thai put no spaces between words: there every character counts as one.
_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"(?:[{_UNSPACED}]|[^\s{_UNSPACED}]+)\s*")
# Typing, not wording: outlets differ in these on otherwise verbatim copies.
_TYPING = str.maketrans("‘’‚“”„«»–—‑\u00a0", '\'\'\'"""""--- ', "\u00ad\u200b\ufeff")

# Shared text is a run of at least this many words: shorter ones ("of the") say nothing; longer ones are rare and so
# found fast. Texts as short as a headline are compared word by word.
_RUN_WORDS = 3
_SHORT_WORDS = 30


class Kind(StrEnum):
    """Which of the two texts has the words of a span."""

    SAME = "same"
    ONLY_A = "only_a"
    ONLY_B = "only_b"


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring words of one kind, with the white space that follows them."""

    kind: Kind
    text: str


def words(text: str) -> list[str]:
    """Split a text into words, each with the white space that follows it; the last gets a blank."""
    return _WORD.findall(text.strip() + " ")


def compare(a: str, b: str) -> list[Span]:
    """Say which words two texts share, in order, and which only one of them has.

    Shared words may differ in the kind of quotation marks and dashes and in white space; they are given as ``a`` has
    them. So the spans without ``ONLY_B`` join to ``a``, those without ``ONLY_A`` to ``b`` but for such differences.
    """
    words_a, words_b = words(a), words(b)
    found: list[tuple[Kind, str]] = []
    done_a = done_b = 0
    for start_a, start_b, length in _runs(words_a, words_b):
        found += [(Kind.ONLY_A, word) for word in words_a[done_a:start_a]]
        found += [(Kind.ONLY_B, word) for word in words_b[done_b:start_b]]
        done_a, done_b = start_a + length, start_b + length
        found += [(Kind.SAME, word) for word in words_a[start_a:done_a]]
    return [Span(kind, "".join(word for _, word in group)) for kind, group in groupby(found, key=lambda pair: pair[0])]


def _runs(words_a: list[str], words_b: list[str]) -> list[tuple[int, int, int]]:
    """List the shared runs as (start in a, start in b, words), in order, without overlap; an empty one at the ends."""
    size = _RUN_WORDS if min(len(words_a), len(words_b)) > _SHORT_WORDS else 1
    matcher = SequenceMatcher(None, _grams(words_a, size), _grams(words_b, size))
    runs: list[tuple[int, int, int]] = []
    end_a = end_b = 0
    for start_a, start_b, length in matcher.get_matching_blocks()[:-1]:
        overlap = max(end_a - start_a, end_b - start_b, 0)
        end_a, end_b = start_a + length + size - 1, start_b + length + size - 1
        if end_a > start_a + overlap:
            runs.append((start_a + overlap, start_b + overlap, end_a - start_a - overlap))
    return [*runs, (len(words_a), len(words_b), 0)]


def _grams(words_: list[str], size: int) -> list[tuple[str, ...]]:
    """List every run of ``size`` neighbouring words, as compared."""
    keys = [word.translate(_TYPING).strip() for word in words_]
    return list(zip(*(keys[start:] for start in range(size)), strict=False))
