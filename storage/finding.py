"""The newest articles that have words. What is promised is said at `Queries.articles`.

A common word is found among the newest articles, a rare one by reading all that have it. On PostgreSQL each of the
newest is asked whether it has it. FTS5 gives the hits that arrived last at once: they are nearly the newest ones, and
the few newer articles that arrived earlier are asked. A prefix it would look up anew for each: the newest articles get
an index of their own. What is in between is found by walking with a list of all hits. Any way the page is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from statistics import median_low
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, select

from storage.rows import AnySelect
from storage.schema import DATE_LISTED, ArticleTable
from storage.search import Wanted, arrived_last, arrived_next, asked, first_hits, is_hit

_FOR_EACH = 10  # of what is looked at at least, for each article that the page has room for
_WALKS = (200, 1_000)  # articles
_INDEXED = (3, 10)  # articles that get an index of their own, for each that the page has room for
_INDEXED_MOST = 400
_ARRIVED = (200, 5_000)  # hits
_SAMPLE = 20  # of the newest articles, whose arrival shows where to begin
_LATE = 200  # articles that are newer than others that arrived after them
_FEW_HITS = 1_000  # to read as many articles takes as long as to compare 20,000 with a list
_MANY_HITS = 50_000
_COLUMNS = (ArticleTable.id, DATE_LISTED.label("key"))


class Listed(NamedTuple):
    """An article on a page, and what it stands there by: its date, or how well it matches."""

    id: int
    key: datetime | float


def newest_hits(
    connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]], limit: int
) -> list[Listed]:
    """Find the newest articles that meet conditions and have what is wanted."""
    tried = _tried(connection, wanted, conditions, limit)
    found = next((rows for rows in tried if rows is not None), None)
    return _among_all(connection, wanted, conditions, limit) if found is None else found[:limit]


def _tried(
    connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]], limit: int
) -> Iterator[list[Listed] | None]:
    """Look among more and more articles; give None where it is not sure that the page is whole."""
    is_sqlite = connection.dialect.name == "sqlite"
    walks = _at_least(_WALKS, limit)
    if is_sqlite and wanted.groups:
        walks = [each * limit for each in _INDEXED if each * limit <= _INDEXED_MOST] if wanted.has_prefix else []
    for count in walks:
        yield _among_latest(connection, wanted, conditions, limit, count)
    if is_sqlite and wanted.groups:
        yield from _tried_by_arrival(connection, wanted, conditions, limit)


def _at_least(counts: Iterable[int], limit: int) -> list[int]:
    return sorted({max(count, _FOR_EACH * limit) for count in counts})


def _among_latest(
    connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]], limit: int, count: int
) -> list[Listed] | None:
    articles = latest(conditions, count)
    rows = _ask_each(connection, wanted, articles, limit)
    return rows if len(rows) == limit or count_rows(connection, articles) < count else None


def _tried_by_arrival(
    connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]], limit: int
) -> Iterator[list[Listed] | None]:
    """Look among the hits that arrived before one of the newest articles, or soon after it."""
    newest = latest(conditions, _SAMPLE)
    arrivals = connection.scalars(select(newest.c.revision_id)).all()
    if not arrivals:
        yield []
        return
    start = median_low(arrivals)
    for count in _at_least(_ARRIVED, limit):
        hits, rows = _arrived(connection, wanted, conditions, arrived_last(wanted, start, count))
        if len(hits) < count:
            later, more = _arrived(connection, wanted, conditions, arrived_next(wanted, start, count))
            yield by_date(rows + more) if len(later) < count else None
            return
        if len(rows) >= limit:
            page = by_date(rows)[:limit]
            others = [*conditions, page[-1].key <= DATE_LISTED, ~ArticleTable.revision_id.between(hits[-1], start)]
            articles = latest(others, _LATE)
            if count_rows(connection, articles) < _LATE:
                yield by_date(page + _ask_each(connection, wanted, articles, limit))


def _arrived(
    connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]], hits: AnySelect
) -> tuple[list[int], list[Listed]]:
    """Read hits, and those of them that are current and meet conditions."""
    found = hits.cte("hits")
    is_met = and_(found.c.rowid == ArticleTable.revision_id, *_asked_of_each(conditions))
    rows = connection.execute(select(found.c.rowid, *_COLUMNS).outerjoin(ArticleTable, is_met)).all()
    return [row.rowid for row in rows], [Listed(row.id, row.key) for row in rows if row.id is not None]


def _ask_each(connection: Connection, wanted: Wanted, articles: Any, limit: int) -> list[Listed]:
    """Ask of each of a few articles whether it has what is wanted."""
    with asked(connection, wanted, articles.c.revision_id) as is_met:
        found = select(articles.c.id, articles.c.key).where(is_met)
        return read(connection, found.order_by(articles.c.key.desc(), articles.c.id.desc()).limit(limit))


def _among_all(
    connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]], limit: int
) -> list[Listed]:
    dialect = connection.dialect.name
    if wanted.groups and _count_hits(connection, wanted, _FEW_HITS) < _FEW_HITS:
        hit, conditions = is_hit(wanted, dialect, ArticleTable.revision_id), _asked_of_each(conditions)
    else:
        hit = is_hit(wanted, dialect, ArticleTable.revision_id, are_few=False).is_(True)
    return read(connection, newest_first(select(*_COLUMNS).where(hit, *conditions)).limit(limit))


def _asked_of_each(conditions: Iterable[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Keep a filter's own index out of use: few hits meet it sooner than the many that meet it are hits."""
    return [condition.is_(True) for condition in conditions]


def are_many(connection: Connection, wanted: Wanted) -> bool:
    """Say whether there are so many hits that reading all articles takes less time than reading these."""
    return _count_hits(connection, wanted, _MANY_HITS) == _MANY_HITS


def _count_hits(connection: Connection, wanted: Wanted, limit: int) -> int:
    return count_rows(connection, first_hits(wanted, connection.dialect.name, limit).subquery())


def latest(conditions: Sequence[ColumnElement[bool]], count: int) -> Any:
    """Select the newest articles that meet conditions, to be read once."""
    newest = newest_first(select(*_COLUMNS, ArticleTable.revision_id).where(*conditions)).limit(count)
    return newest.cte("latest").prefix_with("MATERIALIZED", dialect="postgresql")


def newest_first(statement: AnySelect) -> AnySelect:
    return statement.order_by(DATE_LISTED.desc(), ArticleTable.id.desc())


def by_date(rows: Iterable[Listed]) -> list[Listed]:
    """Sort, the newest first."""
    return sorted(rows, key=lambda listed: (listed.key, listed.id), reverse=True)


def read(connection: Connection, statement: AnySelect) -> list[Listed]:
    return [Listed(row.id, row.key) for row in connection.execute(statement)]


def count_rows(connection: Connection, rows: Any) -> int:
    return connection.scalar(select(func.count()).select_from(rows)) or 0
