"""Reading a store for people: listings, single articles, clusters, totals. Opens nothing, changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from storage.clusters import read_clusters, read_comparisons
from storage.counting import cluster_ids, count_by_day, count_reuse
from storage.errors import NotFound
from storage.finding import Listed
from storage.health import read_health
from storage.history import read_history
from storage.index import documents_of
from storage.judged import touching_edges
from storage.listing import cursor, find_page, order_of
from storage.refs import by_external_id, find_article
from storage.rows import (
    ARTICLE_COLUMNS,
    LISTED_COLUMNS,
    AnyRow,
    AnySelect,
    chunked,
    read_among,
    select_current,
    select_edges,
    to_article,
    to_edge,
    values_of,
)
from storage.schema import (
    BY_RULES,
    IS_PENDING,
    ArticleTable,
    ClusterTable,
    EdgeTable,
    RejectionTable,
    RevisionTable,
    RunTable,
    SketchTable,
)
from storage.search import Wanted, parse, snippet
from storage.store import Store
from storage.types import (
    ArticleDetail,
    ArticleQuery,
    ArticleRow,
    Cause,
    ClusterRow,
    Comparison,
    Counted,
    DayCount,
    Edge,
    ExportRow,
    History,
    Place,
    Reuse,
    RevisionRow,
    Role,
    Sort,
    SourceHealth,
    Stats,
    Totals,
)

_BATCH = 100
_EDGES = 10_000  # in a batch
_STANDING = (ArticleTable.cluster_id, ArticleTable.role, func.coalesce(ClusterTable.size, 1).label("cluster_size"))
_LISTED = (*LISTED_COLUMNS, ArticleTable.in_language, *_STANDING)
_EXPORTED = (*ARTICLE_COLUMNS, ArticleTable.id, ArticleTable.date_first_seen, *_STANDING)


class Queries:
    """What can be asked of a store. Inside the store's transaction, answers include what it has written so far."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def articles(self, query: ArticleQuery) -> list[ArticleRow]:
        """List a page of articles: the newest first (then by id), or the most relevant first.

        By relevance, only the newest hits compete: those that arrived last, or those among the newest articles, at
        most a thousand or two. It is worth more in a headline (SQLite), or where words stand together (PostgreSQL).
        Raises BadCursor.
        """
        with self._store.reading() as connection:
            found = find_page(connection, query)
            rows = _rows_of(
                connection, (*_LISTED, *([RevisionTable.article_body] if query.with_snippets else [])), found
            )
        sort, wanted = order_of(query), parse(query.words)
        return [_article_row(rows[listed.id], listed, sort, wanted) for listed in found if listed.id in rows]

    def export(self, query: ArticleQuery) -> Iterator[ExportRow]:
        """Read whole articles, a batch at a time; ``limit`` of the query is that of a batch. Raises BadCursor."""
        cursor_after = query.after
        while True:
            with self._store.reading() as connection:
                found = find_page(connection, replace(query, after=cursor_after))
                rows = _rows_of(connection, _EXPORTED, found)
            yield from (_export_row(rows[listed.id]) for listed in found if listed.id in rows)
            if len(found) < query.limit:
                return
            cursor_after = cursor(found[-1], order_of(query))

    def trend(self, query: ArticleQuery, counted: Counted, *, by_source: bool = False) -> list[DayCount]:
        """Count by day (UTC) what a query finds, whatever its role, order and page; days without any are left out.

        Of ORIGINALS, each cluster of which any member is found counts once, on the day and for the source of its first
        article; the dates of the query bound that day.
        """
        with self._store.reading() as connection:
            return count_by_day(connection, query, counted, by_source=by_source)

    def reuse(self, query: ArticleQuery) -> list[Reuse]:
        """Count the copies that a query finds, whatever its role, order and page, by whose text they are.

        The most copies come first.
        """
        with self._store.reading() as connection:
            return count_reuse(connection, query)

    def article(self, ref: str | int) -> ArticleDetail:
        """Read all about one article by id, URL, address, another URL that led to it, or external id.

        A number is an id and nothing else. Raises NotFound.
        """
        with self._store.reading() as connection:
            article_id = find_article(connection, ref)
            if article_id is None:
                raise NotFound(f"article {ref}")
            return _detail(connection, article_id)

    def why(self, ref: str) -> History:
        """Read all that is known of a URL and of those that lead to it; ``ref`` is as for `article`.

        Raises NotFound.
        """
        with self._store.reading() as connection:
            article_id = find_article(connection, ref)
            return read_history(connection, ref, None if article_id is None else _detail(connection, article_id))

    def clusters(
        self, *, min_size: int = 2, limit: int | None = None, after: tuple[int, int] | None = None
    ) -> Iterator[ClusterRow]:
        """Read clusters, the largest first (then by id), a batch at a time; those ``after`` a size and an id."""
        left = limit
        while left is None or left > 0:
            count = _BATCH if left is None else min(left, _BATCH)
            with self._store.reading() as connection:
                page = connection.execute(_cluster_page(min_size, after, count)).all()
                rows = read_clusters(connection, [row.id for row in page])
            yield from rows
            if len(page) < count:
                return
            after = (page[-1].size, page[-1].id)
            left = None if left is None else left - count

    def clusters_found(self, query: ArticleQuery) -> Iterator[ClusterRow]:
        """Read whole clusters of two or more of which a query finds any member, whatever its role, order and page.

        The largest come first (then by id), a batch at a time.
        """
        with self._store.reading() as connection:
            found = cluster_ids(connection, query)
        for chunk in chunked(found, _BATCH):
            with self._store.reading() as connection:
                rows = read_clusters(connection, chunk)
            yield from rows

    def cluster(self, cluster_id: int) -> ClusterRow:
        """Read one cluster. Raises NotFound."""
        with self._store.reading() as connection:
            found = read_clusters(connection, [cluster_id])
        if not found:
            raise NotFound(f"cluster {cluster_id}")
        return found[0]

    def clusters_of(self, article_ids: Iterable[int]) -> dict[int, ClusterRow]:
        """Read by article the clusters of these; those that have not been judged yet are left out."""
        with self._store.reading() as connection:
            standing = {each.article_id: each.cluster_id for each in _places(connection, article_ids).values()}
            rows = {row.id: row for row in read_clusters(connection, {each for each in standing.values() if each})}
        return {article: rows[cluster] for article, cluster in standing.items() if cluster in rows}

    def comparisons(self, cluster_ids: Iterable[int]) -> dict[int, list[Comparison]]:
        """Read by cluster which of its members were compared with each other; it has no key if none were."""
        with self._store.reading() as connection:
            return read_comparisons(connection, cluster_ids)

    def texts(self, article_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Read the current headline and body by article id."""
        with self._store.reading() as connection:
            found = documents_of(connection, article_ids)
        return {article_id: (document.headline, document.text) for article_id, document in found.items()}

    def edges_of(self, article_ids: Iterable[int]) -> list[Edge]:
        """Read all edges, joining or not, that touch any of the articles."""
        with self._store.reading() as connection:
            return touching_edges(connection, article_ids)

    def edge_between(self, a: int, b: int) -> Edge | None:
        """Read the edge between two articles, joining or not; None if they were not compared."""
        ends = (EdgeTable.article_a == min(a, b), EdgeTable.article_b == max(a, b))
        with self._store.reading() as connection:
            row = connection.execute(select_edges().where(*ends)).one_or_none()
        return None if row is None else to_edge(row)

    def edges(self, *, start: tuple[int, int] = (0, 0), batch_size: int = _EDGES) -> Iterator[Edge]:
        """Read all edges after a ``start``, by article_a and article_b, a batch at a time."""
        after: tuple[int, int] | None = start
        while after is not None:
            with self._store.reading() as connection:
                batch = [to_edge(row) for row in connection.execute(_edge_page(after, batch_size))]
            yield from batch
            after = (batch[-1].article_a, batch[-1].article_b) if len(batch) == batch_size else None

    def latest_edges(self, least: float, most: float, *, among: int) -> list[Edge]:
        """Read the edges whose containment lies between the two, of so many that the latest arrivals have."""
        newest = (EdgeTable.article_b.desc(), EdgeTable.article_a.desc())
        latest = select_edges().order_by(*newest).limit(among).subquery()
        statement = select(latest).where(latest.c.containment.between(least, most))
        with self._store.reading() as connection:
            return [to_edge(row) for row in connection.execute(statement)]

    def find(self, ref: str) -> int:
        """Find an article's id by id, URL, address, another URL that led to it, or external id. Raises NotFound."""
        with self._store.reading() as connection:
            article_id = find_article(connection, ref)
        if article_id is None:
            raise NotFound(f"article {ref}")
        return article_id

    def by_external_id(self, external_ids: Iterable[str]) -> dict[str, int]:
        """Find the ids of articles by external id; of several with one, the first's."""
        with self._store.reading() as connection:
            return by_external_id(connection, external_ids)

    def places(self, article_ids: Iterable[int] | None = None) -> dict[int, Place]:
        """Say by id where these articles, or all, stand; those that are not there are left out."""
        with self._store.reading() as connection:
            return _places(connection, article_ids)

    def sources_since(self, names: Iterable[str]) -> dict[str, datetime]:
        """Say by name since when the store has articles of these sources."""
        first = select(ArticleTable.source, func.min(ArticleTable.date_first_seen)).group_by(ArticleTable.source)
        with self._store.reading() as connection:
            return {row[0]: row[1] for row in read_among(connection, first, ArticleTable.source, set(names))}

    def source_health(self, names: Sequence[str], now: datetime) -> list[SourceHealth]:
        """Tell how sources do, in the order given; a few statements for 500 of them."""
        with self._store.reading() as connection:
            return read_health(connection, names, now)

    def totals(self) -> Totals:
        """Count what is in the store without reading articles, runs or losses."""
        with self._store.reading() as connection:
            return _totals(connection)

    def stats(self) -> Stats:
        """Count what is in the store."""
        with self._store.reading() as connection:
            return _stats(connection)


def _rows_of(connection: Connection, columns: Sequence[Any], found: Iterable[Listed]) -> dict[int, AnyRow]:
    """Read columns of articles, and of their clusters, by id."""
    statement = select_current(*columns).outerjoin(ClusterTable, ClusterTable.id == ArticleTable.cluster_id)
    return {row.id: row for row in read_among(connection, statement, ArticleTable.id, (each.id for each in found))}


def _article_row(row: AnyRow, listed: Listed, sort: Sort, wanted: Wanted) -> ArticleRow:
    values = dict(row._mapping)
    body = values.pop("article_body", None)
    return ArticleRow(
        **{**values, "role": _role(row)},
        cursor=cursor(listed, sort),
        snippet=None if body is None else snippet(body, wanted),
    )


def _export_row(row: AnyRow) -> ExportRow:
    place = values_of(row, ("id", "date_first_seen", "cluster_id", "cluster_size"))
    return ExportRow(article=to_article(row), role=_role(row), **place)


def _role(row: AnyRow) -> Role | None:
    return None if row.role is None else Role(row.role)


def _detail(connection: Connection, article_id: int) -> ArticleDetail:
    columns = (*ARTICLE_COLUMNS, ArticleTable.date_first_seen, ArticleTable.cluster_id, ArticleTable.revision_id)
    row = connection.execute(select_current(*columns).where(ArticleTable.id == article_id)).one()
    sketch = select(SketchTable.skip_reason).where(SketchTable.revision_id == row.revision_id)
    return ArticleDetail(
        id=article_id,
        article=to_article(row),
        date_first_seen=row.date_first_seen,
        revisions=_revisions(connection, article_id, row.revision_id),
        cluster=next(iter(read_clusters(connection, [row.cluster_id] if row.cluster_id else [])), None),
        edges=tuple(touching_edges(connection, [article_id])),
        skip_reason=connection.scalar(sketch),
    )


def _revisions(connection: Connection, article_id: int, current: int) -> tuple[RevisionRow, ...]:
    columns = (RevisionTable.id, RevisionTable.run_id, RunTable.command, RevisionTable.seen_at)
    texts = (RevisionTable.headline, RevisionTable.article_body, RevisionTable.cause)
    statement = select(*columns, *texts).join(RunTable).where(RevisionTable.article_id == article_id)
    rows = connection.execute(statement.order_by(RevisionTable.seen_at, RevisionTable.id))
    return tuple(_revision_row(row, current) for row in rows)


def _revision_row(row: AnyRow, current: int) -> RevisionRow:
    return RevisionRow(**{**row._mapping, "cause": Cause(row.cause)}, is_current=row.id == current)


def _cluster_page(min_size: int, after: tuple[int, int] | None, count: int) -> AnySelect:
    statement = select(ClusterTable.id, ClusterTable.size).where(ClusterTable.size >= min_size)
    if after is not None:
        statement = statement.where(tuple_(-ClusterTable.size, ClusterTable.id) > (-after[0], after[1]))
    return statement.order_by(ClusterTable.size.desc(), ClusterTable.id).limit(count)


def _edge_page(after: tuple[int, int], count: int) -> AnySelect:
    ends = (EdgeTable.article_a, EdgeTable.article_b)
    return select_edges().where(tuple_(*ends) > after).order_by(*ends).limit(count)


def _places(connection: Connection, article_ids: Iterable[int] | None) -> dict[int, Place]:
    columns = (ArticleTable.cluster_id, ArticleTable.revision_id, ArticleTable.date_published)
    everyone = select(*columns, ArticleTable.id.label("article_id"))
    if article_ids is None:
        rows: Iterable[AnyRow] = connection.execute(everyone)
    else:
        rows = read_among(connection, everyone, ArticleTable.id, set(article_ids))
    return {row.article_id: Place(**row._mapping) for row in rows}


def _totals(connection: Connection) -> Totals:
    """Count rows of indexes alone. Every cluster has one canonical article, and no variant is in none."""
    clusters, members = connection.execute(select(func.count(ClusterTable.id), func.sum(ClusterTable.size))).one()
    return Totals(
        articles=_count(connection, ArticleTable.id),
        canonical=clusters,
        variants=(members or 0) - clusters,
        clusters=clusters,
        revisions=_count(connection, RevisionTable.id),
        unjudged=_count(connection, ArticleTable.id, IS_PENDING),
        edges=_count(connection, EdgeTable.article_a),
    )


def _stats(connection: Connection) -> Stats:
    seen = connection.execute(
        select(func.min(ArticleTable.date_first_seen), func.max(ArticleTable.date_last_seen))
    ).one()
    return Stats(
        **asdict(_totals(connection)),
        revisions_by_rules=_count(connection, RevisionTable.id, BY_RULES),
        sources=_count(connection, ArticleTable.source.distinct()),
        runs=_count(connection, RunTable.id),
        fetched=sum(counts.get("pages", 0) for counts in connection.scalars(select(RunTable.counts))),
        rejected=_rejected(connection),
        first_seen=seen[0],
        last_seen=seen[1],
    )


def _count(connection: Connection, what: Any, *conditions: Any) -> int:
    return connection.scalar(select(func.count(what)).where(*conditions)) or 0


def _rejected(connection: Connection) -> dict[str, int]:
    group = (RejectionTable.stage, RejectionTable.reason)
    rows = connection.execute(select(*group, func.count(RejectionTable.id)).group_by(*group).order_by(*group))
    return {f"{row[0]}/{row[1]}": row[2] for row in rows}
