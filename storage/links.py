"""Links: which are listed, and which are to be visited, on a connection inside a transaction.

What each function promises is said at the `Store` method of the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, insert, select, update

from storage.columns import bounded
from storage.refs import follow, rejected_for_good
from storage.rows import AnyRow, all_values, chunked, read_among, to_link
from storage.schema import ADDRESS, ArticleTable, LinkTable, ListingTable, RejectionTable, RevisionTable
from storage.types import LinkState, Listed, Stage, Visited

_LOOKED_AT_AGAIN = {Visited.KEPT, Visited.REVISED, Visited.UNCHANGED, Visited.NOT_MODIFIED, Visited.REJECTED}
_NEVER = datetime.max.replace(tzinfo=UTC)
_OFTEN_IN_VAIN = 3
_DAY = timedelta(days=1)
_STANDING = (
    LinkTable.url,
    LinkTable.source,
    LinkTable.last_visit,
    LinkTable.last_outcome,
    LinkTable.next_visit,
    LinkTable.unchanged,
)
_NEVER_VISITED = LinkTable.last_visit.is_(None)
_FIND = select(LinkTable.__table__).where(LinkTable.url == bindparam("of"))
_INSERT = insert(LinkTable)
_UPDATE = update(LinkTable).where(LinkTable.url == bindparam("of"))


def put_links(connection: Connection, source: str, links: Sequence[Listed], seen_at: datetime) -> set[str]:
    listed = {bounded(link.url): link for link in links}
    chunks = (_put_chunk(connection, source, dict(chunk), seen_at) for chunk in chunked(listed.items()))
    return {listed[url].url for new in chunks for url in new}


def _put_chunk(connection: Connection, source: str, listed: Mapping[str, Listed], seen_at: datetime) -> list[str]:
    _note_listings(connection, source, listed, seen_at)
    rows = connection.execute(select(*_STANDING).where(LinkTable.url.in_(listed)))
    known = {row.url: row for row in rows}
    idle = {url: row for url, row in known.items() if row.next_visit is None or row.next_visit > seen_at}
    open_ones = [url for url, row in idle.items() if _may_be_news(listed[url], row, seen_at)]
    settled = _settled_until(connection, [*open_ones, *(url for url in listed if url not in known)])
    again = [url for url, row in idle.items() if _is_news(listed[url], _seen_until(row, settled), seen_at)]
    if again:
        connection.execute(_UPDATE, [{"of": url, "next_visit": seen_at} for url in again])
    orphans = [url for url, row in known.items() if _is_orphan(row, source, seen_at)]
    if orphans:
        connection.execute(_UPDATE, [{"of": url, "source": source} for url in orphans])
    new = [url for url in listed if url not in known]
    if new:
        rows_of_new = [_new_link(source, listed[url], settled.get(url), seen_at) for url in new]
        connection.execute(insert(LinkTable), rows_of_new)
    return new


def _note_listings(connection: Connection, source: str, urls: Iterable[str], seen_at: datetime) -> None:
    there = (ListingTable.source == source, ListingTable.url.in_(urls))
    known = set(connection.scalars(select(ListingTable.url).where(*there)))
    once_more = {"times": ListingTable.times + 1, "date_last_seen": seen_at}
    connection.execute(update(ListingTable).where(*there).values(once_more))
    first = {"source": source, "date_first_seen": seen_at, "date_last_seen": seen_at, "times": 1}
    new = [{**first, "url": url} for url in urls if url not in known]
    if new:
        connection.execute(insert(ListingTable), new)


def _settled_until(connection: Connection, urls: Iterable[str]) -> dict[str, datetime]:
    """Say by URL until when the article is known that it leads to; a final rejection holds for ever."""
    targets = follow(connection, urls)
    ends = {*targets, *targets.values()}
    until = dict.fromkeys(rejected_for_good(connection, ends), _NEVER)
    seen = select(ArticleTable.url, ArticleTable.date_last_seen)
    until |= {row.url: row.date_last_seen for row in read_among(connection, seen, ArticleTable.url, ends)}
    found = {url: until.get(url) or until.get(target) for url, target in targets.items()}
    return {url: known for url, known in found.items() if known is not None}


def _seen_until(idle: AnyRow, settled: Mapping[str, datetime]) -> datetime:
    """Say which news of a known link are old: those before its last visit, or all if it is not looked at again."""
    known_until = settled.get(idle.url)
    if idle.last_visit is None:
        return known_until or _NEVER
    if idle.last_outcome not in _LOOKED_AT_AGAIN or known_until == _NEVER:
        return _NEVER
    last_visit: datetime = idle.last_visit
    return last_visit + _DAY if idle.unchanged >= _OFTEN_IN_VAIN else last_visit


def _is_orphan(known: AnyRow, source: str, now: datetime) -> bool:
    """Tell whether a link has long been due under another source, which so is not crawled any more."""
    return known.source != source and known.next_visit is not None and known.next_visit < now - _DAY


def _may_be_news(link: Listed, idle: AnyRow, now: datetime) -> bool:
    """Say whether it depends on what is known of its article that a known link is due: that costs three queries."""
    return idle.last_visit is None or _is_news(link, idle.last_visit, now)


def _is_news(link: Listed, seen_until: datetime, now: datetime) -> bool:
    """Say whether the source dates a link after what is known of it; a date in the future is a wrong one."""
    date = link.date_modified or link.date_published
    return date is not None and seen_until < date <= now


def _new_link(source: str, link: Listed, settled_until: datetime | None, now: datetime) -> dict[str, Any]:
    is_due = settled_until is None or _is_news(link, settled_until, now)
    state = LinkState(
        url=link.url,
        address=link.address,
        source=source,
        date_first_seen=now,
        headline=link.headline,
        date_published=link.date_published,
        next_visit=now if is_due else None,
    )
    return all_values(state)


def due_links(connection: Connection, source: str, now: datetime, limit: int) -> list[LinkState]:
    newest = case((_NEVER_VISITED, func.coalesce(LinkTable.date_published, LinkTable.date_first_seen)))
    order = (case((_NEVER_VISITED, 0), else_=1), newest.desc(), LinkTable.next_visit, LinkTable.url)
    statement = select(LinkTable.__table__).where(LinkTable.source == source, _is_due(now)).order_by(*order)
    return [to_link(row) for row in connection.execute(statement.limit(limit))]


def count_due(connection: Connection, source: str, now: datetime) -> int:
    return connection.scalar(select(func.count(LinkTable.url)).where(LinkTable.source == source, _is_due(now))) or 0


def sources_with_due_links(connection: Connection, now: datetime) -> set[str]:
    return set(connection.scalars(select(LinkTable.source).distinct().where(_is_due(now))))


def _is_due(now: datetime) -> ColumnElement[bool]:
    return LinkTable.next_visit <= now


def link(connection: Connection, url: str) -> LinkState | None:
    row = connection.execute(_FIND, {"of": url}).one_or_none()
    return None if row is None else to_link(row)


def put_link(connection: Connection, state: LinkState) -> None:
    values = all_values(state)
    url = values.pop("url")
    if not connection.execute(_UPDATE, {"of": url, **values}).rowcount:
        connection.execute(_INSERT, {"url": url, **values})


def site_urls(connection: Connection, site: str, limit: int) -> tuple[list[str], list[str]]:
    kept = (
        select(ADDRESS)
        .join(RevisionTable, RevisionTable.id == ArticleTable.revision_id)
        .where(RevisionTable.site == site)
        .order_by(RevisionTable.id.desc())
    )
    # As a range SQLite finds it by the index, which it does not for LIKE; PostgreSQL compares so under "C" alone.
    url = RejectionTable.url.collate("C") if connection.dialect.name == "postgresql" else RejectionTable.url
    refused = select(RejectionTable.url).where(
        RejectionTable.stage == Stage.EXTRACT,
        RejectionTable.retry.is_(False),
        url >= f"https://{site}/",
        url < f"https://{site}0",
    )
    newest = refused.order_by(RejectionTable.id.desc())
    return list(connection.scalars(kept.limit(limit))), list(connection.scalars(newest.limit(limit)))
