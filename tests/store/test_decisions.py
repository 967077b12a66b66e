"""What people decide, kept on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from storage.errors import NotFound
from storage.queries import Queries
from storage.store import Store
from storage.types import Decision, DecisionKind
from tests.store.build import DAY, NOON, a_cluster, an_article, judge, put, put_many


def a_decision(kind: DecisionKind, *numbers: int, **fields: Any) -> Decision:
    """Make a decision on articles by number."""
    urls = dict(zip(("url_a", "url_b"), (an_article(number).url for number in numbers), strict=False))
    return Decision(kind=kind, **{"decided_by": "kim", "decided_at": NOON, **urls, **fields})


def same(*numbers: int) -> Decision:
    return a_decision(DecisionKind.SAME, *numbers)


def different(*numbers: int) -> Decision:
    return a_decision(DecisionKind.DIFFERENT, *numbers)


def undo(decision_id: int) -> Decision:
    return a_decision(DecisionKind.UNDO, undoes=decision_id)


@pytest.fixture
def four(store: Store) -> Iterator[Store]:
    """Give a store of four articles, the last of another source."""
    put_many(store, 3)
    put(store, an_article(4, source="agency"))
    yield store


def in_force(store: Store) -> list[int]:
    return [decision.id for decision in store.decisions.read()]


def test_a_decision_is_read_as_it_was_put_with_the_ids_of_its_articles(four: Store) -> None:
    put_it = a_decision(DecisionKind.SAME, 1, 9, note="word by word\n[bold]\0")
    decision_id = four.decisions.put(put_it)
    found = four.decisions.get(decision_id)
    assert (found.url_a, found.url_b, found.decided_at, found.note) == (
        put_it.url_a,
        put_it.url_b,
        NOON,
        "word by word\n[bold]",
    )
    assert (found.article_a, found.article_b, found.articles, found.ended_by) == (1, None, {1}, None)
    with pytest.raises(NotFound, match="decision 99"):
        four.decisions.get(99)


def test_a_later_decision_on_the_same_pair_replaces_the_earlier(four: Store) -> None:
    ids = [four.decisions.put(each) for each in (same(1, 2), same(1, 3), different(1, 2), same(1, 2))]
    assert in_force(four) == [ids[1], ids[3]]
    assert [each.ended_by for each in four.decisions.read(ended=True)] == [ids[3], None, ids[3], None]


def test_what_is_undone_is_not_in_force_and_what_it_replaced_is_again(four: Store) -> None:
    first, second = four.decisions.put(same(1, 2)), four.decisions.put(different(1, 2))
    four.decisions.put(undo(second))
    assert in_force(four) == [first]
    four.decisions.put(undo(first))
    assert in_force(four) == []
    assert len(four.decisions.read(ended=True)) == 4


def test_decisions_are_listed_by_kind_person_and_article(four: Store) -> None:
    by_lee = a_decision(DecisionKind.DIFFERENT, 2, 3, decided_by="lee")
    ids = [four.decisions.put(each) for each in (same(1, 2), by_lee)]
    ids.append(four.decisions.put(a_decision(DecisionKind.IGNORE_SOURCE, source="agency")))
    assert [each.id for each in four.decisions.read(kind=DecisionKind.SAME)] == ids[:1]
    assert [each.id for each in four.decisions.read(decided_by="lee")] == ids[1:2]
    assert [each.id for each in four.decisions.read(about=2)] == ids[:2]
    assert [each.id for each in four.decisions.read(about=4)] == ids[2:]
    assert [each.id for each in four.decisions.about([1, 4])] == [ids[0], ids[2]]


def test_decisions_go_on_after_the_last_that_was_read(four: Store) -> None:
    first, second, third = (four.decisions.put(same(1, other)) for other in (2, 3, 4))
    assert [each.id for each in four.decisions.read(after=first)] == [second, third]
    assert [each.id for each in four.decisions.read(after=first, limit=1)] == [second]


def test_the_last_decisions_come_the_last_first(four: Store) -> None:
    first, second = (four.decisions.put(same(1, other)) for other in (2, 3))
    third = four.decisions.put(different(1, 3))
    assert [each.id for each in four.decisions.latest(9)] == [third, first]
    assert [each.id for each in four.decisions.latest(1)] == [third]
    assert [each.id for each in four.decisions.latest(2, ended=True)] == [third, second]
    assert four.decisions.count() == 3


def test_articles_of_ignored_sources_are_known(four: Store) -> None:
    decision_id = four.decisions.put(a_decision(DecisionKind.IGNORE_SOURCE, source="agency"))
    assert four.decisions.ignored([1, 4]) == {4}
    assert four.decisions.articles_of("agency") == [4]
    four.decisions.put(undo(decision_id))
    assert four.decisions.ignored([1, 4]) == set()


def test_components_follow_decisions_that_articles_are_the_same(four: Store) -> None:
    ids = [four.decisions.put(same(*pair)) for pair in ((1, 2), (2, 3))]
    four.decisions.put(different(3, 4))
    assert four.component([3]) == ({1, 2, 3}, [])
    four.decisions.put(undo(ids[0]))
    assert four.component([3]) == ({2, 3}, [])


def test_a_purge_leaves_decisions_harmless_even_when_its_id_is_given_again(four: Store) -> None:
    """SQLite gives the id of the newest article to the next one."""
    four.decisions.put(same(3, 4))
    four.purge(an_article(4).url, "wrong", run_id=four.start_run("purge", NOON), at=NOON)
    put(four, an_article(5), NOON + DAY)
    [found] = four.decisions.read()
    assert (found.article_a, found.article_b) == (3, None)
    assert four.component([3])[0] == {3}


def test_a_cluster_comes_with_the_decisions_about_its_members(four: Store, queries: Queries) -> None:
    judge(four, [a_cluster(1, 2), a_cluster(3), a_cluster(4)])
    ids = [four.decisions.put(different(*pair)) for pair in combinations((1, 2, 3), 2)]
    ids.append(four.decisions.put(a_decision(DecisionKind.IGNORE_SOURCE, source="agency")))
    shown = [[each.id for each in row.decisions] for row in queries.clusters(min_size=1)]
    assert shown == [ids[:3], ids[1:3], ids[3:]]


def test_a_store_with_many_decisions_is_asked_about_many_articles_at_once(store: Store) -> None:
    with store.transaction():
        put_many(store, 700)
        for number in range(2, 701):
            store.decisions.put(same(1, number))
    assert len(store.decisions.about(range(1, 701))) == 699
    assert store.component([9])[0] == set(range(1, 701))
