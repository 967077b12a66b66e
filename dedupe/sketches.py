"""Shingles to sketches: MinHash signatures, the same that datasketch makes, and the keys of their bands.

Source: Broder, "On the resemblance and containment of documents" (1997); Indyk and Motwani (1998) for banding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes
from dedupe.text import TEXT_VERSION, mix

NUM_PERM = 128
SEED = 1
# An abridged copy can have a Jaccard as low as 0.07 with a long original (benchmarks/dedupe.py). Candidates are
# verified, so a false one costs microseconds and a missed one is lost: the weights say so to datasketch's optimiser,
# which finds this many bands of one row best for the threshold (tests/dedupe/test_sketches.py asks it).
LSH_THRESHOLD = 0.05
LSH_WEIGHTS = (0.1, 0.9)
BANDS = 75
# Below this many shingles every agreement is by chance or by template.
MIN_SHINGLES = 20
SPEC = f"minhash-affine32/{NUM_PERM}/seed{SEED}/shingle5/{TEXT_VERSION}/bands{BANDS}"

_EMPTY = np.uint32(0xFFFFFFFF)
_CHUNK = 65_536  # hashes that are permuted together: they stay in the processor's cache


@cache
def _permutations() -> list[tuple[np.uint32, np.uint32]]:
    """The factors and terms that datasketch draws for its scheme affine32 (importing it takes a second)."""
    draw = np.random.RandomState(SEED).randint
    factors = draw(0, 1 << 31, NUM_PERM, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return list(zip(factors, draw(0, 1 << 32, NUM_PERM, dtype=np.uint32), strict=True))


def signatures(sets: Sequence[Hashes], num_perm: int = NUM_PERM) -> NDArray[np.uint32]:
    """Return the MinHash of each set of shingle hashes: uint32[len(sets), num_perm], the first of NUM_PERM.

    It is datasketch's own, given the `token_hash` of the shingles. Repetitions in a set do not matter; that of an empty
    one is the highest number everywhere, as datasketch has it.
    """
    found = np.full((len(sets), num_perm), _EMPTY, dtype=np.uint32)
    for rows in _chunks([len(each) for each in sets]):
        hashes = _fmix32(token_hash(np.concatenate([sets[row] for row in rows])))
        starts = np.cumsum([0, *(len(sets[row]) for row in rows[:-1])])
        found[rows] = _lowest(hashes, starts, num_perm)
    return found


def _chunks(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Group the places of sets that are not empty, so that each group but the largest sets' has _CHUNK hashes."""
    rows: list[int] = []
    total = 0
    for row, size in enumerate(sizes):
        if rows and total + size > _CHUNK:
            yield rows
            rows, total = [], 0
        if size:
            rows.append(row)
            total += size
    if rows:
        yield rows


def _lowest(hashes: NDArray[np.uint32], starts: NDArray[np.int64], num_perm: int) -> NDArray[np.uint32]:
    """Permute hashes and return the lowest of each set, which begin at ``starts``: uint32[len(starts), num_perm]."""
    lowest = np.empty((num_perm, len(starts)), dtype=np.uint32)
    permuted = np.empty_like(hashes)
    for row, (factor, term) in zip(lowest, _permutations(), strict=False):
        np.multiply(hashes, factor, out=permuted)
        np.add(permuted, term, out=permuted)
        np.minimum.reduceat(permuted, starts, out=row)
    return lowest.T


def token_hash(shingles: Hashes) -> NDArray[np.uint32]:
    """Return the 32-bit hash values that stand for the shingles in MinHash."""
    return shingles.astype(np.uint32)


def band_hashes(lowest: NDArray[np.uint32], salts: NDArray[np.uint64]) -> Hashes:
    """Return a hash of each band of one row, the shape of ``lowest``: equal bands at equal places have equal ones.

    ``salts`` uint64[n, 1] (or one for all) tell apart what must not be compared; they use the upper 24 bits.
    """
    places = np.arange(lowest.shape[1], dtype=np.uint64) << np.uint64(32)
    return mix((places | salts) + lowest)


def _fmix32(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The MurmurHash3 finalizer with which datasketch's affine32 scheme mixes its input."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))
