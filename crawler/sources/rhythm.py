"""What polling has learned of when a source publishes, and what it expects from that. Pure.

A rate of articles per minute is a product: how many in general, at this quarter of an hour of the day, on this day of
the week, and just now (a burst, or an unusual silence). Each factor is "counted by expected", drawn towards 1 as long
as little has been counted (the mean of a Gamma posterior for Poisson counts), and old counts fade.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

DAY_MIN = 1440
SLOT_MIN = 15
SLOTS = DAY_MIN // SLOT_MIN
_VERSION = 1
_WEEKDAY_OF_EPOCH = 3  # 1970-01-01 was a Thursday

# Weights are in articles. None is delicate: on the fleet of benchmarks/polling.py (seed 1, as many requests as every
# 60 minutes) other values, from a quarter to six times these, moved median and mean delay by 6 % at most.
_HALF_LIFE_MIN = 14 * DAY_MIN
_BURST_MIN = 180
_PRIOR_PER_DAY = 8.0
_PRIOR_WEIGHT = 0.5
_HOUR_WEIGHT = 0.5
_SLOT_WEIGHT = 1.0
_WEEKDAY_WEIGHT = 4.0
_BURST_WEIGHT = 4.0
_FARTHEST_MIN = 60 * DAY_MIN


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Fading counts of articles, and of the minutes watched, up to ``until`` (minutes since 1970, UTC).

    ``slots`` counts by quarter of an hour, ``watched_hours`` minutes by hour of the day; ``weekdays`` and
    ``watched_weekdays`` do so by weekday. ``burst`` counts what came of late, ``burst_expected`` what should have.
    """

    until: float
    slots: tuple[float, ...] = (0.0,) * SLOTS
    watched_hours: tuple[float, ...] = (0.0,) * 24
    weekdays: tuple[float, ...] = (0.0,) * 7
    watched_weekdays: tuple[float, ...] = (0.0,) * 7
    burst: float = 0.0
    burst_expected: float = 0.0
    version: int = _VERSION


_ADAPTER = TypeAdapter(Rhythm)


def load(stored: Mapping[str, Any]) -> Rhythm | None:
    """Read what ``dump`` wrote; None if there is nothing, or nothing that this version understands."""
    try:
        rhythm = _ADAPTER.validate_python(dict(stored))
    except ValidationError:
        return None
    sizes = (len(rhythm.slots), len(rhythm.watched_hours), len(rhythm.weekdays), len(rhythm.watched_weekdays))
    return rhythm if rhythm.version == _VERSION and sizes == (SLOTS, 24, 7, 7) else None


def dump(rhythm: Rhythm) -> dict[str, Any]:
    """Write a rhythm as JSON can hold it."""
    return {field.name: _rounded(getattr(rhythm, field.name)) for field in fields(rhythm)}


