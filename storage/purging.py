"""Forgetting an article for good. What is promised is said at `Store.purge`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from storage.articles import forget_judgement, put_rejection
from storage.index import forget_samples, step_back
from storage.refs import PURGED, aliases_of, article_at
from storage.rows import AnyRow, chunked
from storage.schema import ArticleTable, ClusterTable, LinkTable, PageTable, RevisionTable
from storage.types import Rejection, Stage

_UNVISITED = {
    "headline": None,
    "etag": None,
    "last_modified": None,
    "payload_digest": None,
    "visits": 0,
    "last_visit": None,
    "last_change": None,
    "last_outcome": None,
    "next_visit": None,
}
FIND = select(ArticleTable.id, ArticleTable.url, ArticleTable.source, ArticleTable.cluster_id)


def purge(connection: Connection, url: str, reason: str, run_id: int, at: datetime) -> set[int] | None:
    article_id = article_at(connection, url)
    if article_id is None:
        return None
    article = connection.execute(FIND.where(ArticleTable.id == article_id)).one()
    mates = set() if article.cluster_id is None else dissolve(connection, article.cluster_id)
    forget(connection, article, (PURGED, reason), run_id, at)
    return mates - {article_id}


def dissolve(connection: Connection, cluster_id: int) -> set[int]:
    """Take a cluster apart; returns who was in it."""
    inside = ArticleTable.cluster_id == cluster_id
    members = set(connection.scalars(select(ArticleTable.id).where(inside)))
    connection.execute(update(ArticleTable).where(inside).values(cluster_id=None, role=None))
    connection.execute(delete(ClusterTable).where(ClusterTable.id == cluster_id))
    return members


def forget(connection: Connection, article: AnyRow, why: tuple[str, str], run_id: int, at: datetime) -> None:
    """Leave of an article that is in no cluster only a tombstone: ``why`` is its reason, in a word and in detail."""
    forget_judgement(connection, article.id)
    forget_samples(connection, article.id)
    connection.execute(delete(RevisionTable).where(RevisionTable.article_id == article.id))
    step_back(connection)
    connection.execute(delete(ArticleTable).where(ArticleTable.id == article.id))
    reason, detail = why
    tombstone = Rejection(
        url=article.url, source=article.source, stage=Stage.DISCOVERY, reason=reason, detail=detail, retry=False
    )
    put_rejection(connection, tombstone, run_id, at)
    urls = {article.url, *aliases_of(connection, article.url)}
    _never_visit_again(connection, urls)
    for chunk in chunked(urls):  # a page that was rejected under another address may show the article
        connection.execute(delete(PageTable).where(PageTable.url.in_(chunk)))


def _never_visit_again(connection: Connection, urls: set[str]) -> None:
    """Let the links look unvisited but settled: later news of them in a source make none of them due."""
    for chunk in chunked(urls):
        connection.execute(update(LinkTable).where(LinkTable.url.in_(chunk)).values(_UNVISITED))
