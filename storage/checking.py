"""Is a store what it claims to be? Each check is a rule with a query for what breaks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, func, or_, select, text

from storage.errors import ConnectionLost, StoreUnavailable
from storage.rows import AnySelect
from storage.schema import (
    AliasTable,
    ArticleTable,
    ClusterTable,
    EdgeTable,
    IndexStateTable,
    LinkTable,
    ListingTable,
    RejectionTable,
    RevisionTable,
    SketchTable,
)
from storage.store import Store
from storage.types import Role, Visited

_IS_ARTICLE = select(ArticleTable.id).where(ArticleTable.url == LinkTable.url).exists()
_IS_REJECTED = select(RejectionTable.id).where(RejectionTable.url == LinkTable.url).exists()
_IS_ALIAS = select(AliasTable.url).where(AliasTable.url == LinkTable.url).exists()
_IS_LINK = select(LinkTable.url).where(LinkTable.url == ListingTable.url).exists()
_HAS_CURRENT = (
    select(RevisionTable.id)
    .where(RevisionTable.id == ArticleTable.revision_id, RevisionTable.article_id == ArticleTable.id)
    .exists()
)
_HAS_SKETCH = select(SketchTable.revision_id).where(SketchTable.revision_id == ArticleTable.revision_id).exists()
_IS_MEMBER = ArticleTable.cluster_id == ClusterTable.id
_MEMBERS = select(func.count(ArticleTable.id)).where(_IS_MEMBER).scalar_subquery()
_SMALLEST = select(func.min(ArticleTable.id)).where(_IS_MEMBER).scalar_subquery()
_CANONICALS = select(func.count()).where(_IS_MEMBER, ArticleTable.role == Role.CANONICAL).scalar_subquery()
_HAS_CANONICAL = (
    select(ArticleTable.id)
    .where(ArticleTable.id == ClusterTable.canonical_id, _IS_MEMBER, ArticleTable.role == Role.CANONICAL)
    .exists()
)
_LAST_REVISION = select(func.coalesce(func.max(RevisionTable.id), 0)).scalar_subquery()
_LAST_INDEXED = select(IndexStateTable.last_revision).scalar_subquery()
_WITH_ARTICLE = (Visited.KEPT, Visited.REVISED, Visited.UNCHANGED)

RULES: Mapping[str, AnySelect] = {
    "an article has a current revision of its own": select(ArticleTable.url).where(~_HAS_CURRENT),
    "a judged article has a sketch of that revision": select(ArticleTable.url).where(
        ArticleTable.is_pending.is_(False), ~_HAS_SKETCH
    ),
    "a judged article is in a cluster": select(ArticleTable.url).where(
        ArticleTable.is_pending.is_(False), ArticleTable.cluster_id.is_(None)
    ),
    "what the index has passed by is judged": select(ArticleTable.url).where(
        ArticleTable.is_pending.is_(True), ArticleTable.revision_id <= _LAST_INDEXED
    ),
    "the index ends where the revisions do, or before": select(IndexStateTable.last_revision).where(
        IndexStateTable.last_revision > _LAST_REVISION
    ),
    "an edge leads from the smaller id to the larger": select(EdgeTable.article_a).where(
        EdgeTable.article_a >= EdgeTable.article_b
    ),
    "a cluster has as many members as it says": select(ClusterTable.id).where(ClusterTable.size != _MEMBERS),
    "a cluster has the id of its smallest member": select(ClusterTable.id).where(ClusterTable.id != _SMALLEST),
    "a cluster's canonical article is a member": select(ClusterTable.id).where(~_HAS_CANONICAL),
    "a cluster has one canonical article": select(ClusterTable.id).where(_CANONICALS != 1),
    "an article has a role if it is in a cluster": select(ArticleTable.url).where(
        ArticleTable.cluster_id.is_(None) != ArticleTable.role.is_(None)
    ),
    "what is listed is a link": select(ListingTable.url).where(~_IS_LINK),
    "a link that was visited says when and what came of it": select(LinkTable.url).where(
        or_(
            (LinkTable.visits == 0) != LinkTable.last_visit.is_(None),
            LinkTable.last_visit.is_(None) != LinkTable.last_outcome.is_(None),
        )
    ),
    "a link that gave an article is one": select(LinkTable.url).where(
        LinkTable.last_outcome.in_(_WITH_ARTICLE), ~_IS_ARTICLE
    ),
    "a link that gave none has a reason": select(LinkTable.url).where(
        LinkTable.last_outcome.in_((Visited.FAILED, Visited.REJECTED)), ~_IS_REJECTED
    ),
    "a link that leads elsewhere says where": select(LinkTable.url).where(
        LinkTable.last_outcome == Visited.MOVED, ~_IS_ALIAS
    ),
    "a link that was never visited is due, or known": select(LinkTable.url).where(
        LinkTable.last_visit.is_(None), LinkTable.next_visit.is_(None), ~_IS_ARTICLE, ~_IS_REJECTED, ~_IS_ALIAS
    ),
}


def findings(store: Store) -> Iterator[str]:
    """Say what is wrong with a store: what its database finds, then a line for each rule that is broken.

    All of it is of one moment, while others may write; but SQLite's full text is compared with the revisions last,
    under the lock. Where a file is so damaged that it cannot be read on, that is the last finding.

    Raises:
        StoreLocked: another run has the lock.
        ConnectionLost: the server is gone.
    """
    try:
        with store.snapshot() as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            if is_sqlite:
                yield from _file_findings(connection)
            yield from _broken_rules(connection)
        if is_sqlite:
            _compare_full_text(store)
    except ConnectionLost:
        raise
    except StoreUnavailable as error:
        yield f"damaged: {error.cause}"


def _file_findings(connection: Connection) -> Iterator[str]:
    found = connection.execute(text("PRAGMA integrity_check")).scalars().all()
    yield from (f"integrity_check: {line}" for line in found if line != "ok")
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"foreign key: row {row.rowid} of {row.table} names what is not in {row.parent}"


def _broken_rules(connection: Connection) -> Iterator[str]:
    for rule, breaking in RULES.items():
        rows = connection.scalars(breaking).all()
        if rows:
            yield f'not so: "{rule}", {len(rows)} times, as for {rows[0]}'


def _compare_full_text(store: Store) -> None:
    """Let FTS5 compare its index with the revisions, where the texts are (that is what the 1 says); it raises."""
    with store.lock(), store.transaction() as connection:
        connection.execute(text("INSERT INTO revision_text (revision_text, rank) VALUES ('integrity-check', 1)"))
