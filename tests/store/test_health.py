"""How sources do, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, event

from storage.queries import Queries
from storage.store import Store
from storage.types import Rejection, SourceHealth, SourceState, Stage, Window
from tests.store.build import DAY, NOON, an_article, put
from tests.store.test_links import HOUR, a_link


def _health(queries: Queries, name: str = "daily") -> SourceHealth:
    (found,) = queries.source_health([name], NOON)
    return found


def _put_days_ago(store: Store, *days: float) -> None:
    for number, ago in enumerate(days):
        put(store, an_article(number), NOON - ago * DAY)


def test_a_source_that_nothing_is_known_of_is_healthy_nothing(queries: Queries) -> None:
    assert _health(queries) == SourceHealth(
        name="daily",
        state=None,
        articles_last_day=0,
        articles_per_day=0.0,
        last_article=None,
        coverage={},
        rejected={},
        twins=(),
    )


def test_the_last_day_stands_beside_the_28_before(store: Store, queries: Queries) -> None:
    _put_days_ago(store, 0.5, 0.9, 1.5, 2, 20, 28.9, 29.1, 300)
    put(store, an_article(99, source="agency"), NOON)
    found = _health(queries)
    assert (found.articles_last_day, found.articles_per_day) == (2, 4 / 28)
    assert found.last_article == NOON - DAY / 2


@pytest.mark.parametrize(("days", "usual"), [((0.5,), 0.0), ((1.2, 1.3), 2.0), ((2, 3, 5), 3 / 4)])
def test_a_young_source_is_measured_by_its_days(
    store: Store, queries: Queries, days: tuple[float, ...], usual: float
) -> None:
    _put_days_ago(store, *days)
    assert _health(queries).articles_per_day == pytest.approx(usual)


def test_a_longer_window_stands_beside_what_was_usual_before_it(store: Store, queries: Queries) -> None:
    _put_days_ago(store, 0.5, 2.5, 3.5, 6.5, 7.5, 20, 30.9, 31.5, 34.9, 35.1, 300)
    assert _health(queries).windows == (
        Window(days=3, articles=2, articles_per_day=5 / 28),
        Window(days=7, articles=4, articles_per_day=5 / 28),
    )


def test_a_source_is_known_for_a_week_before_a_window_and_its_first_day_is_no_usual_one(
    store: Store, queries: Queries
) -> None:
    _put_days_ago(store, 12, 11.9, 11.5, 11.1, *(10.5 - day for day in range(10)))
    [window] = _health(queries).windows
    assert (window.days, window.articles) == (3, 2)
    assert window.articles_per_day == pytest.approx(1.0)


def test_a_silent_week_leaves_what_was_usual_as_it_was(store: Store, queries: Queries) -> None:
    _put_days_ago(store, *(8 + number / 5 for number in range(200)))
    found = _health(queries).windows
    assert [each.articles for each in found] == [0, 0]
    assert [each.articles_per_day for each in found] == pytest.approx([115 / 28, 135 / 28])


def test_a_source_keeps_its_last_article_however_long_ago_it_came(store: Store, queries: Queries) -> None:
    _put_days_ago(store, 300, 400)
    found = _health(queries)
    assert (found.last_article, found.articles_per_day, found.coverage) == (NOON - 300 * DAY, 0, {})


def test_coverage_is_the_share_of_current_articles_that_have_a_field(store: Store, queries: Queries) -> None:
    put(store, an_article(1, authors=("A",), date_published=NOON, in_language="en", main_image="i"))
    put(store, an_article(2, publisher="P", article_section="S"))
    put(store, an_article(2, article_body="", publisher="P"), NOON + HOUR)
    assert _health(queries).coverage == {
        "headline": 1,
        "article_body": 0.5,
        "authors": 0.5,
        "date_published": 0.5,
        "in_language": 0.5,
        "main_image": 0.5,
        "publisher": 0.5,
        "article_section": 0,
    }


def test_coverage_is_of_the_last_200_articles(store: Store, queries: Queries) -> None:
    with store.transaction():
        for number in range(250):
            language = "en" if number < 100 else None
            put(store, an_article(number, in_language=language), NOON - number * HOUR)
    assert _health(queries).coverage["in_language"] == 0.5


def test_losses_of_the_last_week_are_counted_by_reason(store: Store, queries: Queries) -> None:
    run_id = store.start_run("crawl", NOON)
    for url, reason, ago in (("a", "timeout", 1), ("b", "timeout", 6), ("c", "timeout", 8), ("d", "http-status", 0)):
        loss = Rejection(url=url, source="daily", stage=Stage.FETCH, reason=reason)
        store.put_rejection(loss, run_id=run_id, seen_at=NOON - ago * DAY)
    assert _health(queries).rejected == {"fetch/http-status": 1, "fetch/timeout": 2}


def test_twins_list_most_of_what_a_source_lists(store: Store, queries: Queries) -> None:
    def lists(source: str, numbers: range, days_ago: float = 1) -> None:
        store.put_links(source, [a_link(number) for number in numbers], seen_at=NOON - days_ago * DAY)

    lists("daily", range(100, 200), days_ago=15)
    lists("daily", range(10))
    lists("all", range(100))
    lists("most", range(2, 30))
    lists("some", range(3, 40))
    lists("few", range(9))
    found = {health.name: health.twins for health in queries.source_health(["daily", "all", "few"], NOON)}
    assert found == {"daily": (("all", 1.0), ("few", 0.9), ("most", 0.8)), "all": (), "few": ()}


def test_sources_come_in_the_order_asked_for_with_their_states(store: Store, queries: Queries) -> None:
    state = SourceState(name="b", url="https://b.example/feed", failures=3)
    store.put_source_state(state)
    found = queries.source_health(["c", "b", "a"], NOON)
    assert [(health.name, health.state) for health in found] == [("c", None), ("b", state), ("a", None)]


def test_a_thousand_sources_cost_few_statements(store: Store, queries: Queries) -> None:
    seen: list[str] = []

    def note(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    with store.reading() as connection:
        event.listen(connection.engine, "before_cursor_execute", note)
    assert len(queries.source_health([f"s{number}" for number in range(1000)], NOON)) == 1000
    assert len([statement for statement in seen if statement.startswith(("SELECT", "WITH"))]) == 14
