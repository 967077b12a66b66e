"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

# PostgreSQL refuses index entries over 2,704 bytes; the sitemap protocol allows URLs of 2,048 characters.
KEY_SIZE_BYTES = 2048


def clean(text: str) -> str:
    """Drop what PostgreSQL cannot hold (NUL) and UTF-8 cannot say (lone surrogates become "?")."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def bounded(key: str) -> str:
    """Shorten a key too long for an index to its beginning and the SHA-256 of the whole; others are only cleaned.

    >>> bounded("https://example.com/a")
    'https://example.com/a'
    """
    key = clean(key)
    encoded = key.encode()
    if len(encoded) <= KEY_SIZE_BYTES:
        return key
    ending = f"#sha256={hashlib.sha256(encoded).hexdigest()}"
    return encoded[: KEY_SIZE_BYTES - len(ending)].decode("utf-8", "ignore") + ending


class CleanText(TypeDecorator[str]):
    """Text of any length, see `clean`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


class Key(TypeDecorator[str]):
    """Text that is indexed, see `bounded`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else bounded(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite would drop the zone and PostgreSQL answer in the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# What edges are measured by: each has its place in what is stored. Never reorder or remove one; new ones go to the end.
MEASURES = (
    "words_a", "words_b", "raw_jaccard", "raw_containment", "jaccard", "containment", "shared", "judged", "runs",
    "longest_run", "coverage", "lead", "opening", "headline", "same_headline", "numbers", "number_words", "same_site",
    "identical", "days_apart", "quotes", "quote_shingles", "names", "name_words", "same_dateline", "pair_jaccard",
    "content", "aligned", "aligned_back", "order", "rest", "anchored", "anchor_weight",
    "aligned_words",
)  # fmt: skip
_NAMED = frozenset(MEASURES)
# `json.dumps` makes one anew for each value, unless it is asked for nothing special.
_write_numbers = json.JSONEncoder(separators=(",", ":")).encode
_write = json.JSONEncoder(default=str).encode


class Measured(TypeDecorator[Mapping[str, float]]):
    """Numbers by name, as a JSON array in the order of MEASURES: names are more than half of an edge otherwise.

    Numbers that MEASURES does not name are an object behind them. Earlier versions stored an object alone.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, float] | None, dialect: Dialect) -> str:
        given = value or {}
        numbers: list[Any] = [*map(given.get, MEASURES)]
        while numbers and numbers[-1] is None:
            numbers.pop()
        if others := {name: given[name] for name in given.keys() - _NAMED}:
            numbers.append(others)
        return _write_numbers(numbers).replace(".0,", ",").replace(".0]", "]")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, float]:
        stored = json.loads(value or "[]")
        if isinstance(stored, dict):
            return stored
        others = stored.pop() if stored and isinstance(stored[-1], dict) else {}
        named = zip(MEASURES, stored, strict=False)
        return {name: number for name, number in named if number is not None} | others


class Json(TypeDecorator[Any]):
    """A JSON value as text: PostgreSQL's own type refuses NaN and ``\\u0000``, which imports do contain.

    What JSON has no word for (a date from Parquet) is kept as its ``str``.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        return _write(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)
