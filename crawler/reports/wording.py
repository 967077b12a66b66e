"""Words, dates and links as a person reads them. Whatever comes from a page or an import is taken for hostile here."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

HEADLINE_CHARS = 220
_LINK_CHARS = 600

# Control characters, overrides that make text read backwards, and halves of surrogate pairs, which no file can hold.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\uffff]")

_RELATIONS = {
    "same": "the same article by decision",
    "identical": "the same text",
    "near-duplicate": "nearly the same text",
    "abridged": "a shortened copy",
    "extended": "a longer copy",
    "updated": "a later version",
    "superseded": "an earlier version",
    "translated-copy": "the same article, translated by somebody else",
    "translation-of": "its translation into another language",
    "original-of": "the original, in another language, of which it is a translation",
    "digest-contains": "a digest that contains it",
    "in-digest": "an article this digest contains",
    "shared-quotes": "shared quotations",
    "block-quote": "a long quotation",
    "site-text": "shared site text",
    "template": "the same template",
    "shared-passage": "shared passages",
}
_STAGES = {
    "discovery": "following links",
    "fetch": "fetching",
    "extract": "reading the page",
    "import": "importing",
}
_UNITS = ((365 * 86_400, "year", "years"), (86_400, "day", "days"), (3_600, "h", "h"), (60, "min", "min"))


def clean(text: str) -> str:
    """Take out characters that could disturb what stands around a text, and blank lines."""
    lines = _UNSAFE.sub("", text.replace("\r", "\n")).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def brief(text: str, chars: int = HEADLINE_CHARS) -> str:
    """Clean a text, put it on one line and cut it to at most ``chars`` characters."""
    line = " ".join(clean(text[: 8 * chars]).split())
    return line if len(line) <= chars else line[: chars - 1].rstrip() + "…"


def link(url: str) -> str | None:
    """Give back a URL if a report may link to it, else None: http or https, a host, no user name, not endless."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    web = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    return url if web and len(url) <= _LINK_CHARS and clean(url) == url else None


def moment(when: datetime) -> str:
    """Write a time in UTC; midnight sharp is a date without a time."""
    day = f"{when.day} {when:%b} {when.year}"
    return day if (when.hour, when.minute, when.second) == (0, 0, 0) else f"{day}, {when:%H:%M}"


def lapse(time: timedelta) -> str:
    """Write how long something took, in whole units of which there are at least two; whole days as days."""
    seconds = time // timedelta(seconds=1)
    for size, unit, units in _UNITS:
        if seconds >= 2 * size or seconds == size:
            return plural(seconds // size, unit, units)
    return "1 min" if seconds >= 60 else "no time"


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """Write a count with its noun."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def sentence(text: str) -> str:
    """Make a phrase a sentence: a capital, a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) or not text else ".")


def percent(share: float) -> str:
    """Write a share of 1 in whole per cent, 100 only when it is everything."""
    return f"{min(round(share * 100), 99 if share < 1 else 100)} %"


def relation(word: str | None) -> str:
    """Say what a variant is to the canonical article."""
    if word is None:
        return "joined through another copy"
    return _RELATIONS.get(word, word.replace("-", " "))


def loss(key: str) -> tuple[str, str]:
    """Split "stage/reason" into the two in plain words."""
    stage, _, reason = key.partition("/")
    return _STAGES.get(stage, stage), reason.replace("-", " ")
