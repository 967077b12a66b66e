"""Which sources need a look, and why. Pure: what the store knows of a source in, signs out.

A sign that needs a look makes ``sources health`` exit with 1; the others are worth knowing. `RULES` is the list.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.reports.wording import brief, lapse, loss, moment, percent, plural
from storage.types import HostState, SourceHealth, Window

# One failure is a hiccup of the network, and each next attempt waits longer: three in a row are hours.
_FAILURES = 3
# A run from cron comes every few minutes, and a long one takes hours.
_OVERDUE = timedelta(hours=6)
# At 0.1 % and three windows, a thousand sources give about three false alarms a day. Where much is usual, chance moves
# it little, but seasons and holidays do: a dip is no silence.
_RARE = 0.001
_MOST_SHARE = 0.5
# Fewer pages or articles than these say little about a share.
_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Sign:
    """Something to know of a source: ``rule`` is a fixed word, ``text`` a line for a person."""

    rule: str
    text: str
    needs_look: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """One source as it is judged. ``host`` is what is known of the host it is on."""

    health: SourceHealth
    host: HostState | None
    now: datetime


def signs(case: Case) -> list[Sign]:
    """List what there is to say of a source, in the order of `RULES`."""
    return [Sign(rule, text, needs_look) for rule, needs_look, judge in RULES if (text := judge(case))]


def improbability(observed: int, expected: float) -> float:
    """Return how probable so few articles, or fewer, are where ``expected`` are usual (Poisson).

    >>> round(improbability(0, 3), 4), round(improbability(10, 10), 2)
    (0.0498, 0.58)
    """
    logs = (count * math.log(expected) - expected - math.lgamma(count + 1) for count in range(observed + 1))
    return min(sum(map(math.exp, logs)), 1.0) if expected > 0 else 1.0


def _failing(case: Case) -> str | None:
    state = case.health.state
    if state is None or state.failures < (_FAILURES if state.last_success else 1):
        return None
    since = f"last read {moment(state.last_success)} UTC" if state.last_success else "never read"
    error = f": {brief(state.last_error)}" if state.last_error else ""
    return f"{plural(state.failures, 'failed attempt')} in a row, {since}{error}"


def _blocked(case: Case) -> str | None:
    host = case.host
    if host is None or host.blocked_until is None or host.blocked_until <= case.now:
        return None
    return (
        f"{host.host} wants to be left alone until {moment(host.blocked_until)} UTC: {brief(host.blocked_reason or '')}"
    )


def _overdue(case: Case) -> str | None:
    due = case.health.state.next_due if case.health.state else None
    late = case.now - due if due else timedelta()
    return f"due for {lapse(late)}, but not asked: does the crawl run?" if late > _OVERDUE else None


def _silent(case: Case) -> str | None:
    """Name the most improbable of the windows: the day shows an outage soon, the longer ones that of a slow source."""
    chance, window = min(((_chance(each), each) for each in _windows(case.health)), key=lambda found: found[0])
    if chance >= _RARE:
        return None
    when = "day" if window.days == 1 else f"{window.days} days"
    return f"silent: {plural(window.articles, 'article')} in the last {when}, usually {_usual(window):.0f}"


def _windows(health: SourceHealth) -> Iterator[Window]:
    """Give the last day, and the longer windows of a source that has not come back to its usual in that day."""
    yield Window(days=1, articles=health.articles_last_day, articles_per_day=health.articles_per_day)
    yield from (window for window in health.windows if health.articles_last_day < window.articles_per_day)


def _chance(window: Window) -> float:
    """Return how probable a window is; 1 for a mere dip."""
    usual = _usual(window)
    return improbability(window.articles, usual) if window.articles <= _MOST_SHARE * usual else 1.0


def _usual(window: Window) -> float:
    return window.days * window.articles_per_day


def _losing(case: Case) -> str | None:
    counts = {key: count for key, count in case.health.rejected.items() if not key.startswith("discovery/")}
    lost = sum(counts.values())
    kept = case.health.articles_last_day + 6 * case.health.articles_per_day
    if lost < _ENOUGH or lost <= kept:
        return None
    _, reason = loss(max(counts, key=lambda key: counts[key]))
    return f"{plural(lost, 'page')} lost in a week, more than were kept, most often: {reason}"


def _undated(case: Case) -> str | None:
    share = case.health.coverage.get("date_published", 1.0)
    many = case.health.articles_last_day + 28 * case.health.articles_per_day >= _ENOUGH
    return f"only {percent(share)} of its articles have a date" if many and share < 0.5 else None


def _new(case: Case) -> str | None:
    return None if case.health.state else "not asked yet"


def _erring(case: Case) -> str | None:
    state = case.health.state
    if state is None or not state.last_error or _failing(case):
        return None
    return f"the last attempt failed: {brief(state.last_error)}"


def _twins(case: Case) -> str | None:
    shares = (f"{brief(name, 60)} ({percent(share)})" for name, share in case.health.twins)
    return f"its links are also listed by {', '.join(shares)}" if case.health.twins else None


RULES: tuple[tuple[str, bool, Callable[[Case], str | None]], ...] = (
    ("failing", True, _failing),
    ("blocked", True, _blocked),
    ("overdue", True, _overdue),
    ("silent", True, _silent),
    ("losing", True, _losing),
    ("undated", True, _undated),
    ("new", False, _new),
    ("error", False, _erring),
    # A section's feed repeats the main one: that is often meant.
    ("twin", False, _twins),
)
"""Name, whether it needs a look, and the judgement: a line where it holds."""
