"""Whatever is imported, revised, decided, undone, purged, pruned and rebuilt, in any order: what must hold holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from crawler import jobs
from crawler.errors import DecisionError
from crawler.jobs import dedupe
from crawler.jobs.dedupe import deduplicate
from storage.queries import Queries
from storage.store import Store
from storage.types import ClusterRow, DecisionKind, Role
from tests import postgres
from tests.dedupe import prose
from tests.jobs.test_deciding import say
from tests.jobs.test_dedupe import NOON, article, put, view

pytestmark = pytest.mark.usefixtures("small_batches")
_numbers = count(1)
SITES = ("a.example", "b.example", "c.example")
NUMBERS = st.integers(0, 99)  # picks one of what is there


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge two revisions at a time, so that batches end amid clusters, and some have superseded revisions alone."""
    monkeypatch.setattr(dedupe, "_BATCH", 2)


def machine(new_store_url: Callable[[], AbstractContextManager[str]]) -> type[RuleBasedStateMachine]:
    """Make a machine that plays with stores of one kind, a new one for each game."""

    class Playing(_Playing):
        url = staticmethod(new_store_url)

    return Playing


class _Playing(RuleBasedStateMachine):
    url: Callable[[], AbstractContextManager[str]]

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.store = self._open.enter_context(Store.open(self._open.enter_context(type(self).url())))
        self.hours = 0

    def teardown(self) -> None:
        self.judge()
        self.rebuild()
        self._open.close()

    @rule(name=st.sampled_from("pqrs"), site=st.sampled_from(SITES), body=prose.BODIES)
    def import_or_revise(self, name: str, site: str, body: str) -> None:
        self.hours += 1
        put(self.store, [article(name, body, site, self.hours)], self.hours)

    @rule()
    def judge(self) -> None:
        deduplicate(self.store, jobs.Silent())

    @precondition(lambda self: self._articles())
    @rule(kind=st.sampled_from(["same", "different"]), a=NUMBERS, b=NUMBERS)
    def decide_on_a_pair(self, kind: str, a: int, b: int) -> None:
        self._say(kind, self._pick(a), self._pick(b))

    @precondition(lambda self: self._articles())
    @rule(number=NUMBERS)
    def decide_what_is_canonical(self, number: int) -> None:
        self._say("canonical-is", self._pick(number))

    @rule(site=st.sampled_from(SITES[:2]))
    def ignore_a_source(self, site: str) -> None:
        self._say("ignore-source", site)

    @precondition(lambda self: self.store.decisions.read())
    @rule(number=NUMBERS)
    def undo(self, number: int) -> None:
        decisions = self.store.decisions.read()
        self._say("undo", decisions[number % len(decisions)].id)

    @precondition(lambda self: self._articles())
    @rule(number=NUMBERS)
    def purge(self, number: int) -> None:
        url = Queries(self.store).article(str(self._pick(number))).article.url
        jobs.purge(self.store, [url], "wrong")

    @rule(hours=st.integers(0, 3))
    def prune(self, hours: int) -> None:
        jobs.prune(self.store, NOON + timedelta(hours=self.hours - hours), jobs.Silent())

    @rule()
    def rebuild(self) -> None:
        self.judge()
        before = view(self.store)
        jobs.rebuild(self.store, jobs.Silent())
        assert view(self.store) == before

    @invariant()
    def every_article_that_is_judged_is_in_one_cluster(self) -> None:
        members = [member.id for row in self._clusters() for member in row.members]
        placed = {article_id for article_id, place in self._places().items() if place is not None}
        assert sorted(members) == sorted(placed)
        assert len(placed) >= len(self._places()) - self.store.count_pending()

    @invariant()
    def every_cluster_has_one_canonical_article_the_one_that_was_decided(self) -> None:
        chosen = {
            article_id: each.id
            for each in self.store.decisions.read(kind=DecisionKind.CANONICAL_IS)
            for article_id in each.articles
        }
        for row in self._clusters():
            canonical = [member.id for member in row.members if member.role is Role.CANONICAL]
            assert canonical == [row.canonical.id]
            decided = [member.id for member in row.members if member.id in chosen]
            assert not decided or canonical == [max(decided, key=lambda member: chosen[member])]

    @invariant()
    def decisions_hold(self) -> None:
        places = self._places()
        ignored = self.store.decisions.ignored(places)
        assert all(len(row.members) == 1 for row in self._clusters() if any(m.id in ignored for m in row.members))
        for each in self.store.decisions.read():
            if each.article_a is None or each.article_b is None or each.articles & ignored:
                continue
            together = places[each.article_a] == places[each.article_b]
            assert together == (each.kind is DecisionKind.SAME)

    def _say(self, kind: str, *subjects: object) -> None:
        before = view(self.store)
        try:
            say(self.store, kind, *subjects)
        except DecisionError:
            assert view(self.store) == before

    def _articles(self) -> list[int]:
        return sorted(Queries(self.store).places())

    def _pick(self, number: int) -> int:
        return self._articles()[number % len(self._articles())]

    def _places(self) -> dict[int, int | None]:
        return {article_id: place.cluster_id for article_id, place in Queries(self.store).places().items()}

    def _clusters(self) -> list[ClusterRow]:
        return list(Queries(self.store).clusters(min_size=1))


def play(new_store_url: Callable[[], AbstractContextManager[str]], games: int, steps: int) -> None:
    how = settings(max_examples=games, stateful_step_count=steps, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine(new_store_url), settings=how)


def in_memory() -> AbstractContextManager[str]:
    return nullcontext("sqlite://")


def test_what_must_hold_holds() -> None:
    play(in_memory, games=10, steps=12)


@pytest.mark.slow
def test_what_must_hold_holds_in_many_games() -> None:
    play(in_memory, games=100, steps=40)


@pytest.mark.slow
def test_what_must_hold_holds_on_postgresql(postgres_url: str) -> None:
    def schema() -> AbstractContextManager[str]:
        return postgres.schema(postgres_url, f"wirefold_game_{os.getpid()}_{next(_numbers)}")

    play(schema, games=20, steps=20)
