"""All that is known of one URL. What is promised is said at `Queries.why`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from storage.columns import bounded
from storage.errors import NotFound
from storage.refs import aliases_of, end_of
from storage.rows import AnyRow, AnySelect, read_among, to_link
from storage.schema import LinkTable, ListingTable, RejectionTable, RunTable
from storage.types import ArticleDetail, History, LinkState, ListingRow, RejectionRow

_LINKS = select(LinkTable.__table__)
_LISTINGS = select(ListingTable.__table__)
_REJECTIONS = select(
    RejectionTable.stage,
    RejectionTable.reason,
    RejectionTable.detail,
    RejectionTable.retry,
    RejectionTable.source,
    RejectionTable.date_first_seen,
    RejectionTable.date_last_seen,
    RejectionTable.run_id,
    RunTable.command,
).join(RunTable)


def read_history(connection: Connection, ref: str, article: ArticleDetail | None) -> History:
    """Put together what is known of ``ref`` and of the article found by it. Raises NotFound if that is nothing."""
    url = end_of(connection, ref) if article is None else article.article.url
    aliases = sorted(aliases_of(connection, url))
    urls = list(dict.fromkeys((url, bounded(ref), *aliases)))
    link = _nearest_link(connection, urls)
    listings = [ListingRow(**row._mapping) for row in _about(connection, _LISTINGS, ListingTable.url, urls)]
    rejections = [RejectionRow(**row._mapping) for row in _about(connection, _REJECTIONS, RejectionTable.url, urls)]
    if not (article or aliases or link or listings or rejections):
        raise NotFound(ref)
    return History(
        url=url,
        address=(article and article.article.address) or (link.address if link and link.url == url else url),
        aliases=tuple(aliases),
        link=link,
        listings=tuple(sorted(listings, key=lambda row: (row.date_first_seen, row.source, row.url))),
        rejections=tuple(sorted(rejections, key=lambda row: (row.date_first_seen, row.run_id))),
        article=article,
    )


def _nearest_link(connection: Connection, urls: Sequence[str]) -> LinkState | None:
    """Read the link of the first URL that is one."""
    links = {row.url: row for row in _about(connection, _LINKS, LinkTable.url, urls)}
    return next((to_link(links[url]) for url in urls if url in links), None)


def _about(connection: Connection, statement: AnySelect, column: Any, urls: Sequence[str]) -> list[AnyRow]:
    return [*read_among(connection, statement, column, urls)]
