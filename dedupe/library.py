"""What came before, wherever it is kept: what documents are matched against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedupe import candidates, postings, sites
from dedupe.documents import Known
from dedupe.sets import Hashes

Numbers: TypeAlias = NDArray[np.uint32]
Sizes: TypeAlias = NDArray[np.int64]
"""Numbers of own shingles; -1 for a document that is judged no more."""


class Library(Protocol):
    """What came before, wherever it is kept."""

    @property
    def index(self) -> postings.Index:
        """The index of all documents that were matched."""

    def windows(self, names: Sequence[str]) -> Mapping[str, sites.SiteWindow]:
        """Return the windows of sites: of their last `sites.WINDOW` documents."""

    def sizes(self, numbers: NDArray[np.uint32]) -> Sizes:
        """Return the numbers of own shingles of documents, -1 for one that is superseded or gone."""

    def bitmaps(self, numbers: Numbers) -> Hashes:
        """Return the bitmaps of documents (`Known.bitmap`), a row for each; zeros for one that is judged no more."""

    def known(self, numbers: Sequence[int]) -> Mapping[int, Known]:
        """Return documents by number, leaving out those that are judged no more."""


class MemoryLibrary:
    """A library in memory, for as many documents as fit there."""

    def __init__(self) -> None:
        self.index = postings.MemoryIndex()
        self._known: dict[int, Known] = {}

    def keep(self, judged: Iterable[Known]) -> None:
        """Keep documents that have been matched and that no revision supersedes."""
        self._known |= {known.document.number: known for known in judged}

    def windows(self, names: Sequence[str]) -> dict[str, sites.SiteWindow]:
        """See `Library`."""
        found = {name: sites.SiteWindow() for name in names}
        for known in self._known.values():
            if known.document.site in found:
                found[known.document.site].push(known.document.article_id, sites.sample(known.body.sequence))
        return found

    def sizes(self, numbers: NDArray[np.uint32]) -> Sizes:
        """See `Library`."""
        known = (self._known.get(number) for number in numbers.tolist())
        return np.array([-1 if each is None else len(each.own) for each in known], dtype=np.int64)

    def bitmaps(self, numbers: Numbers) -> Hashes:
        """See `Library`."""
        bitmaps = candidates.blank_bitmaps(len(numbers))
        for place, number in enumerate(numbers.tolist()):
            if number in self._known:
                bitmaps[place] = self._known[number].bitmap
        return bitmaps

    def known(self, numbers: Sequence[int]) -> dict[int, Known]:
        """See `Library`."""
        return {number: self._known[number] for number in numbers if number in self._known}
