"""JSON Lines that can be imported again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from crawler.exports.plain import as_json
from crawler.exports.schema_org import as_record
from storage.types import ExportRow


def write_json_lines(rows: Iterable[ExportRow], file: BinaryIO, *, texts: bool) -> None:
    """Write one object a line."""
    for row in rows:
        file.write(f"{as_json(as_record(row, texts=texts))}\n".encode())
