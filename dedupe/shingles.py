"""Words to shingles: the w-shingles of Broder (1997), hashed, with what is needed to leave some out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes, without
from dedupe.text import Words, mix, words

WIDTH = 5
SHORT_WIDTH = 2
_STEP = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True)
class Shingled:
    """A text ready to be compared: its words and its 5-word shingles in order (uint64[max(0, n - 4)])."""

    words: Words
    sequence: Hashes
    quoted: NDArray[np.bool_]

    @cached_property
    def unique(self) -> Hashes:
        """All shingles, sorted, each once."""
        return np.unique(self.sequence)

    @cached_property
    def unquoted(self) -> Hashes:
        """The shingles outside quotations, sorted, each once; one that also stands in a quotation is left out."""
        return without(self.unique, self.quotations)

    @cached_property
    def quotations(self) -> Hashes:
        """The shingles of which most words are quoted, sorted, each once."""
        return np.unique(self.sequence[self.quoted])

    @cached_property
    def pairs(self) -> Hashes:
        """The 2-word shingles, sorted, each once: what survives of a text through machine translation."""
        return np.unique(shingle(self.words.hashes, SHORT_WIDTH))

    @cached_property
    def numbers(self) -> Hashes:
        """The words with digits, sorted, each once."""
        return np.unique(self.words.hashes[self.words.numeric])


def shingle(hashes: Hashes, width: int) -> Hashes:
    """Hash every run of ``width`` words: uint64[max(0, n - width + 1)], in order."""
    count = len(hashes) - width + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    total = hashes[:count].copy()
    for offset in range(1, width):
        total *= _STEP
        total += hashes[offset : offset + count]
    return mix(total)


def shingled(text: str) -> Shingled:
    """Prepare ``text`` for comparison."""
    found = words(text)
    sequence = shingle(found.hashes, WIDTH)
    quoted = np.concatenate(([0], np.cumsum(found.quoted)))
    most = (quoted[WIDTH:] - quoted[:-WIDTH]) * 2 > WIDTH if len(sequence) else np.empty(0, dtype=np.bool_)
    return Shingled(found, sequence, most)
