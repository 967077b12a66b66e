from __future__ import annotations

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from dedupe import sketches
from dedupe.shingles import WIDTH, shingle, shingled
from tests.dedupe import prose


@given(st.sets(st.integers(0, 2**64 - 1), max_size=600))
def test_signatures_are_datasketchs_own(shingles: set[int]) -> None:
    hashes = np.array(sorted(shingles), dtype=np.uint64)
    theirs = MinHash(num_perm=sketches.NUM_PERM, seed=sketches.SEED, scheme="affine32", hashfunc=int)
    for value in sketches.token_hash(hashes):
        theirs.update(value)
    assert np.array_equal(sketches.signature(hashes), theirs.hashvalues)


def test_signatures_estimate_the_jaccard() -> None:
    a, b = shingled(prose.text(1) + "\n" + prose.text(2)), shingled(prose.text(2) + "\n" + prose.text(3))
    exact = len(np.intersect1d(a.unique, b.unique)) / len(np.union1d(a.unique, b.unique))
    estimate = np.mean(sketches.signature(a.unique) == sketches.signature(b.unique))
    assert estimate == pytest.approx(exact, abs=0.15)


def test_copies_share_all_bands_and_strangers_next_to_none() -> None:
    keys = [sketches.band_keys(sketches.signature(shingled(prose.text(seed)).unique)) for seed in (1, 1, 2)]
    assert keys[0] == keys[1]
    assert len(set(keys[0]) & set(keys[2])) < sketches.MIN_SHARED_BANDS


def test_a_teaser_shares_enough_bands_with_its_long_original() -> None:
    missed = 0
    for seed in range(40):
        long = prose.sentences(seed, 100)
        keys = [set(sketches.band_keys(sketches.signature(shingled(" ".join(s)).unique))) for s in (long, long[:10])]
        missed += len(keys[0] & keys[1]) < sketches.MIN_SHARED_BANDS
    assert missed <= 2


def test_band_keys_fit_a_signed_64_bit_column_and_name_their_band() -> None:
    keys = sketches.band_keys(np.zeros(sketches.NUM_PERM, dtype=np.uint32))
    assert len(set(keys)) == len(keys) == sketches.band_shape()[0]
    assert all(-(2**63) <= key < 2**63 for key in keys)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=40))
def test_there_is_a_shingle_for_every_run_of_words(hashes: list[int]) -> None:
    assert len(shingle(np.array(hashes, dtype=np.uint64), WIDTH)) == max(0, len(hashes) - WIDTH + 1)


def test_quoted_shingles_are_kept_apart() -> None:
    text = shingled("one two three four five six “seven eight nine ten eleven twelve”")
    assert len(text.unique) == 8
    assert len(text.unquoted) + len(text.quotations) == 8
    assert len(text.quotations) == 4
