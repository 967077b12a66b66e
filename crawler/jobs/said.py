"""Files of what people say of articles: their lines, and the articles that these name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from crawler import urls
from crawler.errors import RecordError
from crawler.spiders.records import Record, read_records
from storage.errors import NotFound
from storage.queries import Queries

L = TypeVar("L", bound=BaseModel)


def read_lines(path: Path) -> Iterator[tuple[int, Record]]:
    """Yield the records of a file (JSON Lines, plain or gzip, or Parquet) with their line from 1.

    Raises:
        ArchiveError: the file cannot be read, or holds no records.
        RecordError: a line is no record.
    """
    for number, record in read_records(path):
        if isinstance(record, RecordError):
            raise record
        yield number, record


def parse_line(model: type[L], record: Mapping[str, Any], path: Path, number: int) -> L:
    """Read a record as what it should be. Raises RecordError."""
    try:
        return model.model_validate(record)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = f"{first['loc'][0]}: " if first["loc"] else ""
        raise RecordError(path, number, name + first["msg"].removeprefix("Value error, ")) from error


def find(queries: Queries, ref: str) -> int:
    """Find an article's id by id, any address or external id. Raises NotFound."""
    try:
        return queries.find(ref)
    except NotFound:
        return queries.find(urls.identity(ref))
