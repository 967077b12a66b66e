"""Pages kept for later rules of extraction, on a connection inside a transaction.

What each function promises is said at the `Store` method of the same name.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from storage.refs import end_of, is_purged
from storage.rows import AnyRow, all_values, values_of
from storage.schema import PageTable
from storage.types import KeptPage

_AT_ONCE = 20  # a page may be of 10 MB


def put_page(connection: Connection, page: KeptPage) -> None:
    if _has_room(connection, page):
        values = {**all_values(page), "content": zlib.compress(page.content)}
        del values["id"]
        connection.execute(insert(PageTable), values)


def _has_room(connection: Connection, page: KeptPage) -> bool:
    """Say whether a page is to be kept, and delete what it replaces."""
    if is_purged(connection, end_of(connection, page.url)) or _has_newer(connection, page):
        return False
    at_url = delete(PageTable).where(PageTable.url == page.url)
    connection.execute(at_url.where(PageTable.is_article.is_(page.is_article)))
    if page.is_article:
        connection.execute(at_url.where(PageTable.fetched_at < page.fetched_at))
    return True


def _has_newer(connection: Connection, page: KeptPage) -> bool:
    """Say whether a newer page is kept; where a page gave an article, only newer articles count."""
    newer = select(PageTable.id).where(PageTable.url == page.url, PageTable.fetched_at > page.fetched_at)
    if page.is_article:
        newer = newer.where(PageTable.is_article.is_(True))
    return connection.scalar(newer.limit(1)) is not None


def settle_page(connection: Connection, page: KeptPage, now: KeptPage) -> None:
    is_moved = (page.url, page.is_article) != (now.url, now.is_article)
    if is_moved and not _has_room(connection, now):
        connection.execute(delete(PageTable).where(PageTable.id == page.id))
    else:  # in its row, so that ids stay as they were read
        place = values_of(now, ("url", "site", "is_article", "reason"))
        connection.execute(update(PageTable).where(PageTable.id == page.id).values(place))


def read_pages(connection: Connection, after: int, last: int, source: str | None, site: str | None) -> list[KeptPage]:
    within = (PageTable.id > after, PageTable.id <= last)
    statement = select(PageTable.__table__).where(*within, *_chosen(source, site))
    return [_to_page(row) for row in connection.execute(statement.order_by(PageTable.id).limit(_AT_ONCE))]


def last_page(connection: Connection) -> int:
    """Give the highest id of a page, 0 where none is kept."""
    return connection.scalar(select(func.max(PageTable.id))) or 0


def count_pages(connection: Connection, source: str | None, site: str | None) -> int:
    return connection.scalar(select(func.count(PageTable.id)).where(*_chosen(source, site))) or 0


def is_kept(connection: Connection, page_id: int) -> bool:
    return connection.scalar(select(PageTable.id).where(PageTable.id == page_id)) is not None


def _chosen(source: str | None, site: str | None) -> Iterator[ColumnElement[bool]]:
    if source is not None:
        yield func.coalesce(PageTable.source, PageTable.site) == source
    if site is not None:
        yield PageTable.site == site


def _to_page(row: AnyRow) -> KeptPage:
    values: dict[str, Any] = {**row._mapping}
    return KeptPage(**values | {"content": zlib.decompress(row.content), "opt_outs": tuple(row.opt_outs)})
