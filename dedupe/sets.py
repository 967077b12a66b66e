"""Sets of hashes: sorted arrays without repetition, which NumPy intersects and subtracts fast."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", np.uint32, np.uint64, np.int64)

Hashes: TypeAlias = NDArray[np.uint64]


def distinct(values: NDArray[T]) -> NDArray[T]:
    """Return the values sorted, each once. Several times as fast as `np.unique` for arrays of texts' sizes."""
    ascending = np.sort(values)
    new = np.ones(len(ascending), dtype=np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=new[1:])
    return ascending[new]


def overlap(a: Hashes, b: Hashes) -> tuple[float, float, int, int]:
    """Return (Jaccard, containment, size of the intersection, size of the smaller set) of two sorted sets."""
    smaller, larger = (a, b) if len(a) <= len(b) else (b, a)
    if not len(smaller):
        return 0.0, 0.0, 0, 0
    shared = int(np.count_nonzero(isin(smaller, larger)))
    return shared / (len(a) + len(b) - shared), shared / len(smaller), shared, len(smaller)


def isin(values: Hashes, among: Hashes) -> NDArray[np.bool_]:
    """Return bool[len(values)]: which values are in the sorted, non-empty ``among``."""
    found = among.take(among.searchsorted(values), mode="clip")
    result: NDArray[np.bool_] = found == values
    return result
