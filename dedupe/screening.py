"""Proposed pairs to pairs that are worth measuring, by bitmaps: those that show too little in common are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedupe import candidates
from dedupe.documents import Known
from dedupe.library import Library, Numbers
from dedupe.sets import Hashes, distinct

Places: TypeAlias = NDArray[np.int64]
Marks: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Proposed:
    """Pairs of documents and others, by number, and what speaks for each pair."""

    number: Numbers
    other: Numbers
    likely: Marks
    in_content: Marks

    def where(self, chosen: Marks | Places | slice) -> Proposed:
        """Return some of the pairs."""
        return Proposed(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def once(self) -> Proposed:
        """Leave out pairs that are there already: a document whose date has changed is filed in two places."""
        pairs = self.number.astype(np.uint64) << np.uint64(32) | self.other
        return self.where(np.sort(np.unique(pairs, return_index=True)[1]))


def joined(parts: Sequence[Proposed]) -> Proposed:
    """Make one of several, at least one."""
    return Proposed(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Proposed)))


def screened(library: Library, current: Sequence[Known], proposed: Proposed) -> Iterator[tuple[Known, Known]]:
    """Pair known documents, the earlier one first, that may have enough in common.

    What is not current is read from the library, where its bitmap does not show already that it need not be.
    """
    known = {each.document.number: each for each in current}
    chosen = alike_in_own(library, known, proposed)
    left = proposed.in_content & ~chosen
    _read(library, known, proposed.other[chosen | left])
    chosen |= _alike_in_content(known, proposed, left)
    for number, other in np.sort(np.stack((proposed.number, proposed.other))[:, chosen], axis=0).T.tolist():
        if number in known and other in known:
            yield known[number], known[other]


def _read(library: Library, known: dict[int, Known], numbers: Numbers) -> None:
    known |= library.known([number for number in distinct(numbers).tolist() if number not in known])


def alike_in_own(library: Library, known: Mapping[int, Known], proposed: Proposed) -> Marks:
    """Return which of the likely pairs are alike."""
    numbers = distinct(np.concatenate((proposed.number, proposed.other))[np.tile(proposed.likely, 2)])
    is_here = np.array([number in known for number in numbers.tolist()], dtype=np.bool_)
    bitmaps = candidates.blank_bitmaps(len(numbers))
    bitmaps[~is_here] = library.bitmaps(numbers[~is_here])
    for place in np.flatnonzero(is_here).tolist():
        bitmaps[place] = known[int(numbers[place])].bitmap
    return _where(proposed, proposed.likely, numbers, bitmaps, candidates.alike)


def _alike_in_content(known: Mapping[int, Known], proposed: Proposed, asked: Marks) -> Marks:
    numbers = np.array(sorted(known), dtype=np.uint32)
    there = asked & np.isin(proposed.other, numbers)
    numbers = distinct(np.concatenate((proposed.number[there], proposed.other[there])))
    bitmaps = np.array([known[number].content_bitmap for number in numbers.tolist()])
    return _where(proposed, there, numbers, bitmaps, candidates.alike_in_content)


def _where(
    proposed: Proposed,
    asked: Marks,
    numbers: Numbers,
    bitmaps: Hashes,
    test: Callable[[candidates.Bitmaps, candidates.Bitmaps], Marks],
) -> Marks:
    """Return which pairs pass a test of their bitmaps, a row for each of the sorted ``numbers``, of those asked for."""
    passed = np.zeros(len(asked), dtype=np.bool_)
    if not asked.any():
        return passed
    sizes = candidates.bits_in(bitmaps)
    one, two = (numbers.searchsorted(side[asked]) for side in (proposed.number, proposed.other))
    passed[asked] = test((bitmaps[one], sizes[one]), (bitmaps[two], sizes[two]))
    return passed
