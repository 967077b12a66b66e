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
from functools import cached_property
from statistics import median_low
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, select

from storage.rows import AnySelect, read_among
from storage.schema import DATE_LISTED, ArticleTable
from storage.search import Wanted, arrived_between, arrived_last, arrived_next, first_hits, having, is_hit
from storage.types import LARGEST_ID

_FOR_EACH = 10  # of what is looked at at least, for each article that the page has room for
_WALKS = (200, 1_000)  # articles that are asked one by one
_WALKED_WITHOUT = 10_000  # at most, for words to leave out alone, of which no list of hits can be made soon
_INDEXED = 5  # articles that get an index of their own, for each that the page has room for
_INDEXED_MOST = 500
_ARRIVED = (200, 5_000)  # hits
_REVISIONS = 20_000  # to look at on PostgreSQL at most; it may read the words of each
_PHRASE_REVISIONS = 160_000  # all that have its words would be read otherwise
_SAMPLE = 20  # of the newest articles, whose arrival shows where to begin
_LATE = 200  # articles that are newer than others that arrived after them
_READ = 20_000  # texts at most that PostgreSQL looks through for a phrase, wherever they are
_FEW_HITS = 1_000  # to read as many articles takes as long as to compare 20,000 with a list
_MANY_HITS = 50_000
_COLUMNS = (ArticleTable.id, DATE_LISTED.label("key"))


class Listed(NamedTuple):
    """An article on a page, and what it stands there by: its date, or how well it matches."""

    id: int
    key: datetime | float


class Latest(NamedTuple):
    """An article, and what its current revision is."""

    listed: Listed
    revision_id: int


