"""A fleet of 200 simulated news feeds, for ``benchmarks.polling``.

The patterns follow what has been measured of real feeds, and know nothing of the policy that polls them:

- How unequal feeds are: 17 % of feeds give 97 % of the articles (Travers et al.: RSS feeds behavior analysis, 2014);
  a quarter of feeds show nothing new for days (Liu et al.: Client behavior and feed characteristics of RSS, IMC 2005).
  Here 26 wires and national dailies of 200 feeds give about 80 %.
- How much a newspaper publishes: 230 pieces a day at the New York Times, 500 of its own at the Washington Post, 1,200
  with agency copy (The Atlantic, 26 May 2016).
- When: little at night, a rise from six in the morning, most between nine and five, the print edition in one go at
  night (azernis: front pages of eleven German publishers, 2023; Nieman Lab on the New York Times, 11 May 2009).
- How long feeds are: most have about 15 entries, 98 % at most 50 (Vogels: Feed analysis, 21 April 2004). What falls off
  the end before it was seen is missed. Wires and national dailies are given more.

Times are minutes from the start, which is a Monday, 00:00 UTC. Rates, hours and time zones are drawn per feed; each day
has its own volume; batch and newsletter times are any minute of the hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

DAY = 1440.0
DAYS = 14
EXTRA_DAYS = 2
HISTORY_DAYS = 250
ZONES_H = (-8, -7, -6, -5, -5, -5, 0, 0, 1, 1, 1, 2, 3, 5.5, 8, 9)

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed: when each article was published, when the feed lists it (in this order), and what date it gives.

    ``shown`` None: it gives no dates. ``length`` is how many entries it holds; ``max_age_s`` its Cache-Control.
    """

    kind: str
    published: Times
    listed: Times
    shown: Times | None
    length: int
    max_age_s: float | None
    has_validators: bool


@dataclass(frozen=True, slots=True)
class Habit:
    """When one newsroom works: its zone, day and evening, the share of its night and of Saturday and Sunday."""

    zone_h: float
    opens_h: float
    closes_h: float
    night: float
    weekend: float


def fleet(seed: int) -> list[Feed]:
    """Draw the 200 feeds."""
    feeds = []
    for number, (kind, count, make) in enumerate(KINDS):
        feeds += [make(kind, np.random.default_rng([seed, number, index])) for index in range(count)]
    return feeds


def wire(kind: str, rng: Generator) -> Feed:
    """Agency: around the clock, half as much at night and at weekends."""
    habit = Habit(float(rng.choice(ZONES_H)), 6, 22, rng.uniform(0.3, 0.6), rng.uniform(0.4, 0.7))
    return _feed(kind, rng, _steady(rng, rng.uniform(400, 900), habit, 10), length=int(rng.integers(50, 201)))


def national(kind: str, rng: Generator) -> Feed:
    """National daily, all sections in one feed; a tenth to a third is the print edition, posted at night in one go."""
    per_day, share, habit = rng.uniform(80, 250), rng.uniform(0.1, 0.33), _newsroom(rng)
    own = _steady(rng, per_day * (1 - share), habit, 10)
    edition = _batches(rng, per_day * share, habit.zone_h, rng.uniform(0, 5), range(7), spread_min=10)
    return _feed(kind, rng, _merged(own, edition), length=int(rng.integers(30, 101)))


def section(kind: str, rng: Generator) -> Feed:
    """One section of a daily: politics, sport, culture."""
    return _feed(kind, rng, _steady(rng, _log_uniform(rng, 3, 30), _newsroom(rng), 60))


def regional(kind: str, rng: Generator) -> Feed:
    """Regional daily: a third to a half of it is the print edition, posted early in the morning, not on Sundays."""
    per_day, share, habit = rng.uniform(20, 60), rng.uniform(0.3, 0.5), _newsroom(rng)
    own = _steady(rng, per_day * (1 - share), habit, 30)
    edition = _batches(rng, per_day * share, habit.zone_h, rng.uniform(3, 6.5), range(6), spread_min=15)
    return _feed(kind, rng, _merged(own, edition))


