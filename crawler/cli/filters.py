"""The options by which several commands narrow the articles they are about."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeAlias

import typer

from crawler.cli.options import parse_end, parse_moment
from storage.types import Role


class Roles(StrEnum):
    """Which articles of a cluster are meant."""

    CANONICAL = "canonical"
    VARIANT = "variant"
    ANY = "any"

    @property
    def role(self) -> Role | None:
        """Give the one role that is meant, None for all."""
        return None if self is Roles.ANY else Role(self.value)


Words: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WORDS",
        help="Words that must all be there: a quoted phrase stays together, -word must not be there, word* may go on, "
        "OR between two takes either. Put -- before the first word if it begins with a minus.",
    ),
]
Since: TypeAlias = Annotated[
    datetime | None,
    typer.Option(parser=parse_moment, metavar="DATE", help="Published at this time or later: 2026-03-01, 12h, 7d."),
]
Until: TypeAlias = Annotated[
    datetime | None,
    typer.Option(parser=parse_end, metavar="DATE", help="Published on this day or before, or before this time."),
]
Source: TypeAlias = Annotated[str | None, typer.Option(metavar="NAME", help="Only from this source.")]
Site: TypeAlias = Annotated[str | None, typer.Option(metavar="HOST", help="Only from this site, without www.")]
Lang: TypeAlias = Annotated[str | None, typer.Option(metavar="CODE", help="Only in this language: en, or en-GB.")]
Agency: TypeAlias = Annotated[str | None, typer.Option(metavar="NAME", help="Only what this agency delivered.")]
Section: TypeAlias = Annotated[str | None, typer.Option(metavar="NAME", help="Only from this section.")]
MinSize: TypeAlias = Annotated[int, typer.Option(min=1, help="Only from clusters of so many articles or more.")]
WhichRole: TypeAlias = Annotated[Roles, typer.Option("--role", help="Canonical articles, their variants, or both.")]


def joined(words: list[str] | None) -> str:
    """Put the words of a command line together as they were typed."""
    return " ".join(map(_phrase, words or []))


def _phrase(argument: str) -> str:
    """Quote an argument of several words, as the shell has taken its quotes away.

    >>> _phrase("north sea"), _phrase("oil"), _phrase('oil "north sea"'), _phrase("-north sea")
    ('"north sea"', 'oil', 'oil "north sea"', '-"north sea"')
    """
    if " " not in argument or '"' in argument:
        return argument
    minus = "-" if argument.startswith("-") else ""
    return f'{minus}"{argument.removeprefix("-")}"'
