"""Whether one text is a translation of another: whether what can be found again in it is, at about the same place.

Reports of one event share names and numbers. A translation has them where the original has: as far into the text in
proportion to its length or, if it was cut short, as far from the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.anchors import Anchors, Floats, Keys
from dedupe.sets import ranges

NOTABLE = 0.15  # below this share a candidate is chance and leaves no edge
REACH = 0.2  # how far from its place an anchor still counts, the less the further: a share of the text

_Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What two texts in different languages have in common.

    ``evidence`` is the weight of the anchors that both have at about the same place, in nats, about; ``share`` is what
    it is of all anchors: of the geometric mean of both totals.
    """

    evidence: float
    share: float


def correspondence(a: Anchors, b: Anchors) -> Correspondence:
    """Compare two texts. Swapping them changes nothing."""
    both = _both(a, b)
    if not len(both.in_a):
        return Correspondence(0.0, 0.0)
    place_a, place_b = a.places[both.in_a], b.places[both.in_b]
    in_proportion = _evidence(a, b, both, np.abs(place_a / a.length - place_b / b.length))
    from_beginning = _evidence(a, b, both, np.abs(place_a - place_b) / max(a.length, b.length))
    evidence = max(in_proportion, from_beginning)
    return Correspondence(evidence, evidence / float(np.sqrt(a.total * b.total)))


@dataclass(frozen=True, slots=True)
class _Both:
    """The pairs of an anchor of one text and one of the other that have one key: their numbers in either."""

    in_a: _Places
    in_b: _Places


def _both(a: Anchors, b: Anchors) -> _Both:
    first = b.keys.searchsorted(a.keys)
    counts = b.keys.searchsorted(a.keys, side="right") - first
    return _Both(np.repeat(np.arange(len(a.keys)), counts), ranges(first, counts))


def _evidence(a: Anchors, b: Anchors, both: _Both, distances: Floats) -> float:
    """Sum the weights of shared keys, each by how near its places in one text are to the nearest in the other."""
    near = np.maximum(0.0, 1 - distances / REACH) * np.minimum(a.weights[both.in_a], b.weights[both.in_b])
    return (_nearest(a.keys, both.in_a, near) + _nearest(b.keys, both.in_b, near)) / 2


def _nearest(keys: Keys, places: _Places, near: Floats) -> float:
    """Sum over keys the mean, over the places of each, of the best at that place."""
    best = np.zeros(len(keys), dtype=np.float64)
    np.maximum.at(best, places, near)
    counts = keys.searchsorted(keys, side="right") - keys.searchsorted(keys)
    return float((best / counts).sum())