def _rounded(value: Any) -> Any:
    return [float(f"{each:.6g}") for each in value] if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of time within one quarter of an hour: where it starts, how long it is, articles a minute in it."""

    start: float
    minutes: float
    rate: float


def _pieces(rhythm: Rhythm, start: float, end: float) -> Iterator[_Piece]:
    """Cut the time from start to end at quarters of an hour. Bursts are left out."""
    level = _level(rhythm)
    while start < end:
        stop = min(end, (start // SLOT_MIN + 1) * SLOT_MIN)
        yield _Piece(start, stop - start, level * _by_slot(rhythm, level, start) * _by_weekday(rhythm, level, start))
        start = stop


def _level(rhythm: Rhythm) -> float:
    count, minutes = sum(rhythm.slots), sum(rhythm.watched_hours)
    return (count + _PRIOR_WEIGHT) / (minutes + _PRIOR_WEIGHT * DAY_MIN / _PRIOR_PER_DAY)


def _by_slot(rhythm: Rhythm, level: float, time: float) -> float:
    """Return how the rate at this time of the day compares with the level: by the hour, and by its quarter in it."""
    slot = _slot(time)
    hour = slot // 4
    in_hour = sum(rhythm.slots[hour * 4 : hour * 4 + 4])
    by_hour = _ratio(in_hour, level * rhythm.watched_hours[hour], _HOUR_WEIGHT)
    return by_hour * _ratio(rhythm.slots[slot], in_hour / 4, _SLOT_WEIGHT)


def _by_weekday(rhythm: Rhythm, level: float, time: float) -> float:
    weekday = _weekday(time)
    return _ratio(rhythm.weekdays[weekday], level * rhythm.watched_weekdays[weekday], _WEEKDAY_WEIGHT)


def _ratio(count: float, expected: float, weight: float) -> float:
    return (count + weight) / (expected + weight)


def _slot(time: float) -> int:
    return int(time % DAY_MIN // SLOT_MIN)


def _weekday(time: float) -> int:
    return int(time // DAY_MIN + _WEEKDAY_OF_EPOCH) % 7


def begin(now: float, dates: Sequence[float]) -> Rhythm:
    """Learn from the first look at a source: what it lists tells how often it published until now."""
    past = sorted(date for date in dates if date <= now)
    # A pinned old article must not make the time watched look longer than the others tell.
    told = past[round(len(past) / 10) :]
    start = max(told[0], now - _FARTHEST_MIN) if told else now
    learned = learn(Rhythm(until=start), now, [date for date in told if date > start], 0)
    # Nothing was known before, so nothing of it is more than was expected.
    return replace(learned, burst=0.0, burst_expected=0.0)


def learn(rhythm: Rhythm, now: float, dated: Iterable[float], undated: float) -> Rhythm:
    """Add what came between ``rhythm.until`` and now.

    A clock that was set back or far forward makes it forget, and nothing worse.

    Args:
        dated: when articles came, in minutes since 1970, each within that time.
        undated: how many more came, at some time in it.
    """
    pieces = list(_pieces(rhythm, max(rhythm.until, now - _FARTHEST_MIN), now))
    arrivals = [(date, 1.0) for date in dated]
    total = sum(piece.rate * piece.minutes for piece in pieces)
    if undated and total:
        arrivals += [(piece.start, undated * piece.rate * piece.minutes / total) for piece in pieces]
    return _add(rhythm, now, pieces, arrivals)


def _add(rhythm: Rhythm, now: float, pieces: Sequence[_Piece], arrivals: Sequence[tuple[float, float]]) -> Rhythm:
    fade, fade_burst = _fade(now - rhythm.until), _fade_burst(now - rhythm.until)
    slots, hours = [each * fade for each in rhythm.slots], [each * fade for each in rhythm.watched_hours]
    weekdays, watched = [each * fade for each in rhythm.weekdays], [each * fade for each in rhythm.watched_weekdays]
    burst, burst_expected = rhythm.burst * fade_burst, rhythm.burst_expected * fade_burst
    for piece in pieces:
        minutes = piece.minutes * _fade(now - piece.start)
        hours[_slot(piece.start) // 4] += minutes
        watched[_weekday(piece.start)] += minutes
        burst_expected += piece.rate * piece.minutes * _fade_burst(now - piece.start)
    for time, count in arrivals:
        slots[_slot(time)] += count * _fade(now - time)
        weekdays[_weekday(time)] += count * _fade(now - time)
        burst += count * _fade_burst(now - time)
    return Rhythm(now, tuple(slots), tuple(hours), tuple(weekdays), tuple(watched), burst, burst_expected)


def _fade(minutes: float) -> float:
    return math.exp2(-max(0.0, minutes) / _HALF_LIFE_MIN)


def _fade_burst(minutes: float) -> float:
    return math.exp(-max(0.0, minutes) / _BURST_MIN)


def patience_lasts(rhythm: Rhythm, patience_min: float, most_min: float) -> float:
    """Return for how many minutes from now the articles expected will together have waited ``patience_min`` at most."""
    waiting = waited = 0.0
    burst = _ratio(rhythm.burst, rhythm.burst_expected, _BURST_WEIGHT) - 1
    for piece in _pieces(rhythm, rhythm.until, rhythm.until + most_min):
        rate = piece.rate * (1 + burst * _fade_burst(piece.start - rhythm.until))
        minutes = _until_waited(patience_min - waited, waiting, rate)
        if minutes <= piece.minutes:
            return piece.start + minutes - rhythm.until
        waited += (waiting + rate * piece.minutes / 2) * piece.minutes
        waiting += rate * piece.minutes
    return most_min


def _until_waited(left: float, waiting: float, rate: float) -> float:
    """Solve waiting * t + rate * t**2 / 2 = left for t."""
    return 2 * left / (waiting + math.sqrt(waiting**2 + 2 * rate * left))
