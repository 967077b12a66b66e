"""Rows to the shared vocabulary and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import chain, islice
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, Insert, Row, Select, any_, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.types import TypeEngine

from storage.schema import ADDRESS, ArticleTable, EdgeTable, RevisionTable, SketchTable, VerdictTable
from storage.types import Article, Document, Edge, LinkState, Visited

T = TypeVar("T")
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]

_DIALECT = DefaultDialect()
_LISTS = ("authors", "keywords", "opt_outs", "notes")

ARTICLE_FIELDS = tuple(f.name for f in fields(Article) if f.name not in {"headline", "article_body"})
ARTICLE_COLUMNS = (
    *(getattr(ArticleTable, name) for name in ARTICLE_FIELDS),
    RevisionTable.headline,
    RevisionTable.article_body,
)
# what every listing says of an article
LISTED_COLUMNS = (
    ArticleTable.id,
    ArticleTable.external_id,
    ADDRESS.label("url"),
    ArticleTable.source,
    RevisionTable.headline,
    ArticleTable.date_published,
    ArticleTable.date_first_seen,
)
DOCUMENT_COLUMNS = (
    ArticleTable.id.label("article_id"),
    RevisionTable.id.label("revision_id"),
    RevisionTable.site,
    RevisionTable.headline,
    RevisionTable.article_body.label("text"),
    RevisionTable.seen_at,
    ArticleTable.in_language,
    ArticleTable.date_published,
    (RevisionTable.id == ArticleTable.revision_id).label("is_current"),
    SketchTable.site_text,
)
VERDICT_FIELDS = ("relation", "reason", "rules_version")
_EDGE_FIELDS = tuple(f.name for f in fields(Edge))
EDGE_COLUMNS = tuple(getattr(VerdictTable if f.name in VERDICT_FIELDS else EdgeTable, f.name) for f in fields(Edge))


def select_current(*columns: Any) -> AnySelect:
    """Select columns of articles and their current revisions."""
    return select(*columns).join(RevisionTable, RevisionTable.id == ArticleTable.revision_id)


def select_edges(*columns: Any) -> AnySelect:
    """Select columns of edges and what is said of them; all without ``columns``."""
    return select(*(columns or EDGE_COLUMNS)).join_from(EdgeTable, VerdictTable)


def to_article(row: AnyRow) -> Article:
    values = {column.key: row._mapping[column.key] for column in ARTICLE_COLUMNS}
    values |= {name: tuple(values[name]) for name in _LISTS}
    return Article(**values)


def as_stored(article: Article) -> Article:
    """Return an article as the store would give it back: clean texts, bounded keys, times in UTC, plain JSON."""
    values = {name: getattr(article, name) for name in _THROUGH}
    for name, processes in _THROUGH.items():
        for process in processes:
            values[name] = process(values[name])
    values |= {name: tuple(values[name]) for name in _LISTS}
    return Article(**values)


def _through(column_type: TypeEngine[Any]) -> list[Callable[[Any], Any]]:
    """Return what a value goes through on its way into a column and back."""
    processes = (column_type.bind_processor(_DIALECT), column_type.result_processor(_DIALECT, None))
    return [process for process in processes if process is not None]


_THROUGH = {column.key: _through(column.type) for column in ARTICLE_COLUMNS}


def to_document(row: AnyRow) -> Document:
    return Document(**row._mapping)


def to_edge(row: AnyRow) -> Edge:
    """Make an edge of EDGE_COLUMNS; the measures, which are the last, may be missing."""
    return Edge(**dict(zip(_EDGE_FIELDS, row, strict=False)))


def to_link(row: AnyRow) -> LinkState:
    return LinkState(**{**row._mapping, "last_outcome": row.last_outcome and Visited(row.last_outcome)})


def inserted_id(connection: Connection, statement: Insert, row: Mapping[str, Any]) -> int:
    """Insert one row and return the id it was given."""
    key = connection.execute(statement, row).inserted_primary_key
    assert key is not None
    return int(key[0])


def insert_all(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, if there are any."""
    if rows:
        connection.execute(insert(table), rows)


def all_values(record: Any) -> dict[str, Any]:
    """Take all fields of a dataclass as a dictionary, values as they are."""
    return values_of(record, [f.name for f in fields(record)])


def values_of(record: Any, names: Sequence[str]) -> dict[str, Any]:
    """Take attributes as a dictionary."""
    return {name: getattr(record, name) for name in names}


def read_among(connection: Connection, statement: AnySelect, column: Any, values: Iterable[Any]) -> Iterator[AnyRow]:
    """Read the rows in which a column has any of some values, those of some hundred values at a time."""
    narrowed = (statement.where(_is_among(connection, column, chunk)) for chunk in chunked(values))
    return chain.from_iterable(connection.execute(each).all() for each in narrowed)


def _is_among(connection: Connection, column: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    """Make the condition. PostgreSQL takes an array in half the time that so many values take."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(values, ARRAY(column.type)))  # type: ignore[no-any-return]
    return column.in_(values)  # type: ignore[no-any-return]


def chunked(values: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """Cut into lists short enough to be bound in one statement.

    >>> list(chunked([1, 2, 3], 2))
    [[1, 2], [3]]
    """
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
