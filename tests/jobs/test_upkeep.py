"""Old variants are pruned, stores are copied, broken connections are made up for; dedupe goes on as if nothing was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from crawler import jobs
from crawler.jobs.clustering import recluster
from crawler.jobs.dedupe import deduplicate
from crawler.jobs.keeping import Keeper, utc_now
from storage.checking import findings
from storage.queries import Queries
from storage.store import Store
from storage.types import Article, Outcome
from tests.dedupe import prose
from tests.store.build import DAY, NOON, an_article, put
from tests.store.test_locking import lose

LATER = NOON + 100 * DAY


def copies(number: int, count: int) -> list[Article]:
    """Make articles of one text on so many sites."""
    return [
        an_article(
            url=f"https://site{site}.example/{number}",
            site=f"site{site}.example",
            article_body=prose.text(number, 12),
            date_published=NOON + timedelta(hours=site),
        )
        for site in range(count)
    ]


def partition(store: Store) -> set[frozenset[str]]:
    clusters = Queries(store).clusters(min_size=1)
    return {frozenset(member.url for member in cluster.members) for cluster in clusters}


@pytest.fixture
def old_and_new(store: Store) -> Store:
    """A store with an old cluster of three, one of two of which one copy is new, and one article alone."""
    for article in (*copies(1, 3), *copies(2, 1), *copies(3, 1)):
        put(store, article)
    put(store, copies(2, 2)[1], LATER)
    deduplicate(store, jobs.Silent())
    return store


def test_of_old_clusters_only_the_canonical_article_stays(old_and_new: Store) -> None:
    summary = jobs.prune(old_and_new, LATER - DAY, jobs.Silent())
    assert (summary.counts["pruned"], summary.counts["clusters"], summary.problems) == (2, 1, [])
    one, two, three = (copies(number, 3) for number in (1, 2, 3))
    assert partition(old_and_new) == {
        frozenset({one[0].url}), frozenset({two[0].url, two[1].url}), frozenset({three[0].url})
    }  # fmt: skip
    assert Queries(old_and_new).totals().canonical == 3
    assert list(findings(old_and_new)) == []


def test_a_dry_run_of_pruning_counts_and_changes_nothing(old_and_new: Store) -> None:
    summary = jobs.prune(old_and_new, LATER - DAY, jobs.Silent(), dry_run=True)
    assert summary.counts == {"pruned": 2, "clusters": 1}
    assert Queries(old_and_new).totals().articles == 6


def test_what_is_pruned_says_of_what_it_was_a_copy_and_does_not_come_back(old_and_new: Store) -> None:
    canonical, variant, _ = copies(1, 3)
    jobs.prune(old_and_new, LATER - DAY, jobs.Silent())
    [loss] = Queries(old_and_new).why(variant.url).rejections
    assert (loss.stage, loss.reason, loss.detail) == ("discovery", "pruned", f"a copy of {canonical.url}")
    assert old_and_new.known_urls([variant.url]) == {variant.url}
    assert put(old_and_new, variant) == Outcome.REFUSED


def test_a_copy_of_a_canonical_article_that_was_pruned_around_joins_it(old_and_new: Store) -> None:
    jobs.prune(old_and_new, LATER - DAY, jobs.Silent())
    canonical, new = copies(1, 1)[0], copies(1, 9)[8]
    put(old_and_new, new, LATER)
    deduplicate(old_and_new, jobs.Silent())
    assert frozenset({canonical.url, new.url}) in partition(old_and_new)


def test_a_rebuild_after_pruning_changes_nothing(old_and_new: Store) -> None:
    jobs.prune(old_and_new, LATER - DAY, jobs.Silent())
    before = partition(old_and_new)
    jobs.rebuild(old_and_new, jobs.Silent())
    assert partition(old_and_new) == before


def test_pruning_twice_prunes_nothing_more(old_and_new: Store) -> None:
    jobs.prune(old_and_new, LATER - DAY, jobs.Silent())
    assert jobs.prune(old_and_new, LATER - DAY, jobs.Silent()).counts["pruned"] == 0


def test_what_a_site_repeated_stays_site_text_though_the_articles_that_had_it_were_pruned(store: Store) -> None:
    def on_site(site: str, number: int, body: str) -> Article:
        return an_article(url=f"https://{site}/{number}", site=site, article_body=body)

    for number in (1, 2):
        put(store, on_site("full.example", number, prose.text(number)))
        put(store, on_site("copying.example", number, f"{prose.text(number, 24)}\n{prose.FOOTER}"))
    for site in ("copying.example", "other.example"):
        put(store, on_site(site, 3, f"{prose.text(3, 12)}\n{prose.FOOTER}"), LATER)
    deduplicate(store, jobs.Silent())
    assert jobs.prune(store, LATER - DAY, jobs.Silent()).counts["pruned"] == 2
    before = list(Queries(store).edges())
    jobs.rebuild(store, jobs.Silent())
    assert list(Queries(store).edges()) == before


# -- copies of a store ------------------------------------------------------------------------------------------------


def test_a_copied_store_goes_on_as_the_original_would(old_and_new: Store, tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "copy.db")) as target:
        jobs.copy(old_and_new, target, jobs.Silent())
        for store in (old_and_new, target):
            for article in (*copies(1, 5)[3:], *copies(4, 2)):
                put(store, article, LATER)
            deduplicate(store, jobs.Silent())
        assert list(Queries(target).edges()) == list(Queries(old_and_new).edges())
        assert list(Queries(target).clusters()) == list(Queries(old_and_new).clusters())
        assert len(list(Queries(target).clusters())) == 3


# -- broken connections -----------------------------------------------------------------------------------------------


def test_what_waits_to_be_stored_is_stored_though_the_connection_breaks(served: Store) -> None:
    keeper = Keeper(served, "test", utc_now)
    breaks = iter([True, False])

    def break_once() -> tuple[str, ...]:
        if next(breaks):
            lose(served)
        return ("looked",)

    keeper.record(an_article(1), NOON)
    keeper.take(break_once)
    keeper.record(an_article(2), NOON)
    keeper.finish()
    assert (keeper.counts["kept"], keeper.counts["looked"], Queries(served).totals().revisions) == (2, 1, 2)


def test_a_batch_is_judged_again_when_the_connection_breaks(served: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for article in copies(1, 3):
        put(served, article)
    breaks = iter([True, False])

    def break_once(store: Store, touched: Iterable[int], priorities: Mapping[str, int]) -> None:
        if next(breaks):
            lose(store)
        recluster(store, touched, priorities)

    monkeypatch.setattr("crawler.jobs.dedupe.recluster", break_once)
    assert deduplicate(served, jobs.Silent()) == {"judged": 3, "joined": 3}
    assert len(list(Queries(served).edges())) == 3
    assert list(findings(served)) == []
