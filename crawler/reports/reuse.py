"""Who runs whose text. Pure.

The matrix counts the copies of each source by the source of their canonical article, which needs no texts to be read;
`running` goes by the most likely origin, which does, and says how fast and how much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median

from dedupe.provenance import Credit, Provenance, Step
from storage.types import ClusterRow, MemberRow, Reuse

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


@dataclass(frozen=True, slots=True)
class Running:
    """What one source runs of another's texts.

    ``origins``: of so many articles. ``told``: copies in clusters whose origin the evidence tells. ``median_lag_s``:
    from the origin's publication to the copy's, None where none is known. ``kept_share``: how much of the origin a copy
    keeps, on average. ``dropped``: copies in which a credit was dropped.
    """

    source: str
    origin_source: str
    copies: int
    origins: int
    told: int
    median_lag_s: float | None
    kept_share: float
    dropped: int


def running(
    traced: Iterable[tuple[ClusterRow, Provenance]],
    source: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Running]:
    """Say who runs a source's text, then whose it runs; the most copies first.

    ``since`` and ``until`` bound the dates of copies; the first is inclusive, the second exclusive.
    """
    found: dict[tuple[str, str], list[tuple[Provenance, Step]]] = {}
    for cluster, provenance in traced:
        rows = {member.id: member for member in cluster.members}
        origin = rows[provenance.origin].source
        for step in provenance.steps:
            copy = rows[step.child]
            if copy.source != origin and source in (copy.source, origin) and _is_within(copy, since, until):
                found.setdefault((copy.source, origin), []).append((provenance, step))
    pairs = (_running(*pair, copies) for pair, copies in found.items())
    return sorted(pairs, key=lambda row: (row.source == source, -row.copies, row.source, row.origin_source))


def _is_within(member: MemberRow, since: datetime | None, until: datetime | None) -> bool:
    when = member.date_published or member.date_first_seen
    return (since is None or when >= since) and (until is None or when < until)


def _running(source: str, origin_source: str, copies: Sequence[tuple[Provenance, Step]]) -> Running:
    lags = [step.of_origin.lag_s for _, step in copies if step.of_origin.lag_s is not None]
    return Running(
        source=source,
        origin_source=origin_source,
        copies=len(copies),
        origins=len({provenance.origin for provenance, _ in copies}),
        told=sum(provenance.is_told for provenance, _ in copies),
        median_lag_s=median(lags) if lags else None,
        kept_share=round(fmean(step.of_origin.edits.kept_share for _, step in copies), 4),
        dropped=sum(step.credit is Credit.DROPPED for _, step in copies),
    )
