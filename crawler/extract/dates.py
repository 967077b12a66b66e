"""Dates as pages write them for machines, made aware, in UTC, and refused when they cannot be true."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_TOLERANCE = timedelta(days=1)
"""How far past the time of fetching a date may lie: clocks differ, and local times are sent as UTC."""
_DAY = timedelta(days=1)
_DAY_ALONE = re.compile(r"\d{4}-?\d\d-?\d\d([T ]00:00(:00(\.0+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?")
"""A day; midnight to the second is what templates make of one."""
_NO_ZONE = re.compile(r"\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d(:?\d\d([.,]\d+)?)?")
_SPACED_ZONE = re.compile(r"\s+(?=[+-]\d\d:?\d\d$|Z$)")
_ZONES = {
    "CET": "+0100",
    "CEST": "+0200",
    "BST": "+0100",
    "EET": "+0200",
    "EEST": "+0300",
    "MSK": "+0300",
    "JST": "+0900",
}
"""Zone names that RFC 5322 does not know, from dates as Java prints them."""
_ZONE = re.compile(rf"\b({'|'.join(_ZONES)})\b")
_MAX_RAW_CHARS = 200
_EPOCH = re.compile(r"\d{10}(\d{3})?")


def parse(raw: str, *, latest: datetime, earliest: datetime = EARLIEST) -> datetime | None:
    """Return the time `raw` means (ISO 8601, RFC 5322 or unix seconds or milliseconds), or None.

    A text without a zone is taken as UTC, a date as its midnight. None as well before `earliest`, when the site began,
    and later than a day after `latest`, the time the page was fetched: such dates are clock faults and templates.

    >>> parse("2016-11-03T18:00:00-0700", latest=datetime(2016, 11, 5, tzinfo=UTC))
    datetime.datetime(2016, 11, 4, 1, 0, tzinfo=datetime.timezone.utc)
    """
    if len(raw) > _MAX_RAW_CHARS:
        return None
    try:
        found = _read(raw.strip())
        moment = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if earliest <= moment and is_believable(moment, latest=latest) else None


def left_open(raw: str) -> str:
    """Say what of a time the text does not tell: "" if nothing.

    >>> left_open("2016-11-03"), left_open("2016-11-03T18:00:00"), left_open("2016-11-03T18:00:00-07:00")
    ('only the day', 'no zone, taken as UTC', '')
    """
    text = raw.strip()
    if _DAY_ALONE.fullmatch(text):
        return "only the day"
    return "no zone, taken as UTC" if _NO_ZONE.fullmatch(text) else ""


def is_believable(moment: datetime, *, latest: datetime) -> bool:
    """Return whether an article may be of that time, looked at no later than `latest`."""
    return EARLIEST <= moment <= latest + _TOLERANCE


def to_the_minute(moment: datetime, raw: str, listed: datetime) -> datetime:
    """Return the time that a source lists, where the page itself, by `raw`, says only the day and they agree.

    Days begin at different hours around the world: up to a day to each side agrees.

    >>> day, listed = datetime(2016, 11, 3, tzinfo=UTC), datetime(2016, 11, 3, 18, 30, tzinfo=UTC)
    >>> print(to_the_minute(day, "2016-11-03", listed), to_the_minute(day, "2016-11-03T00:20Z", listed), sep=", ")
    2016-11-03 18:30:00+00:00, 2016-11-03 00:00:00+00:00
    """
    agrees = moment - _DAY <= listed < moment + 2 * _DAY
    return listed if agrees and _DAY_ALONE.fullmatch(raw.strip()) else moment


def _read(raw: str) -> datetime:
    if _EPOCH.fullmatch(raw):
        return datetime.fromtimestamp(int(raw[:10]), UTC)
    try:
        return datetime.fromisoformat(_SPACED_ZONE.sub("", raw))
    except ValueError:
        return parsedate_to_datetime(_ZONE.sub(lambda zone: _ZONES[zone[1]], raw))