def newest_hits(
    connection: Connection,
    wanted: Wanted,
    conditions: Sequence[ColumnElement[bool]],
    dates: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[Listed]:
    """Find the newest articles that meet conditions, the ``dates`` of which are easily met, and have what is wanted."""
    page = _Page(connection, wanted, conditions, dates, limit)
    found = next((rows for rows in _tried(page) if rows is not None), None)
    return page.among_all() if found is None else found


@dataclass(frozen=True)
class _Page:
    """A page that is looked for. Its methods give None where they are not sure that it is whole."""

    connection: Connection
    wanted: Wanted
    conditions: Sequence[ColumnElement[bool]]
    dates: Sequence[ColumnElement[bool]]
    limit: int

    def at_least(self, counts: Iterable[int]) -> list[int]:
        return sorted({max(count, _FOR_EACH * self.limit) for count in counts})

    def among_latest(self, count: int) -> list[Listed] | None:
        articles = latest(self.connection, self.conditions, count)
        rows = self.ask_each(articles)
        return rows[: self.limit] if len(rows) >= self.limit or len(articles) < count else None

    def ask_each(self, articles: Iterable[Latest]) -> list[Listed]:
        """Ask of each of a few articles whether it has what is wanted."""
        revisions = {each.revision_id: each.listed for each in articles}
        return by_date(revisions[each] for each in having(self.connection, self.wanted, revisions))

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
        others = latest(self.connection, [*self.conditions, *are_others], _LATE)
        return None if len(others) == _LATE else by_date([*page, *self.ask_each(others)])[: self.limit]

    def among_all(self) -> list[Listed]:
        """Walk with a list of all hits."""
        if self.wanted.groups and self.few_hits is not None:
            return self.among(self.few_hits)
        hit = is_hit(self.wanted, self.connection.dialect.name, ArticleTable.revision_id, are_few=False).is_(True)
        return newest(self.connection, [hit, *self.conditions], self.limit)

    @cached_property
    def few_hits(self) -> list[int] | None:
        """All hits, if they are few: read once, which takes seconds where PostgreSQL reads many texts for a phrase."""
        first = first_hits(self.wanted, self.connection.dialect.name, _FEW_HITS)
        hits = [*self.connection.scalars(first)]
        return hits if len(hits) < _FEW_HITS else None

    def among(self, hits: Iterable[int]) -> list[Listed]:
        met = select(*_COLUMNS).where(*_asked_of_each(self.conditions))
        rows = read_among(self.connection, met, ArticleTable.revision_id, hits)
        return by_date(Listed(row.id, row.key) for row in rows)[: self.limit]


def _asked_of_each(conditions: Iterable[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Keep a filter's own index out of use: few hits meet it sooner than the many that meet it are hits."""
    return [condition.is_(True) for condition in conditions]


def _tried(page: _Page) -> Iterator[list[Listed] | None]:
    """Look among more and more articles."""
    if not page.wanted.groups:
        yield from _walking(page, _WALKED_WITHOUT)
    elif page.connection.dialect.name == "sqlite":
        yield from _tried_on_sqlite(page)
    else:
        yield from _tried_on_postgresql(page)


def _walking(page: _Page, most: int) -> Iterator[list[Listed]]:
    """Look among twice as many articles each time, and ask none of them twice."""
    (count,) = page.at_least(_WALKS[:1])
    most, asked, rows = max(count, most), 0, list[Listed]()
    while count <= most:
        articles = latest(page.connection, page.conditions, count)
        rows += page.ask_each(articles[asked:])  # which are older
        if len(rows) >= page.limit or len(articles) < count:
            yield rows[: page.limit]
        asked, count = count, 2 * count


def _tried_on_sqlite(page: _Page) -> Iterator[list[Listed] | None]:
    if page.wanted.has_prefix and _INDEXED * page.limit <= _INDEXED_MOST:
        yield page.among_latest(_INDEXED * page.limit)
    sample = [each.revision_id for each in latest(page.connection, page.dates, _SAMPLE)]
    if not sample:
        yield []
        return
    start = median_low(sample)
    for count in page.at_least(_ARRIVED):
        hits, rows = page.arrived(arrived_last(page.wanted, start, count))
        if len(hits) < count:  # these are all until then
            later, more = page.arrived(arrived_next(page.wanted, start, count))
            yield by_date(rows + more)[: page.limit] if len(later) < count else None
            break
        yield page.with_others(rows, hits[-1], start)
        if not rows:  # they are rare among the hits
            break
    if not page.wanted.has_prefix and are_many(page.connection, page.wanted):
        yield from _walking(page, _WALKS[-1])


def _tried_on_postgresql(page: _Page) -> Iterator[list[Listed] | None]:
    """Look among as many revisions as should have enough hits, going by how many of the newest articles are such."""
    few, *more = page.at_least(_WALKS)
    articles = latest(page.connection, page.conditions, few)
    rows = page.ask_each(articles)
    if len(rows) >= page.limit or len(articles) < few:
        yield rows[: page.limit]
        return
    if not rows and _are_soon_read(page) and page.few_hits is not None:
        yield page.among(page.few_hits)
        return
    arrivals = sorted(each.revision_id for each in articles)
    start, half = median_low(arrivals), arrivals[3 * few // 4] - arrivals[few // 4]
    revisions = _FOR_EACH * page.limit * half // (len(rows) + 1)
    for count in more if revisions > _REVISIONS else ():
        if (len(rows) + 1) * count >= page.limit * few:  # with so few, they would hardly fill a page
            yield page.among_latest(count)
    yield from _widening(page, start, min(revisions, _REVISIONS))


def _are_soon_read(page: _Page) -> bool:
    """Say whether PostgreSQL finds all hits soon: it reads the texts that have the words of a phrase."""
    if not page.wanted.has_phrase:
        return True
    words = page.wanted.in_any_order()
    return bool(words.groups) and _count_hits(page.connection, words, _READ) < _READ


def _widening(page: _Page, start: int, count: int) -> Iterator[list[Listed] | None]:
    """Look among the revisions that arrived last until ``start``: for phrases, among as many as should have enough."""
    first, found = start + 1, list[Listed]()
    while count < start:
        _, rows = page.arrived(arrived_between(page.wanted, start - count, first - 1))
        first, found = start - count, by_date([*found, *rows])
        yield page.with_others(found, first, start)
        if not page.wanted.has_phrase:
            return
        count = max(2 * count, 3 * page.limit * count // (2 * len(found) + 1))
        if count > _PHRASE_REVISIONS:
            return
    yield page.arrived(arrived_between(page.wanted, 0, LARGEST_ID))[1][: page.limit]


def are_many(connection: Connection, wanted: Wanted) -> bool:
    """Say whether there are so many hits that reading all articles takes less time than reading these."""
    return _count_hits(connection, wanted, _MANY_HITS) == _MANY_HITS


def _count_hits(connection: Connection, wanted: Wanted, limit: int) -> int:
    hits = first_hits(wanted, connection.dialect.name, limit).subquery()
    return connection.scalar(select(func.count()).select_from(hits)) or 0


def newest(connection: Connection, conditions: Sequence[ColumnElement[bool]], count: int) -> list[Listed]:
    """Read where the newest articles that meet conditions stand."""
    return read(connection, _newest_first(select(*_COLUMNS).where(*conditions)).limit(count))


def latest(connection: Connection, conditions: Sequence[ColumnElement[bool]], count: int) -> list[Latest]:
    """Read the same, and what the articles' current revisions are."""
    columns = (*_COLUMNS, ArticleTable.revision_id)
    rows = connection.execute(_newest_first(select(*columns).where(*conditions)).limit(count)).all()
    return [Latest(Listed(row.id, row.key), row.revision_id) for row in rows]


def _newest_first(statement: AnySelect) -> AnySelect:
    return statement.order_by(DATE_LISTED.desc(), ArticleTable.id.desc())


def by_date(rows: Iterable[Listed]) -> list[Listed]:
    """Sort, the newest first."""
    return sorted(rows, key=lambda listed: (listed.key, listed.id), reverse=True)


def read(connection: Connection, statement: AnySelect) -> list[Listed]:
    return [Listed(row.id, row.key) for row in connection.execute(statement)]
