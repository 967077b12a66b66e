"""Site text: what an article shares with others of its own site is navigation, template or gallery, not the article.

The window of a site is its last WINDOW revisions. An article's site text is found when it arrives, with the window of
that moment, and never again: so an incremental run and a rebuild, which both go by order of arrival, see the same.

What repeats comes in stretches. So the window keeps only every SAMPLEth shingle, chosen by its hash ("mod m" sampling:
Broder 1997), and a shingle between two of these repeats when both of them do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes, ranges

WINDOW = 200
SAMPLE = 4  # a power of two
# A window article that holds this share of a text (or is held by it) is another copy of it, not a sign of site text.
COPY_CONTAINMENT = 0.8
# An article repeats what this many others of its site have; where two of one site are compared, the other is one more.
REPEATED = 2
_PACKED = np.dtype("<u4")
_ENDS = np.uint32(0xFFFF)  # the bits by which shingles are looked for in a window


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


def packed(sequence: Hashes) -> bytes:
    """Return the same as a string."""
    return sample(sequence).astype(_PACKED).tobytes()


class SiteWindow:
    """The sampled shingles of a site's latest articles."""

    def __init__(self, articles: Sequence[int] = (), samples: Sequence[bytes] = ()) -> None:
        """Begin with the ids and samples (see `packed`) of some articles, the oldest first, at most WINDOW."""
        self._articles = np.array(articles, dtype=np.int64)
        self._sizes = np.array([len(each) for each in samples], dtype=np.int64) // _PACKED.itemsize
        self._shingles = np.frombuffer(b"".join(samples), dtype=_PACKED).astype(np.uint32, copy=False)

    def push(self, article_id: int, sampled: NDArray[np.uint32]) -> None:
        """Add an article; the oldest leaves when the window is full."""
        leaving = len(self._articles) // WINDOW
        self._shingles = np.concatenate((self._shingles[self._sizes[:leaving].sum() :], sampled))
        self._articles = np.append(self._articles[leaving:], article_id)
        self._sizes = np.append(self._sizes[leaving:], len(sampled))

    def arrived(self, article_id: int, sequence: Hashes) -> SiteText:
        """Find the site text of the article that comes next, which is then in the window."""
        site_text = self.site_text(article_id, sequence)
        self.push(article_id, sample(sequence))
        return site_text

    def site_text(self, article_id: int, sequence: Hashes) -> SiteText:
        """Find the site text of an article that is not in the window yet; its former revisions are no others."""
        chosen = _is_sampled(sequence)
        shingles = (sequence[chosen] >> np.uint64(32)).astype(np.uint32)
        places = self._may_be_among(shingles)
        there = self._shingles[places]
        first = there.searchsorted(shingles)
        count = there.searchsorted(shingles, side="right") - first
        if not count.any():
            return nothing(len(sequence))
        which = np.repeat(np.arange(len(shingles)), count)
        owners = np.cumsum(self._sizes).searchsorted(places[ranges(first, count)], side="right")
        others = np.bincount(which[self._is_other(owners, len(shingles), article_id)], minlength=len(shingles))
        return _spread(others, chosen)

    def _may_be_among(self, shingles: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Return where in the window shingles end in the same bits as some of these, sorted by what is there.

        Hardly any others do: so neither the window is sorted, nor each of its shingles looked up.
        """
        ends = np.zeros(int(_ENDS) + 1, dtype=np.bool_)
        ends[shingles & _ENDS] = True
        places = np.flatnonzero(ends.take((self._shingles & _ENDS).astype(np.int64)))
        return places[np.argsort(self._shingles[places])]

    def _is_other(self, owners: NDArray[np.int64], size: int, article_id: int) -> NDArray[np.bool_]:
        """Return, for each match, whether the article that owns it is neither the article itself nor a copy."""
        shared = np.bincount(owners, minlength=len(self._articles))
        is_copy = shared >= COPY_CONTAINMENT * np.maximum(1, np.minimum(self._sizes, size))
        other: NDArray[np.bool_] = ~(is_copy | (self._articles == article_id))[owners]
        return other


def _spread(others: NDArray[np.int64], chosen: NDArray[np.bool_]) -> SiteText:
    """Carry counts over from sampled shingles to those between: the lower one of the two neighbours'."""
    padded = np.concatenate((others[:1], others, others[-1:]))
    before = np.cumsum(chosen)
    counts = np.where(chosen, padded[before], np.minimum(padded[before], padded[before + 1]))
    return SiteText(counts >= 1, counts >= REPEATED)
