"""Forgetting the variants of old clusters, of which the canonical article stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from storage.purging import FIND, dissolve, forget
from storage.refs import PRUNED
from storage.schema import ArticleTable, ClusterTable
from storage.store import Store


def quiet_clusters(store: Store, before: datetime) -> list[tuple[int, int]]:
    """List the clusters of several articles none of which was seen since, with their sizes, by id."""
    members = func.count(ArticleTable.id)
    quiet = (
        select(ClusterTable.id, members)
        .join(ArticleTable, ArticleTable.cluster_id == ClusterTable.id)
        .group_by(ClusterTable.id)
        .having(members > 1, func.max(ArticleTable.date_last_seen) < before)
    )
    with store.reading() as connection:
        return [(row[0], row[1]) for row in connection.execute(quiet.order_by(ClusterTable.id))]


def prune(store: Store, cluster_id: int, run_id: int, at: datetime) -> int:
    """Forget a cluster's variants as `Store.purge` does; tombstones "discovery/pruned" name the canonical article.

    Returns its id: it is in no cluster now and must be clustered again, in the same transaction.
    """
    with store.transaction() as connection:
        canonical_id = connection.scalars(select(ClusterTable.canonical_id).where(ClusterTable.id == cluster_id)).one()
        members = {row.id: row for row in connection.execute(FIND.where(ArticleTable.cluster_id == cluster_id))}
        canonical = members.pop(canonical_id)
        dissolve(connection, cluster_id)
        for variant in members.values():
            forget(connection, variant, (PRUNED, f"a copy of {canonical.url}"), run_id, at)
    return canonical_id
