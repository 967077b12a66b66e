"""ninjs 3.1, the IPTC's News in JSON, one object a line.

Source: specification/ninjs-schema_3.1.json of github.com/iptc/newsinjson.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from urllib.parse import quote

from crawler.exports.plain import as_json
from crawler.reports.wording import link
from storage.types import ONLY_THE_BEGINNING, Article, ExportRow

_STANDARD = {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}
_URI = "!#$%&'()*+,/:;=?@[]~"  # what may stand in a URI as it is, beside letters, digits and -._


def write_ninjs(rows: Iterable[ExportRow], file: BinaryIO, *, texts: bool) -> None:
    """Write one news object a line."""
    for row in rows:
        file.write(f"{as_json(as_ninjs(row, texts=texts))}\n".encode())


def as_ninjs(row: ExportRow, *, texts: bool) -> dict[str, Any]:
    """Give an article as a news object; what is not known is left out."""
    article = row.article
    is_whole = texts and ONLY_THE_BEGINNING not in article.notes
    found = {
        "uri": quote(article.url, safe=_URI),
        "standard": _STANDARD,
        "type": "text",
        "representationType": "full" if is_whole else "partial",
        "firstCreated": row.date_first_seen,
        "versionCreated": article.date_modified,
        "contentCreated": article.date_published,
        "language": article.in_language,
        "headlines": _values([article.headline]),
        "descriptions": _values([article.description]),
        "bodies": [_body(article.article_body)] if texts else [],
        "by": ", ".join(article.authors),
        "located": article.dateline,
        "subjects": [{"name": name} for name in _subjects(article)],
        "infoSources": [*_sources(article)],
        "usageTerms": _terms(article),
        "associations": [*_image(article)],
        "altIds": [*_other_ids(row)],
    }
    return {name: value for name, value in found.items() if value}


def _values(texts: Iterable[str | None]) -> list[dict[str, str]]:
    return [{"contentType": "text/plain", "value": text} for text in texts if text]


def _body(text: str) -> dict[str, Any]:
    return {"contentType": "text/plain", "charCount": len(text), "wordCount": len(text.split()), "value": text}


def _subjects(article: Article) -> Iterable[str]:
    return dict.fromkeys(([article.article_section] if article.article_section else []) + [*article.keywords])


def _sources(article: Article) -> Iterator[dict[str, str]]:
    for role, name in (("agency", article.source_organization), ("publisher", article.publisher)):
        if name:
            yield {"name": name, "role": role}


def _terms(article: Article) -> str:
    reserved = ", ".join(article.opt_outs)
    return f"Reserved against text and data mining: {reserved}" if reserved else ""


def _image(article: Article) -> Iterator[dict[str, str]]:
    if article.main_image and (url := link(article.main_image)):
        yield {"name": "main image", "uri": quote(url, safe=_URI), "type": "picture", "rel": "mainImage"}


def _other_ids(row: ExportRow) -> Iterator[dict[str, str]]:
    ids = {"address": row.article.address, "externalId": row.article.external_id, "clusterId": row.cluster_id}
    for role, value in ids.items():
        if value is not None:
            yield {"role": role, "value": str(value)}
