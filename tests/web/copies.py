"""What an outlet makes of a text: pure functions from the article as written to the article as it is run."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from tests.web.content import Outlet, Text

_FIRST_LOCAL, _SECOND_LOCAL = 2, 6  # places, in paragraphs, where local ones are inserted


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One article as one outlet runs it; ``agency`` is the name of the agency that is credited."""

    headline: str
    description: str
    author: str
    section: str
    body: tuple[str, ...]
    captions: tuple[str, ...]
    credit: str | None
    agency: str | None


def make(text: Text, kind: str, key: str, outlets: dict[str, Outlet], published: datetime) -> Copy:
    """Run `text` at the outlet `key`, changed as `kind` says."""
    outlet, author = outlets[key], outlets[text.publisher]
    copy = Copy(
        headline=text.headlines.get(key, text.headline),
        description=text.description,
        author=text.author,
        section=text.section,
        body=_with_dateline(_changed(text, kind, key, published), text.dateline, outlet, author),
        captions=text.captions,
        credit=None if outlet == author else _credit(author),
        agency=author.name if author.credit else None,
    )
    return _typographic(copy) if outlet.typographic else copy


def _changed(text: Text, kind: str, key: str, published: datetime) -> tuple[str, ...]:
    if kind == "abridged":
        return text.body[: -(-len(text.body) // 3)]
    if kind == "extended":
        return _extended(text.body, text.local[key])
    if kind == "machine-translated":
        return (text.headline, f"By {text.author}", f"{published:%B %d, %Y}", "9 Reads", *text.body)
    return text.body


def _extended(body: tuple[str, ...], local: tuple[str, ...]) -> tuple[str, ...]:
    first, second = local
    return (*body[:_FIRST_LOCAL], first, *body[_FIRST_LOCAL:_SECOND_LOCAL], second, *body[_SECOND_LOCAL:])


def _with_dateline(body: tuple[str, ...], place: str | None, outlet: Outlet, author: Outlet) -> tuple[str, ...]:
    if place is None or outlet.drops_datelines:
        return body
    return (f"{place} ({author.credit}) — {body[0]}", *body[1:])


def _credit(author: Outlet) -> str:
    return f"© 2026 {author.name}" if author.credit else f"This article first appeared in {author.name}."


def _typographic(copy: Copy) -> Copy:
    return replace(
        copy,
        headline=_curly(copy.headline),
        body=tuple(map(_curly, copy.body)),
        captions=tuple(map(_curly, copy.captions)),
    )


def _curly(text: str) -> str:
    """Set straight quotation marks as a printer would."""
    return re.sub(r"(^|\s)'", r"\1‘", re.sub(r'"([^"]*)"', r"“\1”", text)).replace("'", "’")
