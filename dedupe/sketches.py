"""Shingles to sketches: MinHash signatures, the same that datasketch makes, and the band keys of an LSH index.

Source: Broder, "On the resemblance and containment of documents" (1997); Indyk and Motwani (1998) for banding.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedupe.sets import Hashes
from dedupe.text import TEXT_VERSION, mix

NUM_PERM = 128
SEED = 1
# An abridged copy can have a Jaccard as low as 0.07 with a long original (benchmarks/labelled_pairs.py). Candidates are
# verified, so a false one costs microseconds and a missed one is lost: the weights say so to datasketch's optimiser.
LSH_THRESHOLD = 0.05
LSH_WEIGHTS = (0.1, 0.9)
# With bands of one row, two unrelated texts share a band by chance often, two bands rarely.
MIN_SHARED_BANDS = 2
# Below this many shingles every agreement is by chance or by template.
MIN_SHINGLES = 20
SPEC = f"minhash-affine32/{NUM_PERM}/seed{SEED}/shingle5/{TEXT_VERSION}/lsh{LSH_THRESHOLD}"

_BLOCK = 256


@cache
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    from datasketch import MinHash  # slow to import (scipy)

    a, b = MinHash(num_perm=NUM_PERM, seed=SEED, scheme="affine32").permutations
    return a[:, None], b[:, None]


@cache
def band_shape() -> tuple[int, int]:
    """Return (bands, rows) that datasketch finds best for the threshold and weights above."""
    from datasketch import MinHashLSH

    lsh = MinHashLSH(threshold=LSH_THRESHOLD, num_perm=NUM_PERM, weights=LSH_WEIGHTS)
    return lsh.b, lsh.r


def signature(shingles: Hashes) -> NDArray[np.uint32]:
    """Return the MinHash uint32[NUM_PERM] of a set of shingle hashes: datasketch's own, given their ``token_hash``."""
    a, b = _permutations()
    hashes = _fmix32(token_hash(shingles))
    lowest = np.full(NUM_PERM, 0xFFFFFFFF, dtype=np.uint32)
    for start in range(0, len(hashes), _BLOCK):  # blocks that stay in the processor's cache
        np.minimum(lowest, (a * hashes[start : start + _BLOCK] + b).min(axis=1), out=lowest)
    return lowest


def token_hash(shingles: Hashes) -> NDArray[np.uint32]:
    """Return the 32-bit hash values that stand for the shingles in MinHash."""
    return shingles.astype(np.uint32)


def band_keys(lowest: NDArray[np.uint32]) -> tuple[int, ...]:
    """Return one signed 64-bit key per band; equal bands at equal places have equal keys."""
    bands, rows = band_shape()
    key = np.arange(bands, dtype=np.uint64) << np.uint64(32)
    for row in range(rows):
        key = mix(key + lowest[: bands * rows].reshape(bands, rows)[:, row].astype(np.uint64) + np.uint64(row))
    return tuple(key.view(np.int64).tolist())


def _fmix32(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The MurmurHash3 finalizer with which datasketch's affine32 scheme mixes its input."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))
