"""Synthetic articles: the same for everybody, any of them without those before, and like news in what matters."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.synthetic import BLOCK, Kind, World
from dedupe.sets import overlap
from dedupe.shingles import Shingled, shingled
from storage.types import Article
from tests.examples import at_most

WORLD = World(articles=20_000)
MADE = list(WORLD.made(BLOCK - 100, 400))  # over the end of a block
START = BLOCK - 100


def text(article: Article) -> Shingled:
    return shingled(article.article_body)


@settings(max_examples=at_most(20))
@given(st.integers(0, 399), st.integers(1, 50))
def test_any_article_is_made_without_those_before_it(at: int, count: int) -> None:
    assert list(World(articles=20_000).made(START + at, min(count, 400 - at))) == MADE[at : at + count]


def test_another_seed_makes_other_articles() -> None:
    (other,) = World(articles=20_000, seed=2).made(START, 1)
    assert overlap(text(other).unique, text(MADE[0]).unique)[1] < 0.02


def test_one_in_five_is_a_copy_and_a_few_texts_run_everywhere() -> None:
    originals = WORLD.originals(0, 20_000)
    copies = [original for number, original in enumerate(originals) if number != original]
    assert 0.17 < len(copies) / 20_000 < 0.23
    assert all(original < number for number, original in enumerate(originals) if number != original)
    carried = sorted(Counter(copies).values(), reverse=True)
    assert carried[0] > 30
    assert np.median(carried) <= 6


def test_copies_hold_most_of_their_text_and_others_next_to_nothing() -> None:
    originals = WORLD.originals(START, 400)
    by_original: dict[int, list[Article]] = {}
    for article, original in zip(MADE, originals, strict=True):
        by_original.setdefault(original, []).append(article)
    copies = [pair for group in by_original.values() for pair in pairwise(group)]
    assert len(copies) > 20
    assert all(overlap(text(a).unique, text(b).unique)[1] > 0.3 for a, b in copies)
    alone = [group[0] for group in by_original.values()]
    shared = [overlap(text(a).unique, text(b).unique)[1] for a, b in pairwise(alone)]
    assert np.quantile(shared, 0.9) < 0.05  # the rest have a topic's background or a site's closing lines in common


def test_every_kind_of_copy_is_made() -> None:
    assert {WORLD.kind(number) for number in range(BLOCK)} == set(Kind)


def test_articles_are_as_long_and_as_dated_as_asked_for() -> None:
    world = World(articles=20_000, words=(60, 120), sites=40)
    made = list(world.made(0, 200))
    lengths = [len(article.article_body.split()) for article in made if article.external_id]
    assert 80 < np.mean(lengths) < 130  # with closing lines and background
    assert all(a.date_published <= b.date_published for a, b in pairwise(made) if a.date_published and b.date_published)
    assert 20 < len({article.site for article in made}) <= 40
    assert (world.published(20_000) - world.published(0)).days == 90


@pytest.mark.parametrize("what", ["“", "”", "\n\n", "0"])
def test_texts_have_quotations_paragraphs_and_numbers(what: str) -> None:
    assert sum(what in article.article_body for article in MADE) > 300
