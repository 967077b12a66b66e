"""trend over the seeded store."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command

pytestmark = pytest.mark.usefixtures("seeded")


def test_copies_count_only_where_copies_are_asked_for(wirefold: Command) -> None:
    assert wirefold("trend", "--format", "json").value == [{"start": "2026-03-01", "source": None, "count": 4}]
    assert wirefold("trend", "--count", "copies", "--format", "csv").out == "start,count\n2026-03-01,5\n"


def test_sources_are_counted_by_themselves(wirefold: Command) -> None:
    found = wirefold("trend", "--by-source", "--by", "month", "--format", "json").value
    assert [(row["source"], row["count"]) for row in found] == [
        ("four.example", 2),
        ("one.example", 1),
        ("three.example", 1),
    ]


def test_days_without_articles_are_rows(wirefold: Command) -> None:
    out = wirefold("trend", "lighthouse", "--since", "2026-02-28", "--until", "2026-03-02", "--format", "csv").out
    assert out == "start,count\n2026-02-28,0\n2026-03-01,1\n2026-03-02,0\n"


def test_a_trend_is_drawn_into_a_file(wirefold: Command) -> None:
    done = wirefold("trend", "--plot", "trend.svg", "--format", "csv")
    assert (done.code, done.err) == (0, "Plot: trend.svg\n")
    assert Path("trend.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize("file", ["trend.gif", "missing/trend.svg"])
def test_a_plot_that_cannot_be_written_is_named(file: str, wirefold: Command) -> None:
    done = wirefold("trend", "--plot", file)
    assert done.code == 2 and file in done.err


def test_a_plot_without_matplotlib_says_what_to_install(wirefold: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = wirefold("trend", "--plot", "trend.svg")
    assert done.code == 2 and "pip install 'wirefold[plot]'" in done.err
    assert not Path("trend.svg").exists()
