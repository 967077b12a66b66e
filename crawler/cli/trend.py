"""The command that counts what came when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.filters import narrowing
from crawler.cli.logs import note
from crawler.cli.opening import load_config, open_store
from crawler.cli.options import ConfigFile, Format, RowFormat, StoreUrl, UsageError
from crawler.cli.output import Layout, print_records, whole_file
from crawler.reports.trend import Period, TooLong, points
from storage.types import ArticleQuery, Counted

if TYPE_CHECKING:
    from crawler.reports.trend import Point

_OF_ALL = Layout(fields=["start", "count"], titles={"From": "start", "Articles": "count"})
_BY_SOURCE = Layout(
    fields=["start", "source", "count"], titles={"From": "start", "Source": "source", "Articles": "count"}
)


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold trend ferry --by week --count originals --plot ferry.svg")(trend)


@narrowing
def trend(
    asked: ArticleQuery,
    by: Annotated[Period, typer.Option("--by", help="What to count together; weeks begin on Monday.")] = Period.DAY,
    counted: Annotated[
        Counted,
        typer.Option(
            "--count",
            help="All copies, canonical articles on their own dates, or originals: each cluster once, on the day of "
            "its first article.",
        ),
    ] = Counted.ORIGINALS,
    by_source: Annotated[bool, typer.Option("--by-source", help="Count each source by itself.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot", metavar="FILE", dir_okay=False, show_default=False, help="Draw it, too: an .svg or .png file."
        ),
    ] = None,
    form: RowFormat = Format.TABLE,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Count articles by day, week or month (UTC), corrected for syndication; without any is a row of 0."""
    kind = None if plot is None else _kind(plot)
    from storage.queries import Queries

    with open_store(store, load_config(config)) as opened:
        days = Queries(opened).trend(asked, counted, by_source=by_source)
    try:
        found = points(days, by, asked.since, asked.until)
    except TooLong as error:
        raise UsageError(f"{error}; say --since and --until, or --by month") from error
    print_records(map(asdict, found), form, _BY_SOURCE if by_source else _OF_ALL)
    if plot is not None and kind is not None:
        _draw(found, f"{asked.words or 'all articles'}: {counted} by {by}", plot, kind)


def _kind(file: Path) -> str:
    from crawler.reports.plot import KINDS

    kind = file.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise UsageError(f"{file}: a plot is a file that ends in .svg or .png")
    return kind


def _draw(found: Sequence[Point], title: str, file: Path, kind: str) -> None:
    from crawler.reports.plot import draw

    try:
        with whole_file(file) as picture:
            draw(found, title, picture, kind)
    except ImportError as error:
        raise UsageError(f"--plot needs matplotlib: pip install 'wirefold[plot]' ({error})") from error
    note(f"Plot: {file}")
