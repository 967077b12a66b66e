"""Which sources need a look."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reports.health import RULES, Case, Sign, improbability, signs
from storage.types import HostState, SourceHealth, SourceState, Window
from tests.reports.rows import NOW

DAY = timedelta(days=1)


def case(state: dict[str, Any] | None = None, host: dict[str, Any] | None = None, **fields: Any) -> Case:
    """Make a source that was read an hour ago and has nothing to say, but for what is given."""
    fine = {"last_success": NOW - DAY / 24, "next_due": NOW + DAY / 24}
    nothing: dict[str, Any] = {
        "name": "daily",
        "state": SourceState(name="daily", url="https://a.example/rss", **fine | (state or {})),
        "articles_last_day": 0,
        "articles_per_day": 0.0,
        "last_article": None,
        "coverage": {},
        "rejected": {},
        "twins": (),
    }
    about = None if host is None else HostState(host="a.example", **host)
    return Case(SourceHealth(**nothing | fields), about, NOW)


CASES = {
    "failing": (
        case(state={"failures": 4, "last_error": "http-500"}),
        "4 failed attempts in a row, last read 20 Mar 2026, 11:00 UTC: http-500",
    ),
    "blocked": (
        case(host={"blocked_until": NOW + DAY, "blocked_reason": "429"}),
        "a.example wants to be left alone until 21 Mar 2026, 12:00 UTC: 429",
    ),
    "overdue": (case(state={"next_due": NOW - DAY}), "due for 1 day, but not asked: does the crawl run?"),
    "silent": (case(articles_per_day=7.0), "silent: 0 articles in the last day, usually 7"),
    "losing": (
        case(rejected={"extract/too-short": 30, "fetch/timeout": 2, "discovery/too-old": 500}, articles_per_day=5),
        "32 pages lost in a week, more than were kept, most often: too short",
    ),
    "undated": (
        case(coverage={"date_published": 0.4}, articles_per_day=1, articles_last_day=1),
        "only 40 % of its articles have a date",
    ),
    "new": (case(), "not asked yet"),
    "error": (case(state={"failures": 1, "last_error": "timeout"}), "the last attempt failed: timeout"),
    "twin": (case(twins=(("other", 0.95),)), "its links are also listed by other (95 %)"),
}
CASES["new"] = (
    Case(SourceHealth(**{**{f: getattr(case().health, f) for f in SourceHealth.__slots__}, "state": None}), None, NOW),
    "not asked yet",
)


@pytest.mark.parametrize(("rule", "needs_look"), [(rule, needs_look) for rule, needs_look, _ in RULES])
def test_each_rule_says_what_it_sees(rule: str, needs_look: bool) -> None:
    found, text = CASES[rule]
    assert signs(found) == [Sign(rule, text, needs_look)]


def test_a_source_that_does_well_has_no_signs() -> None:
    well = case(articles_last_day=20, articles_per_day=22.5, coverage={"date_published": 1.0}, rejected={"fetch/x": 3})
    assert signs(well) == []


def test_a_source_that_was_never_read_fails_at_its_first_failure() -> None:
    [sign] = signs(case(state={"last_success": None, "failures": 1, "last_error": "http-404"}))
    assert sign == Sign("failing", "1 failed attempt in a row, never read: http-404", True)


@pytest.mark.parametrize(
    ("seen", "usual", "is_silent"),
    [(0, 2.9, False), (0, 6.0, False), (0, 7.0, True), (3, 15.0, True), (6, 15.0, False), (50, 100.0, True)],
)
def test_silence_is_what_chance_hardly_brings(seen: int, usual: float, is_silent: bool) -> None:
    found = signs(case(articles_last_day=seen, articles_per_day=usual))
    assert [sign.rule for sign in found] == ["silent"] * is_silent


@pytest.mark.parametrize(
    ("seen", "usual", "windows", "text"),
    [
        (0, 3.5, [(3, 0, 4.3), (7, 15, 5.0)], "silent: 0 articles in the last 3 days, usually 13"),
        (0, 0.9, [(3, 0, 1.0), (7, 0, 1.1)], "silent: 0 articles in the last 7 days, usually 8"),
        (0, 7.0, [(3, 10, 7.0), (7, 40, 7.0)], "silent: 0 articles in the last day, usually 7"),
    ],
)
def test_silence_names_the_window_that_shows_it_best(
    seen: int, usual: float, windows: list[tuple[int, int, float]], text: str
) -> None:
    given = tuple(Window(days=days, articles=articles, articles_per_day=rate) for days, articles, rate in windows)
    [sign] = signs(case(articles_last_day=seen, articles_per_day=usual, windows=given))
    assert sign == Sign("silent", text, True)


def test_a_dip_of_a_busy_source_is_no_silence() -> None:
    quieter = Window(days=7, articles=500, articles_per_day=100.0)
    assert signs(case(articles_last_day=60, articles_per_day=100.0, windows=(quieter,))) == []


def test_a_source_that_is_back_to_its_usual_is_silent_no_more() -> None:
    weekend = Window(days=3, articles=20, articles_per_day=14.3)
    assert signs(case(articles_last_day=20, articles_per_day=14.3, windows=(weekend,))) == []


@given(st.integers(0, 2_000), st.floats(0, 2_000))
def test_a_probability_is_one(observed: int, expected: float) -> None:
    assert 0 <= improbability(observed, expected) <= 1
    assert improbability(observed, expected) <= improbability(observed + 1, expected) + 1e-9


@given(st.floats(0.01, 500))
def test_no_article_at_all_is_as_probable_as_its_formula_says(expected: float) -> None:
    assert math.isclose(improbability(0, expected), math.exp(-expected))
