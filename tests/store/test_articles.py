"""Articles, revisions, aliases and losses, on both databases."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from storage.articles import is_beginning
from storage.queries import Queries
from storage.store import Store
from storage.types import Article, Outcome, Rejection, Stage
from tests.examples import at_most
from tests.store.build import DAY, NOON, a_sketch, an_article, an_edge, pending, put, put_many

# -- round trip -------------------------------------------------------------------------------------------------------

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_TIMES = st.none() | st.datetimes(timezones=st.just(UTC))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ARTICLES = st.builds(
    Article,
    url=_TEXT,
    site=_TEXT,
    source=_TEXT,
    headline=_TEXT,
    article_body=_TEXT,
    external_id=st.none() | _TEXT,
    address=st.none() | _TEXT,
    canonical_url=st.none() | _TEXT,
    description=st.none() | _TEXT,
    authors=st.lists(_TEXT, max_size=3).map(tuple),
    publisher=st.none() | _TEXT,
    source_organization=st.none() | _TEXT,
    credit_text=st.none() | _TEXT,
    dateline=st.none() | _TEXT,
    date_published=_TIMES,
    date_published_raw=st.none() | _TEXT,
    date_modified=_TIMES,
    date_modified_raw=st.none() | _TEXT,
    in_language=st.none() | _TEXT,
    article_section=st.none() | _TEXT,
    keywords=st.lists(_TEXT, max_size=3).map(tuple),
    main_image=st.none() | _TEXT,
    is_accessible_for_free=st.none() | st.booleans(),
    is_based_on=st.none() | _TEXT,
    opt_outs=st.lists(_TEXT, max_size=2).map(tuple),
    extra=st.dictionaries(st.text(), _JSON, max_size=3),
    provenance=st.dictionaries(st.text(), st.text(), max_size=2),
    notes=st.lists(_TEXT, max_size=2).map(tuple),
)
_serial = itertools.count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=at_most(50))
@given(article=ARTICLES)
def test_any_article_comes_back_as_it_was_put(store: Store, queries: Queries, article: Article) -> None:
    article = replace(article, url=f"{next(_serial)}:{article.url}")
    assert put(store, article) is Outcome.KEPT
    assert queries.article(article.url).article == article


def test_times_come_back_in_utc(store: Store, queries: Queries) -> None:
    eastern = timezone(timedelta(hours=-5))
    put(store, an_article(1, date_published=datetime(2026, 3, 1, 9, 30, 0, 7, eastern)))
    published = queries.article("1").article.date_published
    assert published is not None
    assert published.isoformat() == "2026-03-01T14:30:00.000007+00:00"


def test_a_time_without_zone_is_a_mistake(store: Store) -> None:
    with pytest.raises(Exception, match="a time without zone"):
        put(store, an_article(1, date_published=datetime(2026, 3, 1)))


def test_what_no_database_can_hold_is_left_out_of_texts(store: Store, queries: Queries) -> None:
    put(store, an_article(1, headline="a\0b", article_body="c\ud800d", extra={"x": "\0\ud800", "y": float("inf")}))
    article = queries.article("1").article
    assert (article.headline, article.article_body) == ("ab", "c?d")
    assert article.extra == {"x": "\0\ud800", "y": float("inf")}


def test_a_url_too_long_for_an_index_is_still_one_article(store: Store) -> None:
    urls = [f"https://daily.example/{'é' * 5000}{end}" for end in "ab"]
    assert [put(store, an_article(1, url=url)) for url in urls] == [Outcome.KEPT, Outcome.KEPT]
    assert put(store, an_article(1, url=urls[0])) is Outcome.UNCHANGED
    assert store.known_urls([*urls, urls[0][:-1]]) == set(urls)


def test_a_very_long_text_of_different_words_is_kept(store: Store, queries: Queries) -> None:
    body = " ".join(f"wörd{number}" for number in range(300_000))
    assert put(store, an_article(1, article_body=body)) is Outcome.KEPT
    assert queries.texts([1])[1][1] == body


# -- revisions --------------------------------------------------------------------------------------------------------


def _bodies(queries: Queries, ref: str = "1") -> list[tuple[str, bool]]:
    return [(revision.article_body, revision.is_current) for revision in queries.article(ref).revisions]


def test_the_same_text_again_changes_nothing_but_last_seen(store: Store, queries: Queries) -> None:
    put(store, an_article())
    before = queries.article("1")
    assert put(store, an_article(1, article_body="Body  of\nnumber 1. ", description="new"), NOON + DAY) == "unchanged"
    assert queries.article("1") == before
    assert (queries.stats().first_seen, queries.stats().last_seen) == (NOON, NOON + DAY)


def test_a_changed_text_is_a_revision_and_replaces_the_fields(store: Store, queries: Queries) -> None:
    put(store, an_article(1, description="old", external_id="x1"))
    assert put(store, an_article(1, article_body="Second", description="new"), NOON + DAY) is Outcome.REVISED
    detail = queries.article("1")
    assert _bodies(queries) == [("Body of number 1.", False), ("Second", True)]
    assert (detail.article.description, detail.article.external_id) == ("new", None)
    assert detail.date_first_seen == NOON


def test_an_address_is_replaced_only_with_a_new_revision(store: Store, queries: Queries) -> None:
    for day, (body, address) in enumerate([("First", "a"), ("First", "b"), ("Second", "c")]):
        put(store, an_article(1, article_body=body, address=address), NOON + day * DAY)
        assert queries.article("1").article.address == ("c" if body == "Second" else "a")
    put(store, an_article(1, article_body="Older", address="d"), NOON - DAY)
    assert queries.article("1").article.address == "c"


def test_a_changed_headline_is_a_revision(store: Store) -> None:
    put(store, an_article())
    assert put(store, an_article(1, headline="Another"), NOON + DAY) is Outcome.REVISED


def test_an_older_capture_is_kept_but_not_current(store: Store, queries: Queries) -> None:
    put(store, an_article(1, article_body="Newer", description="newer"))
    assert put(store, an_article(1, article_body="Older", description="older"), NOON - DAY) is Outcome.REVISED
    assert _bodies(queries) == [("Older", False), ("Newer", True)]
    assert queries.article("1").article.description == "newer"
    assert queries.article("1").date_first_seen == NOON - DAY


def test_an_older_capture_of_the_next_text_is_no_revision(store: Store, queries: Queries) -> None:
    put(store, an_article(), NOON)
    assert put(store, an_article(), NOON - DAY) is Outcome.UNCHANGED
    assert queries.article("1").date_first_seen == NOON - DAY


def test_a_text_that_returns_is_a_revision_again(store: Store, queries: Queries) -> None:
    for day, body in enumerate(["A", "B", "A"]):
        assert put(store, an_article(1, article_body=body), NOON + day * DAY) is not Outcome.UNCHANGED
    assert _bodies(queries) == [("A", False), ("B", False), ("A", True)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=at_most(30))
@given(captures=st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ABC")), min_size=1, max_size=8))
def test_replaying_captures_in_order_of_time_changes_nothing(
    store: Store, queries: Queries, captures: list[tuple[int, str]]
) -> None:
    url = f"https://daily.example/replay/{next(_serial)}"

    def replay() -> list[Outcome]:
        ordered = sorted(captures, key=lambda capture: capture[0])
        return [put(store, an_article(1, url=url, article_body=body), NOON + day * DAY) for day, body in ordered]

    replay()
    before = queries.article(url)
    assert set(replay()) == {Outcome.UNCHANGED}
    assert queries.article(url) == before


def test_a_revised_article_is_judged_again(store: Store, queries: Queries) -> None:
    put_many(store, 3)
    store.index.put_sketches([a_sketch(number) for number in (1, 2, 3)])
    store.save_edges([an_edge(1, 2), an_edge(2, 3)])
    put(store, an_article(1, article_body="Changed"), NOON + DAY)
    assert [document.article_id for document in pending(store)] == [1]
    assert {document.article_id for document in store.index.documents([1, 2, 3])} == {2, 3}
    assert queries.edges_of([1, 2]) == [an_edge(2, 3)]


def test_an_older_revision_of_the_same_first_day_is_not_judged_again(store: Store) -> None:
    put(store, an_article(1, article_body="First"), NOON)
    put(store, an_article(1, article_body="Third"), NOON + 2 * DAY)
    store.index.put_sketches([a_sketch(2)])
    put(store, an_article(1, article_body="Second"), NOON + DAY)
    assert pending(store) == []


# -- transactions, cost -----------------------------------------------------------------------------------------------


def test_a_transaction_is_kept_whole_or_not_at_all(store: Store, queries: Queries) -> None:
    put(store, an_article(1))
    with pytest.raises(RuntimeError), store.transaction():
        put(store, an_article(2))
        with store.transaction():
            put(store, an_article(3))
        assert queries.stats().articles == 3
        raise RuntimeError
    assert queries.stats().articles == 1


@pytest.fixture
def statements(store: Store) -> list[str]:
    seen: list[str] = []

    def note(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    with store.reading() as connection:
        event.listen(connection.engine, "before_cursor_execute", note)
    return seen


def test_putting_costs_few_statements(store: Store, statements: list[str]) -> None:
    with store.transaction():
        run_id = store.start_run("test", NOON)
        statements.clear()
        store.put_article(an_article(), run_id=run_id, seen_at=NOON)
        assert len(statements) == 3
        store.put_article(an_article(), run_id=run_id, seen_at=NOON)
        assert len(statements) == 5


# -- losses, aliases, sources -----------------------------------------------------------------------------------------


def _rejection(url: str = "https://daily.example/gone", **fields: Any) -> Rejection:
    given = {"url": url, "source": "daily", "stage": Stage.FETCH, "reason": "http-status", "detail": "404"}
    return Rejection(**{**given, **fields})


def test_a_loss_is_kept_once_per_url_stage_and_reason(store: Store, queries: Queries) -> None:
    run_id = store.start_run("test", NOON)
    losses = [_rejection(), _rejection(detail="410"), _rejection(reason="timeout"), _rejection(stage=Stage.EXTRACT)]
    assert [store.put_rejection(loss, run_id=run_id, seen_at=NOON) for loss in losses] == [True, False, True, True]
    assert queries.stats().rejected == {"extract/http-status": 1, "fetch/http-status": 1, "fetch/timeout": 1}


def test_whether_a_loss_is_final_is_said_by_its_latest(store: Store) -> None:
    run_id = store.start_run("test", NOON)
    for day, retry in enumerate((True, False, True)):
        store.put_rejection(_rejection(retry=retry), run_id=run_id, seen_at=NOON + day * DAY)
        assert store.known_urls([_rejection().url]) == (set() if retry else {_rejection().url})


def test_known_urls_are_articles_final_losses_and_their_aliases(store: Store) -> None:
    put(store, an_article(1))
    run_id = store.start_run("test", NOON)
    store.put_rejection(_rejection("final"), run_id=run_id, seen_at=NOON)
    store.put_rejection(_rejection("again", retry=True), run_id=run_id, seen_at=NOON)
    for alias, target in (("a", an_article(1).url), ("b", "final"), ("c", "again"), ("d", "nowhere"), ("e", "e")):
        store.add_alias(alias, target)
    asked = {an_article(1).url, "final", "again", "unseen", "a", "b", "c", "d", "e"}
    assert store.known_urls(asked) == {an_article(1).url, "final", "a", "b"}


def test_an_alias_can_be_pointed_elsewhere(store: Store) -> None:
    put(store, an_article(1))
    store.add_alias("a", "nowhere")
    store.add_alias("a", an_article(1).url)
    assert store.known_urls(["a"]) == {"a"}


def test_thousands_of_urls_can_be_asked_for_at_once(store: Store) -> None:
    put_many(store, 3)
    urls = (f"https://daily.example/{number}" for number in range(40_000))
    assert store.known_urls(urls) == {f"https://daily.example/{number}" for number in (1, 2, 3)}


def test_pages_of_finished_runs_are_summed(store: Store, queries: Queries) -> None:
    for counts in ({"pages": 3, "failed": 1}, {"pages": 4}, {}):
        store.finish_run(store.start_run("crawl", NOON), NOON, counts)
    store.start_run("crawl", NOON)
    assert (queries.stats().runs, queries.stats().fetched) == (4, 7)


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("One two three.", True),
        ("One two three.\nFour fi…", True),
        ("One  two three.\nSubscribe!", True),
        ("One two three.\nFour five six.", False),
        ("One two three.\nFour five six. Seven.", False),
        ("Quite another.", False),
        ("One.\nQuite another text", False),
        ("", False),
    ],
)
def test_the_beginning_of_a_text_is_known_by_its_lines(text: str, is_it: bool) -> None:
    assert is_beginning(text, "One two three.\nFour five six.") is is_it
