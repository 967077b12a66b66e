from __future__ import annotations

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given
from hypothesis import strategies as st

from dedupe import sketches
from dedupe.shingles import WIDTH, shingle, shingled
from tests.dedupe import prose

NO_SALT = np.zeros((1, 1), dtype=np.uint64)


@given(st.sets(st.integers(0, 2**64 - 1), max_size=600))
def test_signatures_are_datasketchs_own(shingles: set[int]) -> None:
    hashes = np.array(sorted(shingles), dtype=np.uint64)
    theirs = MinHash(num_perm=sketches.NUM_PERM, seed=sketches.SEED, scheme="affine32", hashfunc=int)
    for value in sketches.token_hash(hashes):
        theirs.update(value)
    assert np.array_equal(sketches.signatures([hashes])[0], theirs.hashvalues)


def test_signatures_estimate_the_jaccard() -> None:
    a, b = shingled(prose.text(1) + "\n" + prose.text(2)), shingled(prose.text(2) + "\n" + prose.text(3))
    exact = len(np.intersect1d(a.unique, b.unique)) / len(np.union1d(a.unique, b.unique))
    estimate = np.mean(np.equal(*sketches.signatures([a.unique, b.unique])))
    assert estimate == pytest.approx(exact, abs=0.15)


def test_signatures_of_many_are_those_of_each_wherever_they_are_cut() -> None:
    sets = [shingled(prose.text(seed, seed % 7)).sequence for seed in range(40)]
    sets += [np.empty(0, dtype=np.uint64), np.arange(sketches._CHUNK + 5, dtype=np.uint64)]
    found = sketches.signatures(sets)
    for hashes, row in zip(sets, found, strict=True):
        assert np.array_equal(sketches.signatures([hashes])[0], row)


def test_the_bands_are_those_that_datasketch_finds_best() -> None:
    lsh = MinHashLSH(threshold=sketches.LSH_THRESHOLD, num_perm=sketches.NUM_PERM, weights=sketches.LSH_WEIGHTS)
    assert (lsh.b, lsh.r) == (sketches.BANDS, 1)


def keys(*texts: str) -> list[set[int]]:
    found = sketches.band_hashes(
        sketches.signatures([shingled(text).sequence for text in texts], sketches.BANDS), NO_SALT
    )
    return [set(row.tolist()) for row in found]


def test_copies_share_all_bands_and_strangers_next_to_none() -> None:
    one, copy, stranger = keys(prose.text(1), prose.text(1), prose.text(2))
    assert one == copy
    assert len(one & stranger) < 2


def test_a_teaser_shares_enough_bands_with_its_long_original() -> None:
    missed = 0
    for seed in range(40):
        long = prose.sentences(seed, 100)
        whole, teaser = keys(" ".join(long), " ".join(long[:10]))
        missed += len(whole & teaser) < 2
    assert missed <= 2


def test_equal_values_in_two_bands_have_two_keys() -> None:
    (found,) = sketches.band_hashes(np.zeros((1, sketches.NUM_PERM), dtype=np.uint32), NO_SALT)
    assert len(set(found.tolist())) == sketches.NUM_PERM


@given(st.lists(st.integers(0, 2**64 - 1), max_size=40))
def test_there_is_a_shingle_for_every_run_of_words(hashes: list[int]) -> None:
    assert len(shingle(np.array(hashes, dtype=np.uint64), WIDTH)) == max(0, len(hashes) - WIDTH + 1)


def test_quoted_shingles_are_kept_apart() -> None:
    text = shingled("one two three four five six “seven eight nine ten eleven twelve”")
    assert len(text.unique) == 8
    assert np.count_nonzero(text.quotations) == np.count_nonzero(text.quoted) == 4
