"""Judging what is new in a store, and judging everything again."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager

from crawler.jobs.clustering import CLAIMED, recluster, touched_by
from crawler.jobs.judging import BY_DEFAULT, Judging
from crawler.jobs.keeping import Keeper, Summary
from crawler.jobs.library import StoredLibrary, to_document
from crawler.jobs.progress import Progress
from dedupe import judge
from dedupe.errors import SpecMismatch
from dedupe.matching import SPEC, Judged, Matcher
from storage.store import Store
from storage.types import Document, Edge, IndexState

_BATCH = 1000
_RARELY = 100_000


def deduplicate(store: Store, progress: Progress, judging: Judging = BY_DEFAULT) -> Mapping[str, int]:
    """Judge every article that has not been judged yet; returns how many were judged and how many edges join.

    Each batch is one transaction: after a kill the next run goes on where this one stopped.

    Raises:
        SpecMismatch: the store's index is of another version.
    """
    counts = {"judged": 0, "joined": 0}
    if not store.index.arrivals(_last_revision(store), 1):
        return counts
    batches = _Batches(store, judging)
    with collecting_rarely(), progress.step("Finding copies", store.count_pending()) as advance:
        while (batch := store.retried(batches.judge_next)) is not None:
            due, edges = batch
            counts["judged"] += due
            counts["joined"] += sum(edge.joins for edge in edges)
            advance(due)
    return counts


class _Batches:
    """Judges one batch of arrivals after the other.

    What has arrived is read in the transaction that judges it. Other runs may have judged some since the last batch, or
    that may have been rolled back: then what is held in memory does not fit the store, and is read anew.
    """

    def __init__(self, store: Store, judging: Judging) -> None:
        self._store = store
        self._judging = judging
        self._fits: int | None = None  # the last revision in the index that library and matcher go up to

    def _begin(self) -> None:
        self._library = StoredLibrary(self._store)
        self._matcher = Matcher(self._library, self._judging.thresholds)

    def judge_next(self) -> tuple[int, list[Edge]] | None:
        """Judge the next arrivals; returns how many were due and their edges, None if there are none."""
        with self._store.transaction():
            last = _last_revision(self._store)
            arrived = self._store.index.arrivals(last, _BATCH)
            if not arrived:
                return None
            if last != self._fits:
                self._begin()
            self._fits = None
            edges = _judge_batch(self._store, self._library, self._matcher, arrived, self._judging)
        self._fits = arrived[-1].revision_id
        return sum(document.is_current for document in arrived), edges


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Let Python look for cycles of garbage less often: dedupe makes many small things, and none of them is in one."""
    before = gc.get_threshold()
    gc.set_threshold(_RARELY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _last_revision(store: Store) -> int:
    """Return up to which revision the index goes. Raises SpecMismatch."""
    state = store.index.state()
    if state is not None and state.spec != SPEC:
        raise SpecMismatch(state.spec, SPEC)
    return state.last_revision if state else 0


def _judge_batch(
    store: Store, library: StoredLibrary, matcher: Matcher, arrived: Sequence[Document], judging: Judging
) -> list[Edge]:
    current = {document.revision_id for document in arrived if document.is_current}
    known = matcher.read([to_document(document) for document in arrived])
    edges = [to_edge(found, judging) for found in matcher.match(known, current)]
    due = [each for each in known if each.document.number in current]
    library.keep(known, due)
    store.index.put_state(IndexState(spec=SPEC, last_revision=arrived[-1].revision_id))
    store.save_edges(edges)
    touched = {each.document.article_id for each in due} | touched_by(edges)
    recluster(store, touched, judging.priorities)
    return edges


def to_edge(found: Judged, judging: Judging) -> Edge:
    """Make an edge of a pair that was judged."""
    return Edge(
        article_a=found.a.article_id,
        article_b=found.b.article_id,
        relation=found.verdict.relation,
        joins=found.verdict.joins,
        jaccard=round(found.measures.jaccard, 4),
        containment=round(found.measures.containment, 4),
        reason=found.verdict.reason,
        rules_version=judge.version(judging.thresholds),
        measures=found.measures.as_dict(),
    )


def reconsider(store: Store, article_id: int, changed: Set[str], judging: Judging = BY_DEFAULT) -> None:
    """Draw the consequences of fields that have changed while the text has not, in the caller's transaction."""
    edges = _judge_again(store, article_id, judging) if "date_published" in changed else []
    if changed & CLAIMED:
        recluster(store, {article_id} | touched_by(edges), judging.priorities)


def _judge_again(store: Store, article_id: int, judging: Judging) -> list[Edge]:
    """Judge an article against all that appeared around the date it has now."""
    library = StoredLibrary(store)
    matcher = Matcher(library, judging.thresholds)
    known = library.known([document.revision_id for document in store.documents([article_id]).values()])
    edges = [to_edge(found, judging) for each in known.values() for found in matcher.match_again(each)]
    store.forget_edges(article_id)
    store.save_edges(edges)
    return edges


def judged(store: Store, keeper: Keeper, progress: Progress, judging: Judging = BY_DEFAULT) -> Summary:
    """End a run: store what is left of it, judge what is new, and sum up.

    After an interruption nothing is judged: whoever stopped the run wants it to end, and the next one makes up for it.
    """
    keeper.flush()
    if not keeper.counts["unfinished"]:
        keeper.counts.update(deduplicate(store, progress, judging))
    return keeper.summary()
