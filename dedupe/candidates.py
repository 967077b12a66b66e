"""Which earlier documents are worth measuring against a new one: the keys of a document, and what shared keys promise.

First the keys that documents share are counted, as an index can; then what is left is compared by bitmaps, which costs
a fraction of a microsecond. Both only estimate, and leave out what is almost surely too little.

Three families of keys: the bands of the MinHash of a text's own shingles; those of its content pairs, which
translations of one text share where no run of five words is left (within one language); and two of its whole body,
which identical texts share even where nothing but quotations is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedupe.postings import Keys, Matches, to_keys
from dedupe.sets import Hashes
from dedupe.sketches import BANDS, band_hashes, signatures
from dedupe.text import mix

CONTENT_BANDS = 40
BODY_KEYS = 2  # as many as a candidate must share
FAMILIES = (BANDS, CONTENT_BANDS, BODY_KEYS)
LEAST_SHARED = 2  # with bands of one row, two unrelated texts share one by chance often, two rarely
# Content pairs are of fewer words than shingles: of 40 bands, 98 of 100 pairs of machine translations share five or
# more, and 95 of a machine's and a person's. Three would find 99 of both, and six times as many unrelated articles to
# measure (translations in ../shared/data, benchmarks/synthetic.py).
LEAST_CONTENT = 5
# Below this containment hardly anything is joined; the estimate by keys is taken at its upper end, so that hardly a
# copy is lost (benchmarks/dedupe.py).
LEAST_CONTAINMENT = 0.2
LEAST_IN_BITMAPS = 0.14
LEAST_CONTENT_JACCARD = 0.04
OWN_BITS = 4096
CONTENT_BITS = 16_384

Bitmaps: TypeAlias = tuple[NDArray[np.uint64], NDArray[np.int64]]
"""Rows of bitmaps, uint64[m, n], and how many bits are set in each."""

_BODY_SALTS = np.array([1 << 36, 1 << 37], dtype=np.uint64)
_UNIQUE_SALT = np.uint64(1 << 38)
_SHINGLES = np.full((1, 1), 1 << 39, dtype=np.uint64)
_CONTENT = np.uint64(1 << 40)  # what languages are told apart by is above


@dataclass(frozen=True, slots=True)
class Features:
    """What documents are filed by: a row for each, empty where there is too little of it.

    ``own`` and ``content`` are hashes of shingles and of content pairs, in any order, repetitions allowed; ``digests``
    stand for the whole body (None: too short). ``languages`` are numbers up to 255; ``numbers`` the documents' own.
    """

    own: Sequence[Hashes]
    content: Sequence[Hashes]
    digests: Sequence[int | None]
    languages: Sequence[int]
    numbers: Sequence[int]


def keys_of(features: Features) -> Keys:
    """Return the keys of documents, uint32[n, sum(FAMILIES)].

    Where there is too little to be found by, they are made of the document's number, which no other has.
    """
    digests = np.array([digest or 0 for digest in features.digests], dtype=np.uint64)
    languages = np.array(features.languages, dtype=np.uint64)[:, None] << np.uint64(48)
    content = signatures(features.content, CONTENT_BANDS)
    hashes = np.hstack(
        (
            band_hashes(signatures(features.own, BANDS), _SHINGLES),
            band_hashes(content, _CONTENT | languages),
            mix(digests[:, None] + _BODY_SALTS),
        )
    )
    there = ([len(each) > 0 for each in sets] for sets in (features.own, features.content))
    whole = [digest is not None for digest in features.digests]
    none = ~np.repeat(np.array([*there, whole], dtype=np.bool_).T, FAMILIES, axis=1)
    if none.any():
        hashes[none] = _alone(features.numbers)[none]
    return to_keys(hashes)


def _alone(numbers: Sequence[int]) -> Hashes:
    """Return hashes that are like nobody else's."""
    places = np.arange(sum(FAMILIES), dtype=np.uint64)
    return mix(_UNIQUE_SALT + np.array(numbers, dtype=np.uint64)[:, None] * np.uint64(len(places)) + places)


def promising(matches: Matches) -> NDArray[np.bool_]:
    """Return which matches may be likely, or speak of the same: few do, and only of these need sizes be known."""
    bands, _, bodies = matches.shared.T
    result: NDArray[np.bool_] = (bands >= LEAST_SHARED) | (bodies == BODY_KEYS) | speaks_of_the_same(matches)
    return result


def likely(matches: Matches, sizes: NDArray[np.int64], other_sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which matches are likely copies by their shingles or bodies, bool[m]; sizes count own shingles.

    The share of equal bands estimates the Jaccard similarity J (Broder 1997); of a and b shingles then
    J / (1 + J) * (a + b) are shared.
    """
    bands, _, bodies = matches.shared.T
    most = (bands + 2 * np.sqrt(bands) + 1) / BANDS
    containment = most / (1 + most) * (sizes + other_sizes) / np.maximum(1, np.minimum(sizes, other_sizes))
    result: NDArray[np.bool_] = (bodies == BODY_KEYS) | ((bands >= LEAST_SHARED) & (containment >= LEAST_CONTAINMENT))
    return result


def speaks_of_the_same(matches: Matches) -> NDArray[np.bool_]:
    """Return which matches may be translations of one text by their content pairs, bool[m]."""
    alike: NDArray[np.bool_] = matches.shared[:, 1] >= LEAST_CONTENT
    return alike


def bitmap(hashes: Hashes, size: int) -> NDArray[np.uint64]:
    """Return a set of ``size`` bits, of which each hash sets one: uint64[size / 64]."""
    bits = np.zeros(size, dtype=np.bool_)
    bits[(hashes & np.uint64(size - 1)).astype(np.int64)] = True
    return np.packbits(bits).view(np.uint64)


def blank_bitmaps(count: int) -> Hashes:
    """Return so many bitmaps of OWN_BITS, in which nothing is set yet."""
    return np.zeros((count, OWN_BITS // 64), dtype=np.uint64)


def bits_in(bitmaps: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Count the bits that are set in rows of bitmaps."""
    counts: NDArray[np.int64] = np.bitwise_count(bitmaps).sum(axis=1, dtype=np.int64)
    return counts


def alike(a: Bitmaps, b: Bitmaps) -> NDArray[np.bool_]:
    """Return which rows of bitmaps of own shingles are of texts of which one may be in the other.

    Empty ones are alike: nothing is known of them.
    """
    result: NDArray[np.bool_] = _common(a, b) >= LEAST_IN_BITMAPS * np.minimum(a[1], b[1])
    return result


def alike_in_content(a: Bitmaps, b: Bitmaps) -> NDArray[np.bool_]:
    """Return which rows of bitmaps of content pairs are of texts that speak of the same."""
    common = _common(a, b)
    result: NDArray[np.bool_] = common >= LEAST_CONTENT_JACCARD * (a[1] + b[1] - common)
    return result


def _common(a: Bitmaps, b: Bitmaps) -> NDArray[np.float64]:
    """Count the bits that rows have in common beyond what their densities let expect by chance."""
    (bits_a, size_a), (bits_b, size_b) = a, b
    total = bits_a.shape[1] * 64
    # of s bits in common, so many are equal by chance as well: both = s + (a - s) * (b - s) / total, about
    surplus = bits_in(bits_a & bits_b) - size_a * size_b / total
    common: NDArray[np.float64] = surplus / np.maximum(0.1, 1 - np.maximum(size_a, size_b) / total)
    return common
