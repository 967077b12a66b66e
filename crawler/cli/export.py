"""The command that writes articles for other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from crawler.cli.filters import Roles, WhichRole, narrowing
from crawler.cli.logs import note
from crawler.cli.opening import load_config, open_store
from crawler.cli.options import ConfigFile, StoreUrl, UsageError
from crawler.cli.output import whole_file
from crawler.exports import Channel, Form, write
from crawler.reports.wording import link, plural
from storage.types import ArticleQuery, Role

if TYPE_CHECKING:
    from storage.types import ExportRow

_BATCH = 500
_FEED_LENGTH = 100


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold export --format parquet --since 30d --output march.parquet")(export)


@narrowing
def export(
    asked: ArticleQuery,
    form: Annotated[Form, typer.Option("--format", help="How to write them.")] = Form.JSONL,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", dir_okay=False, help="Where to; - is stdout."),
    ] = Path("-"),
    role: WhichRole = Roles.ANY,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many; of a feed, 100.", show_default=False)
    ] = None,
    texts: Annotated[
        bool, typer.Option("--texts/--no-texts", help="With the articles' texts; feeds have none.")
    ] = True,
    title: Annotated[str, typer.Option(help="The title of a feed.")] = Channel().title,
    home: Annotated[str, typer.Option(metavar="URL", help="The address that a feed links to.")] = Channel().link,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Write articles for other programs, the newest first; feeds hold canonical articles only.

    JSON Lines can be taken in again by import.
    """
    if link(home) is None:
        raise UsageError(f"--home {home!r}: not an http or https address")
    every = replace(asked, role=Role.CANONICAL if form.is_feed else role.role, limit=_BATCH)
    from storage.queries import Queries

    with open_store(store, load_config(config)) as opened:
        rows = islice(Queries(opened).export(every), limit or (_FEED_LENGTH if form.is_feed else None))
        _write(rows, form, output, Channel(title, home), texts)


def _write(rows: Iterable[ExportRow], form: Form, output: Path, channel: Channel, texts: bool) -> None:
    counted = _Counted(rows)
    if output == Path("-"):
        file: BinaryIO = sys.stdout.buffer
        write(counted, form, file, channel, texts=texts)
    else:
        with whole_file(output) as file:
            write(counted, form, file, channel, texts=texts)
        note(f"export: {plural(counted.count, 'article')} written to {output}")


class _Counted:
    """Rows that are counted as they are read."""

    def __init__(self, rows: Iterable[ExportRow]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[ExportRow]:
        for row in self._rows:
            self.count += 1
            yield row
