"""Pages of articles: which, in what order, found which way. What is promised is said at `Queries.articles`."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, func, literal, or_, select

from storage.errors import BadCursor
from storage.finding import Listed, by_date, latest, newest, newest_hits, read
from storage.rows import AnySelect
from storage.schema import (
    AGENCY,
    DATE_LISTED,
    HAS_AGENCY,
    HAS_LANGUAGE,
    HAS_SECTION,
    LANGUAGE,
    SECTION,
    ArticleTable,
    ClusterTable,
    RevisionTable,
)
from storage.search import Wanted, having, is_hit, parse, rank, ranks
from storage.types import LARGEST_ID, ArticleQuery, Role, Sort

_RANKED = 1_000  # hits that compete for a place by relevance
_RANKED_AT_LEAST = 50  # hits among as many articles; with fewer, all hits are read
_FEW_CLUSTERS = 1_000
_FEW_LANGUAGES = 50


def find_page(connection: Connection, query: ArticleQuery) -> list[Listed]:
    """Find the articles of a page in their order. Raises BadCursor."""
    wanted = parse(query.words)
    sort = order_of(query)
    after = None if query.after is None else _read_cursor(query.after, sort)
    if sort is Sort.NEWEST:
        return _newest(connection, query, wanted, after)
    conditions = list(narrowed(connection, query))
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
    lowered = ((HAS_AGENCY, AGENCY, query.source_organization), (HAS_SECTION, SECTION, query.article_section))
    yield from (has & _is_named(connection, column, value) for has, column, value in lowered if value is not None)
    if query.in_language is not None:
        yield _is_any_of(_languages(connection, query.in_language))
    if query.min_size > 1:
        yield _is_of_size(connection, query.min_size)


def _is_named(connection: Connection, lowered: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Ask for a name in any case; beyond ASCII SQLite lowers no letters, so that those it may have are tried."""
    if name.isascii() or connection.dialect.name != "sqlite":
        return lowered == func.lower(name)
    cases = sorted({name, name.lower(), name.upper(), name.title(), name.capitalize()})
    return or_(*(lowered == func.lower(each) for each in cases))


def within(query: ArticleQuery) -> Iterator[ColumnElement[bool]]:
    """Make the conditions of the dates."""
    if query.since is not None:
        yield query.since <= DATE_LISTED
    if query.until is not None:
        yield query.until > DATE_LISTED


def _languages(connection: Connection, asked: str) -> list[str]:
    """List the tags in the store of a language and its regions, in lower case, by leaping through their index."""
    first = select(func.min(LANGUAGE).label("tag")).where(HAS_LANGUAGE).cte("tags", recursive=True)
    following = select(func.min(LANGUAGE)).where(HAS_LANGUAGE, first.c.tag < LANGUAGE).scalar_subquery()
    tags = first.union_all(select(following).where(first.c.tag.is_not(None)))
    found = connection.scalars(select(tags.c.tag).where(tags.c.tag.is_not(None)))
    return [tag for tag in found if f"{tag}-".startswith(f"{asked.lower()}-")]


def _is_any_of(languages: Sequence[str]) -> ColumnElement[bool]:
    """Ask for languages one article at a time: their index would give the articles in the order of languages."""
    return LANGUAGE.in_(languages).is_(True) if languages else false()


def _each_language(connection: Connection, query: ArticleQuery) -> list[list[ColumnElement[bool]]]:
    """Make conditions for the languages that are asked for, if any: one by one their index is in the order of dates."""
    if query.in_language is None:
        return [[]]
    languages = _languages(connection, query.in_language)
    if len(languages) > _FEW_LANGUAGES:
        return [[_is_any_of(languages)]]
    return [[HAS_LANGUAGE, literal(language) == LANGUAGE] for language in languages]


def _is_of_size(connection: Connection, size: int) -> ColumnElement[bool]:
    """Ask for members of large clusters: by the clusters if these are few, else of each article."""
    large = select(ClusterTable.id).where(ClusterTable.size >= size)
    few = connection.scalars(large.limit(_FEW_CLUSTERS + 1)).all()
    if len(few) <= _FEW_CLUSTERS:
        return ArticleTable.cluster_id.in_(few)
    return large.where(ClusterTable.id == ArticleTable.cluster_id).exists()


def _newest(connection: Connection, query: ArticleQuery, wanted: Wanted, after: Listed | None) -> list[Listed]:
    """Find a page of each language, and merge them."""
    dates = [*within(query), *_older(after)]
    filters = [*narrowed(connection, replace(query, in_language=None)), *_older(after)]
    found: list[Listed] = []
    for of_language in _each_language(connection, query):
        conditions = [*filters, *of_language]
        if wanted:
            found += newest_hits(connection, wanted, conditions, dates, query.limit)
        else:
            found += newest(connection, conditions, query.limit)
    return by_date(found)[: query.limit]


def _ranked_sqlite(connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]]) -> list[Listed]:
    """Rank the hits that arrived last, which is the order of FTS5."""
    texts, is_match, quality = ranks(wanted)
    statement = select(ArticleTable.id, quality.label("key")).join(texts, texts.c.rowid == ArticleTable.revision_id)
    ordered = statement.where(is_match, *conditions).order_by(texts.c.rowid.desc())
    return read(connection, ordered.limit(_RANKED))


def _ranked_postgresql(
    connection: Connection, wanted: Wanted, conditions: Sequence[ColumnElement[bool]]
) -> list[Listed]:
    """Rank the hits among the newest articles; if these are few, the hits that arrived last."""
    articles = latest(connection, conditions, _RANKED)
    hits = having(connection, wanted, [each.revision_id for each in articles])
    columns = select(ArticleTable.id, ArticleTable.revision_id)
    if len(hits) >= _RANKED_AT_LEAST or len(articles) < _RANKED:
        return _rank(connection, wanted, columns.where(ArticleTable.revision_id.in_(hits)))
    found = columns.where(*conditions, is_hit(wanted, "postgresql", ArticleTable.revision_id))
    return _rank(connection, wanted, found.order_by(ArticleTable.revision_id.desc()).limit(_RANKED))


def _rank(connection: Connection, wanted: Wanted, hits: AnySelect) -> list[Listed]:
    found = hits.subquery()
    statement = select(found.c.id, rank(wanted).label("key"))
    return read(connection, statement.join(RevisionTable, RevisionTable.id == found.c.revision_id))


def _older(after: Listed | None) -> Iterator[ColumnElement[bool]]:
    if after is not None:
        yield after.key >= DATE_LISTED
        yield (after.key > DATE_LISTED) | (ArticleTable.id < after.id)


def _worst_last(listed: Listed) -> tuple[Any, int]:
    return -listed.key, -listed.id  # type: ignore[operator]


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
