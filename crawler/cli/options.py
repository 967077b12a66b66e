"""Options and arguments that several commands share, and how their values are read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

_AGO = re.compile(r"(\d{1,5})([hdw])")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DURATION = re.compile(r"(\d{1,6})([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600}
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
YEARS = range(2, 9999)  # so that there is a day before and a week after
NEEDS_A_LOOK = 1  # the exit code of what is finished, but not clean


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


class View(StrEnum):
    """How one thing is shown."""

    TEXT = "text"
    JSON = "json"


class LogForm(StrEnum):
    """How a line of the log looks."""

    TEXT = "text"
    JSON = "json"


class UsageError(typer.TyperException):
    """What was asked for cannot be done as it was asked."""

    exit_code = 2


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 date or time (UTC where no zone is said), or how long ago: ``12h``, ``7d``, ``2w``."""
    from crawler.sources.dates import from_iso

    if ago := _AGO.fullmatch(text):
        return datetime.now(UTC) - int(ago[1]) * _UNITS[ago[2]]
    found = from_iso(text)
    if found is None or found.year not in YEARS:
        raise typer.BadParameter(f"{text!r} is neither a date like 2026-03-01 nor a time ago like 7d or 12h.")
    return found


def parse_end(text: str) -> datetime:
    """Read the end of a time span: a moment, or a day, which is then within the span."""
    moment = parse_moment(text)
    return moment + timedelta(days=1) if _DAY.fullmatch(text) else moment


def parse_duration(text: str) -> float:
    """Read how long something may take, in seconds: ``90s``, ``10m``, ``2h``."""
    found = _DURATION.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise typer.BadParameter(f"{text!r} is not a time like 90s, 10m or 2h.")
    return float(int(found[1]) * _SECONDS[found[2]])


StoreUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Where articles are kept: an SQLite file or an SQLAlchemy URL. Default: the environment variable "
        "WIREFOLD_STORE, then the store that the configuration names, then a file in your user data folder.",
        show_default=False,
    ),
]
ConfigFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration. Default: the environment variable WIREFOLD_CONFIG, then wirefold.toml in this folder.",
        show_default=False,
    ),
]
KeepPages: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--keep-pages",
        help="Keep the pages in the store, compressed, for reextract. Also: keep_pages in the configuration.",
        show_default=False,
    ),
]
RowFormat: TypeAlias = Annotated[Format, typer.Option("--format", help="How to print the rows.")]
ViewFormat: TypeAlias = Annotated[View, typer.Option("--format", help="For a person, or for a program.")]
Verbose: TypeAlias = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr.", show_default=False)]
LogFormat: TypeAlias = Annotated[
    LogForm, typer.Option("--log-format", help="How stderr is written: for a person, or one JSON object a line.")
]
