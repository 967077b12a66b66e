"""Comparing the clusters of a store with what people say, and trying other thresholds without changing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.jobs.clustering import by_edges_alone, cluster_of, partitioned
from crawler.jobs.labels import Labels, decided_labels, read_labels
from dedupe.clusters import Evidence
from dedupe.documents import is_later
from dedupe.errors import RulesMismatch
from dedupe.evaluate import Edge as Told
from dedupe.evaluate import Pair, Report
from dedupe.evaluate import evaluate as compare
from dedupe.judge import RULES_VERSION, Verdict, judge
from dedupe.similarity import restored
from dedupe.thresholds import Thresholds
from storage.queries import Queries
from storage.store import Store
from storage.types import Decision, Edge, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How well the clusters agree with the labels: as they are, and, if asked, as other thresholds would make them.

    ``clusters_before`` and ``clusters_after`` count the clusters of the whole store, ``changed`` its edges that other
    thresholds would join or part.
    """

    labels: Labels
    before: Report
    after: Report | None = None
    clusters_before: int = 0
    clusters_after: int = 0
    changed: int = 0


def evaluate(store: Store, path: Path | None, *, thresholds: Thresholds | None, errors: int) -> Evaluation:
    """Compare the clusters with a file of labels; with ``thresholds``, also those that they would make. Only reads.

    Without a file, the labels are the decisions on pairs, and the clusters those that the rules alone would make: the
    clusters as they are obey the decisions.

    Raises:
        ArchiveError, RecordError: the file cannot be used.
        RulesMismatch: for other thresholds, all edges must have been judged by this version's rules.
    """
    queries = Queries(store)
    decisions = store.decisions.read()
    labels = decided_labels(decisions) if path is None else read_labels(path, queries)
    if thresholds is not None:
        return _preview(store, labels, thresholds, errors, obeyed=() if path is None else decisions)
    articles = labels.articles
    clusters = by_edges_alone(store, articles) if path is None else _clusters(queries.places(articles))
    edges = {_pair(edge): _told(edge) for edge in queries.edges_of(articles)}
    return Evaluation(labels=labels, before=compare(labels.truth, clusters, edges, errors=errors))


def _preview(
    store: Store, labels: Labels, thresholds: Thresholds, errors: int, obeyed: Sequence[Decision]
) -> Evaluation:
    """Judge all edges again, and make the clusters of them and of the decisions to be ``obeyed``."""
    queries = Queries(store)
    places, articles = queries.places(), labels.articles
    stored, other = Evidence(), Evidence()
    before: dict[Pair, Told] = {}
    after: dict[Pair, Told] = {}
    changed = 0
    for edge in queries.edges():
        again = _judged_again(edge, places, thresholds)
        changed += again.joins != edge.joins
        stored.add(*_pair(edge), edge.relation, edge.containment, joins=edge.joins)
        other.add(*_pair(edge), again.relation, edge.containment, joins=again.joins)
        if edge.article_a in articles and edge.article_b in articles:
            before[_pair(edge)] = _told(edge)
            after[_pair(edge)] = Told(again.relation, edge.containment, again.reason)
    clusters, clusters_after = (
        cluster_of(partitioned(store, places.keys(), evidence, obeyed)) for evidence in (stored, other)
    )
    return Evaluation(
        labels=labels,
        before=compare(labels.truth, clusters, before, errors=errors),
        after=compare(labels.truth, clusters_after, after, errors=errors),
        clusters_before=len(set(clusters.values())),
        clusters_after=len(set(clusters_after.values())),
        changed=changed,
    )


def _judged_again(edge: Edge, places: Mapping[int, Place], thresholds: Thresholds) -> Verdict:
    if edge.rules_version.partition(" ")[0] != RULES_VERSION:
        raise RulesMismatch(edge.rules_version, RULES_VERSION)
    a, b = places[edge.article_a], places[edge.article_b]
    measures = restored(edge.measures, _published(a), _published(b))
    return judge(
        measures,
        b_later=is_later((_published(b), b.revision_id), (_published(a), a.revision_id)),
        thresholds=thresholds,
    )


def _clusters(places: Mapping[int, Place]) -> dict[int, int]:
    """Give the cluster by article; one that has not been judged yet is alone."""
    return {article: -article if place.cluster_id is None else place.cluster_id for article, place in places.items()}


def _pair(edge: Edge) -> Pair:
    return edge.article_a, edge.article_b


def _told(edge: Edge) -> Told:
    return Told(edge.relation, edge.containment, edge.reason)


def _published(place: Place) -> float | None:
    return place.date_published.timestamp() if place.date_published else None
