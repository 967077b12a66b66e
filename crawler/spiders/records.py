"""Reads articles that others have extracted: JSON Lines (plain or gzip) and Parquet."""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from crawler import urls
from crawler.errors import ArchiveError, RecordError
from crawler.sources.dates import from_feed, from_iso
from storage.types import Article, Rejection, Stage

T = TypeVar("T")
Record = dict[str, Any]
Numbered = tuple[int, "Record | RecordError | None"]

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_FIRST_ROWS = 10  # if none of so many is a record, the file is something else
_MAX_LINE_BYTES = 50_000_000
_UNIX_SECONDS = re.compile(r"-?\d{9,10}(\.\d+)?")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # JSON can say them; neither UTF-8 nor PostgreSQL can
_OTHER_IMPORT = "import"  # the source of a record that names none


def read_records(path: Path) -> Iterator[tuple[int, Record | RecordError]]:
    """Yield the records of a file with their line (in Parquet: row) from 1, or why a line is not a record.

    The format is known by the file's first bytes, not by its name.

    Raises:
        ArchiveError: the file holds no records, or cannot be read, or not to its end; all whole records came before.
    """
    line = 0
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            rows = _parquet_rows(file) if magic == _PARQUET else _json_rows(path, file, magic.startswith(_GZIP))
            for line, row in _checked(path, enumerate(rows, start=1)):
                if row is not None:
                    yield line, row
    except (OSError, EOFError, zlib.error, ValueError) as error:
        cause = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise ArchiveError(path, None, f"{cause} (after line {line:,})" if line else cause) from error


def to_article(record: Record, *, keep_id: bool, where: str = "") -> Article | Rejection:
    """Turn a record into an article: schema.org names or the short ones; fields without a meaning go to ``extra``.

    Args:
        keep_id: keep the record's ``id`` as the article's external id.
        where: names the record ("FILE:LINE") in the rejection if it has neither id nor url.
    """
    rest = {name: _storable(value) for name, value in record.items() if value is not None}
    external_id = _take(rest, _line, "id")
    found_at = _take(rest, _url, "url")
    source = _take(rest, _line, "source", "site") or urls.site_of(found_at or "") or _OTHER_IMPORT
    if not found_at and not external_id:
        return _reject(where, source, "no-id", "the record has neither id nor url")
    address = urls.address(found_at or f"urn:wirefold:{source}:{external_id}")
    url = urls.identity(address)
    body = _take(rest, _text, "articleBody", "text")
    if not body:
        return _reject(url, source, "no-text", where)
    published_name = next((name for name in ("datePublished", "published") if name in rest), "")
    published_raw = _take(rest, _line, "datePublishedRaw") or _line(rest.get(published_name))
    return Article(
        url=url,
        site=urls.site_of(url) or source,
        source=source,
        headline=_take(rest, _line, "headline", "title") or "",
        article_body=body,
        external_id=external_id if keep_id else None,
        address=address if address != url else None,
        authors=_take(rest, _names, "authors") or (),
        publisher=_take(rest, _name, "publisher"),
        date_published=_take(rest, _date, published_name),
        date_published_raw=published_raw,
        in_language=_take(rest, _line, "inLanguage", "lang"),
        **_described(rest),
        **_restored(rest),
        extra=rest,
    )


def reject_record(error: RecordError) -> Rejection:
    """Say as a rejection which line of an import file is not a record."""
    return _reject(error.where, error.path.name, "not-a-record", error.problem)


def _reject(url: str, source: str, reason: str, detail: str) -> Rejection:
    return Rejection(url=url, source=source, stage=Stage.IMPORT, reason=reason, detail=detail)


def _described(rest: Record) -> dict[str, Any]:
    """Take the fields of schema.org that need no more than reading, as far as they are there."""
    modified_raw = _take(rest, _line, "dateModifiedRaw") or _line(rest.get("dateModified"))
    found = {field: _take(rest, read, name) for field, (read, name) in _DESCRIBED.items()}
    is_free = rest.get("isAccessibleForFree")
    if isinstance(is_free, bool):
        found["is_accessible_for_free"] = rest.pop("isAccessibleForFree")
    found["date_modified_raw"] = modified_raw
    return {field: value for field, value in found.items() if value is not None}


