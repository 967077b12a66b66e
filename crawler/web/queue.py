"""Reading what pairs wait for a person, and how well the rules do by what persons have decided so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.jobs import evaluate
from crawler.web.looks import LEAST, MOST, Look, closeness, looks
from dedupe.evaluate import Counts
from dedupe.judge import Thresholds
from storage.queries import Queries
from storage.store import Store
from storage.types import Edge

_WALKED = 20_000  # edges of the latest arrivals
_BORDERLINE = 200
_LARGEST = 50  # clusters


@dataclass(frozen=True, slots=True)
class Queue:
    """The pairs to look at, the most worth first, and how well the rules agree with those that were settled."""

    looks: tuple[Look, ...]
    settled: Counts

    @property
    def progress(self) -> float:
        """Give the share of pairs that are settled."""
        return self.settled.pairs / max(1, self.settled.pairs + len(self.looks))


def read_queue(store: Store, thresholds: Thresholds) -> Queue:
    """Choose from the latest pairs whose measures are close to a threshold, and from the largest clusters."""
    queries, now = Queries(store), datetime.now(UTC)
    latest = queries.latest_edges(LEAST, MOST, among=_WALKED)
    borderline = sorted(latest, key=lambda edge: -closeness(edge, thresholds))[:_BORDERLINE]
    edges = [*borderline, *_weakest(queries)]
    clusters = queries.clusters_of({end for edge in edges for end in (edge.article_a, edge.article_b)})
    names = {member.source for cluster in clusters.values() for member in cluster.members}
    found = looks(edges, clusters, since=queries.sources_since(names), thresholds=thresholds, now=now)
    settled = evaluate(store, None, thresholds=None, errors=0).before.pairs
    return Queue(tuple(found), settled)


def _weakest(queries: Queries) -> list[Edge]:
    """Read the edges that join members of the largest clusters to the canonical article."""
    canonical = [cluster.canonical.id for cluster in queries.clusters(limit=_LARGEST)]
    return [edge for edge in queries.edges_of(canonical) if edge.joins]
