"""What was done to a text to make another of it, in words: kept, added, cut, worded otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes, distinct, isin
from dedupe.shingles import covered, shingle

RUN = 3  # words: a shorter run that two texts share says nothing

_Bools = NDArray[np.bool_]
_Ints = NDArray[np.int64]
_EDGE = np.zeros(RUN - 1, dtype=np.uint64)
_INSIDE = np.zeros(RUN - 1, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Edits:
    """Counts of words: ``kept`` and ``cut`` of the text before, ``added`` and ``reworded`` of the text after.

    ``before`` and ``after`` are all they have. Reworded are words that stand where others stood; those others are
    neither kept nor cut.
    """

    kept: int
    cut: int
    added: int
    reworded: int
    before: int
    after: int

    @property
    def kept_share(self) -> float:
        """The share of the text before that is kept, 0..1."""
        return self.kept / max(1, self.before)


def runs(words: Hashes, but: _Bools | None = None) -> Hashes:
    """Return the runs of RUN words of a text, sorted, each once; not those that have a word which is in ``but``.

    Beyond either end of a text stand words of their own kind, so that it tells where a text begins and ends.
    """
    found = shingle(np.concatenate((_EDGE, words, _EDGE)), RUN)
    if but is not None:
        padded = np.concatenate((_INSIDE, but, _INSIDE))
        found = found[~np.logical_or.reduce([padded[offset : offset + len(found)] for offset in range(RUN)])]
    return distinct(found)


def edits(before: Hashes, after: Hashes) -> Edits:
    """Compare two texts by their hashed words. What was moved is kept."""
    if np.array_equal(before, after):
        return Edits(len(before), 0, 0, 0, len(before), len(after))
    kept, still = _shared(before, after), _shared(after, before)
    starts, ends = _gaps(still)
    lost_until = np.concatenate(([0], np.cumsum(~kept)))
    froms, untils = _stood(before, after, starts, ends)
    lost = np.where(froms <= untils, lost_until[untils] - lost_until[np.minimum(froms, untils)], 0)
    instead = (lost > 0) & (lost == untils - froms)
    sizes = ends - starts
    return Edits(
        kept=int(kept.sum()),
        cut=int(lost_until[-1] - lost[instead].sum()),
        added=int(sizes[~instead].sum()),
        reworded=int(sizes[instead].sum()),
        before=len(before),
        after=len(after),
    )


def _shared(words: Hashes, other: Hashes) -> _Bools:
    """Return bool[len(words)]: which words stand in a run that the other text has, too."""
    return covered(isin(shingle(words, RUN), runs(other)), len(words), RUN)


def _gaps(shared: _Bools) -> tuple[_Ints, _Ints]:
    """Return where runs of words that are not shared begin and end."""
    borders = np.flatnonzero(np.diff(shared, prepend=np.True_, append=np.True_))
    return borders[::2], borders[1::2]


def _stood(before: Hashes, after: Hashes, starts: _Ints, ends: _Ints) -> tuple[_Ints, _Ints]:
    """Return from where to where in the text before the place lies that is a gap in the text after."""
    froms, untils = np.zeros(len(starts), dtype=np.int64), np.full(len(ends), len(before), dtype=np.int64)
    sequence, there = shingle(after, RUN), shingle(before, RUN)
    order = np.argsort(there, kind="stable")
    inner = starts > 0
    froms[inner] = order[there[order].searchsorted(sequence[starts[inner] - RUN])] + RUN
    inner = ends < len(after)
    untils[inner] = order[there[order].searchsorted(sequence[ends[inner]])]
    return froms, untils
