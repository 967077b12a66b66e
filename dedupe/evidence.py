"""What tells who took a text from whom: words that only the two have, dates, credits, links.

All is measured in runs of words that a text has and that from which it was made has not.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedupe import descent
from dedupe.canonical import EARLY_S, Claim, creditors, is_agencys_own, names_another
from dedupe.descent import Costs, Ints
from dedupe.edits import runs
from dedupe.sets import Hashes

CLOCKS_S = 86_400.0  # clocks, zones and editors are wrong by hours
_CLOCKS = 60.0  # the parent's date is the later one, by less than that
_LATER = 200.0  # by more
_MINUTES = 25.0  # by a few minutes
_AFTER = 2.0  # only by when the two were seen
_CREDITS = 80.0  # the copy credits the parent
_NAMES = 250.0  # the copy names the parent's URL as its original
_AGENCY = 20.0  # the origin is an agency's own text
_OTHERS = 20.0  # the origin says itself that it is a copy, of nothing that is here

_Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a cluster: what it claims, its words as `dedupe.text.words` hashes them, and by when it was there.

    ``site_text`` bool[len(words)] marks the words that its site repeats: those it has from nobody. ``seen`` is in
    seconds since 1970: when it was first seen or, where that is earlier, changed.
    """

    claim: Claim
    words: Hashes
    site_text: _Bools
    seen: float

    @property
    def span(self) -> tuple[float, float]:
        """Between which times it was published, as far as is known. A date that it cannot have is none."""
        claim = self.claim
        if claim.earliest is None or claim.latest is None or claim.earliest > self.seen + CLOCKS_S:
            return -np.inf, self.seen
        return min(claim.earliest, self.seen), min(claim.latest, self.seen)


@dataclass(frozen=True)
class Evidence:
    """What is known of members, in the order in which they appeared; the first ``count`` of them may be parents.

    Rows are members as copies, columns as parents. ``new`` int64[n, count]: the runs of words that only the copy has.
    """

    members: Sequence[Member]
    count: int
    new: Ints
    sizes: Ints

    @cached_property
    def spans(self) -> NDArray[np.float64]:
        """When each was published: float64[n, 2]."""
        return np.array([member.span for member in self.members])

    @cached_property
    def _creditors(self) -> tuple[list[set[int]], list[set[int]]]:
        return creditors([member.claim for member in self.members])

    @cached_property
    def credits(self) -> _Bools:
        """Which credit which: bool[n, count]."""
        credited, _ = self._creditors
        return self._marked((child, parent) for parent in range(self.count) for child in credited[parent])

    @cached_property
    def names(self) -> _Bools:
        """Which name which URL as that of their original: bool[n, count]."""
        place = {member.claim.url: number for number, member in enumerate(self.members)}
        pointing = (
            (child, place.get(url)) for child, member in enumerate(self.members) for url in member.claim.points_at
        )
        return self._marked((child, parent) for child, parent in pointing if parent is not None and parent != child)

    def _marked(self, pairs: Iterable[tuple[int, int]]) -> _Bools:
        marked = np.zeros(self.new.shape, dtype=np.bool_)
        for child, parent in pairs:
            if parent < self.count:
                marked[child, parent] = True
        return marked

    def is_house(self, child: int, parent: int) -> bool:
        """Say whether two members are of one publisher."""
        return child in self._creditors[1][parent]

    @cached_property
    def cost(self) -> Costs:
        """What speaks against each step: float64[n, count]."""
        ahead = self.spans[: self.count, 0] - self.spans[:, 1, None]
        after = np.arange(self.count) > np.arange(len(self.members))[:, None]
        late = np.select(
            [ahead > CLOCKS_S, ahead > EARLY_S, ahead > 0, after], [_LATER, _CLOCKS, _MINUTES, _AFTER], 0.0
        )
        cost: Costs = self.new + late - _CREDITS * self.credits - _NAMES * self.names
        return cost

    @cached_property
    def alone(self) -> Costs:
        """What speaks against each as the origin: float64[count]."""
        claims = [member.claim for member in self.members[: self.count]]
        agency = np.array([is_agencys_own(claim) for claim in claims])
        copies = np.array([names_another(claim) or bool(claim.points_at) for claim in claims])
        copies &= ~(self.credits | self.names)[: self.count].any(axis=1)
        alone: Costs = self.sizes[: self.count] - _AGENCY * agency + _OTHERS * copies
        return alone


def gathered(members: Iterable[Member]) -> Evidence:
    """Compare members with each other. Of a text that several have, the same words are compared once."""
    ordered = sorted(members, key=lambda member: (member.span[1], member.claim.article_id))
    count = min(len(ordered), descent.MOST_PARENTS)
    texts, text_of = _grouped([member.words.tobytes() for member in ordered])
    copies, copy_of = _grouped(
        [(text, member.site_text.tobytes()) for text, member in zip(text_of, ordered, strict=True)]
    )
    parents = [runs(ordered[place].words) for place in texts if place < count]
    own = [runs(ordered[place].words, ordered[place].site_text) for place in copies]
    sizes = np.array([len(each) for each in own])
    new = sizes[:, None] - descent.shared(own, parents)
    return Evidence(ordered, count, new[np.ix_(copy_of, text_of[:count])], sizes[copy_of])


def _grouped(keys: Sequence[Hashable]) -> tuple[list[int], Ints]:
    """Return the first place of each key, and for each place the number of its key in that list."""
    first: dict[Hashable, int] = {}
    for place, key in enumerate(keys):
        first.setdefault(key, place)
    number = {key: number for number, key in enumerate(first)}
    return [*first.values()], np.array([number[key] for key in keys])
