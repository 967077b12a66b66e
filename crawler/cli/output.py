"""Rows and texts on stdout, in the format asked for. Whatever comes from a page or an import is taken for hostile."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from crawler.cli.logs import note
from crawler.cli.options import Format, UsageError
from crawler.exports.plain import csv_cell, plain
from crawler.reports.wording import brief

if TYPE_CHECKING:
    from rich.console import Console

Record: TypeAlias = Mapping[str, Any]

_WIDTH_OF_FILES = 160


@dataclass(frozen=True, slots=True)
class Layout:
    """How records become rows: the ``fields`` of a row, and which of them a table shows, by ``titles``.

    ``flatten`` makes the rows of a record where these are not the record itself.
    """

    fields: Sequence[str]
    titles: Mapping[str, str]
    flatten: Callable[[Record], Iterable[Record]] | None = None

    def rows(self, record: Record) -> Iterable[Record]:
        """Make the rows of one record."""
        return [record] if self.flatten is None else self.flatten(record)


def print_records(records: Iterable[Record], form: Format, layout: Layout) -> None:
    """Print records; in JSON as they are, else as rows."""
    if form is Format.JSON:
        print_json(list(records))
    elif form is Format.JSONL:
        for record in records:
            print(_visible(_json(record)))
    elif form is Format.CSV:
        _print_csv(records, layout)
    else:
        _print_table(records, layout)


def print_json(value: Any) -> None:
    """Print one value as JSON."""
    print(_visible(_json(value, indent=2)))


def moment(when: datetime) -> str:
    """Write a time for a person, to the minute."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M}"


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write, which takes the place of the former one when all is written. Raises UsageError."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # nothing was written where nothing can be deleted
            unfinished.unlink()


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises UsageError."""
    with whole_file(path) as file:
        file.write(text.encode("utf-8", "replace"))


def console() -> Console:
    """Give a console on stdout that takes text as it is; into a file or a pipe it writes wide lines."""
    from rich.console import Console

    wide = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(width=_WIDTH_OF_FILES if wide else None, highlight=False, markup=False, emoji=False)


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=plain)


def _visible(text: str) -> str:
    """Escape in JSON what a terminal would not show as it is; the value stays the same."""
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)


def _print_csv(records: Iterable[Record], layout: Layout) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(layout.fields)
    for record in records:
        for row in layout.rows(record):
            writer.writerow([csv_cell(row[name]) for name in layout.fields])


def _print_table(records: Iterable[Record], layout: Layout) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Column, Table
    from rich.text import Text

    table = Table(*(Column(title, overflow="fold") for title in layout.titles), box=SIMPLE_HEAD, pad_edge=False)
    for record in records:
        for row in layout.rows(record):
            table.add_row(*(Text(_table_cell(row[name])) for name in layout.titles.values()))
        if layout.flatten is not None:
            table.add_section()
    if table.row_count:
        console().print(table)
    else:
        note("Nothing found.")


def _table_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}"
    return brief(str(value))
