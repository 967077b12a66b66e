"""Words to shingles: the w-shingles of Broder (1997), hashed, with what is needed to leave some out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes, distinct
from dedupe.text import Reading, Words, mix, read

WIDTH = 5
SHORT_WIDTH = 2
_STEP = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True)
class Shingled:
    """A text ready to be compared: its words and its 5-word shingles in order (uint64[max(0, n - 4)]).

    ``quoted`` bool[len(sequence)]: most words of the shingle stand in a quotation.
    """

    words: Words
    sequence: Hashes
    quoted: NDArray[np.bool_]

    @cached_property
    def _ranked(self) -> tuple[Hashes, NDArray[np.int64]]:
        order = np.argsort(self.sequence)
        ascending = self.sequence[order]
        new = np.ones(len(ascending), dtype=np.bool_)
        np.not_equal(ascending[1:], ascending[:-1], out=new[1:])
        places = np.empty(len(ascending), dtype=np.int64)
        places[order] = np.cumsum(new) - 1
        return ascending[new], places

    @property
    def unique(self) -> Hashes:
        """All shingles, sorted, each once."""
        return self._ranked[0]

    @property
    def places(self) -> NDArray[np.int64]:
        """Where each shingle of the sequence stands in `unique`: int64[len(sequence)]."""
        return self._ranked[1]

    @cached_property
    def quotations(self) -> NDArray[np.bool_]:
        """Which shingles of `unique` stand in a quotation: bool[len(unique)]."""
        return self.anywhere(self.quoted)

    def anywhere(self, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Carry a mark over from `sequence` to `unique`: a shingle has it that has it anywhere."""
        carried = np.zeros(len(self.unique), dtype=np.bool_)
        carried[self.places[marked]] = True
        return carried

    def words_in(self, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return bool[len(words)]: which words stand in a shingle of `sequence` that is marked."""
        return covered(marked, len(self.words), WIDTH)

    @cached_property
    def pairs(self) -> Hashes:
        """The 2-word shingles, sorted, each once: what survives of a text through machine translation."""
        return distinct(shingle(self.words.hashes, SHORT_WIDTH))

    @cached_property
    def numbers(self) -> Hashes:
        """The words with digits, sorted, each once."""
        return distinct(self.words.hashes[self.words.numeric])

    @cached_property
    def digest(self) -> int:
        """A number of 64 bits that two texts share only if they have the same words in the same order."""
        count = len(self.words)
        return int((self.words.hashes * mix(np.arange(1, count + 1, dtype=np.uint64))).sum()) ^ count


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


def covered(marked: NDArray[np.bool_], count: int, width: int) -> NDArray[np.bool_]:
    """Return bool[count]: which words stand in a run of ``width`` words that is marked, by its first one."""
    inside = np.zeros(count, dtype=np.bool_)
    for offset in range(width):
        inside[offset : offset + len(marked)] |= marked
    return inside


def shingled(text: str) -> Shingled:
    """Prepare ``text`` for comparison."""
    return prepare([text])[0]


def prepare(texts: Sequence[str]) -> list[Shingled]:
    """Prepare many texts at once, each as `shingled` does."""
    return [found for reading in read(texts) for found in of_reading(reading)]


def of_reading(reading: Reading) -> Iterator[Shingled]:
    """Shingle the words of several texts together, and take them apart."""
    words = reading.words
    sequence = shingle(words.hashes, WIDTH)
    ones = words.quoted.view(np.uint8)
    shifted = [ones[offset : offset + len(sequence)] for offset in range(WIDTH)]
    quoted = sum(shifted[1:], shifted[0]) > WIDTH // 2
    for begin, end in pairwise(reading.bounds):
        last = max(begin, end - WIDTH + 1)
        yield Shingled(words.part(begin, end), sequence[begin:last], quoted[begin:last])
