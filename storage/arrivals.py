"""When the articles of sources came: what is usual for a source, and what came lately. Reads one index only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, column, func, select, values

from storage.columns import Key, UtcDateTime
from storage.schema import ArticleTable
from storage.types import Window

_DAY = timedelta(days=1)
_USUAL_DAYS = 28
_LONGER_DAYS = (3, 7)
_LEAST_KNOWN_DAYS = 7  # before a longer window: a day of the week is like the same day of another
_AGES = sorted({age for days in (1, *_LONGER_DAYS) for age in (days, days + _USUAL_DAYS)})
_SOURCE, _SEEN = ArticleTable.source, ArticleTable.date_first_seen


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When one source's articles were first seen, as of ``now``.

    ``by_age`` counts those up to so many days old (`_AGES`) and older than the age before. ``first_day`` counts those
    of the day that the source's first article came; it is 0 where that day is too long ago to matter.
    """

    now: datetime
    first: datetime
    last: datetime
    first_day: int
    by_age: Mapping[int, int]

    def between(self, newer_days: int, older_days: int) -> int:
        """Count the articles older than the one, and up to as old as the other."""
        return sum(count for age, count in self.by_age.items() if newer_days < age <= older_days)

    def per_day(self) -> float:
        """Return the articles a day in the 28 before the last one, or in as many (at least one) as there were."""
        return self.between(1, 1 + _USUAL_DAYS) / min(max(self._known_days(1), 1), _USUAL_DAYS)

    def windows(self) -> tuple[Window, ...]:
        """Set the last 3 and the last 7 days beside the usual before each, where that is known for a week."""
        return tuple(
            Window(days=days, articles=self.between(0, days), articles_per_day=self._usual_before(days))
            for days in _LONGER_DAYS
            if self._known_days(days) >= _LEAST_KNOWN_DAYS
        )

    def _usual_before(self, days: int) -> float:
        """Return the usual without a source's first day, on which all comes that a feed has kept of weeks before."""
        known_days, before = self._known_days(days), self.between(days, days + _USUAL_DAYS)
        if known_days > _USUAL_DAYS:
            return before / _USUAL_DAYS
        return (before - self.first_day) / (known_days - 1)

    def _known_days(self, days: int) -> float:
        return (self.now - days * _DAY - self.first) / _DAY


def read_arrivals(connection: Connection, names: Sequence[str], now: datetime) -> dict[str, Arrivals]:
    """Read by source when its articles came; a source that has none is left out."""
    ends = _ends(connection, names)
    by_age = _by_age(connection, [*ends], now)
    young = {name: first for name, (first, _) in ends.items() if first > now - _AGES[-1] * _DAY}
    first_days = _first_days(connection, young) if young else {}
    return {
        name: Arrivals(now, first, last, first_days.get(name, 0), by_age.get(name, {}))
        for name, (first, last) in ends.items()
    }


def _ends(connection: Connection, names: Sequence[str]) -> dict[str, tuple[datetime, datetime]]:
    """Find each source's first and last article: two steps into the index, however many lie between them."""
    asked = values(column("name", Key), name="asked").data([(name,) for name in names]).cte()
    own = asked.c.name == _SOURCE
    first, last = (select(end(_SEEN)).where(own).scalar_subquery() for end in (func.min, func.max))
    rows = connection.execute(select(asked.c.name, first, last))
    return {name: (first_seen, last_seen) for name, first_seen, last_seen in rows if first_seen is not None}


def _by_age(connection: Connection, names: Sequence[str], now: datetime) -> dict[str, dict[int, int]]:
    age = case(*((now - days * _DAY < _SEEN, days) for days in _AGES)).label("age")
    lately = (_SOURCE.in_(names), now - _AGES[-1] * _DAY < _SEEN)
    found: dict[str, dict[int, int]] = {}
    for name, days, count in connection.execute(
        select(_SOURCE, age, func.count()).where(*lately).group_by(_SOURCE, age)
    ):
        found.setdefault(name, {})[days] = count
    return found


def _first_days(connection: Connection, firsts: Mapping[str, datetime]) -> dict[str, int]:
    rows = [(name, first + _DAY) for name, first in firsts.items()]
    asked = values(column("name", Key), column("until", UtcDateTime()), name="asked").data(rows).cte()
    count = select(func.count()).where(asked.c.name == _SOURCE, asked.c.until > _SEEN).scalar_subquery()
    return {name: articles for name, articles in connection.execute(select(asked.c.name, count))}
