"""Kept pages read again by other rules: what changes, what stays, and that a second run changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler import jobs
from crawler.extract.overrides import Overrides
from crawler.extract.page import Page
from crawler.jobs.dedupe import judged as judge_new
from crawler.jobs.keeping import Keeper, keeping
from crawler.jobs.pages import FEED, kept_page, page_of
from storage.queries import Queries
from storage.store import Store
from storage.types import ONLY_THE_BEGINNING, TEXT_FROM, Article, Rejection, Stage
from tests.dedupe import prose
from tests.examples import at_most
from tests.jobs.test_archives import counts, ingest, write
from tests.jobs.test_dedupe import view

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
Rules = Callable[[Page], Article | Rejection]


def a_page(number: int = 1, *, hours: int = 0, site: str = "a.example", **fields: Any) -> Page:
    given: dict[str, Any] = {"content_type": "text/html", "source": "a", "fetched_at": NOON + hours * HOUR}
    content = f"page {number} at {hours}".encode()
    return Page(**{**given, "url": f"https://{site}/{number}", "content": content, **fields})


def article(page: Page, **fields: Any) -> Article:
    """Make the article that the rules in force find on a page."""
    given: dict[str, Any] = {
        "url": page.url,
        "site": page.url.split("/")[2],
        "source": page.source,
        "headline": "A headline",
        "article_body": prose.text(int(page.url.rpartition("/")[2])),
    }
    return Article(**{**given, **fields})


def rejection(page: Page, reason: str = "too-short") -> Rejection:
    return Rejection(url=page.url, source=page.source or "", stage=Stage.EXTRACT, reason=reason)


class Pool:
    """Extracts by the rules of a test, in this process."""

    rules: Rules = staticmethod(article)

    def __init__(self, processes: int | None, *, overrides: Overrides) -> None:
        pass

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def extract(self, page: Page) -> Future[Article | Rejection]:
        done: Future[Article | Rejection] = Future()
        done.set_result(Pool.rules(page))
        return done


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Rules], None]]:
    """Put rules of extraction in force."""
    module = import_module("crawler.jobs.reextract")  # the job of that name hides it
    monkeypatch.setattr(module, "WorkerPool", Pool)
    yield lambda found: setattr(Pool, "rules", staticmethod(found))
    Pool.rules = staticmethod(article)


def came(store: Store, page: Page, result: Article | Rejection, *, is_kept: bool = True, text_from: str = "") -> None:
    """Note what a page gave when it came."""
    with keeping(store, "crawl", keeps_pages=is_kept) as keeper, store.transaction():
        keep(keeper, page, result, text_from)


def keep(keeper: Keeper, page: Page, result: Article | Rejection, text_from: str = "") -> None:
    """Keep what a page gave, and the page."""
    names = keeper.put(result, page.fetched_at)
    keeper.keep_page(page, result, names, text_from or None)


def judged(store: Store) -> None:
    with keeping(store, "crawl") as keeper:
        judge_new(store, keeper, jobs.Silent())


def reextract(store: Store, *, dry_run: bool = False, **choice: str) -> jobs.Summary:
    return jobs.reextract(store, jobs.Choice(**choice), workers=1, progress=jobs.Silent(), dry_run=dry_run)


def changes(summary: jobs.Summary) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Give what changed by address: the kind, and the fields."""
    return {change.url: (change.what, tuple(change.fields)) for change in summary.changes}


def revisions(queries: Queries, ref: str = "1") -> list[tuple[str, str, bool]]:
    return [(row.article_body, row.cause, row.is_current) for row in queries.article(ref).revisions]


def is_settled(store: Store) -> bool:
    """Say whether another run changes nothing, in what it reports and in what is stored."""
    before = view(store), [replace(page, id=0) for page in store.pages()], Queries(store).stats().rejected
    summary = reextract(store)
    after = view(store), [replace(page, id=0) for page in store.pages()], Queries(store).stats().rejected
    return summary.changes == [] and before == after


# -- keeping pages -----------------------------------------------------------------------------------------------------


def test_a_kept_page_is_rebuilt_exactly() -> None:
    page = a_page(
        requested_url="https://a.example/?1",
        headline_listed="Listed",
        date_listed=NOON,
        language="de",
        publisher="A",
        opt_outs=("noai",),
    )
    assert page_of(kept_page(page, article(page))) == page
    assert page_of(kept_page(page, rejection(page), FEED)) == page


