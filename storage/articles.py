"""Writing articles, their revisions and losses, on a connection inside a transaction.

What each function promises is said at the `Store` method of the same name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, update

from storage.judged import forget_edges
from storage.refs import TOMBSTONE
from storage.rows import ARTICLE_COLUMNS, ARTICLE_FIELDS, AnyRow, inserted_id, select_current, to_article, values_of
from storage.schema import ArticleTable, RejectionTable, RevisionTable, SketchTable
from storage.types import ONLY_THE_BEGINNING, Article, Cause, Outcome, Rejection, Standing

_OF_ARTICLE = RevisionTable.article_id == bindparam("of")
# One row, whether or not there is such an article.
_FIND = select(
    ArticleTable.id, ArticleTable.date_first_seen, ArticleTable.date_last_seen, TOMBSTONE.exists().label("is_purged")
).select_from(select(literal(1)).subquery().outerjoin(ArticleTable, ArticleTable.url == bindparam("of")))
_REVISIONS = (
    select(RevisionTable.id, RevisionTable.seen_at, RevisionTable.content_hash)
    .where(_OF_ARTICLE)
    .order_by(RevisionTable.seen_at, RevisionTable.id)
)
_TEXT = select(RevisionTable.headline, RevisionTable.article_body).where(RevisionTable.id == bindparam("of"))
# An article is inserted with the id of its revision, which comes after it: to add that later would write the row, and
# its entries in four indexes, twice.
_NEXT = select(func.coalesce(func.max(RevisionTable.id), 0) + 1).scalar_subquery()
_SEQUENCE = func.pg_get_serial_sequence("revision", "id")
_INSERT = {
    "sqlite": insert(ArticleTable).values(revision_id=_NEXT),
    "postgresql": insert(ArticleTable).values(revision_id=func.nextval(_SEQUENCE)),
}
_INSERT_FIRST = {
    "sqlite": insert(RevisionTable).values(id=_NEXT),
    "postgresql": insert(RevisionTable).values(id=func.currval(_SEQUENCE)),
}
_INSERT_REVISION = insert(RevisionTable)
_UPDATE = update(ArticleTable).where(ArticleTable.id == bindparam("of"))
_FORGET_SKETCH = delete(SketchTable).where(SketchTable.revision_id.in_(select(RevisionTable.id).where(_OF_ARTICLE)))
_FIND_REJECTION = select(RejectionTable.id, RejectionTable.date_last_seen).where(
    RejectionTable.url == bindparam("url"),
    RejectionTable.stage == bindparam("stage"),
    RejectionTable.reason == bindparam("reason"),
)


def content_hash(article: Article) -> str:
    """Hash what makes a revision: headline and body, whatever their white space. Returns 64 hexadecimal digits."""
    content = "\n".join(" ".join(text.split()) for text in (article.headline, article.article_body))
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()


def put_article(connection: Connection, article: Article, run_id: int, seen_at: datetime) -> Outcome:
    known = connection.execute(_FIND, {"of": article.url}).one()
    if known.id is None:
        if known.is_purged:
            return Outcome.REFUSED
        _insert(connection, article, run_id, seen_at)
        return Outcome.KEPT
    revisions = connection.execute(_REVISIONS, {"of": known.id}).all()
    _widen(connection, known, seen_at)
    digest = content_hash(article)
    if not is_new_text(article, digest, seen_at, revisions, lambda last: _text(connection, last.id).article_body):
        return Outcome.UNCHANGED
    values = _revision(article, known.id, run_id, seen_at, digest)
    revision_id = inserted_id(connection, _INSERT_REVISION, values)
    if seen_at >= revisions[-1].seen_at:
        _make_current(connection, known.id, revision_id, article)
    return Outcome.REVISED


def _insert(connection: Connection, article: Article, run_id: int, seen_at: datetime) -> None:
    row = {
        **values_of(article, ARTICLE_FIELDS),
        "date_first_seen": seen_at,
        "date_last_seen": seen_at,
        "is_pending": True,
    }
    dialect = connection.dialect.name
    article_id = inserted_id(connection, _INSERT[dialect], row)
    connection.execute(_INSERT_FIRST[dialect], _revision(article, article_id, run_id, seen_at, content_hash(article)))


def _revision(
    article: Article, article_id: int, run_id: int, seen_at: datetime, digest: str, cause: Cause = Cause.PUBLISHER
) -> dict[str, Any]:
    return {
        **values_of(article, ("site", "headline", "article_body")),
        "article_id": article_id,
        "run_id": run_id,
        "seen_at": seen_at,
        "content_hash": digest,
        "cause": cause,
    }


def is_new_text(
    article: Article, digest: str, seen_at: datetime, revisions: Sequence[Any], text_of: Callable[[Any], str]
) -> bool:
    """Say whether an article, whose `content_hash` is ``digest``, is another revision beside those that are known.

    These are in order of (seen_at, id), each with its ``seen_at`` and ``content_hash``; ``text_of`` gives their bodies.
    """
    if _is_kept(revisions, digest, seen_at):
        return False
    before = [revision for revision in revisions if revision.seen_at <= seen_at]
    is_stub = ONLY_THE_BEGINNING in article.notes and bool(before)  # a paywall takes nothing away
    return not (is_stub and is_beginning(article.article_body, text_of(before[-1])))


def _is_kept(revisions: Sequence[Any], digest: str, seen_at: datetime) -> bool:
    """Say whether the text is that of a revision seen at ``seen_at``, of the last one before or of the first after."""
    before = [revision for revision in revisions if revision.seen_at < seen_at]
    same_time = [revision for revision in revisions if revision.seen_at == seen_at]
    after = [revision for revision in revisions if revision.seen_at > seen_at]
    return any(revision.content_hash == digest for revision in (*before[-1:], *same_time, *after[:1]))


def _text(connection: Connection, revision_id: int) -> AnyRow:
    return connection.execute(_TEXT, {"of": revision_id}).one()


def is_beginning(text: str, known: str) -> bool:
    """Say whether a text is shorter than a known one, which has at least half of it, line by line.

    Half, because an offer to subscribe may stand below the beginning, and a line may have been edited since. The dots
    with which a line is cut off do not count.
    """
    short, whole = " ".join(text.split()), " ".join(known.split())
    lines = [" ".join(line.split()).rstrip(".… ") for line in text.splitlines()]
    shared = sum(len(line) for line in lines if line in whole)
    return len(short) < len(whole) and 0 < sum(map(len, lines)) <= 2 * shared


def _widen(connection: Connection, known: AnyRow, seen_at: datetime) -> None:
    """Stretch first and last seen to ``seen_at``."""
    if seen_at > known.date_last_seen:
        connection.execute(_UPDATE, {"of": known.id, "date_last_seen": seen_at})
    if seen_at < known.date_first_seen:
        connection.execute(_UPDATE, {"of": known.id, "date_first_seen": seen_at})


def _make_current(connection: Connection, article_id: int, revision_id: int, article: Article) -> None:
    fields = values_of(article, ARTICLE_FIELDS)
    connection.execute(_UPDATE, {"of": article_id, **fields, "revision_id": revision_id, "is_pending": True})
    forget_judgement(connection, article_id)


def standing(connection: Connection, url: str, at: datetime) -> Standing | None:
    columns = (*ARTICLE_COLUMNS, ArticleTable.id, ArticleTable.is_pending)
    row = connection.execute(select_current(*columns).where(ArticleTable.url == url)).one_or_none()
    if row is None:
        return None
    revisions = connection.execute(_REVISIONS, {"of": row.id}).all()
    base = next((revision for revision in reversed(revisions) if revision.seen_at <= at), revisions[0])
    text = _text(connection, base.id)
    return Standing(
        article_id=row.id,
        article=replace(to_article(row), headline=text.headline, article_body=text.article_body),
        seen_at=base.seen_at,
        content_hash=base.content_hash,
        is_current=revisions[-1].seen_at <= at,
        is_pending=row.is_pending,
    )


def replace_article(
    connection: Connection, before: Standing, article: Article, run_id: int, seen_at: datetime, cause: Cause
) -> None:
    digest = content_hash(article)
    if digest != before.content_hash:
        values = _revision(article, before.article_id, run_id, seen_at, digest, cause)
        revision_id = inserted_id(connection, _INSERT_REVISION, values)
        if before.is_current:
            _make_current(connection, before.article_id, revision_id, article)
    elif before.is_current:
        connection.execute(_UPDATE, {"of": before.article_id, **values_of(article, ARTICLE_FIELDS)})


def forget_judgement(connection: Connection, article_id: int) -> None:
    """Drop an article's sketch and edges. Its postings stay: what they lead to is not current any more."""
    connection.execute(_FORGET_SKETCH, {"of": article_id})
    forget_edges(connection, article_id)


def put_rejection(connection: Connection, rejection: Rejection, run_id: int, seen_at: datetime) -> bool:
    key = values_of(rejection, ("url", "stage", "reason"))
    known = connection.execute(_FIND_REJECTION, key).one_or_none()
    if known is None:
        row = {**key, **values_of(rejection, ("source", "detail", "retry")), "run_id": run_id}
        connection.execute(insert(RejectionTable), {**row, "date_first_seen": seen_at, "date_last_seen": seen_at})
        return True
    change = {**values_of(rejection, ("detail", "retry")), "date_last_seen": max(seen_at, known.date_last_seen)}
    connection.execute(update(RejectionTable).where(RejectionTable.id == known.id), change)
    return False
