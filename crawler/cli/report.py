"""The command that writes the report."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.choosing import known_sources
from crawler.cli.filters import narrowing
from crawler.cli.health import hosts_of
from crawler.cli.opening import load_config, open_store
from crawler.cli.options import YEARS, ConfigFile, StoreUrl, UsageError
from crawler.cli.output import write_file
from crawler.reports import Format
from storage.types import ArticleQuery

if TYPE_CHECKING:
    from crawler.reports.summary import Summary
    from storage.store import Store

_WEEK = re.compile(r"\d{4}-W\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold report --week 2026-W10 --output report.html")(report)


def parse_day(text: str) -> datetime:
    """Read a day, as its beginning in UTC."""
    return _parse(text, _DAY, "a day like 2026-03-01")


def parse_week(text: str) -> datetime:
    """Read an ISO 8601 week, as the beginning of its Monday in UTC."""
    return _parse(text, _WEEK, "a week like 2026-W10")


@narrowing
def report(
    asked: ArticleQuery,
    day: Annotated[
        datetime | None, typer.Option(parser=parse_day, metavar="DAY", help="Of one day: 2026-03-01.")
    ] = None,
    week: Annotated[
        datetime | None, typer.Option(parser=parse_week, metavar="WEEK", help="Of one week, from Monday: 2026-W10.")
    ] = None,
    clusters: Annotated[
        int | None,
        typer.Option(min=1, help="Show at most so many clusters: of html 200, of md 10.", show_default=False),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="A page that needs no network, or text for a mail.")
    ] = Format.HTML,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", dir_okay=False, help="Where to; - is stdout.")
    ] = Path("-"),
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Write a report of the store, or of a day, a week or what is searched for: numbers, and what to look at first."""
    about = _within(asked, day, week)
    from crawler.reports.summary import summarise
    from storage.queries import Queries

    loaded = load_config(config)
    with open_store(store, loaded) as opened:
        queries = Queries(opened)
        hosts = hosts_of(known_sources(loaded, opened), opened)
        text = _render(summarise(queries, now=datetime.now(UTC), asked=about, hosts=hosts), opened, form, clusters)
    _write(text, output)


def _parse(text: str, pattern: re.Pattern[str], like: str) -> datetime:
    try:
        start = datetime.fromisoformat(text).replace(tzinfo=UTC) if pattern.fullmatch(text) else None
    except ValueError:
        start = None
    if start is None or start.year not in YEARS:
        raise typer.BadParameter(f"{text!r} is not {like}.")
    return start


def _within(asked: ArticleQuery, day: datetime | None, week: datetime | None) -> ArticleQuery:
    """Narrow to a day or a week."""
    start = day or week
    if start is None:
        return asked
    if (day and week) or asked.since or asked.until:
        raise UsageError("say one of --day, --week, and --since with --until")
    return replace(asked, since=start, until=start + timedelta(days=1 if day else 7))


def _render(summary: Summary, store: Store, form: Format, clusters: int | None) -> str:
    from crawler.jobs.tracing import trace_one
    from storage.queries import Queries

    written = import_module(form.module)
    limit = clusters or written.MAX_CLUSTERS
    text: str = written.render(summary, Queries(store).texts, partial(trace_one, store), max_clusters=limit)
    return text


def _write(text: str, output: Path) -> None:
    if output == Path("-"):
        print(text, end="")
    else:
        write_file(output, text)
        print(f"report: {output.resolve()}")
