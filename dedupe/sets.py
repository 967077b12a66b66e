"""Sets of hashes: sorted arrays without repetition, which NumPy intersects and subtracts fast."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]


def overlap(a: Hashes, b: Hashes) -> tuple[float, float, int, int]:
    """Return (Jaccard, containment, size of the intersection, size of the smaller set) of two sorted sets."""
    smaller, larger = (a, b) if len(a) <= len(b) else (b, a)
    if not len(smaller):
        return 0.0, 0.0, 0, 0
    shared = int(np.count_nonzero(isin(smaller, larger)))
    return shared / (len(a) + len(b) - shared), shared / len(smaller), shared, len(smaller)


def isin(values: Hashes, among: Hashes) -> NDArray[np.bool_]:
    """Return bool[len(values)]: which values are in the sorted, non-empty ``among``."""
    found = among[np.minimum(np.searchsorted(among, values), len(among) - 1)]
    result: NDArray[np.bool_] = found == values
    return result


def without(values: Hashes, unwanted: Hashes) -> Hashes:
    """Return ``values`` less those in ``unwanted`` (both sorted, each once)."""
    return values[~isin(values, unwanted)] if len(unwanted) else values
