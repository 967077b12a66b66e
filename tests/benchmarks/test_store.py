"""The benchmark of the store measures what it says, on a store too small to say anything of speed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.store import QUESTIONS, measure, print_table
from benchmarks.synthetic import World, site_of, word


@pytest.mark.slow
def test_each_question_intake_and_the_sizes_are_measured_on_both_databases(tmp_path: Path, postgres_url: str) -> None:
    found = measure(World(articles=300), tmp_path, postgres_url)
    assert [*found] == ["SQLite", "PostgreSQL"]
    for figures in found.values():
        assert len(figures) == len(QUESTIONS) + 6
        assert all(value > 0 for value in figures.values())


def test_what_grows_with_the_square_has_the_exponent_two(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("SQLite", [10, 100, 1000], [{"s": 1.0}, {"s": 100.0}, {"s": 10_000.0}])
    assert capsys.readouterr().out.splitlines()[-1] == "| s | 1.0 | 100.0 | 10,000.0 | 2.00 |"


def test_words_and_sites_that_are_asked_for_are_those_of_the_articles() -> None:
    world = World(articles=2000)
    made = list(world.made(0, 500))
    assert {site_of(world, luck / 10_000) for luck in range(10_000)} >= {article.site for article in made}
    assert sum(f" {word(20)} " in article.article_body for article in made) > 400
