"""why, purge and sources health over a store that a crawl could have left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.store import Store
from storage.types import HostState, Listed, Rejection, SourceState, Stage
from tests.cli import seed
from tests.cli.conftest import Command
from tests.store.build import an_article, put

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
FERRY = "https://daily.example/ferry"


@pytest.fixture
def store(made: Path) -> Iterator[Store]:
    """Give the store that commands use."""
    with Store.open(str(made)) as store:
        yield store


def listed(store: Store, url: str, source: str = "daily") -> None:
    store.put_links(source, [Listed(url=url, address=url.replace("//", "//www."))], seen_at=NOW - 2 * DAY)


def read(store: Store, name: str = "daily", **state: Any) -> None:
    """Note that a source was read an hour ago, and is due in an hour, or what is given."""
    fine: dict[str, Any] = {"last_success": NOW - HOUR, "next_due": NOW + HOUR}
    store.put_source_state(SourceState(name=name, url=f"https://{name}.example/rss", **fine | state))


def test_why_tells_the_history_by_any_spelling_of_the_address(wirefold: Command, store: Store) -> None:
    listed(store, FERRY)
    put(store, an_article(url=FERRY, headline="Ferry sinks"), NOW - DAY)
    told = wirefold("why", "https://www.daily.example/ferry?utm_source=feed").out
    lines = told.splitlines()
    assert lines[0] == "https://www.daily.example/ferry"
    assert told.index("listed by daily") < told.index("kept as an article: Ferry sinks [run 1, test]")
    assert wirefold("why", FERRY).out == told


def test_why_tells_what_was_lost_and_for_how_long(wirefold: Command, store: Store) -> None:
    listed(store, FERRY)
    loss = Rejection(url=FERRY, source="daily", stage=Stage.EXTRACT, reason="login-page", detail=seed.ESCAPES)
    store.put_rejection(loss, run_id=store.start_run("crawl", NOW), seen_at=NOW)
    out = wirefold("why", FERRY).out
    assert "rejected, for good: login page (Red" in out
    assert "No article, and the address stays refused." in out
    assert [char for char in out if not char.isprintable() and char != "\n"] == []


def test_why_gives_all_of_it_as_json(wirefold: Command, store: Store) -> None:
    listed(store, FERRY)
    told = wirefold("why", FERRY, "--format", "json").value
    assert told["url"] == FERRY
    assert told["link"]["source"] == "daily"
    assert [event["what"] for event in told["events"]] == ["listed"]
    assert told["standing"] == ["No article yet.", "Its first visit is due now, when daily is crawled."]


def test_an_address_never_seen_is_one_line(wirefold: Command, store: Store) -> None:
    assert "https://other.example/" in wirefold("why", "https://other.example/").complaint


def test_an_article_purged_is_gone_and_its_address_stays_refused(wirefold: Command, store: Store) -> None:
    listed(store, FERRY)
    put(store, an_article(url=FERRY))
    done = wirefold("purge", "https://www.daily.example/ferry", "--reason", "their request")
    assert (done.code, done.out) == (0, "purge: 1 article purged; 0 joined\n")
    assert wirefold("show", FERRY).code == 2
    out = wirefold("why", FERRY).out
    assert "skipped, for good: purged (their request) [run 2, purge]" in out
    assert "It will not be visited again." in out


def test_what_is_no_article_is_named_and_the_rest_purged(wirefold: Command, store: Store) -> None:
    put(store, an_article(url=FERRY))
    done = wirefold("purge", "https://daily.example/other", FERRY, "--reason", "x")
    assert (done.code, done.out) == (1, "purge: 1 article purged; 0 joined\n")
    assert "https://daily.example/other: no such article" in done.err


def test_what_was_purged_already_is_said_to_be_by_any_of_its_addresses(wirefold: Command, store: Store) -> None:
    put(store, an_article(url=FERRY))
    store.add_alias("https://daily.example/old", FERRY)
    wirefold("purge", FERRY, "--reason", "their request")
    for address in (FERRY, "https://www.daily.example/old"):
        done = wirefold("purge", address, "--reason", "again")
        assert (done.code, done.out) == (1, "purge: 0 articles purged; 0 joined\n")
        assert done.err == f"{address}: it was purged or pruned already\n"


def test_a_purge_needs_a_reason(wirefold: Command, store: Store) -> None:
    assert "--reason" in wirefold("purge", FERRY).complaint
    put(store, an_article(url=FERRY))
    for reason in ("", " \n"):
        assert "--reason" in wirefold("purge", FERRY, "--reason", reason).complaint
    assert wirefold("show", FERRY).code == 0


def test_health_is_fine_where_nothing_needs_a_look(wirefold: Command, store: Store) -> None:
    wirefold("sources", "add", "daily", "https://daily.example/rss")
    read(store)
    assert wirefold("sources", "health").code == 0
    [row] = wirefold("sources", "health", "--format", "json").value
    assert (row["name"], row["needs_look"], row["signs"]) == ("daily", False, [])


def test_health_names_what_needs_a_look_and_exits_with_1(wirefold: Command, store: Store) -> None:
    for name in ("daily", "down", "new"):
        wirefold("sources", "add", name, f"https://{name}.example/rss")
    read(store)
    read(store, "down", failures=5, last_error="http-500")
    done = wirefold("sources", "health", "--format", "json")
    assert done.code == 1
    assert {row["name"]: [sign["rule"] for sign in row["signs"]] for row in done.value} == {
        "daily": [],
        "down": ["failing"],
        "new": ["new"],
    }
    assert "5 failed attempts in a row" in " ".join(wirefold("sources", "health").out.split())


def test_health_flags_a_silent_outage(wirefold: Command, store: Store) -> None:
    wirefold("sources", "add", "daily", "https://daily.example/rss")
    read(store)
    for number in range(90):
        put(store, an_article(number, date_published=NOW), NOW - 2 * DAY - number * 2 * HOUR)
    done = wirefold("sources", "health", "--format", "json")
    assert done.code == 1
    assert [sign["rule"] for sign in done.value[0]["signs"]] == ["silent"]
    assert done.value[0]["coverage"]["headline"] == 1


def test_health_flags_five_a_day_for_a_week_and_then_four_days_of_nothing(wirefold: Command, store: Store) -> None:
    wirefold("sources", "add", "daily", "https://daily.example/rss")
    read(store)
    for number in range(35):
        put(store, an_article(number, date_published=NOW), NOW - 4 * DAY - number * DAY / 5)
    done = wirefold("sources", "health", "--format", "json")
    assert done.code == 1
    [sign] = done.value[0]["signs"]
    assert sign["text"] == "silent: 0 articles in the last 3 days, usually 13"


def test_health_flags_a_host_that_wants_to_be_left_alone(wirefold: Command, store: Store) -> None:
    wirefold("sources", "add", "daily", "https://daily.example/rss")
    read(store)
    store.put_host_state(HostState(host="daily.example", blocked_until=NOW + DAY, blocked_reason="http-429"))
    [row] = wirefold("sources", "health", "--format", "json").value
    assert [sign["rule"] for sign in row["signs"]] == ["blocked"]
    assert row["blocked_until"] == (NOW + DAY).isoformat()
