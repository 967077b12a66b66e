"""Pages of articles: which, in what order, found which way. What is promised is said at `Queries.articles`.

A common word is found by walking from the newest article and asking of each whether it has it, a rare one by reading
all that have it. FTS5 can say which of the two a word is, as it counts up to a limit at once; on PostgreSQL the newest
articles show it. Either way the page is the same.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from storage.errors import BadCursor
from storage.rows import AnySelect
from storage.schema import AGENCY, DATE_LISTED, SECTION, ArticleTable, ClusterTable, RevisionTable
from storage.search import Wanted, first_hits, is_hit, matches, parse, rank, ranks
from storage.types import LARGEST_ID, ArticleQuery, Role, Sort

_WALKS = (200, 1_000)  # articles; ten for each that the page has room for, if that is more
_RANKED = 1_000  # hits that compete for a place by relevance
_RANKED_AT_LEAST = 50  # hits among as many articles; with fewer, all hits are read
_FEW_HITS = 10_000
_FEW_CLUSTERS = 1_000


class Listed(NamedTuple):
    """An article on a page, and what it stands there by: its date, or how well it matches."""

    id: int
    key: datetime | float


def find_page(connection: Connection, query: ArticleQuery) -> list[Listed]:
    """Find the articles of a page in their order. Raises BadCursor."""
    wanted = parse(query.words)
    sort = order_of(query)
    after = None if query.after is None else _read_cursor(query.after, sort)
    conditions = list(narrowed(connection, query))
    if sort is Sort.NEWEST:
        return _newest(connection, query, wanted, [*conditions, *_older(after)])
    by_rank = _ranked_postgresql if connection.dialect.name == "postgresql" else _ranked_sqlite
    ranked = sorted(by_rank(connection, wanted, conditions), key=_worst_last)
    return [each for each in ranked if after is None or _worst_last(each) > _worst_last(after)][: query.limit]


def order_of(query: ArticleQuery) -> Sort:
    """Say in which order a page is: without words to have, nothing is more relevant than another."""
    return query.sort if parse(query.words).groups else Sort.NEWEST


def cursor(listed: Listed, sort: Sort) -> str:
    """Write the place of an article on a page as text for a URL or a command line."""
    key = listed.key.isoformat() if isinstance(listed.key, datetime) else listed.key
    return base64.urlsafe_b64encode(json.dumps([sort, key, listed.id]).encode()).decode().rstrip("=")


def narrowed(connection: Connection, query: ArticleQuery) -> Iterator[ColumnElement[bool]]:
    """Make the conditions of all filters but words."""
    if query.role is Role.CANONICAL:
        yield ArticleTable.role.is_distinct_from(Role.VARIANT)
    elif query.role is Role.VARIANT:
        yield ArticleTable.role == Role.VARIANT
    yield from within(query)
    exact = ((ArticleTable.source, query.source), (ArticleTable.site, query.site))
    yield from (column == value for column, value in exact if value is not None)
    lowered = ((AGENCY, query.source_organization), (SECTION, query.article_section))
    yield from (column == func.lower(value) for column, value in lowered if value is not None)
    if query.in_language is not None:
        yield _is_language(query.in_language.lower())
    if query.min_size > 1:
        yield _is_of_size(connection, query.min_size)


def within(query: ArticleQuery) -> Iterator[ColumnElement[bool]]:
    """Make the conditions of the dates."""
    if query.since is not None:
        yield query.since <= DATE_LISTED
    if query.until is not None:
        yield query.until > DATE_LISTED


def _is_language(language: str) -> ColumnElement[bool]:
    column = func.lower(ArticleTable.in_language)
    return (column == language) | column.startswith(f"{language}-", autoescape=True)


def _is_of_size(connection: Connection, size: int) -> ColumnElement[bool]:
    """Ask for members of large clusters: by the clusters if these are few, else of each article."""
    large = select(ClusterTable.id).where(ClusterTable.size >= size)
    few = connection.scalars(large.limit(_FEW_CLUSTERS + 1)).all()
    if len(few) <= _FEW_CLUSTERS:
        return ArticleTable.cluster_id.in_(few)
    return large.where(ClusterTable.id == ArticleTable.cluster_id).exists()


def _newest(
    connection: Connection, query: ArticleQuery, wanted: Wanted, conditions: Sequence[ColumnElement[bool]]
) -> list[Listed]:
    dialect = connection.dialect.name
    page = _newest_first(select(ArticleTable.id, DATE_LISTED.label("key"))).limit(query.limit)
    if not wanted:
        return _read(connection, page.where(*conditions))
    # said so, a filter's own index is of no use: few hits meet the filter sooner than the many that meet it are hits
    asked_of_hits = [condition.is_(True) for condition in conditions]
    by_hits = page.where(is_hit(wanted, dialect, ArticleTable.revision_id), *asked_of_hits)
    if dialect == "sqlite" and _is_rare(connection, wanted):
        return _read(connection, by_hits)
    for count in sorted({max(walk, 10 * query.limit) for walk in _WALKS}):
        latest = _latest(conditions, count)
        found = select(latest.c.id, latest.c.key).where(matches(wanted, dialect, latest.c.revision_id))
        rows = _read(connection, found.order_by(latest.c.key.desc(), latest.c.id.desc()).limit(query.limit))
        if len(rows) == query.limit or _count(connection, latest) < count:
            return rows
    return _read(connection, by_hits)


def _is_rare(connection: Connection, wanted: Wanted) -> bool:
    """Say whether FTS5 has few hits, or would have to gather them anew for each article, as it does with prefixes."""
    has_prefix = any(term.is_prefix for group in wanted.groups for term in group)
    return has_prefix or _count(connection, first_hits(wanted, _FEW_HITS).subquery()) < _FEW_HITS


def _ranked_sqlite(connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]]) -> list[Listed]:
    """Rank the hits that arrived last, which is the order of FTS5."""
    texts, is_match, quality = ranks(wanted)
    statement = select(ArticleTable.id, quality.label("key")).join(texts, texts.c.rowid == ArticleTable.revision_id)
    ordered = statement.where(is_match, *conditions).order_by(texts.c.rowid.desc())
    return _read(connection, ordered.limit(_RANKED))


def _ranked_postgresql(
    connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]]
) -> list[Listed]:
    """Rank the hits among the newest articles; if these are few, the hits that arrived last."""
    latest = _latest(conditions, _RANKED)
    found = select(latest.c.id, latest.c.revision_id).where(matches(wanted, "postgresql", latest.c.revision_id))
    rows = _rank(connection, wanted, found)
    if len(rows) >= _RANKED_AT_LEAST or _count(connection, latest) < _RANKED:
        return rows
    columns = select(ArticleTable.id, ArticleTable.revision_id)
    found = columns.where(*conditions, is_hit(wanted, "postgresql", ArticleTable.revision_id))
    return _rank(connection, wanted, found.order_by(ArticleTable.revision_id.desc()).limit(_RANKED))


def _rank(connection: Connection, wanted: Wanted, hits: AnySelect) -> list[Listed]:
    found = hits.subquery()
    statement = select(found.c.id, rank(wanted).label("key"))
    return _read(connection, statement.join(RevisionTable, RevisionTable.id == found.c.revision_id))


def _latest(conditions: Sequence[ColumnElement[bool]], count: int) -> Any:
    columns = (ArticleTable.id, ArticleTable.revision_id, DATE_LISTED.label("key"))
    latest = _newest_first(select(*columns).where(*conditions)).limit(count)
    return latest.cte("latest").prefix_with("MATERIALIZED", dialect="postgresql")


def _newest_first(statement: AnySelect) -> AnySelect:
    return statement.order_by(DATE_LISTED.desc(), ArticleTable.id.desc())


def _older(after: Listed | None) -> Iterator[ColumnElement[bool]]:
    if after is not None:
        yield after.key >= DATE_LISTED
        yield (after.key > DATE_LISTED) | (ArticleTable.id < after.id)


def _worst_last(listed: Listed) -> tuple[Any, int]:
    return -listed.key, -listed.id  # type: ignore[operator]


def _read(connection: Connection, statement: AnySelect) -> list[Listed]:
    return [Listed(row.id, row.key) for row in connection.execute(statement)]


def _count(connection: Connection, rows: Any) -> int:
    return connection.scalar(select(func.count()).select_from(rows)) or 0


def _read_cursor(text: str, sort: Sort) -> Listed:
    try:
        made_for, key, article_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        place = datetime.fromisoformat(key) if sort is Sort.NEWEST else float(key)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise BadCursor(text, sort) from error
    is_whole = place.tzinfo is not None if isinstance(place, datetime) else math.isfinite(place)
    if made_for != sort or not is_whole or type(article_id) is not int or not 0 < article_id <= LARGEST_ID:
        raise BadCursor(text, sort)
    return Listed(article_id, place)
