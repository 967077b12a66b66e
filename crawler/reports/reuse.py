"""Who runs whose text: the copies of each source by the source of their canonical article. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.types import Reuse

MOST_SOURCES = 12  # as many columns fit on a page
_SHADES = 4


@dataclass(frozen=True, slots=True)
class Copier:
    """What one source, or (None) all that have no row of their own, has copies of.

    ``counts`` are by the matrix' columns, ``others`` of those that have none.
    """

    source: str | None
    counts: tuple[int, ...]
    others: int

    @property
    def total(self) -> int:
        """Give the number of its copies."""
        return sum(self.counts) + self.others


@dataclass(frozen=True, slots=True)
class Matrix:
    """Sources that have copies as rows, those whose text they have as ``columns``; each with the most first.

    ``copiers`` and ``origins`` count all there are.
    """

    columns: tuple[str, ...]
    rows: tuple[Copier, ...]
    copiers: int
    origins: int

    def shade(self, count: int) -> int:
        """Give how dark a cell is: 0 for nothing, up to 4 for the most there is."""
        most = max((each for row in self.rows if row.source is not None for each in row.counts), default=0)
        return min(-(-_SHADES * count // most), _SHADES) if count else 0


def matrix(reuses: Sequence[Reuse]) -> Matrix:
    """Arrange the largest sources on each side; the others are put together."""
    taken: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for each in reuses:
        taken[each.source] += each.copies
        given[each.canonical_source] += each.copies
    columns, named = _largest(given), _largest(taken)
    rows = [_copier(name, (each for each in reuses if each.source == name), columns) for name in named]
    rest = _copier(None, (each for each in reuses if each.source not in named), columns)
    return Matrix(columns, (*rows, *([rest] if rest.total else [])), len(taken), len(given))


def _largest(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda name: (-counts[name], name))[:MOST_SOURCES])


def _copier(source: str | None, reuses: Iterable[Reuse], columns: Sequence[str]) -> Copier:
    counts: Counter[str] = Counter()
    for each in reuses:
        counts[each.canonical_source] += each.copies
    own = tuple(counts[name] for name in columns)
    return Copier(source, own, counts.total() - sum(own))
