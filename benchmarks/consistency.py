"""Is a store what it claims to be? Each check is a rule with a query for what breaks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import func, or_, select, text

from storage.queries import Queries
from storage.rows import AnySelect
from storage.schema import (
    AliasTable,
    ArticleTable,
    ClusterTable,
    LinkTable,
    ListingTable,
    RejectionTable,
    RevisionTable,
    SketchTable,
)
from storage.store import Store
from storage.types import ArticleQuery, Visited

_LOOKED_AT = 10

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
_MEMBERS = select(func.count(ArticleTable.id)).where(ArticleTable.cluster_id == ClusterTable.id).scalar_subquery()
_HAS_CANONICAL = (
    select(ArticleTable.id)
    .where(ArticleTable.id == ClusterTable.canonical_id, ArticleTable.cluster_id == ClusterTable.id)
    .exists()
)
_WITH_ARTICLE = (Visited.KEPT, Visited.REVISED, Visited.UNCHANGED)

RULES: Mapping[str, AnySelect] = {
    "an article has a current revision of its own": select(ArticleTable.url).where(~_HAS_CURRENT),
    "a judged article has a sketch of that revision": select(ArticleTable.url).where(
        ArticleTable.is_pending.is_(False), ~_HAS_SKETCH
    ),
    "a judged article is in a cluster": select(ArticleTable.url).where(
        ArticleTable.is_pending.is_(False), ArticleTable.cluster_id.is_(None)
    ),
    "a cluster has as many members as it says": select(ClusterTable.id).where(ClusterTable.size != _MEMBERS),
    "a cluster's canonical article is a member": select(ClusterTable.id).where(~_HAS_CANONICAL),
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


def problems(store: Store) -> Iterator[str]:
    """Say what is wrong with a store, a line for each rule that is broken. What people ask of it is asked, too."""
    with store.reading() as connection:
        if connection.dialect.name == "sqlite":
            found = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            yield from (f"integrity_check: {line}" for line in found if line != "ok")
            yield from (f"foreign key: {row}" for row in connection.execute(text("PRAGMA foreign_key_check")))
        for rule, breaking in RULES.items():
            rows = connection.scalars(breaking).all()
            if rows:
                yield f'not so: "{rule}", {len(rows)} times, as for {rows[0]}'
        links = connection.scalars(select(LinkTable.url).order_by(LinkTable.url).limit(_LOOKED_AT)).all()
    _ask(Queries(store), list(links))


def _ask(queries: Queries, links: list[str]) -> None:
    """Ask what people ask; it is not to raise."""
    articles = queries.articles(ArticleQuery(role=None, limit=_LOOKED_AT))
    queries.stats()
    list(queries.clusters())
    for article in articles:
        queries.article(article.url)
    for link in links:
        queries.why(link)
