"""Feeds of canonical articles, each with the number of its copies: RSS 2.0 and JSON Feed 1.1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any, BinaryIO

from crawler.exports.plain import as_json
from crawler.reports.wording import brief, clean, link
from storage.types import ExportRow

_SUMMARY_CHARS = 400
_NAMESPACES = {"dc": "http://purl.org/dc/elements/1.1/", "wirefold": "urn:wirefold:rss"}


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says of itself; ``link`` is an address of the web."""

    title: str = "Articles, each once"
    link: str = "http://localhost/"


def write_rss(rows: Iterable[ExportRow], file: BinaryIO, channel: Channel) -> None:
    """Write RSS 2.0."""
    from lxml import etree

    with etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("rss", version="2.0", nsmap=_NAMESPACES), xml.element("channel"):
            about = {"title": channel.title, "link": channel.link, "description": channel.title}
            for name, text in about.items():
                xml.write(_element(name, text))
            for row in rows:
                xml.write(_rss_entry(row))
        xml.flush()  # when it is closed, lxml says nothing of what could not be written


def write_json_feed(rows: Iterable[ExportRow], file: BinaryIO, channel: Channel) -> None:
    """Write JSON Feed 1.1."""
    about = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.link,
    }
    file.write(f'{as_json(about).removesuffix("}")}, "items": ['.encode())
    for number, row in enumerate(rows):
        file.write(f"{',' if number else ''}\n{as_json(_json_entry(row))}".encode())
    file.write(b"\n]}\n")


def _rss_entry(row: ExportRow) -> Any:
    from lxml import etree

    article = row.article
    entry = etree.Element("item", nsmap=_NAMESPACES)
    address = link(article.address or article.url)
    entry.append(_element("title", brief(article.headline)))
    if address:
        entry.append(_element("link", address))
    entry.append(_element("guid", article.url, isPermaLink="false"))
    if article.date_published:
        entry.append(_element("pubDate", format_datetime(article.date_published)))
    entry.append(_element("description", _summary(row)))
    for author in article.authors:
        entry.append(_element(f"{{{_NAMESPACES['dc']}}}creator", author))
    for keyword in article.keywords:
        entry.append(_element("category", keyword))
    entry.append(_element(f"{{{_NAMESPACES['wirefold']}}}copies", str(row.cluster_size)))
    return entry


def _element(name: str, text: str, **attributes: str) -> Any:
    from lxml import etree

    element = etree.Element(name, attributes)
    element.text = clean(text)
    return element


def _json_entry(row: ExportRow) -> dict[str, Any]:
    article = row.article
    found = {
        "id": article.url,
        "url": link(article.address or article.url),
        "title": brief(article.headline),
        "content_text": _summary(row),
        "image": link(article.main_image or ""),
        "date_published": article.date_published,
        "date_modified": article.date_modified,
        "authors": [{"name": name} for name in article.authors],
        "tags": list(article.keywords),
        "language": article.in_language,
        "_wirefold": {"copies": row.cluster_size, "cluster": row.cluster_id, "source": article.source},
    }
    return {name: value for name, value in found.items() if value or name == "content_text"}


def _summary(row: ExportRow) -> str:
    return brief(row.article.description or row.article.article_body, _SUMMARY_CHARS)
