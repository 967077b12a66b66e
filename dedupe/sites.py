"""Site text: what an article shares with others of its own site is navigation, template or gallery, not the article.

The window of a site is its last WINDOW revisions. An article's site text is found when it arrives, with the window of
that moment, and never again: so an incremental run and a rebuild, which both go by order of arrival, see the same.

What repeats comes in stretches. So the window keeps only every SAMPLEth shingle, chosen by its hash ("mod m" sampling:
Broder 1997), and a shingle between two of these repeats when both of them do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes, ranges

WINDOW = 200  # at most 256, as a slot is one byte
SAMPLE = 4  # a power of two
# A window article that holds this share of a text (or is held by it) is another copy of it, not a sign of site text.
COPY_CONTAINMENT = 0.8
# An article repeats what this many others of its site have; where two of one site are compared, the other is one more.
REPEATED = 2

_SLOT_BITS, _SLOT = np.uint64(8), np.uint64(255)


@dataclass(frozen=True, slots=True)
class SiteText:
    """Which shingles of an article (bool[n], in order) others of its site had: ``seen`` one, ``repeated`` two."""

    seen: NDArray[np.bool_]
    repeated: NDArray[np.bool_]

    def as_bytes(self) -> bytes:
        """Return the marks as a short string: the borders of their runs; empty when nothing is marked."""
        levels = self.seen.astype(np.int8) + self.repeated
        borders = np.flatnonzero(np.diff(levels, prepend=0, append=0))
        heights = np.append(levels, 0)[borders]
        return bytes((borders << 2 | heights).astype("<u4").tobytes()) if len(borders) else b""


def restored(marks: bytes, count: int) -> SiteText:
    """Make the site text of ``count`` shingles of what `SiteText.as_bytes` gave."""
    if not marks:
        return nothing(count)
    borders = np.frombuffer(marks, dtype="<u4")
    levels = np.zeros(count + 1, dtype=np.int8)
    heights = (borders & 3).astype(np.int8)
    levels[borders >> 2] = np.diff(heights, prepend=np.int8(0))
    levels = np.cumsum(levels)[:count]
    return SiteText(levels >= 1, levels >= REPEATED)


def nothing(count: int) -> SiteText:
    """The site text of an article of which nothing is any."""
    none = np.zeros(count, dtype=np.bool_)
    none.flags.writeable = False  # it is both marks
    return SiteText(none, none)


def _is_sampled(sequence: Hashes) -> NDArray[np.bool_]:
    sampled: NDArray[np.bool_] = sequence & np.uint64(SAMPLE - 1) == 0
    return sampled


def sample(sequence: Hashes) -> NDArray[np.uint32]:
    """Return what a window keeps of an article's shingles, in order: uint32[about len(sequence) / SAMPLE]."""
    sampled: NDArray[np.uint32] = (sequence[_is_sampled(sequence)] >> np.uint64(32)).astype(np.uint32)
    return sampled


class SiteWindow:
    """The sampled shingles of a site's latest articles, sorted for look-ups."""

    def __init__(self, known: Sequence[tuple[int, NDArray[np.uint32]]] = ()) -> None:
        """Begin with the ids and samples of some articles, the oldest first, at most WINDOW."""
        self._articles = np.full(WINDOW, -1, dtype=np.int64)  # by slot
        self._sizes = np.ones(WINDOW, dtype=np.int64)
        self._slots: deque[int] = deque(range(WINDOW))  # the one to be used next first
        self._slots.rotate(-len(known))
        # of all articles, in order: the upper half of each shingle, and behind it the article's slot
        held = [_in_slot(sampled, slot) for slot, (_, sampled) in enumerate(known)]
        self._held = np.sort(np.concatenate([np.empty(0, dtype=np.uint64), *held]))
        self._articles[: len(known)] = [article_id for article_id, _ in known]
        self._sizes[: len(known)] = [max(1, len(sampled)) for _, sampled in known]

    def push(self, article_id: int, sampled: NDArray[np.uint32]) -> None:
        """Add an article; the oldest leaves when the window is full."""
        slot = self._slots[0]
        self._slots.rotate(-1)
        if self._articles[slot] >= 0:
            self._held = self._held[_slots(self._held) != slot]
        new = np.sort(_in_slot(sampled, slot))
        self._held = np.sort(np.concatenate((self._held, new)), kind="stable")  # which merges what is in order
        self._articles[slot], self._sizes[slot] = article_id, max(1, len(new))

    def arrived(self, article_id: int, sequence: Hashes) -> SiteText:
        """Find the site text of the article that comes next, which is then in the window."""
        site_text = self.site_text(article_id, sequence)
        self.push(article_id, sample(sequence))
        return site_text

    def site_text(self, article_id: int, sequence: Hashes) -> SiteText:
        """Find the site text of an article that is not in the window yet; its former revisions are no others."""
        chosen = _is_sampled(sequence)
        wanted = sequence[chosen] >> np.uint64(32) << _SLOT_BITS
        order = np.argsort(wanted)
        first = self._held.searchsorted(wanted[order])
        count = self._held.searchsorted(wanted[order] | _SLOT, side="right") - first
        if not count.any():
            return nothing(len(sequence))
        which = np.repeat(order, count)
        slots = _slots(self._held[ranges(first, count)])
        others = np.bincount(which[self._is_other(slots, len(wanted), article_id)], minlength=len(wanted))
        return _spread(others, chosen)

    def _is_other(self, slots: NDArray[np.uint8], size: int, article_id: int) -> NDArray[np.bool_]:
        """Return, for each match, whether the article in its slot is neither the article itself nor a copy."""
        shared = np.bincount(slots, minlength=WINDOW)
        is_copy = shared >= COPY_CONTAINMENT * np.minimum(self._sizes, size)
        other: NDArray[np.bool_] = ~(is_copy | (self._articles == article_id))[slots]
        return other


def _in_slot(sampled: NDArray[np.uint32], slot: int) -> Hashes:
    """Put the slot of their article behind shingles, into the lowest byte."""
    return sampled.astype(np.uint64) << _SLOT_BITS | np.uint64(slot)


def _slots(held: Hashes) -> NDArray[np.uint8]:
    return held.astype(np.uint8)


def _spread(others: NDArray[np.int64], chosen: NDArray[np.bool_]) -> SiteText:
    """Carry counts over from sampled shingles to those between: the lower one of the two neighbours'."""
    padded = np.concatenate((others[:1], others, others[-1:]))
    before = np.cumsum(chosen)
    counts = np.where(chosen, padded[before], np.minimum(padded[before], padded[before + 1]))
    return SiteText(counts >= 1, counts >= REPEATED)
