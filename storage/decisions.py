"""What people have decided of articles and sources: rows that are added, and never changed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, or_, select
from sqlalchemy.orm import aliased

from storage.database import Database
from storage.errors import NotFound
from storage.rows import AnyRow, all_values, chunked, inserted_id, read_among
from storage.schema import ArticleTable, DecisionTable
from storage.types import Decision, DecisionKind

_ADDED = {"id", "article_a", "article_b", "ended_by"}  # by the store, when a decision is read
_A, _B = aliased(ArticleTable), aliased(ArticleTable)
_LATER, _UNDO, _UNDO_OF_LATER = (aliased(DecisionTable) for _ in range(3))
_UNDONE_BY = select(func.min(_UNDO.id)).where(_UNDO.undoes == DecisionTable.id).scalar_subquery()
_SAME_ARTICLES = and_(
    _LATER.url_a == DecisionTable.url_a,
    func.coalesce(_LATER.url_b, "") == func.coalesce(DecisionTable.url_b, ""),
)
_REPLACED_BY = (
    select(func.max(_LATER.id))
    .where(_LATER.id > DecisionTable.id)
    .where(or_(_SAME_ARTICLES, _LATER.source == DecisionTable.source))
    .where(~exists().where(_UNDO_OF_LATER.undoes == _LATER.id))
    .scalar_subquery()
)
_ENDED_BY: ColumnElement[int | None] = func.coalesce(_UNDONE_BY, _REPLACED_BY)
_IN_FORCE = (_ENDED_BY.is_(None), DecisionTable.kind != DecisionKind.UNDO)
_DECISIONS = (
    select(DecisionTable.__table__, _A.id.label("article_a"), _B.id.label("article_b"), _ENDED_BY.label("ended_by"))
    .outerjoin(_A, _A.url == DecisionTable.url_a)
    .outerjoin(_B, _B.url == DecisionTable.url_b)
    .order_by(DecisionTable.id)
)


class Decisions:
    """The decisions in a store, as `Store.decisions` gives them: each method is a transaction, or part of the store's.

    In force is what was not undone, and not decided again or otherwise about the same article, pair or source.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, decision: Decision) -> int:
        """Add a decision; returns its id."""
        values = {name: value for name, value in all_values(decision).items() if name not in _ADDED}
        with self._database.transaction() as connection:
            return inserted_id(connection, insert(DecisionTable), values)

    def get(self, decision_id: int) -> Decision:
        """Read one decision. Raises NotFound."""
        with self._database.reading() as connection:
            row = connection.execute(_DECISIONS.where(DecisionTable.id == decision_id)).one_or_none()
        if row is None:
            raise NotFound(f"decision {decision_id}")
        return _to_decision(row)

    def read(
        self,
        *,
        kind: DecisionKind | None = None,
        decided_by: str | None = None,
        about: int | None = None,
        ended: bool = False,
        after: int = 0,
        limit: int | None = None,
    ) -> list[Decision]:
        """Read decisions in the order they were made: those in force, with ``ended`` all.

        Args:
            about: an article; also decisions about its source are.
            after: only those made later than the one of this id, at most ``limit`` of them.
        """
        conditions: list[ColumnElement[bool]] = [] if ended else [*_IN_FORCE]
        if kind is not None:
            conditions.append(DecisionTable.kind == kind)
        if decided_by is not None:
            conditions.append(DecisionTable.decided_by == decided_by)
        if about is not None:
            conditions.append(_is_about([about]))
        statement = _DECISIONS.where(DecisionTable.id > after, *conditions).limit(limit)
        with self._database.reading() as connection:
            return [_to_decision(row) for row in connection.execute(statement)]

    def latest(self, limit: int, *, ended: bool = False) -> list[Decision]:
        """Read the decisions that were made last, the last one first: of those in force, with ``ended`` of all."""
        newest = _DECISIONS.order_by(None).order_by(DecisionTable.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [_to_decision(row) for row in connection.execute(newest.where(*(() if ended else _IN_FORCE)))]

    def count(self) -> int:
        """Count the decisions, whether they are in force or not."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.count(DecisionTable.id))) or 0

    def about(self, article_ids: Iterable[int]) -> list[Decision]:
        """Read the decisions in force about any of the articles, or a source of theirs, in the order made."""
        with self._database.reading() as connection:
            return about_articles(connection, article_ids)

    def ignored(self, article_ids: Iterable[int]) -> set[int]:
        """Pick the articles whose source is ignored."""
        ignoring = select(DecisionTable.source).where(DecisionTable.kind == DecisionKind.IGNORE_SOURCE, *_IN_FORCE)
        ignored = select(ArticleTable.id).where(ArticleTable.source.in_(ignoring))
        with self._database.reading() as connection:
            return {row.id for row in read_among(connection, ignored, ArticleTable.id, article_ids)}

    def articles_of(self, source: str) -> list[int]:
        """List the articles of a source."""
        with self._database.reading() as connection:
            return [*connection.scalars(select(ArticleTable.id).where(ArticleTable.source == source))]


def about_articles(connection: Connection, article_ids: Iterable[int]) -> list[Decision]:
    found: dict[int, Decision] = {}
    is_any = connection.scalar(select(exists(select(DecisionTable.id))))  # most stores have none, and are asked often
    for chunk in chunked(set(article_ids) if is_any else ()):
        rows = connection.execute(_DECISIONS.where(_is_about(chunk), *_IN_FORCE))
        found |= {row.id: _to_decision(row) for row in rows}
    return [found[decision_id] for decision_id in sorted(found)]


def said_to_be_same(connection: Connection, article_ids: Iterable[int]) -> set[int]:
    """Find the articles that are the same as any of these, by a decision in force; these may be among them."""
    decisions = about_articles(connection, article_ids)
    return {end for each in decisions if each.kind is DecisionKind.SAME for end in each.articles}


def _is_about(article_ids: list[int]) -> ColumnElement[bool]:
    urls, sources = (
        select(column).where(ArticleTable.id.in_(article_ids)) for column in (ArticleTable.url, ArticleTable.source)
    )
    return or_(DecisionTable.url_a.in_(urls), DecisionTable.url_b.in_(urls), DecisionTable.source.in_(sources))


def _to_decision(row: AnyRow) -> Decision:
    return Decision(**{**row._mapping, "kind": DecisionKind(row.kind)})
