"""Articles as rows of columns: CSV and Parquet, with the same names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from crawler.exports.plain import csv_cell
from crawler.exports.schema_org import camel
from storage.types import ExportRow

if TYPE_CHECKING:
    import pyarrow

_ROW_GROUP = 2_000  # articles
_TEXT, _TIME, _NUMBER, _FLAG, _TEXTS = "text", "time", "number", "flag", "texts"
_PLACE = {"id": _NUMBER, "date_first_seen": _TIME, "cluster_id": _NUMBER, "role": _TEXT, "cluster_size": _NUMBER}
_ARTICLE = {
    "external_id": _TEXT,
    "url": _TEXT,
    "site": _TEXT,
    "source": _TEXT,
    "headline": _TEXT,
    "description": _TEXT,
    "authors": _TEXTS,
    "publisher": _TEXT,
    "source_organization": _TEXT,
    "credit_text": _TEXT,
    "dateline": _TEXT,
    "date_published": _TIME,
    "date_modified": _TIME,
    "in_language": _TEXT,
    "article_section": _TEXT,
    "keywords": _TEXTS,
    "main_image": _TEXT,
    "is_accessible_for_free": _FLAG,
    "is_based_on": _TEXT,
    "canonical_url": _TEXT,
    "article_body": _TEXT,
}


def write_csv(rows: Iterable[ExportRow], file: BinaryIO, *, texts: bool) -> None:
    """Write a header and a line for each article; a text that a spreadsheet took for a formula gets a leading quote."""
    names = _columns(texts)
    lines = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(map(camel, names))
        writer.writerows([csv_cell(value) for value in _values(row, names)] for row in rows)
    finally:
        lines.detach()  # else it closes the file


def write_parquet(rows: Iterable[ExportRow], file: BinaryIO, *, texts: bool) -> None:
    """Write typed columns, a group of rows at a time."""
    import pyarrow
    import pyarrow.parquet

    names = _columns(texts)
    schema = _schema(names)
    records = (dict(zip(schema.names, _values(row, names), strict=True)) for row in rows)
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:
        while group := list(islice(records, _ROW_GROUP)):
            writer.write_table(pyarrow.Table.from_pylist(group, schema))


def _columns(texts: bool) -> Mapping[str, str]:
    columns = {**_PLACE, **_ARTICLE}
    if not texts:
        del columns["article_body"]
    return columns


def _values(row: ExportRow, names: Iterable[str]) -> Iterator[Any]:
    for name in names:
        if name == "url":
            yield row.article.address or row.article.url
        else:
            yield getattr(row if name in _PLACE else row.article, name)


def _schema(columns: Mapping[str, str]) -> pyarrow.Schema:
    import pyarrow

    types = {
        _TEXT: pyarrow.string(),
        _TIME: pyarrow.timestamp("us", tz="UTC"),
        _NUMBER: pyarrow.int64(),
        _FLAG: pyarrow.bool_(),
        _TEXTS: pyarrow.list_(pyarrow.string()),
    }
    return pyarrow.schema([(camel(name), types[kind]) for name, kind in columns.items()])
