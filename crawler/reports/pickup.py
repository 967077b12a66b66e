"""How fast an article was picked up: its copies by the time since the first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.reports.timeline import timeline
from storage.types import ClusterRow

MOST_CURVES = 6  # more lines cannot be told apart
MARKS = tuple(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24, 48, 168, 720))


@dataclass(frozen=True, slots=True)
class Curve:
    """How many copies a cluster had at each of the MARKS, how many came later, and how many have no date.

    ``by_publication`` is False where only first sight is known.
    """

    cluster: ClusterRow
    counts: tuple[int, ...]
    later: int
    undated: int
    by_publication: bool


def curves(clusters: Iterable[ClusterRow], now: datetime) -> list[Curve]:
    """Follow the largest clusters, the largest first."""
    largest = sorted(clusters, key=lambda row: (-len(row.members), row.id))[:MOST_CURVES]
    return [_curve(row, now) for row in largest]


def _curve(cluster: ClusterRow, now: datetime) -> Curve:
    line = timeline(cluster.members, now)
    lags = [stop.when - line.first for stop in line.stops if stop.place is not None][1:]
    counts = tuple(sum(lag <= mark for lag in lags) for mark in MARKS)
    undated = len(line.stops) - len(lags) - 1
    return Curve(cluster, counts, len(lags) - counts[-1], undated, line.by_publication)
