"""The newest articles that have words. What is promised is said at `Queries.articles`.

A common word is found among the newest articles, a rare one by reading all that have it. What is in between is found
among the articles that arrived last, as both databases can look for words there alone: they are nearly the newest, and
the few newer ones that arrived at another time are asked one by one. SQLite gives such hits one after the other, the
last first; PostgreSQL those of a range of revisions. Whichever way, the page is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, select

from storage.rows import AnySelect
from storage.schema import DATE_LISTED, ArticleTable
from storage.search import Wanted, arrived_between, arrived_last, arrived_next, asked, first_hits, is_hit

_FOR_EACH = 10  # of what is looked at at least, for each article that the page has room for
_WALKS = (200, 1_000)  # articles that are asked one by one
_INDEXED = (3, 10)  # articles that get an index of their own, for each that the page has room for
_INDEXED_MOST = 400
_ARRIVED = (200, 5_000)  # hits
_REVISIONS = 20_000  # to look at on PostgreSQL at most; it may read the words of each
_PHRASE_REVISIONS = 160_000  # all that have its words would be read otherwise
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
    page = _Page(connection, wanted, conditions, limit)
    found = next((rows for rows in _tried(page) if rows is not None), None)
    return page.among_all() if found is None else found


@dataclass(frozen=True)
class _Page:
    """A page that is looked for. Its methods give None where they are not sure that it is whole."""

    connection: Connection
    wanted: Wanted
    conditions: Sequence[ColumnElement[bool]]
    limit: int

    def at_least(self, counts: Iterable[int]) -> list[int]:
        return sorted({max(count, _FOR_EACH * self.limit) for count in counts})

    def among_latest(self, count: int) -> list[Listed] | None:
        articles = latest(self.conditions, count)
        rows = self.ask_each(articles)
        return rows if len(rows) == self.limit or count_rows(self.connection, articles) < count else None

    def ask_each(self, articles: Any) -> list[Listed]:
        """Ask of each of a few articles whether it has what is wanted."""
        with asked(self.connection, self.wanted, articles.c.revision_id) as is_met:
            found = select(articles.c.id, articles.c.key).where(is_met)
            ordered = found.order_by(articles.c.key.desc(), articles.c.id.desc())
            return read(self.connection, ordered.limit(self.limit))

    def arrivals(self, count: int) -> Sequence[int]:
        """Read as which revisions the newest articles arrived."""
        newest = latest(self.conditions, count)
        return self.connection.scalars(select(newest.c.revision_id)).all()

    def arrived(self, hits: AnySelect) -> tuple[list[int], list[Listed]]:
        """Read hits, and those of them that are current and meet the conditions, the newest first."""
        found = hits.cte("hits")
        is_met = and_(found.c.id == ArticleTable.revision_id, *_asked_of_each(self.conditions))
        columns = (found.c.id.label("hit"), *_COLUMNS)
        rows = self.connection.execute(select(*columns).outerjoin(ArticleTable, is_met)).all()
        return [row.hit for row in rows], by_date(Listed(row.id, row.key) for row in rows if row.id is not None)

    def with_others(self, rows: Sequence[Listed], first: int, last: int) -> list[Listed] | None:
        """Add to the hits that arrived between two revisions those that did not and are as new."""
        page = rows[: self.limit]
        if len(page) < self.limit:
            return None
        are_others = (page[-1].key <= DATE_LISTED, ~ArticleTable.revision_id.between(first, last))
        others = latest([*self.conditions, *are_others], _LATE)
        if count_rows(self.connection, others) == _LATE:
            return None
        return by_date([*page, *self.ask_each(others)])[: self.limit]

    def among_all(self) -> list[Listed]:
        wanted, dialect, conditions = self.wanted, self.connection.dialect.name, self.conditions
        if wanted.groups and _count_hits(self.connection, wanted, _FEW_HITS) < _FEW_HITS:
            hit, conditions = is_hit(wanted, dialect, ArticleTable.revision_id), _asked_of_each(conditions)
        else:
            hit = is_hit(wanted, dialect, ArticleTable.revision_id, are_few=False).is_(True)
        return read(self.connection, newest_first(select(*_COLUMNS).where(hit, *conditions)).limit(self.limit))


def _asked_of_each(conditions: Iterable[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Keep a filter's own index out of use: few hits meet it sooner than the many that meet it are hits."""
    return [condition.is_(True) for condition in conditions]


def _tried(page: _Page) -> Iterator[list[Listed] | None]:
    """Look among more and more articles."""
    if not page.wanted.groups:
        for count in page.at_least(_WALKS):
            yield page.among_latest(count)
    elif page.connection.dialect.name == "sqlite":
        yield from _tried_on_sqlite(page)
    else:
        yield from _tried_on_postgresql(page)


def _tried_on_sqlite(page: _Page) -> Iterator[list[Listed] | None]:
    for count in (each * page.limit for each in _INDEXED if page.wanted.has_prefix):
        if count <= _INDEXED_MOST:
            yield page.among_latest(count)
    arrivals = page.arrivals(_SAMPLE)
    if not arrivals:
        yield []
        return
    start = median_low(arrivals)
    for count in page.at_least(_ARRIVED):
        hits, rows = page.arrived(arrived_last(page.wanted, start, count))
        if len(hits) < count:  # these are all until then
            later, more = page.arrived(arrived_next(page.wanted, start, count))
            yield by_date(rows + more)[: page.limit] if len(later) < count else None
            return
        yield page.with_others(rows, hits[-1], start)


def _tried_on_postgresql(page: _Page) -> Iterator[list[Listed] | None]:
    """Look among as many revisions as should have enough hits, going by how many of the newest articles are such."""
    few, many = page.at_least(_WALKS)[0], page.at_least(_WALKS)[-1]
    newest = latest(page.conditions, few)
    rows = page.ask_each(newest)
    arrivals = sorted(page.arrivals(few))
    if len(rows) == page.limit or len(arrivals) < few:
        yield rows
        return
    start, half = median_low(arrivals), arrivals[3 * few // 4] - arrivals[few // 4]
    revisions = _FOR_EACH * page.limit * half // (len(rows) + 1)
    if revisions > _REVISIONS:
        yield page.among_latest(many)
    least = min(revisions, _REVISIONS)
    for count in (least, 3 * least, _PHRASE_REVISIONS) if page.wanted.has_phrase else (least,):
        _, rows = page.arrived(arrived_between(page.wanted, start - count, start))
        yield page.with_others(rows, start - count, start)


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
