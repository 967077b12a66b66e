"""What ninjs 3.1 demands of the properties that we write, in our own words.

Read from specification/ninjs-schema_3.1.json of github.com/iptc/newsinjson. The schema itself is not kept here; no
object may have a property that it does not name, texts are texts, and times and URIs are such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

Check: TypeAlias = Callable[[Any], Iterator[str]]


def complaints(news: Any) -> list[str]:
    """Say what is wrong with a news object."""
    missing = [] if "uri" in news else ["no uri"]
    return [*missing, *_NEWS(news)]


def _text(value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"no text: {value!r}"


def _whole(value: Any) -> Iterator[str]:
    if type(value) is not int:
        yield f"no whole number: {value!r}"


def _uri(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9+.-]*:[!#$%&'()*+,/:;=?@\[\]~\w.-]+", value, re.A):
        yield f"no URI: {value!r}"


def _time(value: Any) -> Iterator[str]:
    try:
        if datetime.fromisoformat(value).tzinfo is None or "T" not in value:
            yield f"no zone: {value!r}"
    except (TypeError, ValueError):
        yield f"no time: {value!r}"


def _one_of(*allowed: str) -> Check:
    return lambda value: iter([] if value in allowed else [f"not one of {allowed}: {value!r}"])


def _each(check: Check) -> Check:
    def checked(value: Any) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"no list: {value!r}"
            return
        for each in value:
            yield from check(each)

    return checked


def _object(required: tuple[str, ...] = (), **properties: Check) -> Check:
    def checked(value: Mapping[str, Any]) -> Iterator[str]:
        yield from (f"no {name}" for name in required if name not in value)
        for name, each in value.items():
            if name not in properties:
                yield f"unknown property {name}"
            else:
                yield from (f"{name}: {problem}" for problem in properties[name](each))

    return checked


_VALUE = _each(_object(("value",), role=_text, contentType=_text, value=_text))
_TYPE = _one_of("text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning")
_NEWS = _object(
    uri=_uri,
    type=_TYPE,
    representationType=_one_of("full", "partial"),
    firstCreated=_time,
    versionCreated=_time,
    contentCreated=_time,
    usageTerms=_text,
    language=_text,
    descriptions=_VALUE,
    headlines=_VALUE,
    bodies=_each(
        _object(("value",), role=_text, contentType=_text, charCount=_whole, wordCount=_whole, value=_text),
    ),
    subjects=_each(_object(name=_text, rel=_text, uri=_uri, literal=_text)),
    infoSources=_each(_object(name=_text, role=_text, uri=_uri, literal=_text)),
    by=_text,
    located=_text,
    associations=_each(_object(("name", "uri"), name=_text, uri=_uri, type=_TYPE, rel=_text)),
    altIds=_each(_object(role=_text, value=_text)),
    standard=_object(name=_text, version=_text, schema=_uri),
)
