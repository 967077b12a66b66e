"""What a backfill leaves: folders of Parquet files with edges, articles in their clusters, and losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import islice
from typing import TYPE_CHECKING, Any

from crawler.errors import ArchiveError
from crawler.jobs.backfill.placing import Placed
from crawler.jobs.backfill.reading import file_system
from storage.types import Edge, Rejection

if TYPE_CHECKING:
    import pyarrow

_ROW_GROUP = 10_000
KINDS: Mapping[str, type] = {"edges": Edge, "clusters": Placed, "rejections": Rejection}
"""The folders, and what each row in them is."""


def begin(out: str) -> None:
    """Make the folder.

    Raises:
        ArchiveError: it cannot be made, or has something in it.
    """
    from pyarrow.fs import FileSelector

    system, path = file_system(out)
    try:
        system.create_dir(path)
        if system.get_file_info(FileSelector(path)):
            raise ArchiveError(out, None, "there is something in this folder already")
    except OSError as error:
        raise ArchiveError(out, None, str(error)) from error


def write(out: str, kind: str, number: int, rows: Iterator[Any]) -> tuple[()]:
    """Write those rows of a part that are of a kind into a file, if there are any; part 0 always has its file."""
    import pyarrow.parquet

    own = (row for row in rows if isinstance(row, KINDS[kind]))
    first = list(islice(own, _ROW_GROUP))
    if number and not first:
        return ()
    schema = _schema(KINDS[kind])
    system, path = file_system(out)
    system.create_dir(f"{path}/{kind}")
    with pyarrow.parquet.ParquetWriter(f"{path}/{kind}/part-{number:05}.parquet", schema, filesystem=system) as writer:
        while first:
            writer.write_table(pyarrow.Table.from_pylist([_record(row) for row in first], schema))
            first = list(islice(own, _ROW_GROUP))
    return ()


def _record(row: Any) -> dict[str, Any]:
    record = {field.name: getattr(row, field.name) for field in fields(row)}
    if "measures" in record:
        record["measures"] = list(record["measures"].items())
    return record


def _schema(kind: type) -> pyarrow.Schema:
    import pyarrow

    types = {
        "int": pyarrow.int64(),
        "float": pyarrow.float64(),
        "bool": pyarrow.bool_(),
        "Mapping[str, float]": pyarrow.map_(pyarrow.string(), pyarrow.float64()),
    }
    return pyarrow.schema([(field.name, types.get(str(field.type), pyarrow.string())) for field in fields(kind)])
