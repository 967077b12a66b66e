"""What articles that are found add up to: when they came, whose text they are, their clusters.

What is promised is said at `Queries.trend`, `Queries.reuse` and `Queries.clusters_found`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import aliased

from storage.finding import are_many
from storage.listing import narrowed, within
from storage.rows import AnySelect
from storage.schema import DATE_LISTED, ArticleTable, ClusterTable
from storage.search import is_hit, parse
from storage.types import ArticleQuery, Counted, DayCount, Reuse, Role

_DAY: ColumnElement[Any] = func.date(DATE_LISTED)  # PostgreSQL's sessions are in UTC, SQLite's times are
_CLUSTER = func.coalesce(ArticleTable.cluster_id, ArticleTable.id)  # what is not judged is a cluster of its own


def count_by_day(connection: Connection, query: ArticleQuery, counted: Counted, *, by_source: bool) -> list[DayCount]:
    roles = {Counted.COPIES: None, Counted.CANONICAL: Role.CANONICAL, Counted.ORIGINALS: None}
    asked = replace(query, role=roles[counted])
    if counted is Counted.ORIGINALS:
        statement = _firsts(connection, asked)
    else:
        columns = select(_DAY.label("day"), ArticleTable.source)
        statement = columns.where(*_conditions(connection, asked))
    days = statement.subquery()
    group = (days.c.day, days.c.source) if by_source else (days.c.day,)
    rows = connection.execute(select(*group, func.count().label("articles")).group_by(*group).order_by(*group))
    return [DayCount(date.fromisoformat(str(row.day)), row.source if by_source else None, row.articles) for row in rows]


def count_reuse(connection: Connection, query: ArticleQuery) -> list[Reuse]:
    canonical = aliased(ArticleTable)
    group = (ArticleTable.source, canonical.source.label("canonical_source"))
    copies = func.count().label("copies")
    statement = (
        select(*group, copies)
        .join(ClusterTable, ClusterTable.id == ArticleTable.cluster_id)
        .join(canonical, canonical.id == ClusterTable.canonical_id)
        .where(*_conditions(connection, replace(query, role=Role.VARIANT)))
    )
    rows = connection.execute(statement.group_by(*group).order_by(copies.desc(), *group))
    return [Reuse(**row._mapping) for row in rows]


def cluster_ids(connection: Connection, query: ArticleQuery) -> list[int]:
    found = select(ArticleTable.cluster_id).where(*_conditions(connection, replace(query, role=None)))
    copied = select(ClusterTable.id).where(ClusterTable.size > 1, ClusterTable.id.in_(found))
    return [*connection.scalars(copied.order_by(ClusterTable.size.desc(), ClusterTable.id))]


def _conditions(connection: Connection, query: ArticleQuery) -> Iterator[ColumnElement[bool]]:
    yield from narrowed(connection, query)
    if wanted := parse(query.words):
        is_sqlite = connection.dialect.name == "sqlite"
        hit = is_hit(wanted, connection.dialect.name, ArticleTable.revision_id, are_few=False)
        yield hit.is_(True) if is_sqlite and are_many(connection, wanted) else hit


def _firsts(connection: Connection, query: ArticleQuery) -> AnySelect:
    """Read the first article of each cluster of which any was found, if it is within the dates."""
    anytime = replace(query, since=None, until=None)
    found = select(_CLUSTER).where(*_conditions(connection, anytime))
    place = func.row_number().over(partition_by=_CLUSTER, order_by=(DATE_LISTED, ArticleTable.id))
    ranked = select(ArticleTable.id, place.label("place")).where(_CLUSTER.in_(found)).subquery()
    firsts = select(_DAY.label("day"), ArticleTable.source).join(ranked, ranked.c.id == ArticleTable.id)
    return firsts.where(ranked.c.place == 1, *within(query))