def test_pages_of_an_archive_are_kept_when_asked_for_and_give_the_same_again(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "news.warc.gz", range(3))
    ingest(store, file)
    assert store.count_pages() == 0
    ingest(store, file, again=True, keep_pages=True)
    assert store.count_pages() == 3
    summary = reextract(store)
    assert counts(summary, "reextracted", "changed", "kept", "rejected", "pages", "judged") == (3, 0, 0, 0, 0, 0)


def test_pages_that_gave_no_article_are_kept_with_the_reason(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "one.example"
    folder.mkdir()
    (folder / "1.html").write_text("<html><body><p>Short.</p></body></html>")
    ingest(store, tmp_path, keep_pages=True)
    [page] = store.pages()
    assert (page.url, page.is_article, page.reason) == ("https://one.example/1.html", False, "too-short")
    assert reextract(store).changes == []


def test_a_page_is_stored_with_its_article_or_not_at_all(store: Store) -> None:
    page = a_page()
    with pytest.raises(RuntimeError), keeping(store, "crawl", keeps_pages=True) as keeper, store.transaction():
        names = keeper.put(article(page), NOON)
        keeper.keep_page(page, article(page), names)
        raise RuntimeError
    assert (store.count_pages(), Queries(store).stats().articles) == (0, 0)


def test_a_paywall_s_beginning_takes_not_the_place_of_the_page_that_showed_the_whole_text(store: Store) -> None:
    whole, stub = a_page(), a_page(hours=1)
    beginning = article(whole).article_body[:200]
    came(store, whole, article(whole))
    came(store, stub, article(stub, article_body=beginning, notes=(ONLY_THE_BEGINNING,)))
    assert [page.content for page in store.pages()] == [whole.content]


# -- what changes ------------------------------------------------------------------------------------------------------


def test_a_changed_text_is_a_revision_by_rules_and_is_judged_again(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    page, copy = a_page(1), a_page(1, site="b.example")
    came(store, page, article(page, article_body=prose.text(9), authors=("Ann",)))
    came(store, copy, article(copy))
    judged(store)
    assert queries.stats().clusters == 2
    summary = reextract(store)
    assert changes(summary) == {page.url: ("changed", ("article_body", "authors"))}
    assert counts(summary, "reextracted", "changed", "changed/authors", "judged", "joined") == (2, 1, 1, 1, 1)
    assert revisions(queries) == [(prose.text(9), "publisher", False), (prose.text(1), "rules", True)]
    assert [row.command for row in queries.article("1").revisions] == ["crawl", "reextract"]
    assert queries.article("1").article == article(page)
    assert is_settled(store)


def test_other_fields_are_replaced_without_a_revision(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    page = a_page()
    came(store, page, article(page))
    judged(store)
    new: dict[str, Any] = {
        "authors": ("Ann", "Bob"),
        "date_published": NOON,
        "provenance": {"authors": "seen"},
        "notes": ("live-blog",),
        "headline": "A  headline",
    }
    rules(lambda page: article(page, **new))
    summary = reextract(store)
    [change] = summary.changes
    assert change.fields == {
        "authors": ("", "Ann, Bob"),
        "date_published": (None, NOON),
        "provenance": ("", "authors: seen"),
        "notes": ("", "live-blog"),
    }
    assert counts(summary, "changed", "judged") == (1, 0)
    assert queries.article("1").article == article(page, **new | {"headline": "A headline"})
    assert len(revisions(queries)) == 1
    assert is_settled(store)


def test_what_extraction_does_not_know_stays(store: Store, queries: Queries, rules: Callable[[Rules], None]) -> None:
    page = a_page()
    known: dict[str, Any] = {"external_id": "x1", "source": "agency", "address": "https://www.a.example/1"}
    came(store, page, article(page, extra={"desk": "night"}, **known), is_kept=False)
    came(store, page, article(page))
    rules(lambda page: article(page, url="https://a.example/moved", description="New"))
    assert changes(reextract(store)) == {page.url: ("changed", ("description",))}
    assert queries.article("1").article == article(page, extra={"desk": "night"}, description="New", **known)
    assert is_settled(store)


def test_an_article_is_found_though_its_claims_moved_it(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    page = a_page(2)
    came(store, page, article(page, url="https://a.example/1", description="Old"))
    [kept] = store.pages()
    assert (kept.url, kept.address) == ("https://a.example/1", page.url)
    reextract(store)
    assert queries.article("https://a.example/1").article.description is None
    assert queries.stats().articles == 1


def test_an_article_whose_page_is_rejected_now_stays_and_the_loss_is_told_once(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    page = a_page()
    came(store, page, article(page))
    judged(store)
    rules(lambda page: rejection(page, "gallery-page"))
    summary = reextract(store)
    assert changes(summary) == {page.url: ("rejected", ("reason",))}
    assert counts(summary, "rejected", "rejected/extract/gallery-page") == (1, 1)
    assert queries.article(page.url).article == article(page)
    [loss] = queries.why(page.url).rejections
    assert (loss.reason, loss.command, loss.date_first_seen) == ("gallery-page", "reextract", NOON)
    assert is_settled(store)
    rules(article)
    assert reextract(store).changes == []
    assert [kept.reason for kept in store.pages()] == [None]


def test_a_page_that_was_rejected_goes_in_as_an_article(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    page = a_page()
    came(store, page, rejection(page))
    rules(lambda page: article(page, url="https://a.example/claimed"))
    summary = reextract(store)
    assert changes(summary) == {page.url: ("kept", ("reason",))}
    assert counts(summary, "kept", "changed", "judged") == (1, 0, 1)
    assert queries.article(page.url).article.url == "https://a.example/claimed"
    assert queries.article(page.url).date_first_seen == NOON
    assert is_settled(store)


def test_a_page_that_is_rejected_for_another_reason_has_that_reason_too(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    page = a_page()
    came(store, page, rejection(page, "quarantined-error"))
    rules(rejection)
    assert reextract(store).changes[0].fields == {"reason": ("quarantined-error", "too-short")}
    assert queries.stats().rejected == {"extract/quarantined-error": 1, "extract/too-short": 1}
    assert is_settled(store)


def test_an_older_page_does_not_put_its_text_in_front(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    page, later = a_page(), a_page(hours=5)
    came(store, page, article(page, article_body="Old", authors=("Ann",)))
    came(store, later, article(later, article_body="Later", authors=("Bob",)), is_kept=False)
    [change] = reextract(store).changes
    assert (change.is_current, tuple(change.fields)) == (False, ("article_body",))
    assert revisions(queries) == [
        ("Old", "publisher", False),
        (prose.text(1), "rules", False),
        ("Later", "publisher", True),
    ]
    assert queries.article("1").article.authors == ("Bob",)
    assert is_settled(store)


def test_a_page_that_at_last_gives_its_article_goes_before_the_text_of_the_feed(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    page = a_page()
    feed = a_page(content=b"from the feed")
    came(store, page, rejection(page, "login-page"))
    came(store, feed, article(feed, article_body=prose.text(9), extra={TEXT_FROM: FEED}), text_from=FEED)
    rules(lambda page: article(page, article_body=prose.text(9)) if page == feed else rejection(page, "login-page"))
    assert reextract(store).changes == []
    rules(lambda page: article(page, article_body=prose.text(9)) if page == feed else article(page))
    assert changes(reextract(store)) == {page.url: ("changed", ("article_body", "extra"))}
    assert revisions(queries)[1:] == [(prose.text(1), "rules", True)]
    assert queries.article("1").article.extra == {}
    assert [kept.content for kept in store.pages()] == [page.content]
    assert is_settled(store)


def test_a_newer_page_that_gave_nothing_is_no_matter_of_rules_alone(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    page, later = a_page(), a_page(hours=5)
    came(store, page, article(page, article_body="Old"))
    came(store, later, rejection(later))
    rules(lambda page: article(page, article_body="Old" if page.fetched_at == NOON else "New"))
    reextract(store)
    assert revisions(queries) == [("Old", "publisher", False), ("New", "publisher", True)]
    assert is_settled(store)


def test_what_was_purged_does_not_come_back(store: Store, queries: Queries, rules: Callable[[Rules], None]) -> None:
    page, other = a_page(1), a_page(2)
    came(store, page, article(page))
    came(store, other, rejection(other))
    jobs.purge(store, [page.url], "their request")
    rules(lambda other: article(other, url=page.url))
    summary = reextract(store)
    assert (summary.changes, counts(summary, "reextracted", "refused", "kept")) == ([], (1, 1, 0))
    assert (store.count_pages(), queries.stats().articles) == (0, 0)


def test_only_the_chosen_pages_are_read(store: Store, rules: Callable[[Rules], None]) -> None:
    for page in (a_page(1), a_page(2, site="b.example"), a_page(3, source="c")):
        came(store, page, article(page, authors=("Ann",)))
    assert set(changes(reextract(store, site="b.example"))) == {"https://b.example/2"}
    assert set(changes(reextract(store, source="c"))) == {"https://a.example/3"}


def test_a_dry_run_tells_what_a_run_would_change_and_changes_nothing(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    for page in map(a_page, range(4)):
        came(store, page, rejection(page) if page.url.endswith("3") else article(page, authors=("Ann",)))
    judged(store)
    rules(lambda page: rejection(page) if page.url.endswith("0") else article(page))
    before = view(store), queries.stats(), list(store.pages())
    rehearsed = reextract(store, dry_run=True)
    assert (view(store), queries.stats(), list(store.pages())) == before
    done = reextract(store)
    assert rehearsed.changes == done.changes
    assert len(done.changes) == 4
    names = ("reextracted", "changed", "kept", "rejected", "rejected/extract/too-short", "changed/authors")
    assert counts(rehearsed, *names) == counts(done, *names) == (4, 2, 1, 1, 1, 2)


def test_a_run_that_is_interrupted_keeps_what_it_has_done_and_tells_it(
    store: Store, queries: Queries, rules: Callable[[Rules], None]
) -> None:
    with keeping(store, "crawl", keeps_pages=True) as keeper, store.transaction():
        for page in map(a_page, range(100)):
            keep(keeper, page, article(page, article_body=f"Old {page.url}"))
    extracted = itertools.count()

    def interrupted(page: Page) -> Article:
        if next(extracted) == 90:
            raise KeyboardInterrupt
        return article(page)

    rules(interrupted)
    first = reextract(store)
    assert counts(first, "unfinished", "judged") == (1, 0)
    assert 0 < len(first.changes) == first.counts["changed"] == queries.stats().revisions_by_rules < 90
    rules(article)
    second = reextract(store)
    assert len(first.changes) + len(second.changes) == 100
    assert counts(second, "judged") == (100,)
    assert is_settled(store)


# -- dates and clusters ------------------------------------------------------------------------------------------------


def test_a_changed_date_changes_what_it_decided(store: Store, queries: Queries, rules: Callable[[Rules], None]) -> None:
    page, copy = a_page(1), a_page(1, site="b.example")
    came(store, page, article(page, date_published=NOON))
    came(store, copy, article(copy, date_published=NOON - 90 * 24 * HOUR))
    judged(store)
    assert queries.stats().clusters == 2
    rules(lambda page: article(page, date_published=NOON - (HOUR if "b.example" in page.url else 0 * HOUR)))
    summary = reextract(store)
    assert counts(summary, "changed", "judged") == (1, 0)
    assert queries.stats().clusters == 1
    found = view(store)
    jobs.rebuild(store, jobs.Silent())
    assert view(store) == found


_RESULTS = st.sampled_from(["article", "article", "other", "dated", "rejected"])
_CAPTURES = st.lists(
    st.tuples(
        st.sampled_from(["https://a.example/1", "https://a.example/2", "https://b.example/1"]),
        st.integers(0, 3),
        _RESULTS,
        st.sampled_from(["kept", "kept", "not kept", FEED]),
    ),
    min_size=1,
    max_size=7,
)


def _result(page: Page, what: str) -> Article | Rejection:
    if what == "rejected":
        return rejection(page)
    fields: dict[str, dict[str, Any]] = {
        "article": {},
        "other": {"article_body": prose.text(1, 12) + page.content.decode(), "authors": ("Ann",)},
        "dated": {"date_published": NOON - 40 * 24 * HOUR, "url": "https://a.example/1"},
    }
    return article(page, **fields[what])


@pytest.mark.slow
@settings(max_examples=at_most(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(captures=_CAPTURES, later=st.lists(_RESULTS, min_size=7, max_size=7))
def test_whatever_rules_change_a_second_run_changes_nothing_and_a_rebuild_gives_the_same(
    rules: Callable[[Rules], None], captures: list[tuple[str, int, str, str]], later: list[str]
) -> None:
    with Store.open("sqlite://") as store:
        pages = {}
        for number, (url, hours, what, how) in enumerate(captures):
            page = replace(a_page(hours=hours), url=url, content=str(number).encode())
            pages[page.content] = later[number]
            came(store, page, _result(page, what), is_kept=how != "not kept", text_from=how if how == FEED else "")
        judged(store)
        articles = Queries(store).stats().articles
        rules(lambda page: _result(page, pages[page.content]))
        reextract(store)
        assert is_settled(store)
        assert Queries(store).stats().articles >= articles
        found = view(store)
        jobs.rebuild(store, jobs.Silent())
        assert view(store) == found
