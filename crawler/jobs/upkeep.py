"""Making a store smaller, or moving it."""

from __future__ import annotations

from datetime import datetime

from crawler.jobs.clustering import recluster
from crawler.jobs.judging import BY_DEFAULT, Judging
from crawler.jobs.keeping import Summary, keeping
from crawler.jobs.progress import Progress
from storage import copying
from storage.pruning import quiet_clusters
from storage.rows import chunked
from storage.store import Store

_AT_ONCE = 50  # clusters in a transaction


def prune(
    store: Store, before: datetime, progress: Progress, *, dry_run: bool = False, judging: Judging = BY_DEFAULT
) -> Summary:
    """Of clusters of which nothing was seen since a time, keep the canonical article alone.

    ``counts`` has "pruned" articles and the "clusters" that they were in. With ``dry_run`` nothing is stored.
    """
    if dry_run:
        quiet = quiet_clusters(store, before)
        return Summary("prune --dry-run", _counts(quiet), [])
    with keeping(store, "prune") as keeper:
        keeper.counts.update(_counts([]))
        quiet = quiet_clusters(store, before)
        with progress.step("Pruning", len(quiet)) as advance:
            for some in chunked(quiet, _AT_ONCE):
                with store.transaction():
                    recluster(store, {keeper.prune(cluster_id) for cluster_id, _ in some}, judging.priorities)
                keeper.counts.update(_counts(some))
                advance(len(some))
        return keeper.summary()


def _counts(quiet: list[tuple[int, int]]) -> dict[str, int]:
    return {"pruned": sum(size - 1 for _, size in quiet), "clusters": len(quiet)}


def copy(store: Store, target: Store, progress: Progress) -> int:
    """Copy a store into an empty one, while no run is writing; returns the number of rows.

    Raises:
        NotEmpty: there is something in the target.
        StoreLocked: a run is writing to the store.
    """
    with store.lock(), progress.step("Copying", copying.count_rows(store)) as advance:
        return copying.copy(store, target, advance)