def weekly(kind: str, rng: Generator) -> Feed:
    """Local weekly: the edition on one weekday, little else."""
    habit, weekday = _newsroom(rng), int(rng.integers(1, 5))
    edition = _batches(rng, rng.uniform(8, 25), habit.zone_h, rng.uniform(6, 12), [weekday], spread_min=45)
    return _feed(kind, rng, _merged(edition, _steady(rng, rng.uniform(0.1, 1.5), habit, HISTORY_DAYS)))


def blog(kind: str, rng: Generator) -> Feed:
    """One writer: a post every ten days to two a day, in the evening too."""
    habit = Habit(float(rng.choice(ZONES_H)), 8, 24, 0.1, rng.uniform(0.5, 1.2))
    return _feed(kind, rng, _steady(rng, _log_uniform(rng, 0.1, 2), habit, HISTORY_DAYS))


def newsletter(kind: str, rng: Generator) -> Feed:
    """One letter at a fixed time, on working days or once a week."""
    weekdays = range(5) if rng.random() < 0.6 else [int(rng.integers(0, 7))]
    zone_h, at_h = float(rng.choice(ZONES_H)), rng.uniform(5, 18)
    return _feed(kind, rng, _batches(rng, 1, zone_h, at_h, weekdays, spread_min=0, exact=True))


def bulletin(kind: str, rng: Generator) -> Feed:
    """Everything at one time of the day, such as at six: releases, listings, a partner's copy."""
    weekdays = range(7) if rng.random() < 0.3 else range(5)
    zone_h, at_h = float(rng.choice(ZONES_H)), rng.uniform(5, 9)
    return _feed(kind, rng, _batches(rng, rng.uniform(4, 20), zone_h, at_h, weekdays, spread_min=3))


def bursty(kind: str, rng: Generator) -> Feed:
    """Specialist: few articles, but when something breaks (every five days or so) dozens within hours."""
    base = _steady(rng, rng.uniform(3, 15), _newsroom(rng), 60)
    starts = rng.uniform(-60 * DAY, (DAYS + EXTRA_DAYS) * DAY, rng.poisson((60 + DAYS + EXTRA_DAYS) / 5))
    bursts = [start + rng.exponential(rng.uniform(60, 300), rng.integers(15, 60)) for start in starts]
    return _feed(kind, rng, _merged(base, *bursts))


def dead(kind: str, rng: Generator) -> Feed:
    """Silent for half a year; one in three wakes up within the fortnight, and goes on."""
    old = rng.uniform(-HISTORY_DAYS * DAY, -180 * DAY, 15)
    if rng.random() > 1 / 3:
        return _feed(kind, rng, np.sort(old))
    alive = _steady(rng, rng.uniform(3, 20), _newsroom(rng), 1)
    return _feed(kind, rng, _merged(old, alive[alive > rng.uniform(2, 8) * DAY]))


def dateless(kind: str, rng: Generator) -> Feed:
    """A daily or section page without dates."""
    feed = section(kind, rng)
    return Feed(kind, feed.published, feed.listed, None, feed.length, feed.max_age_s, feed.has_validators)


def wrong_clock(kind: str, rng: Generator) -> Feed:
    """Gives local time as if it were UTC: in the future east of Greenwich, hours old west of it."""
    times = _steady(rng, rng.uniform(10, 60), _newsroom(rng), 30)
    return _feed(kind, rng, times, shown=times + 60 * float(rng.choice([-8, -6, -5, 2, 3, 8])))


def late(kind: str, rng: Generator) -> Feed:
    """Lists an article when its feed is next written, every 20 to 60 minutes, or some minutes after its date."""
    times = _steady(rng, rng.uniform(10, 80), _newsroom(rng), 30)
    every = rng.uniform(20, 60)
    if rng.random() < 0.5:
        return _feed(kind, rng, times, listed=np.ceil(times / every) * every)
    return _feed(kind, rng, times, listed=times + rng.exponential(rng.uniform(10, 40), len(times)))


