"""How sources do. What is promised is said at `SourceHealth`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Text, case, func, select, type_coerce
from sqlalchemy.orm import aliased

from storage.arrivals import read_arrivals
from storage.rows import chunked
from storage.schema import ArticleTable, ListingTable, RejectionTable, RevisionTable, SourceStateTable
from storage.types import SourceHealth, SourceState

_DAY = timedelta(days=1)
_COVERAGE_DAYS = 28
_REJECTED_DAYS = 7
_LISTED_DAYS = 14
_LAST_ARTICLES = 200
_TWIN_SHARE = 0.8
_LEAST_LISTED = 10  # else a source of two links would be the twin of a large one
_COVERED: Mapping[str, ColumnElement[bool]] = {
    "headline": RevisionTable.headline != "",
    "article_body": RevisionTable.article_body != "",
    "authors": type_coerce(ArticleTable.authors, Text) != "[]",
    "date_published": ArticleTable.date_published.is_not(None),
    "in_language": ArticleTable.in_language.is_not(None),
    "main_image": ArticleTable.main_image.is_not(None),
    "publisher": ArticleTable.publisher.is_not(None),
    "article_section": ArticleTable.article_section.is_not(None),
}


def read_health(connection: Connection, names: Sequence[str], now: datetime) -> list[SourceHealth]:
    return [health for chunk in chunked(names) for health in _read_chunk(connection, chunk, now)]


def _read_chunk(connection: Connection, names: Sequence[str], now: datetime) -> Iterator[SourceHealth]:
    states, arrivals = _states(connection, names), read_arrivals(connection, names, now)
    coverage, rejected = _coverage(connection, names, now), _rejected(connection, names, now)
    twins = _twins(connection, names, now)
    for name in names:
        came = arrivals.get(name)
        yield SourceHealth(
            name=name,
            state=states.get(name),
            articles_last_day=came.between(0, 1) if came else 0,
            articles_per_day=came.per_day() if came else 0.0,
            last_article=came.last if came else None,
            coverage=coverage.get(name, {}),
            rejected=rejected.get(name, {}),
            twins=tuple(twins.get(name, ())),
            windows=came.windows() if came else (),
        )


def _states(connection: Connection, names: Sequence[str]) -> dict[str, SourceState]:
    rows = connection.execute(select(SourceStateTable.__table__).where(SourceStateTable.name.in_(names)))
    return {row.name: SourceState(**row._mapping) for row in rows}


def _coverage(connection: Connection, names: Sequence[str], now: datetime) -> dict[str, dict[str, float]]:
    newest_first = (ArticleTable.date_first_seen.desc(), ArticleTable.id.desc())
    place = func.row_number().over(partition_by=ArticleTable.source, order_by=newest_first).label("place")
    lately = (ArticleTable.source.in_(names), ArticleTable.date_first_seen > now - _COVERAGE_DAYS * _DAY)
    ranked = select(ArticleTable.id, place).where(*lately).subquery()
    shares = [func.avg(case((is_there, 1.0), else_=0.0)).label(field) for field, is_there in _COVERED.items()]
    rows = connection.execute(
        select(ArticleTable.source, *shares)
        .join(RevisionTable, RevisionTable.id == ArticleTable.revision_id)
        .join(ranked, ranked.c.id == ArticleTable.id)
        .where(ranked.c.place <= _LAST_ARTICLES)
        .group_by(ArticleTable.source)
    )
    return {row.source: {field: float(row._mapping[field]) for field in _COVERED} for row in rows}


def _rejected(connection: Connection, names: Sequence[str], now: datetime) -> dict[str, dict[str, int]]:
    group = (RejectionTable.source, RejectionTable.stage, RejectionTable.reason)
    lately = (RejectionTable.source.in_(names), RejectionTable.date_last_seen > now - _REJECTED_DAYS * _DAY)
    rows = connection.execute(select(*group, func.count()).where(*lately).group_by(*group).order_by(*group))
    found: dict[str, dict[str, int]] = {}
    for source, stage, reason, count in rows:
        found.setdefault(source, {})[f"{stage}/{reason}"] = count
    return found


def _twins(connection: Connection, names: Sequence[str], now: datetime) -> dict[str, list[tuple[str, float]]]:
    """Count what a source lists, and join it with who else lists that."""
    own, other = aliased(ListingTable), aliased(ListingTable)
    lately = (own.source.in_(names), own.date_last_seen > now - _LISTED_DAYS * _DAY)
    totals = select(own.source, func.count()).where(*lately).group_by(own.source)
    listed = {source: count for source, count in connection.execute(totals) if count >= _LEAST_LISTED}
    shared = (
        select(own.source, other.source, func.count())
        .join(other, (other.url == own.url) & (other.source != own.source))
        .where(*lately)
        .group_by(own.source, other.source)
    )
    found: dict[str, list[tuple[str, float]]] = {}
    for source, twin, count in connection.execute(shared):
        if source in listed and count >= _TWIN_SHARE * listed[source]:
            found.setdefault(source, []).append((twin, count / listed[source]))
    return {source: sorted(twins, key=lambda twin: (-twin[1], twin[0])) for source, twins in found.items()}
