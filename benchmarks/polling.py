"""How soon articles are discovered, and for how many requests: fixed polling beside ``crawler.sources.schedule``.

Turns a clock over 14 days of the 200 feeds of ``benchmarks.fleet``, with cron every 1 and every 5 minutes. Each run
asks the feeds that are due; a feed answers with its latest entries, which go through the real policy functions.
Nothing is warmed up: the first poll of each feed counts, as does all that the policy does before it knows a feed. It
obeys Cache-Control; fixed polling does not, and is exact.

The patience is set so that ours needs as many requests as each fixed interval, or finds articles as soon (median). The
least interval is one run of cron, except in the last line, which has all settings at their defaults. Delays count from
publication, articles published within the 14 days; "missed" ones fell off the feed before it was asked.

    .venv/bin/python -m benchmarks.polling [--seed N]
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial

import numpy as np

from benchmarks.fleet import DAY, DAYS, EXTRA_DAYS, Feed, Times, fleet
from crawler.config import CrawlOptions
from crawler.sources import schedule
from storage.types import SourceState

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday, as the fleet's first day
FIXED_MIN = (15, 60)
TICKS_MIN = (1, 5)
PATIENCES_MIN = (0.4, 2.5, 16.0, 100.0, 640.0)
DEFAULTS = CrawlOptions()


@dataclass(frozen=True, slots=True)
class Policy:
    """Fixed polling if ``every_min`` is set, else ours, from cron every ``tick_min`` minutes."""

    tick_min: int
    options: CrawlOptions = DEFAULTS
    every_min: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What polling gave: the delay of each article found (minutes), those missed, requests, and answers 304."""

    delays: Times
    missed: int
    requests: int
    not_modified: int

    @property
    def median(self) -> float:
        return float(np.median(self.delays))

    @property
    def mean(self) -> float:
        return float(np.mean(self.delays))


Poll = Callable[[Policy], Outcome]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    with ProcessPoolExecutor() as pool:
        poll = partial(poll_fleet, pool, seed)
        fixed = {every: poll(Policy(1, every_min=every)) for every in FIXED_MIN}
        for tick in TICKS_MIN:
            compare(tick, fixed, poll)


def compare(tick: int, fixed: dict[int, Outcome], poll: Poll) -> None:
    """Print one table: each fixed interval, and ours at the same requests and at the same median delay."""
    print(
        f"\ncron every {tick} min"
        + f"{'median':>32} {'mean delay':>11} {'requests':>9} {'per new':>8} {'304':>5} missed"
    )
    curve = [(patience, poll(ours(tick, patience))) for patience in PATIENCES_MIN]
    for every, theirs in fixed.items():
        show(f"every {every} min", theirs)
        same_requests = poll(ours(tick, interpolated(curve, lambda outcome: outcome.requests, theirs.requests)))
        show("  ours, same requests", same_requests)
        same_median = poll(ours(tick, interpolated(curve, lambda outcome: outcome.median, theirs.median)))
        show("  ours, same median", same_median)
        show_gain(theirs, same_requests, same_median)
    show("ours, default settings", poll(Policy(tick)))


def ours(tick: int, patience_min: float) -> Policy:
    return Policy(tick, CrawlOptions(poll_patience_min=patience_min, poll_least_min=tick))


def interpolated(curve: Sequence[tuple[float, Outcome]], measure: Callable[[Outcome], float], wanted: float) -> float:
    """Return the patience at which ``measure`` is about ``wanted``: both are near a power of it. Ends are kept to."""
    points = sorted((math.log(measure(outcome)), math.log(patience)) for patience, outcome in curve)
    measures, patiences = zip(*points, strict=True)
    return math.exp(float(np.interp(math.log(wanted), measures, patiences)))


def show(name: str, outcome: Outcome) -> None:
    per_new, share = outcome.requests / len(outcome.delays), outcome.not_modified / outcome.requests
    delays = f"{outcome.median:10.1f} min {outcome.mean:7.1f} min"
    print(f"{name:30} {delays} {outcome.requests:9,} {per_new:8.2f} {share:5.0%} {outcome.missed:6,}")


def show_gain(theirs: Outcome, same_requests: Outcome, same_median: Outcome) -> None:
    fresher, mean_fresher = theirs.median / same_requests.median, theirs.mean / same_requests.mean
    fewer, mean_ratio = theirs.requests / same_median.requests, same_median.mean / theirs.mean
    print(
        f"  = {fresher:.1f}x fresher (mean {mean_fresher:.1f}x)"
        f" with {same_requests.requests / theirs.requests:.2f} of the requests\n"
        f"  = {fewer:.1f}x fewer requests with {same_median.median / theirs.median:.2f} of the median delay"
        f" ({mean_ratio:.2f} of the mean)"
    )


def poll_fleet(pool: ProcessPoolExecutor, seed: int, policy: Policy) -> Outcome:
    """Poll all feeds of a fleet for 14 days."""
    outcomes = list(pool.map(partial(_poll_numbered, seed, policy), range(len(_fleet(seed))), chunksize=4))
    return Outcome(
        np.concatenate([outcome.delays for outcome in outcomes]),
        sum(outcome.missed for outcome in outcomes),
        sum(outcome.requests for outcome in outcomes),
        sum(outcome.not_modified for outcome in outcomes),
    )


_fleet = cache(fleet)


def _poll_numbered(seed: int, policy: Policy, number: int) -> Outcome:
    return poll_feed(_fleet(seed)[number], policy)


def poll_feed(feed: Feed, policy: Policy) -> Outcome:
    """Poll one feed. It is polled for two days more, without counting requests, to find what the last day published."""
    found = np.full(len(feed.listed), np.nan)
    shown = None if feed.shown is None else [_at(float(time)) for time in feed.shown]
    state: SourceState | None = None
    time, seen, requests, not_modified = 0.0, 0, 0, 0
    while time < (DAYS + EXTRA_DAYS) * DAY:
        upto = int(np.searchsorted(feed.listed, time, side="right"))
        first_new = max(0, upto - feed.length, seen)
        found[first_new:upto] = time
        changed = state is None or upto > seen
        if time < DAYS * DAY:
            requests += 1
            not_modified += not changed and feed.has_validators
        dates = shown[first_new:upto] if shown else []
        state = _polled(state, feed, dates, upto - first_new, time, policy.options)
        seen, time = upto, time + policy.every_min if policy.every_min else _next_run(state, time, policy.tick_min)
    counted = (feed.published >= 0) & (feed.published < DAYS * DAY)
    delays = (found - feed.published)[counted]
    return Outcome(delays[~np.isnan(delays)], int(np.isnan(delays).sum()), requests, not_modified)


def _polled(
    state: SourceState | None,
    feed: Feed,
    dates: list[datetime],
    new: int,
    time: float,
    options: CrawlOptions,
) -> SourceState:
    """Note one poll, as the crawl does."""
    return schedule.after_poll(
        state or SourceState(name=feed.kind, url="https://feed.example/"),
        dates=dates,
        new=new,
        max_age_s=feed.max_age_s,
        now=_at(time),
        options=options,
        every_min=None,
    )


def _next_run(state: SourceState, time: float, tick_min: int) -> float:
    """Return the first run of cron at which the source is due, two before it is expected to be at the earliest."""
    assert state.next_due is not None
    wait_min = (state.next_due - _at(time)).total_seconds() / 60
    time += max(1, wait_min // tick_min - 1) * tick_min
    while not schedule.is_due(state, _at(time)):
        time += tick_min
    return time


def _at(time: float) -> datetime:
    return START + timedelta(minutes=time)


if __name__ == "__main__":
    main()
