"""The index of postings against the plainest way of finding who shares keys."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import postings
from dedupe.postings import KEY_BITS, Keys, MemoryIndex, Packing, Run, find, pack, packing, select, to_run, unpack

FAMILIES = (3, 1)
KEY = st.integers(0, 2**KEY_BITS - 1)
TABLES = st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=1, max_size=30)


def table(rows: list[list[int]]) -> Keys:
    """Keys as documents have them: those of one column are never equal to those of another."""
    return np.array([[value * 4 + column for column, value in enumerate(row)] for row in rows], dtype=np.uint32)


def numbers(first: int, last: int) -> np.ndarray:
    return np.arange(first, last, dtype=np.uint32)


def filed(keys: Keys, cuts: list[int]) -> MemoryIndex:
    index = MemoryIndex()
    borders = sorted({0, len(keys), *(cut % (len(keys) + 1) for cut in cuts)})
    for first, last in pairwise(borders):
        index.add(7, to_run(keys[first:last], numbers(first, last)))
    return index


def runs(index: MemoryIndex) -> list[Run]:
    return list(index.read(7, 7, np.empty(0, dtype=np.uint32)))


@given(rows=TABLES, cuts=st.lists(st.integers(0, 99), max_size=25))
def test_who_shares_keys_is_found_however_the_index_was_filled(rows: list[list[int]], cuts: list[int]) -> None:
    keys = table(rows)
    found = find(keys, numbers(0, len(keys)), FAMILIES, 2, runs(filed(keys, cuts)), later=False)
    expected = {
        (b, a): (same[:3].count(True), same[3:].count(True))
        for b in range(len(rows))
        for a in range(b)
        if (same := [x == y for x, y in zip(rows[a], rows[b], strict=True)]).count(True) >= 2
    }
    pairs = zip(found.document.tolist(), found.other.tolist(), strict=True)
    assert dict(zip(pairs, map(tuple, found.shared.tolist()), strict=True)) == expected
    assert list(expected) == sorted(expected)


def test_a_document_that_was_filed_twice_counts_once() -> None:
    keys = table([[1, 2, 3, 4], [1, 2, 5, 5]])
    index = filed(keys, [1])
    index.add(7, to_run(keys[:1], numbers(0, 1)))
    assert find(keys[1:], numbers(1, 2), FAMILIES, 2, runs(index), later=False).shared.tolist() == [[2, 0]]


def test_later_documents_are_found_when_asked_for() -> None:
    keys = table([[1, 2, 3, 4], [1, 2, 3, 4]])
    found = find(keys[:1], numbers(0, 1), FAMILIES, 2, runs(filed(keys, [])), later=True)
    assert found.other.tolist() == [0, 1]


def test_only_the_latest_postings_of_a_key_are_read() -> None:
    count = postings.MOST_POSTINGS + 50
    keys = table([[1, 2, 3, 4]] * count)
    found = find(keys[-1:], numbers(count - 1, count), FAMILIES, 2, runs(filed(keys, [10, 99])), later=False)
    assert found.other.tolist() == list(range(49, count - 1))


def test_runs_are_merged_and_lose_nothing() -> None:
    index = MemoryIndex()
    for number in range(100):
        index.add(7, to_run(table([[number, 1, 2, 3]]), numbers(number, number + 1)))
    assert len(runs(index)) < 2 * postings.FAN_IN
    assert Counter(np.concatenate(runs(index)).tolist()).total() == 400


def test_other_buckets_are_not_read() -> None:
    index = MemoryIndex()
    for bucket in (-1, 3, 5):
        index.add(bucket, to_run(table([[bucket + 1, 0, 0, 0]]), numbers(0, 1)))
    assert len(list(index.read(-1, 4, np.empty(0, dtype=np.uint32)))) == 2


@pytest.mark.parametrize(("day", "bucket"), [(0.0, 0), (29.9, 0), (30.0, 1), (-0.1, -1)])
def test_a_bucket_is_thirty_days(day: float, bucket: int) -> None:
    assert postings.bucket_of(day) == bucket


def packed_as(bits: int, first: int = 0, width: int = 8) -> Packing:
    return Packing(bits, first, width)


@given(st.lists(st.integers(0, 2 ** (32 + KEY_BITS) - 1), max_size=200), st.sampled_from([0, 1, 5, 15, 16, 20, 22]))
def test_a_packed_run_is_the_same_again(values: list[int], bits: int) -> None:
    run = np.array(sorted(values), dtype=np.uint64)
    blocks = pack(run, packed_as(bits))
    assert [number for number, _ in blocks] == sorted({value >> (32 + KEY_BITS - bits) for value in values})
    assert np.array_equal(unpack(blocks, packed_as(bits)), run)


@given(st.lists(KEY, min_size=1, max_size=99), st.integers(0, 2**31), st.integers(0, 2**20))
def test_the_packing_that_is_chosen_holds_all(keys: list[int], first: int, span: int) -> None:
    documents = np.linspace(first, first + span, len(keys)).astype(np.uint32)
    run = to_run(np.array(keys, dtype=np.uint32)[:, None], documents)
    for count in (len(keys), 10_000_000):
        how = packing(count, int(documents.min()), int(documents.max()))
        assert np.array_equal(unpack(pack(run, how), how), run)


def test_a_posting_takes_four_bytes_in_small_runs_and_in_large_ones() -> None:
    assert packing(58_500, 1_000_000, 1_000_500).width == 4
    assert packing(40_000_000, 1_000_000, 1_350_000).width == 4
    assert packing(100, 5, 5).bits == 0


@given(st.lists(KEY, min_size=1, max_size=50), st.sampled_from([0, 3, 16, 22]))
def test_the_blocks_of_keys_hold_their_postings(values: list[int], bits: int) -> None:
    keys = np.array(values, dtype=np.uint32)
    run = to_run(keys[:, None], numbers(0, len(keys)))
    wanted = set(postings.blocks_of(keys, bits).tolist())
    assert wanted == {number for number, _ in pack(run, packed_as(bits))}


@given(
    st.lists(KEY, min_size=1, max_size=60),
    st.sets(KEY, max_size=20),
    st.sampled_from([0, 3, 16, 22]),
)
def test_the_postings_of_keys_are_selected_from_packed_blocks(values: list[int], others: set[int], bits: int) -> None:
    run = to_run(np.array(values * 3, dtype=np.uint32)[:, None], numbers(0, 3 * len(values)))
    asked = np.array(sorted(others | set(values[::2])), dtype=np.uint32)
    blocks = pack(run, packed_as(bits))
    assert np.array_equal(select(blocks, packed_as(bits), asked), run[np.isin(run >> np.uint64(32), asked)])
