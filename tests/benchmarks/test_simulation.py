"""The simulated day: as many articles as asked for, in the rhythm of a day, all of them judged."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from benchmarks import simulation
from benchmarks.synthetic import World
from dedupe.evaluate import agreement
from storage.queries import Queries
from storage.store import Store

WORLD = World(articles=600, days=1.0, sites=60, words=(60, 120))


@given(st.integers(0, 1_000_000))
def test_all_articles_come_in_the_hours_of_the_day(articles: int) -> None:
    hours = simulation.hourly(articles)
    assert (len(hours), sum(hours)) == (24, articles)


def test_the_afternoon_brings_three_times_what_the_night_brings() -> None:
    hours = simulation.hourly(240_000)
    assert hours.index(max(hours)) == simulation.PEAK_HOUR
    assert max(hours) == 3 * min(hours)


def test_articles_are_dated_in_order_within_their_stretch_of_time() -> None:
    made = list(simulation.arriving(WORLD, 100, 10, begin_h=5.0, hours=0.5))
    dates = [article.date_published for article in made if article.date_published]
    assert all(a < b for a, b in pairwise(dates))
    assert {date.hour for date in dates} == {5}


def test_after_a_day_all_articles_are_judged_and_copies_are_together(tmp_path: Path) -> None:
    path = tmp_path / "day.sqlite"
    hours = list(simulation.simulate(path, WORLD, runs=1))
    assert [hour.articles for hour in hours] == simulation.hourly(600)
    assert all(hour.spare > 0 and hour.store_bytes > 0 for hour in hours)
    with Store.open(str(path)) as store:
        stats = Queries(store).stats()
        assert (stats.articles, stats.unjudged) == (600, 0)
    truth, found = simulation.planted(path, WORLD)
    numbers = {int(number): str(text) for number, text in truth.items()}
    assert agreement(numbers, {int(number): cluster for number, cluster in found.items()}).ari > 0.9
