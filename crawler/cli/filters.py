"""The options by which several commands narrow the articles they are about."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Annotated, Any, TypeAlias

import typer

from crawler.cli.options import parse_end, parse_moment
from storage.types import ArticleQuery, Role


class Roles(StrEnum):
    """Which articles of a cluster are meant."""

    CANONICAL = "canonical"
    VARIANT = "variant"
    ANY = "any"

    @property
    def role(self) -> Role | None:
        """Give the one role that is meant, None for all."""
        return None if self is Roles.ANY else Role(self.value)


WhichRole: TypeAlias = Annotated[Roles, typer.Option("--role", help="Canonical articles, their variants, or both.")]


def narrowing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command, which takes what is asked for first, the words and options that say it."""
    shared = inspect.signature(_asked, eval_str=True).parameters
    own = inspect.signature(command, eval_str=True).parameters

    @wraps(command)
    def narrowed(**given: Any) -> None:
        command(_asked(**{name: given.pop(name) for name in shared}), **given)

    parameters = [*shared.values(), *list(own.values())[1:]]
    narrowed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    narrowed.__annotations__ = {each.name: each.annotation for each in parameters}
    return narrowed


def _asked(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORDS",
            help="Words that must all be there: a quoted phrase stays together, -word must not be there, word* may go "
            "on, OR between two takes either. Put -- before the words if one begins with a minus.",
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(parser=parse_moment, metavar="DATE", help="Published at this time or later: 2026-03-01, 12h, 7d."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(parser=parse_end, metavar="DATE", help="Published on this day or before, or before this time."),
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only from this source.")] = None,
    site: Annotated[str | None, typer.Option(metavar="HOST", help="Only from this site, without www.")] = None,
    lang: Annotated[str | None, typer.Option(metavar="CODE", help="Only in this language: en, or en-GB.")] = None,
    agency: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this agency delivered.")] = None,
    section: Annotated[str | None, typer.Option(metavar="NAME", help="Only from this section.")] = None,
    min_size: Annotated[int, typer.Option(min=1, help="Only from clusters of so many articles or more.")] = 1,
) -> ArticleQuery:
    return ArticleQuery(
        words=" ".join(map(_phrase, words or [])),
        since=since,
        until=until,
        source=source,
        site=site,
        in_language=lang,
        source_organization=agency,
        article_section=section,
        min_size=min_size,
    )


def _phrase(argument: str) -> str:
    """Quote an argument of several words, as the shell has taken its quotes away.

    >>> _phrase("north sea"), _phrase("oil"), _phrase('oil "north sea"'), _phrase("-north sea")
    ('"north sea"', 'oil', 'oil "north sea"', '-"north sea"')
    """
    if " " not in argument or '"' in argument:
        return argument
    minus = "-" if argument.startswith("-") else ""
    return f'{minus}"{argument.removeprefix("-")}"'
