"""Site text: what an article shares with others of its own site is navigation, template or gallery, not the article.

The window of a site is its last WINDOW revisions before a given one. It depends on nothing but the order of arrival, so
an incremental run and a rebuild see the same site text.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes

WINDOW = 200
# A window article that holds this share of a text (or is held by it) is another copy of it, not a sign of site text.
COPY_CONTAINMENT = 0.8


class SiteWindow:
    """The shingles of a site's latest articles, sorted for look-ups."""

    def __init__(self) -> None:
        self._shingles = np.empty(0, dtype=np.uint64)
        self._entries = np.empty(0, dtype=np.int64)  # the entry each shingle belongs to
        self._articles: deque[int] = deque()
        self._sizes: deque[int] = deque()
        self._first = 0  # the number of the oldest entry

    def push(self, article_id: int, shingles: Hashes) -> None:
        """Add an article (``shingles`` sorted, each once); the oldest leaves when the window is full."""
        if len(self._articles) == WINDOW:
            stay = self._entries != self._first
            self._shingles, self._entries = self._shingles[stay], self._entries[stay]
            self._first += 1
            self._articles.popleft()
            self._sizes.popleft()
        where = np.searchsorted(self._shingles, shingles)
        self._shingles = np.insert(self._shingles, where, shingles)
        self._entries = np.insert(self._entries, where, self._first + len(self._articles))
        self._articles.append(article_id)
        self._sizes.append(len(shingles))

    def site_text(self, shingles: Hashes, *, own: frozenset[int], others: int) -> Hashes:
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
        places = entries - self._first
        shared = np.bincount(places, minlength=len(self._articles))
        is_copy = shared >= COPY_CONTAINMENT * np.minimum(np.array(self._sizes, dtype=np.int64), size)
        is_own = np.isin(np.array(self._articles, dtype=np.int64), list(own))
        other: NDArray[np.bool_] = ~(is_copy | is_own)[places]
        return other
