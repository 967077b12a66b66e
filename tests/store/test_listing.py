"""Pages of articles: filters, orders, cursors and snippets, alike on both databases."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import finding, listing, search
from storage.errors import BadCursor
from storage.queries import Queries
from storage.search import parse, snippet
from storage.store import Store
from storage.types import ArticleQuery, Counted, Role, Sort
from tests.store.build import DAY, NOON, a_cluster, an_article, judge, put

COUNT = 30


def ids(queries: Queries, **asked: Any) -> list[int]:
    """List the ids of a page."""
    return [row.id for row in queries.articles(ArticleQuery(**asked))]


def pages(queries: Queries, **asked: Any) -> list[int]:
    """List the ids of all pages, one after the other."""
    found: list[int] = []
    after = None
    while rows := queries.articles(ArticleQuery(**asked, after=after)):
        found += [row.id for row in rows]
        after = rows[-1].cursor
    return found


@pytest.fixture
def filled(store: Store, queries: Queries) -> Queries:
    """Give thirty articles, three a day and at the same time; all have "ferry", each has its own share of "sinks"."""
    with store.transaction():
        for number in range(1, COUNT + 1):
            text = "ferry " + "sinks " * (number % 4) + "and nothing else happened " * (number % 3)
            at = NOON + DAY * (number // 3)
            put(store, an_article(number, article_body=text, date_published=at))
    judge(store, [a_cluster(1, 2, 3, 4, canonical=3), a_cluster(5, 6)])
    return queries


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("words", ["", "ferry", "sinks", "-sinks", "fer* -nothing", "sinks OR nothing"])
def test_pages_are_the_parts_of_one_listing(filled: Queries, words: str, sort: Sort) -> None:
    whole = ids(filled, words=words, sort=sort, limit=COUNT, role=None)
    assert whole
    assert pages(filled, words=words, sort=sort, limit=4, role=None) == whole


_WAYS: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "only by a list of few": {"_tried": lambda _: iter(())},
    "only by a list of many": {"_tried": lambda _: iter(()), "_FEW_HITS": 0},
    "by the newest few": {"_FOR_EACH": 1, "_WALKS": (3, 9), "_ARRIVED": (2,), "_MANY_HITS": 1, "_INDEXED": 1},
    "by the newest few, which are far apart": {
        "_FOR_EACH": 1,
        "_WALKS": (9,),
        "_ARRIVED": (2,),
        "_MANY_HITS": 1,
        "_CLOSE": 0,
    },
    "by the last arrivals": {"_FOR_EACH": 1, "_ARRIVED": (4, 8, 16), "_INDEXED": 99, "_WALKS": (4,)},
    "by the last arrivals, of which many are late": {
        "_FOR_EACH": 1,
        "_ARRIVED": (4, 8),
        "_WALKS": (4,),
        "_REVISIONS": 10,
        "_LATE": 2,
        "_SAMPLE": 1,
    },
}


@pytest.fixture
def shuffled(store: Store, queries: Queries) -> Queries:
    """Give sixty articles that came in another order than that of their dates, some of them in two versions."""
    chance = random.Random(1)
    texts = [
        "ferry sinks",
        "sinks ferry",
        "ferry",
        "nothing else",
        "else nothing",
        "férry’s",
        "ferries and nothing else",
    ]
    with store.transaction():
        for number in chance.choices(range(60), k=80):
            at = NOON + DAY * chance.randint(0, 20)
            source = chance.choice(["daily", "weekly"])
            put(store, an_article(number, article_body=chance.choice(texts), date_published=at, source=source), at)
    return queries


@pytest.mark.parametrize("asked", [{}, {"source": "weekly"}, {"source": "none"}, {"until": NOON + DAY * 9}])
@pytest.mark.parametrize("words", ["ferry", "-ferry", '"nothing else"', "fer*", "el* -fer*", "sinks OR else", "absent"])
def test_a_page_is_the_same_whichever_way_it_is_found(
    shuffled: Queries, words: str, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {}
    for way, values in _WAYS.items():
        with monkeypatch.context() as patched:
            for name, value in values.items():
                patched.setattr(search if hasattr(search, name) else finding, name, value)
            found[way] = pages(shuffled, words=words, limit=4, **asked)
    has_any = words != "absent" and asked.get("source") != "none"
    assert bool(found["as it comes"]) == has_any
    assert found == dict.fromkeys(_WAYS, found["as it comes"])


@pytest.mark.parametrize("asked", [{}, {"words": "sinks"}, {"words": "sinks", "sort": Sort.RELEVANCE}, {"min_size": 2}])
def test_an_export_is_the_whole_listing_with_texts(store: Store, filled: Queries, asked: dict[str, Any]) -> None:
    rows = list(filled.export(ArticleQuery(**asked, role=None, limit=4)))
    assert [row.id for row in rows] == ids(filled, **asked, role=None, limit=COUNT)
    for row in rows:
        detail = filled.article(str(row.id))
        assert (row.article, row.date_first_seen) == (detail.article, detail.date_first_seen)


def test_an_article_that_says_a_word_more_often_is_more_relevant(store: Store, queries: Queries) -> None:
    for number, text in enumerate(["ferry here and there again", "ferry ferry ferry again", "no boat at all here"]):
        put(store, an_article(number, article_body=text))
    assert ids(queries, words="ferry", sort=Sort.RELEVANCE) == [2, 1]


def test_relevance_of_many_hits_is_that_of_few(filled: Queries, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ids(filled, words="sinks", sort=Sort.RELEVANCE, limit=COUNT)
    monkeypatch.setattr(listing, "_RANKED", COUNT)
    monkeypatch.setattr(listing, "_RANKED_AT_LEAST", COUNT)
    assert ids(filled, words="sinks", sort=Sort.RELEVANCE, limit=COUNT) == whole


@pytest.mark.parametrize("few", [0, 50])
@pytest.mark.parametrize("words", ["", "body"])
def test_pages_of_a_language_with_its_regions_are_the_parts_of_one_listing(
    store: Store, queries: Queries, words: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_FEW_LANGUAGES", few)
    for number, language in enumerate(["en", "en-GB", None, "EN", "eng", "de", "en-gb", "en-US"], start=1):
        put(store, an_article(number, in_language=language, date_published=NOON + DAY * (number % 4)))
    assert pages(queries, words=words, in_language="EN", limit=2) == [7, 2, 1, 8, 4]
    assert ids(queries, words=words, in_language="en-gb") == [7, 2]
    assert ids(queries, words=words, in_language="fr") == []
    assert sum(day.count for day in queries.trend(ArticleQuery(words=words, in_language="en"), Counted.COPIES)) == 5


@pytest.mark.parametrize("few", [0, 1_000])
def test_articles_are_narrowed_by_the_size_of_their_cluster_and_by_role(
    filled: Queries, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_FEW_CLUSTERS", few)
    assert ids(filled, min_size=2) == [5, 3]
    assert ids(filled, min_size=3, role=None) == [4, 3, 2, 1]
    assert ids(filled, role=Role.VARIANT) == [6, 4, 2, 1]
    assert ids(filled, min_size=5) == []


def test_articles_are_narrowed_by_site_agency_and_section(store: Store, queries: Queries) -> None:
    put(store, an_article(1, site="one.example", source_organization="Reuters"))
    put(store, an_article(2, article_section="Politics", source_organization="Reuters UK"))
    assert ids(queries, site="one.example") == [1]
    assert ids(queries, source_organization="reuters") == [1]
    assert ids(queries, article_section="POLITICS") == [2]
    assert ids(queries, article_section="politics", site="one.example") == []


@pytest.mark.parametrize("stored", ["Общество и право", "ОБЩЕСТВО И ПРАВО", "общество и право", "Общество И Право"])
def test_the_case_of_a_section_does_not_matter_in_any_alphabet(store: Store, queries: Queries, stored: str) -> None:
    put(store, an_article(1, article_section=stored))
    for asked in ("Общество и право", "ОБЩЕСТВО И ПРАВО", "общество и право"):
        assert ids(queries, article_section=asked) == [1]
    assert ids(queries, article_section="Право") == []


@pytest.mark.parametrize("cursor", ["", "x", "é", "W10", "bnVsbA", "\ud800", "[" * 9_999])
@pytest.mark.parametrize("sort", Sort)
def test_what_is_no_cursor_is_refused(queries: Queries, cursor: str, sort: Sort) -> None:
    with pytest.raises(BadCursor, match=f"not a cursor of a listing by {sort}"):
        queries.articles(ArticleQuery(words="a", sort=sort, after=cursor))


def test_a_cursor_of_the_other_order_is_refused(filled: Queries) -> None:
    [row] = filled.articles(ArticleQuery(words="ferry", limit=1))
    with pytest.raises(BadCursor):
        filled.articles(ArticleQuery(words="ferry", sort=Sort.RELEVANCE, after=row.cursor))


def test_a_snippet_is_asked_for_and_marks_the_hits(filled: Queries) -> None:
    asked = ArticleQuery(words='"nothing else"', limit=1, with_snippets=True)
    found = "ferry sinks and [nothing else] happened and [nothing else] happened"
    assert [row.snippet for row in filled.articles(asked)] == [found]
    assert {row.snippet for row in filled.articles(ArticleQuery())} == {None}


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("The ferry. Ferries!", "ferr*", "The [ferry. Ferries]!"),
        ("North, Sea and sea", '"north sea"', "[North, Sea] and sea"),
        ("a b c", "c OR a -b", "[a] b [c]"),
        ("<b>Sea</b>\n[x]", "sea", "<b>[Sea]</b> [x]"),
        ("Nothing of it", "sea", "Nothing of it"),
        ("", "sea", ""),
    ],
)
def test_a_snippet_has_hits_in_brackets(text: str, words: str, expected: str) -> None:
    assert snippet(text, parse(words)) == expected


def test_a_long_text_is_cut_around_the_first_hit() -> None:
    text = " ".join(f"w{number}" for number in range(1_000))
    cut = snippet(text, parse("w500 w520 w900"))
    assert cut.startswith("…w492 ") and cut.endswith(" w521…") and "[w500]" in cut and "[w520]" in cut


@given(st.text(max_size=200), st.text(max_size=20))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_snippet_says_nothing_that_the_text_does_not(text: str, words: str) -> None:
    shown = snippet(text, parse(words))
    assert set(shown) <= set(text) | set(" […]")
