"""Judging what is new in a store, and judging everything again."""

from __future__ import annotations

from collections.abc import Mapping, Set

from crawler.jobs.clustering import CLAIMED, recluster, touched_by
from crawler.jobs.judging import BY_DEFAULT, Judging
from crawler.jobs.keeping import Keeper, Summary
from crawler.jobs.matching import Matcher, judged_again
from crawler.jobs.progress import Progress
from storage.queries import Queries
from storage.store import Store

_BATCH = 500


def deduplicate(store: Store, progress: Progress, judging: Judging = BY_DEFAULT) -> Mapping[str, int]:
    """Judge every article that has not been judged yet; returns how many were judged and how many edges join.

    Each batch is one transaction: after a kill the next run goes on where this one stopped.

    Raises:
        SpecMismatch: the store's sketches are of another version.
    """
    counts = {"judged": 0, "joined": 0}
    pending = store.pending_documents(_BATCH)
    if not pending:
        return counts
    matcher = Matcher(store, judging.thresholds)
    with progress.step("Finding copies", store.count_pending()) as advance:
        while pending:
            with store.transaction():
                sketches, edges = matcher.match(pending)
                store.save_sketches(sketches)
                store.save_edges(edges)
                touched = {document.article_id for document in pending} | touched_by(edges)
                recluster(store, touched, judging.priorities)
            counts["judged"] += len(pending)
            counts["joined"] += sum(edge.joins for edge in edges)
            advance(len(pending))
            pending = store.pending_documents(_BATCH)
    return counts


def reconsider(store: Store, article_id: int, changed: Set[str], judging: Judging = BY_DEFAULT) -> None:
    """Draw the consequences of fields that have changed while the text has not, in the caller's transaction."""
    edges = Queries(store).edges_of([article_id]) if "date_published" in changed else []
    if edges:
        documents = store.documents({end for edge in edges for end in (edge.article_a, edge.article_b)})
        ends = [(edge, documents[edge.article_a], documents[edge.article_b]) for edge in edges]
        edges = [judged_again(edge, a, b, judging.thresholds) for edge, a, b in ends]
        store.save_edges(edges)
    if changed & CLAIMED:
        recluster(store, {article_id} | touched_by(edges), judging.priorities)


def judged(store: Store, keeper: Keeper, progress: Progress, judging: Judging = BY_DEFAULT) -> Summary:
    """End a run: store what is left of it, judge what is new, and sum up.

    After an interruption nothing is judged: whoever stopped the run wants it to end, and the next one makes up for it.
    """
    keeper.flush()
    if not keeper.counts["unfinished"]:
        keeper.counts.update(deduplicate(store, progress, judging))
    return keeper.summary()
