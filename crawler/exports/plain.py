"""Values as JSON and CSV write them. Whatever comes from a page or an import is taken for hostile."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

from crawler.reports.wording import clean

_FORMULA_STARTS = ("=", "+", "-", "@")
# what JSON need not escape and a terminal shows otherwise: C1 controls, marks of direction, what has no character
_INVISIBLE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\uffff]")


def as_json(value: Any) -> str:
    """Write a value as JSON on one line, with nothing in it that is not shown as it is."""
    text = json.dumps(value, ensure_ascii=False, default=plain)
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(value: Any) -> Any:
    """Write a date, or a time in UTC, as JSON and CSV say it: by ISO 8601."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not for JSON")


def csv_cell(value: Any) -> Any:
    """Write a value for a spreadsheet, which shall not take it for a formula."""
    if isinstance(value, date):  # a datetime is one, too
        return plain(value)
    if isinstance(value, tuple):
        value = "; ".join(value)
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
