"""The queue is filled from the store, and filled again as pairs are settled."""

from __future__ import annotations

import pytest

from crawler.web import queue
from dedupe.thresholds import DEFAULT
from storage.store import Store
from storage.types import DecisionKind
from tests.store.build import a_cluster, an_edge, judge, put_many
from tests.store.test_decisions import a_decision, different


def _pairs(store: Store) -> list[tuple[int, int]]:
    return [(look.a.id, look.b.id) for look in queue.read_queue(store, DEFAULT).looks]


def test_when_the_most_doubtful_are_settled_the_next_ones_come(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_BORDERLINE", 1)
    put_many(store, 4)
    shares = {(1, 2): 0.28, (3, 4): 0.25}
    edges = [an_edge(*ends, joins=False, containment=share) for ends, share in shares.items()]
    judge(store, [a_cluster(number) for number in range(1, 5)], edges)
    assert _pairs(store) == [(1, 2)]
    store.decisions.put(different(1, 2))
    assert _pairs(store) == [(3, 4)]
    store.decisions.put(different(3, 4))
    assert _pairs(store) == []


def test_a_large_cluster_waits_for_a_look_however_sure_its_pairs_are(store: Store) -> None:
    put_many(store, 6)
    judge(store, [a_cluster(*range(1, 7))], [an_edge(1, other, containment=0.97) for other in range(2, 7)])
    assert _pairs(store) == [(1, 2)]
    store.decisions.put(a_decision(DecisionKind.SAME, 1, 2))
    assert _pairs(store) == []


def test_rules_are_measured_by_what_was_settled(store: Store) -> None:
    put_many(store, 3)
    judge(store, [a_cluster(1, 2), a_cluster(3)], [an_edge(1, 2), an_edge(1, 3, joins=False, containment=0.28)])
    store.decisions.put(a_decision(DecisionKind.SAME, 1, 3))
    store.decisions.put(a_decision(DecisionKind.SAME, 1, 2))
    found = queue.read_queue(store, DEFAULT)
    assert (found.settled.precision, found.settled.recall) == (1.0, 0.5)
    assert found.progress == 1.0
