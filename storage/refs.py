"""URLs and what they lead to: articles, final rejections, each other. On a connection that is open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from storage.columns import bounded
from storage.rows import read_among
from storage.schema import AliasTable, ArticleTable, RejectionTable
from storage.types import Stage

PURGED = "purged"
PRUNED = "pruned"
_ID_DIGITS = 9  # ids are of 32 bits on PostgreSQL
_MOST_STEPS = 10  # aliases may point at each other in a circle
_FORGET_ALIAS = delete(AliasTable).where(AliasTable.url == bindparam("of"))
_INSERT_ALIAS = insert(AliasTable)
TOMBSTONE = select(RejectionTable.id).where(
    RejectionTable.url == bindparam("of"),
    RejectionTable.stage == Stage.DISCOVERY,
    RejectionTable.reason.in_((PURGED, PRUNED)),
    RejectionTable.retry.is_(False),
)


def add_alias(connection: Connection, url: str, article_url: str) -> None:
    if bounded(url) == bounded(article_url):
        return
    connection.execute(_FORGET_ALIAS, {"of": url})
    connection.execute(_INSERT_ALIAS, {"url": url, "article_url": article_url})


def follow(connection: Connection, urls: Iterable[str]) -> dict[str, str]:
    """Say by URL (all bounded) where it leads in one step: to itself, if it is no alias."""
    targets = {url: url for url in urls}
    aliases = select(AliasTable.url, AliasTable.article_url)
    return targets | {row.url: row.article_url for row in read_among(connection, aliases, AliasTable.url, targets)}


def end_of(connection: Connection, url: str) -> str:
    """Follow aliases as far as they go; returns a bounded URL."""
    url = bounded(url)
    for _ in range(_MOST_STEPS):
        target = follow(connection, [url])[url]
        if target == url:
            break
        url = target
    return url


def aliases_of(connection: Connection, url: str) -> set[str]:
    """Find the URLs that led to one (bounded), in one step or more."""
    found: set[str] = set()
    frontier = {url}
    while frontier:
        aliases = read_among(connection, select(AliasTable.url), AliasTable.article_url, frontier)
        frontier = {row.url for row in aliases} - found - {url}
        found |= frontier
    return found


def known_urls(connection: Connection, urls: Iterable[str]) -> set[str]:
    keys = {url: bounded(url) for url in urls}
    targets = follow(connection, keys.values())
    ends = {*targets, *targets.values()}
    articles = read_among(connection, select(ArticleTable.url), ArticleTable.url, ends)
    settled = rejected_for_good(connection, ends) | {row.url for row in articles}
    return {url for url, key in keys.items() if key in settled or targets[key] in settled}


def is_purged(connection: Connection, url: str) -> bool:
    """Say whether the article at a URL was purged or pruned."""
    return connection.scalar(TOMBSTONE, {"of": url}) is not None


def rejected_for_good(connection: Connection, urls: Iterable[str]) -> set[str]:
    """Pick the URLs (bounded) that were rejected and are not to be tried again."""
    final = select(RejectionTable.url).where(RejectionTable.retry.is_(False))
    return {row.url for row in read_among(connection, final, RejectionTable.url, urls)}


def find_article(connection: Connection, ref: str | int) -> int | None:
    """Find an article by id, URL, address, alias or external id, in this order; returns its id. A number is an id."""
    if isinstance(ref, int):
        return _first(connection, ArticleTable.id == ref)
    if ref.isascii() and ref.isdigit() and len(ref) <= _ID_DIGITS:
        found = _first(connection, ArticleTable.id == int(ref))
        if found is not None:
            return found
    at_url = article_at(connection, ref)
    return at_url if at_url is not None else _first(connection, ArticleTable.external_id == ref)


def by_external_id(connection: Connection, external_ids: Iterable[str]) -> dict[str, int]:
    """Find articles by external id; of several with one, the first."""
    columns = select(ArticleTable.external_id, ArticleTable.id).order_by(ArticleTable.id.desc())
    rows = read_among(connection, columns, ArticleTable.external_id, set(external_ids))
    return {row.external_id: row.id for row in rows}


def article_at(connection: Connection, url: str) -> int | None:
    """Find an article by URL, address or alias; returns its id."""
    for column in (ArticleTable.url, ArticleTable.address):
        found = _first(connection, column == url)
        if found is not None:
            return found
    return _first(connection, ArticleTable.url == end_of(connection, url))


def _first(connection: Connection, condition: Any) -> int | None:
    return connection.scalar(select(ArticleTable.id).where(condition).order_by(ArticleTable.id).limit(1))
