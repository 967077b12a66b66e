"""Which earlier documents are worth measuring against a new one: the keys of a document, and what shared keys promise.

First the keys that documents share are counted, as an index can; then what is left is compared by bitmaps of shingles,
which costs a fraction of a microsecond. Both only estimate, and leave out what is almost surely too little.

Two families of keys: one of each band of the MinHash of a text's own shingles, and two of its whole body, which
identical texts share even where nothing but quotations is in them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dedupe.postings import Keys, Matches
from dedupe.sets import Hashes
from dedupe.shingles import Shingled
from dedupe.sketches import BANDS, MIN_SHINGLES, band_keys, signatures
from dedupe.text import mix

BODY_KEYS = 2  # as many as a candidate must share
FAMILIES = (BANDS, BODY_KEYS)
LEAST_SHARED = 2  # with bands of one row, two unrelated texts share one by chance often, two rarely
# Below this containment hardly anything is joined; the estimate by keys is taken at its upper end, so that hardly a
# copy is lost (benchmarks/dedupe.py).
LEAST_CONTAINMENT = 0.2
LEAST_IN_BITMAPS = 0.14
BITMAP_BITS = 4096

_BODY_SALTS = np.array([0x1000000000, 0x2000000000], dtype=np.uint64)
_UNIQUE_SALT = np.uint64(0x3000000000)


def keys_of(bodies: Sequence[Shingled], own: Sequence[Hashes], numbers: Sequence[int]) -> Keys:
    """Return the keys of documents, uint32[n, sum(FAMILIES)], by their bodies and their own shingles.

    A document that has nothing to be compared by has keys by its number instead, which no other has.
    """
    digests = np.array([body.digest for body in bodies], dtype=np.uint64)
    whole = mix(digests[:, None] + _BODY_SALTS) >> np.uint64(32)
    keys = np.hstack((band_keys(signatures(own)), whole.astype(np.uint32)))
    none = np.zeros(keys.shape, dtype=np.bool_)
    none[:, :BANDS] = np.array([len(each) == 0 for each in own])[:, None]
    none[:, BANDS:] = np.array([len(body.sequence) < MIN_SHINGLES for body in bodies])[:, None]
    if none.any():
        places = np.arange(keys.shape[1], dtype=np.uint64)
        alone = mix(_UNIQUE_SALT + np.array(numbers, dtype=np.uint64)[:, None] * np.uint64(len(places)) + places)
        keys[none] = (alone >> np.uint64(32)).astype(np.uint32)[none]
    return keys


def likely(matches: Matches, sizes: NDArray[np.int64], other_sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which matches are worth measuring, bool[m]; the sizes count the own shingles of both.

    A negative size is that of a document that is judged no more.

    The share of equal bands estimates the Jaccard similarity J (Broder 1997); of a and b shingles then
    J / (1 + J) * (a + b) are shared.
    """
    bands, bodies = matches.shared.T
    most = (bands + 2 * np.sqrt(bands) + 1) / BANDS
    containment = most / (1 + most) * (sizes + other_sizes) / np.maximum(1, np.minimum(sizes, other_sizes))
    there = other_sizes >= 0
    result: NDArray[np.bool_] = there & (
        (bodies == BODY_KEYS) | ((bands >= LEAST_SHARED) & (containment >= LEAST_CONTAINMENT))
    )
    return result


def bitmap(own: Hashes) -> NDArray[np.uint64]:
    """Return a set of BITMAP_BITS bits, of which each shingle sets one: uint64[BITMAP_BITS / 64]."""
    bits = np.zeros(BITMAP_BITS, dtype=np.bool_)
    bits[(own % np.uint64(BITMAP_BITS)).astype(np.int64)] = True
    return np.packbits(bits).view(np.uint64)


def alike(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which rows of bitmaps, uint64[m, BITMAP_BITS / 64], are of texts that may share LEAST_IN_BITMAPS or more.

    Bits that are equal by chance are as many as the two densities say. Empty ones are alike: nothing is known of them.
    """
    size_a, size_b, common = (np.bitwise_count(bits).sum(axis=1, dtype=np.int64) for bits in (a, b, a & b))
    smaller, chance = np.minimum(size_a, size_b), size_a * size_b / BITMAP_BITS
    result: NDArray[np.bool_] = common >= chance + LEAST_IN_BITMAPS * (smaller - chance)
    return result
