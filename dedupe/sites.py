"""Site text: what an article shares with others of its own site is navigation, template or gallery, not the article.

The window of a site is its last WINDOW revisions before a given one. It depends on nothing but the order of arrival, so
an incremental run and a rebuild see the same site text.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint64]

WINDOW = 200
# A window article that holds this share of a text (or is held by it) is another copy of it, not a sign of site text.
COPY_CONTAINMENT = 0.8


class SiteWindow:
    """The shingles of a site's latest articles, sorted for look-ups."""

    def __init__(self) -> None:
        self._shingles = np.empty(0, dtype=np.uint64)
        self._entries = np.empty(0, dtype=np.int64)  # the entry each shingle belongs to
        self._articles: list[int] = []
        self._sizes: list[int] = []
        self._first = 0  # entries before this one have left the window

    def push(self, article_id: int, shingles: Shingles) -> None:
        """Add an article (``shingles`` sorted, each once); the oldest leaves when the window is full."""
        where = np.searchsorted(self._shingles, shingles)
        self._shingles = np.insert(self._shingles, where, shingles)
        self._entries = np.insert(self._entries, where, len(self._articles))
        self._articles.append(article_id)
        self._sizes.append(len(shingles))
        if len(self._articles) - self._first > WINDOW:
            stay = self._entries != self._first
            self._shingles, self._entries = self._shingles[stay], self._entries[stay]
            self._first += 1

    def site_text(self, shingles: Shingles, *, own: frozenset[int], others: int) -> Shingles:
        """Return those of ``shingles`` (sorted, each once) that at least ``others`` other articles of the site have.

        Articles in ``own``, and copies of the text itself, do not count as others.
        """
        left = np.searchsorted(self._shingles, shingles, side="left")
        count = np.searchsorted(self._shingles, shingles, side="right") - left
        index = np.repeat(np.arange(len(shingles)), count)
        within = np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)
        entries = self._entries[np.repeat(left, count) + within]
        counts = np.bincount(index[self._is_other(entries, len(shingles), own)], minlength=len(shingles))
        return shingles[counts >= others]

    def _is_other(self, entries: NDArray[np.int64], size: int, own: frozenset[int]) -> NDArray[np.bool_]:
        """Return, for each match, whether its entry is an article of its own."""
        shared = np.bincount(entries - self._first, minlength=len(self._articles) - self._first)
        sizes = np.minimum(np.array(self._sizes[self._first :], dtype=np.int64), size)
        other = shared < COPY_CONTAINMENT * sizes
        for position, article_id in enumerate(self._articles[self._first :]):
            if article_id in own:
                other[position] = False
        verdict: NDArray[np.bool_] = other[entries - self._first]
        return verdict
