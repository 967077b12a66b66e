"""The store as a library: the index that is written is the index that is read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.jobs import library
from crawler.jobs.library import StoredIndex
from dedupe import postings
from storage.store import Store
from tests.examples import at_most

_COUNT = 40


def filled(store: Store, seed: int) -> tuple[StoredIndex, postings.MemoryIndex]:
    """File the same runs in the store and in memory."""
    store.clear_dedupe()
    stored, memory = StoredIndex(store), postings.MemoryIndex()
    draw = np.random.default_rng(seed)
    for number in range(_COUNT):
        keys = draw.integers(0, 2**postings.KEY_BITS, (30, 77), dtype=np.uint32)
        run = postings.to_run(keys, np.arange(number * 30, number * 30 + 30, dtype=np.uint32))
        for index in (stored, memory):
            index.add(number % 2, run)
    return stored, memory


@pytest.mark.parametrize("wanted", [5, 3000])
def test_what_is_filed_is_found_after_merges(store: Store, wanted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_MERGED_AT_ONCE", 5000)
    stored, memory = filled(store, wanted)
    assert len(store.index.runs(0, 1)) < _COUNT / 2
    assert stored.buckets() == memory.buckets() == [0, 1]
    everything = np.sort(np.concatenate(list(memory.read(0, 1, np.empty(0, dtype=np.uint32)))))
    chosen = np.sort(np.random.default_rng(1).choice(everything, wanted, replace=False))
    keys = np.unique((chosen >> np.uint64(32)).astype(np.uint32))
    read = np.concatenate(list(stored.read(0, 1, keys)))
    assert np.isin(chosen, read).all()
    assert np.isin(read, everything).all()
    assert len(np.unique(read)) == len(read)
    assert sum(run.postings for run in store.index.runs(0, 1)) == len(everything)


@settings(max_examples=at_most(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 2**postings.KEY_BITS - 1), max_size=20))
def test_each_part_of_a_read_ascends(store: Store, keys: list[int]) -> None:
    stored = StoredIndex(store)
    if not store.index.runs(0, 1):
        filled(store, 1)
    for run in stored.read(0, 1, np.array(sorted(set(keys)), dtype=np.uint32)):
        assert (run[1:] > run[:-1]).all()