KINDS: tuple[tuple[str, int, Callable[[str, Generator], Feed]], ...] = (
    ("wire", 6, wire),
    ("national daily", 20, national),
    ("section of a daily", 40, section),
    ("regional daily", 25, regional),
    ("local weekly", 20, weekly),
    ("blog", 25, blog),
    ("newsletter", 12, newsletter),
    ("daily bulletin", 8, bulletin),
    ("bursty", 12, bursty),
    ("dead", 12, dead),
    ("dateless", 8, dateless),
    ("wrong clock", 6, wrong_clock),
    ("lists late", 6, late),
)


def _feed(
    kind: str,
    rng: Generator,
    published: Times,
    *,
    listed: Times | None = None,
    shown: Times | None = None,
    length: int | None = None,
) -> Feed:
    """Complete a feed: entries in order of listing; four in ten say how long they may be cached; most know a 304."""
    listed = published if listed is None else listed
    shown = published if shown is None else shown
    order = np.argsort(listed, kind="stable")
    length = length or int(rng.choice([10, 15, 15, 15, 20, 25, 50]))
    max_age_s = float(rng.choice([60, 300, 300, 600, 900, 3600])) if rng.random() < 0.4 else None
    return Feed(kind, published[order], listed[order], shown[order], length, max_age_s, rng.random() < 0.8)


def _newsroom(rng: Generator) -> Habit:
    opens_h = rng.uniform(5, 8)
    return Habit(
        float(rng.choice(ZONES_H)), opens_h, rng.uniform(18, 23.5), rng.uniform(0.02, 0.15), rng.uniform(0.2, 0.8)
    )


def _steady(rng: Generator, per_day: float, habit: Habit, history_days: int) -> Times:
    """Draw independent articles: a day that swells and ebbs, a volume of each day's own."""
    first, last = -history_days, DAYS + EXTRA_DAYS
    volumes = rng.lognormal(-0.03, 0.25, last - first + 2)
    peak = 4 * per_day
    times = rng.uniform(first * DAY, last * DAY, rng.poisson(peak * (last - first)))
    local = times + habit.zone_h * 60
    volume = volumes[(local // DAY).astype(int) - first + 1]
    weekday = np.where((local // DAY) % 7 >= 5, habit.weekend, 1.0)
    intensity = _hours(local % DAY / 60, habit) * volume * weekday
    return np.sort(times[rng.random(len(times)) * 4 < intensity])


def _hours(hour: Times, habit: Habit) -> Times:
    """Return how the rate at an hour compares with the day's mean: it rises and falls, with humps at nine and four."""
    grid = np.arange(0, 24, 0.05)
    return _shape(hour, habit) / float(_shape(grid, habit).mean())


def _shape(hour: Times, habit: Habit) -> Times:
    rise = 1 / (1 + np.exp(-(hour - habit.opens_h) * 2))
    fall = 1 / (1 + np.exp((hour - habit.closes_h) * 1.2))
    humps = 0.4 * np.exp(-((hour - 9) ** 2) / 4) + 0.4 * np.exp(-((hour - 16) ** 2) / 6)
    shape: Times = habit.night + rise * fall * (0.8 + humps)
    return shape


def _batches(
    rng: Generator,
    size: float,
    zone_h: float,
    at_h: float,
    weekdays: range | list[int],
    *,
    spread_min: float,
    exact: bool = False,
) -> Times:
    """Draw one batch on each of the weekdays: some minutes early or late as a whole, and spread over some minutes."""
    days = [day for day in range(-HISTORY_DAYS, DAYS + EXTRA_DAYS) if day % 7 in weekdays]
    starts = [(day * 24 + at_h - zone_h) * 60 + rng.normal(0, 4) for day in days]
    sizes = [int(size) if exact else int(rng.poisson(size)) for _ in days]
    batches = [start + rng.uniform(0, spread_min, count) for start, count in zip(starts, sizes, strict=True)]
    return np.sort(np.concatenate(batches))


def _merged(*parts: Times) -> Times:
    times = np.sort(np.concatenate(parts))
    return times[times < (DAYS + EXTRA_DAYS) * DAY]


def _log_uniform(rng: Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
