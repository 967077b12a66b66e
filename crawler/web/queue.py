"""Reading what pairs wait for a person, and how well the rules do by what persons have decided so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.jobs import evaluate
from crawler.web.looks import LEAST, MOST, Look, closeness, looks
from dedupe.evaluate import Counts
from dedupe.thresholds import Thresholds
from storage.queries import Queries
from storage.store import Store

_WALKED = 20_000  # edges of the latest arrivals
_BORDERLINE = 100
_LARGEST = 20  # clusters


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
    decided = {frozenset(decision.articles) for decision in store.decisions.read()}
    latest = queries.latest_edges(LEAST, MOST, among=_WALKED)
    waiting = (edge for edge in latest if frozenset((edge.article_a, edge.article_b)) not in decided)
    borderline = sorted(waiting, key=lambda edge: -closeness(edge, thresholds))[:_BORDERLINE]
    largest = [*queries.clusters(limit=_LARGEST)]
    clusters = queries.clusters_of({end for edge in borderline for end in (edge.article_a, edge.article_b)})
    clusters |= {member.id: row for row in largest for member in row.members}
    edges = [*borderline, *(edge for edge in queries.edges_of(row.canonical.id for row in largest) if edge.joins)]
    names = {member.source for row in clusters.values() for member in row.members}
    found = looks(edges, clusters, since=queries.sources_since(names), thresholds=thresholds, now=now)
    settled = evaluate(store, None, thresholds=None, errors=0).before.pairs
    return Queue(tuple(found), settled)
