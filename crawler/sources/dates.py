"""Reads machine-written dates."""

from __future__ import annotations

from datetime import UTC, datetime


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
