"""Who carried an article when: places on a line between the first and the last copy. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.reports.wording import lapse
from storage.types import MemberRow

# Clocks and time zones are often wrong by hours; a date further ahead is a mistake or a lie.
CLOCK_ERROR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stop:
    """One member on the line: ``place`` in per cent from the first to the last; None without a date to go by."""

    member: MemberRow
    when: datetime
    place: float | None
    lag: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Members in the order they carried the article. ``by_publication`` is False when only first sight is known."""

    stops: tuple[Stop, ...]
    by_publication: bool
    first: datetime
    last: datetime


def published(member: MemberRow, now: datetime) -> datetime | None:
    """Give the date of publication unless it lies in the future."""
    when = member.date_published
    return when if when is not None and when <= now + CLOCK_ERROR else None


def carried(member: MemberRow, now: datetime) -> datetime:
    """Give the date a member is ordered by: of publication, else of first sight."""
    return published(member, now) or member.date_first_seen


def timeline(members: Sequence[MemberRow], now: datetime) -> Timeline:
    """Place members on a line by publication, those without a date last; by first sight when none has a date."""
    by_publication = any(published(member, now) for member in members)
    dates = [(published(member, now) if by_publication else member.date_first_seen, member) for member in members]
    dated = sorted(((when, member) for when, member in dates if when), key=lambda pair: (pair[0], pair[1].id))
    first, last = dated[0][0], dated[-1][0]
    stops = [Stop(member, when, _place(when, first, last), _lag(when - first)) for when, member in dated]
    undated = [Stop(member, member.date_first_seen, None, "") for when, member in dates if not when]
    return Timeline((*stops, *undated), by_publication, first, last)


def _place(when: datetime, first: datetime, last: datetime) -> float:
    return round(100 * ((when - first) / (last - first)), 1) if last > first else 0.0


def _lag(time: timedelta) -> str:
    return f"{lapse(time)} later" if time >= timedelta(minutes=1) else ""
