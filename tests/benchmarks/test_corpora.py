"""Floors of dedupe on real and planted copies. They only rise."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from benchmarks import dedupe_quality as quality
from tests.realdata import needs_data

pytestmark = [pytest.mark.slow, needs_data, pytest.mark.xdist_group("dedupe corpora")]

PAIRS_F1_FLOORS = {"newsweb": 1.0, "crossing-outlets": 1.0}
RECALL_FLOORS = {"machine": 0.99, "human and machine": 0.975}
RAND_INDEX_FLOOR = 0.992
RAND_INDEX_FLOOR_WITHOUT_TEMPLATES = 0.993


@cache
def corpus(name: str) -> quality.Corpus:
    make = {"newsweb": quality.newsweb, "crossing-outlets": quality.crossing_outlets}
    return make[name]()


@pytest.mark.parametrize("name", PAIRS_F1_FLOORS)
def test_labelled_pairs_are_told_apart(name: str) -> None:
    found = quality.score(quality.labelled_pairs(name), corpus(name).ours())
    assert quality.f1_of(found) >= PAIRS_F1_FLOORS[name], found


@pytest.mark.parametrize("name", PAIRS_F1_FLOORS)
def test_no_cluster_is_too_large_to_be_one_article(name: str) -> None:
    assert [row.id for row in corpus(name).rows if len(row.members) > quality.MANY] == []


def test_planted_copies_are_found_and_nothing_is_chained() -> None:
    truth, plain = quality.planted_truth()
    ours = quality.planted_20k().ours()
    assert quality.rand_index(truth, ours, list(truth)) >= RAND_INDEX_FLOOR
    assert quality.rand_index(truth, ours, plain) >= RAND_INDEX_FLOOR_WITHOUT_TEMPLATES
    assert max(Counter(ours.values()).values()) <= 1.1 * max(Counter(truth.values()).values())


def test_translations_of_one_article_are_found() -> None:
    truth = quality.english()
    found = quality.together(quality.translated().ours())
    right = sum(len(found & of) for of in truth.values())
    assert right >= 0.99 * len(found)
    recalls = {kind: len(found & truth[kind]) / len(truth[kind]) for kind in RECALL_FLOORS}
    assert all(recalls[kind] >= floor for kind, floor in RECALL_FLOORS.items()), recalls
