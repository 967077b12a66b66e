"""Links, which of them are due, and what is remembered of sources, hosts and archives, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.queries import Queries
from storage.store import Store
from storage.types import ArchiveState, HostState, LinkState, Listed, Rejection, SourceState, Stage, Visited
from tests.examples import at_most
from tests.store.build import DAY, NOON, an_article, put, put_many

HOUR = timedelta(hours=1)


def a_link(number: int = 1, **fields: Any) -> Listed:
    """Make a link to article ``number`` of `an_article`."""
    return Listed(**{"url": an_article(number).url, "address": f"http://www.daily.example/{number}", **fields})


def due(store: Store, now: datetime = NOON + DAY, source: str = "daily") -> list[int]:
    return [int(state.url.rpartition("/")[2]) for state in store.due_links(source, now, 1000)]


def visit(store: Store, outcome: Visited, number: int = 1, at: datetime = NOON, **fields: Any) -> None:
    """Leave a link as a visit does that is not to be repeated."""
    state = store.link(an_article(number).url)
    assert state is not None
    done = {"visits": 1, "last_visit": at, "last_outcome": outcome, "next_visit": None, **fields}
    store.put_link(replace(state, **done))


def reject(store: Store, url: str, *, retry: bool = False, stage: Stage = Stage.EXTRACT) -> None:
    loss = Rejection(url=url, source="daily", stage=stage, reason="too-short", retry=retry)
    store.put_rejection(loss, run_id=store.start_run("test", NOON), seen_at=NOON)


# -- listing ----------------------------------------------------------------------------------------------------------


def test_a_new_link_is_due_as_it_was_listed(store: Store) -> None:
    listed = a_link(headline="News", date_published=NOON - HOUR)
    assert store.put_links("daily", [listed], seen_at=NOON) == {a_link().url}
    expected = LinkState(
        url=listed.url,
        address=listed.address,
        source="daily",
        date_first_seen=NOON,
        headline="News",
        date_published=NOON - HOUR,
        next_visit=NOON,
    )
    assert store.due_links("daily", NOON, 9) == [expected]
    assert store.link(listed.url) == expected
    assert store.due_links("daily", NOON - HOUR, 9) == []


def test_a_link_belongs_to_the_source_that_listed_it_first(store: Store, queries: Queries) -> None:
    assert store.put_links("daily", [a_link()], seen_at=NOON) == {a_link().url}
    assert store.put_links("agency", [a_link(), a_link(2)], seen_at=NOON + HOUR) == {a_link(2).url}
    assert (due(store), due(store, source="agency")) == ([1], [2])
    listings = queries.why(a_link().url).listings
    assert [(row.source, row.date_first_seen, row.times) for row in listings] == [
        ("daily", NOON, 1),
        ("agency", NOON + HOUR, 1),
    ]


def test_a_link_that_its_source_leaves_lying_goes_to_one_that_lists_it(store: Store) -> None:
    store.put_links("old name", [a_link(1), a_link(2)], seen_at=NOON)
    store.put_links("new name", [a_link(1), a_link(2)], seen_at=NOON + DAY)
    assert due(store, source="old name") == [1, 2]
    store.put_links("new name", [a_link(1)], seen_at=NOON + DAY + HOUR)
    assert (due(store, source="old name"), due(store, source="new name")) == ([2], [1])


def test_listings_say_since_when_until_when_and_how_often(store: Store, queries: Queries) -> None:
    for hour in range(3):
        assert bool(store.put_links("daily", [a_link(), a_link()], seen_at=NOON + hour * HOUR)) == (hour == 0)
    (row,) = queries.why(a_link().url).listings
    assert (row.date_first_seen, row.date_last_seen, row.times) == (NOON, NOON + 2 * HOUR, 3)


def test_listing_nothing_is_nothing(store: Store) -> None:
    assert store.put_links("daily", [], seen_at=NOON) == set()


def test_thousands_of_links_are_listed_at_once_in_any_length(store: Store) -> None:
    links = [a_link(number) for number in range(1201)] + [a_link(url="https://x.example/" + "é" * 5000 + "/9")]
    assert store.put_links("daily", links, seen_at=NOON) == {link.url for link in links}
    assert store.put_links("daily", links, seen_at=NOON) == set()
    assert store.count_due("daily", NOON) == 1202
    assert store.link(links[-1].url) is not None


@pytest.mark.parametrize("alias", [False, True])
def test_a_new_link_to_what_is_settled_is_not_due(store: Store, alias: bool) -> None:
    put(store, an_article(1))
    reject(store, an_article(2).url)
    reject(store, an_article(3).url, retry=True)
    first = 1
    if alias:
        first = 5
        for number in range(1, 5):
            store.add_alias(an_article(number + 4).url, an_article(number).url)
    assert store.put_links("daily", [a_link(number) for number in range(first, first + 4)], seen_at=NOON)
    assert sorted(due(store)) == [first + 2, first + 3]


# -- news of known links ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", Visited)
def test_a_later_date_brings_back_what_may_have_changed(store: Store, outcome: Visited) -> None:
    store.put_links("daily", [a_link()], seen_at=NOON)
    visit(store, outcome)
    store.put_links("daily", [a_link(date_modified=NOON + HOUR)], seen_at=NOON + DAY)
    assert due(store) == ([] if outcome in (Visited.MOVED, Visited.FAILED) else [1])


def test_no_later_date_brings_back_what_was_rejected_for_good(store: Store) -> None:
    store.put_links("daily", [a_link(1), a_link(2)], seen_at=NOON)
    for number in (1, 2):
        visit(store, Visited.REJECTED, number)
        reject(store, an_article(number).url, retry=number == 2)
    later = [a_link(number, date_modified=NOON + HOUR) for number in (1, 2)]
    store.put_links("daily", later, seen_at=NOON + DAY)
    assert due(store) == [2]


@pytest.mark.parametrize(
    ("dates", "is_news"),
    [
        ({}, False),
        ({"date_published": NOON}, False),
        ({"date_published": NOON + HOUR}, True),
        ({"date_published": NOON + HOUR, "date_modified": NOON}, False),
        ({"date_modified": NOON + 2 * DAY}, False),
    ],
    ids=["undated", "same", "published", "modified-before-published", "future"],
)
def test_news_are_what_is_dated_between_the_last_visit_and_now(
    store: Store, dates: dict[str, Any], is_news: bool
) -> None:
    store.put_links("daily", [a_link()], seen_at=NOON)
    visit(store, Visited.KEPT)
    store.put_links("daily", [a_link(**dates)], seen_at=NOON + DAY)
    assert due(store) == [1] * is_news


def test_news_bring_a_planned_visit_forward_and_leave_an_overdue_one(store: Store) -> None:
    store.put_links("daily", [a_link(1), a_link(2)], seen_at=NOON)
    visit(store, Visited.KEPT, 1, next_visit=NOON + 9 * DAY)
    visit(store, Visited.KEPT, 2, next_visit=NOON + 2 * HOUR)
    news = [a_link(number, date_modified=NOON + HOUR) for number in (1, 2)]
    store.put_links("agency", news, seen_at=NOON + DAY)
    states = [store.link(link.url) for link in news]
    assert [state and state.next_visit for state in states] == [NOON + DAY, NOON + 2 * HOUR]


def test_a_source_that_always_says_now_brings_a_link_back_once_a_day(store: Store) -> None:
    store.put_links("daily", [a_link()], seen_at=NOON)
    visit(store, Visited.UNCHANGED, unchanged=3)
    for hours, expected in ((2, []), (23, []), (25, [1])):
        now = NOON + hours * HOUR
        store.put_links("daily", [a_link(date_modified=now)], seen_at=now)
        assert due(store, now) == expected


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("alias", [False, True])
def test_an_article_that_came_otherwise_is_visited_when_listed_with_a_later_date(
    store: Store, known: bool, alias: bool
) -> None:
    put(store, an_article(2 if alias else 1))
    if alias:
        store.add_alias(an_article(1).url, an_article(2).url)
    if known:
        store.put_links("daily", [a_link(date_published=NOON - DAY)], seen_at=NOON)
    assert due(store) == []
    store.put_links("daily", [a_link(date_published=NOON - DAY, date_modified=NOON + HOUR)], seen_at=NOON + DAY)
    assert due(store) == [1]


def test_news_of_what_was_rejected_for_good_before_it_was_listed_bring_nothing(store: Store) -> None:
    reject(store, an_article(1).url)
    for day in range(1, 3):
        store.put_links("daily", [a_link(date_modified=NOON + HOUR)], seen_at=NOON + day * DAY)
    assert due(store, NOON + 9 * DAY) == []


# -- what is due ------------------------------------------------------------------------------------------------------


def test_never_visited_links_come_first_the_newest_first_then_as_they_fell_due(store: Store) -> None:
    dates = {1: NOON - 3 * HOUR, 2: None, 3: NOON - HOUR, 4: NOON, 5: NOON, 6: NOON}
    links = [a_link(number, date_published=date) for number, date in dates.items()]
    store.put_links("daily", links, seen_at=NOON - 2 * HOUR)
    visit(store, Visited.KEPT, 4, next_visit=NOON + HOUR)
    visit(store, Visited.FAILED, 5, next_visit=NOON)
    visit(store, Visited.KEPT, 6, next_visit=NOON + 2 * DAY)
    assert due(store) == [3, 2, 1, 5, 4]
    assert [state.url for state in store.due_links("daily", NOON + DAY, 2)] == [links[2].url, links[1].url]
    assert (store.count_due("daily", NOON), store.count_due("daily", NOON + DAY)) == (4, 5)


def test_sources_are_named_that_have_links_due(store: Store) -> None:
    store.put_links("daily", [a_link(1)], seen_at=NOON)
    store.put_links("agency", [a_link(2)], seen_at=NOON + HOUR)
    store.put_links("local", [a_link(1)], seen_at=NOON)
    assert store.sources_with_due_links(NOON - HOUR) == set()
    assert store.sources_with_due_links(NOON) == {"daily"}
    assert store.sources_with_due_links(NOON + DAY) == {"daily", "agency"}


_WORDS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_TIMES = st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(tzinfo=NOON.tzinfo)
)
_STATES = st.builds(
    LinkState,
    url=st.sampled_from(["u", "v"]),
    address=_WORDS.map(lambda word: word or ""),
    source=st.sampled_from(["s", "t"]),
    date_first_seen=st.just(NOON),
    headline=_WORDS,
    date_published=_TIMES,
    etag=_WORDS,
    last_modified=_WORDS,
    payload_digest=_WORDS,
    visits=st.integers(0, 9),
    unchanged=st.integers(0, 9),
    failures=st.integers(0, 9),
    last_visit=_TIMES,
    last_change=_TIMES,
    last_outcome=st.none() | st.sampled_from(Visited),
    next_visit=_TIMES,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=at_most(40))
@given(state=_STATES)
def test_any_link_comes_back_as_it_was_put(store: Store, state: LinkState) -> None:
    store.put_link(state)
    found = store.link(state.url)
    assert found == state
    assert found.last_outcome is state.last_outcome


# -- addresses of a site ----------------------------------------------------------------------------------------------


def test_a_site_gives_addresses_of_its_articles_and_refused_urls_the_newest_first(store: Store) -> None:
    put_many(store, 3)
    put(store, an_article(2, headline="New", address="https://www.daily.example/2.html"), NOON + DAY)
    put(store, an_article(4, url="https://other.example/4", site="other.example"))
    for url in ("tags", "videos"):
        reject(store, f"https://daily.example/{url}")
    reject(store, "https://daily.example/slow", retry=True)
    reject(store, "https://daily.example/gone", stage=Stage.FETCH)
    reject(store, "https://daily.example.org/x")
    kept, refused = store.site_urls("daily.example", 9)
    assert kept == ["https://www.daily.example/2.html", "https://daily.example/3", "https://daily.example/1"]
    assert refused == ["https://daily.example/videos", "https://daily.example/tags"]
    assert [len(urls) for urls in store.site_urls("daily.example", 1)] == [1, 1]
    assert store.site_urls("daily_example", 9) == ([], [])


# -- states -----------------------------------------------------------------------------------------------------------


def test_the_state_of_a_source_is_remembered(store: Store) -> None:
    assert store.source_state("daily") is None
    state = SourceState(name="daily", url="https://daily.example/feed", title="Daily", etag='"1"', last_fetched=NOON)
    learned = {"hours": [0.5, 1], "seen": {"n": 3}}
    later = replace(state, etag=None, payload_digest="d", failures=2, rhythm=learned)
    for latest in (state, replace(later, last_error="timeout", last_success=NOON, next_due=NOON + DAY)):
        store.put_source_state(latest)
        assert store.source_state("daily") == latest


def test_the_state_of_a_host_is_remembered(store: Store) -> None:
    assert store.host_state("daily.example") is None
    state = HostState(host="daily.example", robots_txt=b"\xff\0User-agent: *", robots_status=200, robots_fetched=NOON)
    for latest in (state, HostState(host=state.host, blocked_until=NOON, blocked_reason="429", backoffs=3)):
        store.put_host_state(latest)
        assert store.host_state("daily.example") == latest


def test_how_far_an_archive_was_read_is_remembered_beyond_4_gigabytes(store: Store) -> None:
    assert store.archive_state("/x.warc") is None
    state = ArchiveState(path="/x.warc", size_bytes=9 * 10**12, modified=NOON, offset=0)
    for latest in (state, replace(state, offset=8 * 10**12)):
        store.put_archive_state(latest)
        assert store.archive_state("/x.warc") == latest


def test_sources_in_the_store_are_kept_in_order_replaced_and_removed(store: Store) -> None:
    for name in ("b", "a", "c"):
        store.put_stored_source(name, {"url": f"https://{name}.example/", "max_links": 5})
    store.put_stored_source("c", {"url": "https://new.example/"})
    assert list(store.stored_sources().items()) == [
        ("b", {"url": "https://b.example/", "max_links": 5}),
        ("a", {"url": "https://a.example/", "max_links": 5}),
        ("c", {"url": "https://new.example/"}),
    ]
    assert [store.remove_stored_source("a"), store.remove_stored_source("a")] == [True, False]
    assert list(store.stored_sources()) == ["b", "c"]
