"""Articles under the names of schema.org NewsArticle."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from storage.types import Article, ExportRow

_IMPORT_ONLY = {"external_id", "extra"}
_OURS = ("opt_outs", "notes", "provenance", "extra")  # schema.org has no word for these
_DERIVED = {"address", "site", *_OURS, *_IMPORT_ONLY}


def in_schema_org(article: Article) -> dict[str, Any]:
    """Give what extraction found. Fields that only an import has are left out."""
    names = (field.name for field in fields(article) if field.name not in _IMPORT_ONLY)
    found = {camel(name): getattr(article, name) for name in names}
    return found | {"provenance": {camel(name): rule for name, rule in article.provenance.items()}}


def as_record(row: ExportRow, *, texts: bool) -> dict[str, Any]:
    """Give an article as ``wirefold import`` reads it; what is not known is left out.

    Under "wirefold" stands what only Wirefold says of it.
    """
    article = row.article
    names = [field.name for field in fields(article) if field.name not in _DERIVED]
    found = {"id": article.external_id, **{camel(name): getattr(article, name) for name in names}}
    found |= {"url": article.address or article.url, "wirefold": _own(row)}
    if not texts:
        del found["articleBody"]
    return {name: value for name, value in found.items() if value not in (None, ())}


def _own(row: ExportRow) -> dict[str, Any]:
    about = {
        "id": row.id,
        "dateFirstSeen": row.date_first_seen,
        "cluster": row.cluster_id,
        "role": row.role,
        "copies": row.cluster_size,
    }
    rest = {camel(name): getattr(row.article, name) for name in _OURS}
    return about | {name: value for name, value in rest.items() if value}


def camel(name: str) -> str:
    """Write a name as schema.org does.

    >>> camel("date_published_raw")
    'datePublishedRaw'
    """
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