def _restored(rest: Record) -> dict[str, Any]:
    """Take what an export of Wirefold's says under its own name; other fields of an import that it kept go back."""
    own = rest.pop("wirefold") if isinstance(rest.get("wirefold"), dict) else {}
    if isinstance(extra := own.get("extra"), dict):
        rest |= extra
    rules = own.get("provenance")
    return {
        "opt_outs": _names(own.get("optOuts")),
        "notes": _names(own.get("notes")),
        "provenance": {name: str(rule) for name, rule in rules.items()} if isinstance(rules, dict) else {},
    }


# -- files ----------------------------------------------------------------------------------------------------------


def _checked(path: Path, rows: Iterator[Numbered]) -> Iterator[Numbered]:
    """Yield the rows of a file that is what it should be: among its first ones, at least one is a record.

    Raises:
        ArchiveError: none is, so that the file is something else.
    """
    first = list(islice(rows, _FIRST_ROWS))
    errors = [row for _, row in first if isinstance(row, RecordError)]
    if errors and not any(isinstance(row, dict) for _, row in first):
        raise ArchiveError(path, None, f"neither Parquet nor JSON Lines ({errors[0].problem})")
    yield from first
    yield from rows


def _parquet_rows(file: BinaryIO) -> Iterator[Record]:
    # pyarrow is slow to import, and most runs never meet a Parquet file.
    import pyarrow.parquet

    for batch in pyarrow.parquet.ParquetFile(file).iter_batches(batch_size=1000):
        yield from batch.to_pylist()


def _json_rows(path: Path, file: BinaryIO, is_gzip: bool) -> Iterator[Record | RecordError | None]:
    """Yield one row a line, None for an empty one."""
    lines = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if is_gzip else file
    number = 0
    while raw := lines.readline(_MAX_LINE_BYTES):
        number += 1
        is_whole = raw.endswith(b"\n") or len(raw) < _MAX_LINE_BYTES
        if not is_whole:
            while (more := lines.readline(_MAX_LINE_BYTES)) and not more.endswith(b"\n"):
                pass
        yield _parse(path, number, raw) if is_whole else RecordError(path, number, "the line is too long")


def _parse(path: Path, number: int, raw: bytes) -> Record | RecordError | None:
    if not raw.strip():
        return None
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError) as error:
        return RecordError(path, number, f"not JSON: {error}")
    return row if isinstance(row, dict) else RecordError(path, number, "not a JSON object")


# -- fields ---------------------------------------------------------------------------------------------------------


def _take(fields: Record, read: Callable[[Any], T | None], *names: str) -> T | None:
    """Take out the first of the fields that `read` understands. What it does not understand stays."""
    for name in names:
        if value := read(fields.get(name)):
            del fields[name]
            return value
    return None


def _text(value: Any) -> str | None:
    return value.strip() if isinstance(value, str) else None


def _line(value: Any) -> str | None:
    return " ".join(str(value).split()) if isinstance(value, (str, int, float)) else None


def _url(value: Any) -> str | None:
    text = _line(value) or ""
    return text if urls.absolute("", text) or text.startswith("urn:") else None


def _names(value: Any) -> tuple[str, ...]:
    """Read names given as text, as an object with a name, or as a list of those."""
    if isinstance(value, list):
        return tuple(name for each in value for name in _names(each))
    name = _line(value.get("name") if isinstance(value, dict) else value)
    return (name,) if name else ()


def _name(value: Any) -> str | None:
    return next(iter(_names(value)), None)


def _date(value: Any) -> datetime | None:
    """Read ISO 8601, what feeds write, or unix seconds as number or text.

    >>> print(_date(1478000000), _date("1478000000"), _date("Tue, 01 Nov 2016 12:00:00 +0530"), sep=", ")
    2016-11-01 11:33:20+00:00, 2016-11-01 11:33:20+00:00, 2016-11-01 06:30:00+00:00
    """
    text = _line(value) or ""
    if isinstance(value, str) and not _UNIX_SECONDS.fullmatch(text):
        return from_iso(text) or from_feed(text)
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _storable(value: Any) -> Any:
    """Return a value as JSON that every store takes: no NUL, no lone surrogate, no NaN, dates as ISO 8601."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("\ufffd", str(name)): _storable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else _UNSTORABLE.sub("\ufffd", str(value))


_DESCRIBED: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "canonical_url": (_url, "canonicalUrl"),
    "description": (_text, "description"),
    "source_organization": (_name, "sourceOrganization"),
    "credit_text": (_line, "creditText"),
    "dateline": (_line, "dateline"),
    "date_modified": (_date, "dateModified"),
    "article_section": (_line, "articleSection"),
    "keywords": (_names, "keywords"),
    "main_image": (_url, "mainImage"),
    "is_based_on": (_url, "isBasedOn"),
}
