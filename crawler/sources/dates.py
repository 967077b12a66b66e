"""Reads machine-written dates."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Hours from UTC. Names that two zones share ("IST") are not here: such a time is taken as UTC.
# Source: RFC 822 (North America), the tz database (the others).
_ZONES_H = {
    **{"ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7},
    **{"et": -5, "ct": -6, "mt": -7, "pt": -8, "akst": -9, "akdt": -8, "hst": -10, "brt": -3, "art": -3},
    **{"wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2, "eest": 3, "sast": 2},
    **{
        "msk": 3,
        "pkt": 5,
        "ict": 7,
        "wib": 7,
        "sgt": 8,
        "hkt": 8,
        "awst": 8,
        "jst": 9,
        "kst": 9,
        "aest": 10,
        "aedt": 11,
    },
    **{"nzst": 12, "nzdt": 13},
}
_TIME = (
    r"""(?P<hour>\d\d?) : (?P<minute>\d\d) (?: : (?P<second>\d\d) (?:[.,]\d+)? )? (?: \s* (?P<half>[ap])\.?m\b\.? )?"""
)
_ZONE = r"""(?: (?:gmt|utc?)? (?P<sign>[+-]) (?P<zone_h>\d\d?) :? (?P<zone_min>\d\d)? | (?P<zone>[a-z]{1,5}) )"""
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_SPELLINGS = tuple(
    re.compile(rf"(?:{spelling}) (?:\W.{{0,40}})?", re.VERBOSE | re.IGNORECASE)
    for spelling in (
        # ISO 8601 and what is like it: 2016-11-01T10:00:00+01:00, 20161101T100000Z, 2016/11/1 10:00, 2016-11
        rf"(?P<year>\d{{4}}) ([-/]) (?P<month>\d\d?) (?: \2 {_DAY} (?: [t\s]\s* {_TIME} \s* {_ZONE}? )? )?",
        r"(?P<year>\d{4}) (?P<month>\d\d) (?P<day>\d\d)"
        rf"(?: [t\s]? (?P<hour>\d\d) (?P<minute>\d\d) (?P<second>\d\d)? \s* {_ZONE}? )?",
        # RFC 822 and 850: Tue, 01 Nov 2016 10:00:00 EST, 1-Nov-16 10:00 PM
        rf"{_DAY} [\s-]+ (?P<name>[a-z]{{3}})[a-z]*\.? ,? [\s-]+ (?P<year>\d{{4}}|\d\d)"
        rf"(?: (?:,|\s+at)? [\s:]+ {_TIME} \s* {_ZONE}? )?",
        # asctime: Tue Nov  1 10:00:00 2016, with a zone before or after the year
        rf"(?P<name>[a-z]{{3}})[a-z]*\.? \s+ {_DAY} \s+ {_TIME} \s+ (?:{_ZONE} \s+)? (?P<year>\d{{4}})",
        # November 1, 2016 at 10:00 pm EST; November 1, 2016 - 10:00
        rf"(?P<name>[a-z]{{3}})[a-z]*\.? \s+ {_DAY} ,? \s+ (?P<year>\d{{4}})"
        rf"(?: (?:,|\s+at|\s+-)? \s+ {_TIME} \s* {_ZONE}? )?",
    )
)
_WEEKDAY = re.compile(r"\A(?:[^\W\d]{2,12}\.?,\s*|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?\s+)", re.IGNORECASE)
_MAX_CHARS = 100


def from_iso(text: str | None) -> datetime | None:
    """Read ISO 8601 (a date alone too) as a moment in UTC, which is taken where no zone is said; None if it is none.

    >>> print(from_iso("2016-11-01T02:00:00+01:00"), from_iso("2016-11-01"), from_iso("yesterday"), sep=", ")
    2016-11-01 01:00:00+00:00, 2016-11-01 00:00:00+00:00, None
    """
    try:
        parsed = datetime.fromisoformat((text or "").strip())
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def from_feed(text: str | None) -> datetime | None:
    """Read a date as feeds spell it (ISO 8601, RFC 822 with all its zones, asctime); UTC where no zone is said.

    Only dates that can be read one way: not "01/02/2016". Of a year alone nothing is made.

    >>> print(from_feed("Tue, 1 Nov 16 10:00 EST"), from_feed("2016-11-1 9:05 PM"), from_feed("3 days ago"), sep=", ")
    2016-11-01 15:00:00+00:00, 2016-11-01 21:05:00+00:00, None
    """
    text = " ".join((text or "")[:_MAX_CHARS].split())
    if (iso := from_iso(text)) is not None:
        return iso.replace(microsecond=0)
    text = _WEEKDAY.sub("", text, count=1)
    for spelling in _SPELLINGS:
        if found := spelling.fullmatch(text):
            return _moment(found.groupdict())
    return None


def from_struct(fields: time.struct_time | None) -> datetime | None:
    """Read what feedparser makes of a date; None if it is none."""
    try:
        return datetime(*fields[:6], tzinfo=UTC) if fields else None
    except ValueError:
        return None


def _moment(found: dict[str, str | None]) -> datetime | None:
    try:
        day = datetime(_year(found["year"] or ""), _month(found), int(found["day"] or 1), tzinfo=UTC)
        return day + _clock(found) - _offset(found)
    except (ValueError, OverflowError):
        return None


def _year(digits: str) -> int:
    """Read two digits as RFC 5322, section 4.3, does."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 50 else 1900)


def _month(found: dict[str, str | None]) -> int:
    name = found.get("name")
    return int(found["month"] or 0) if name is None else _MONTHS.index(name.lower()) + 1


def _clock(found: dict[str, str | None]) -> timedelta:
    """Return the time of day; 24:00 and leap seconds go over into the next."""
    hour, minute, second = (int(found.get(unit) or 0) for unit in ("hour", "minute", "second"))
    if half := found.get("half"):
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError("no time of day")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _offset(found: dict[str, str | None]) -> timedelta:
    if sign := found.get("sign"):
        offset = timedelta(hours=int(found["zone_h"] or 0), minutes=int(found["zone_min"] or 0))
        return -offset if sign == "-" else offset
    return timedelta(hours=_ZONES_H.get((found.get("zone") or "").lower(), 0))
