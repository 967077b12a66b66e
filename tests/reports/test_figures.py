"""Plots as elements of a page."""

from __future__ import annotations

import sys
from datetime import date

import pytest
from lxml import etree

from crawler.reports.figures import plots
from crawler.reports.pickup import curves
from crawler.reports.volume import Day, Volume
from tests.reports.rows import NOW, cluster, member

VOLUME = Volume(3, 2, (Day(date(2026, 3, 1), 3, 2), Day(date(2026, 3, 2), 0, 0)), 0)
CURVES = curves([cluster(member(10 * number + 2)) for number in range(6)], NOW)


def test_what_is_there_is_drawn() -> None:
    assert plots(VOLUME, CURVES).keys() == {"volume", "pickup"}
    assert plots(Volume(0, 0, (), 0), []) == {}


def test_the_same_numbers_give_the_same_plots() -> None:
    assert plots(VOLUME, CURVES) == plots(VOLUME, CURVES)


def test_plots_have_the_pages_colours_and_no_style_of_their_own() -> None:
    for svg in plots(VOLUME, CURVES).values():
        root = etree.fromstring(svg)
        assert not root.xpath("//@style | //*[local-name() = 'style']")
        colours = set(root.xpath("//@fill | //@stroke"))
        assert "var(--ink)" in colours
        assert all(colour == "none" or colour.startswith("var(--") for colour in colours)


def test_plots_share_no_id_and_refer_to_their_own() -> None:
    ids = []
    for svg in plots(VOLUME, CURVES).values():
        root = etree.fromstring(svg)
        own = root.xpath("//@id")
        used = {value.strip("url(#)") for value in root.xpath("//@*") if "#" in value}
        assert used == set(own)
        ids += own
    assert len(ids) == len(set(ids)) > 0


def test_each_plot_says_what_it_shows() -> None:
    for svg in plots(VOLUME, CURVES).values():
        root = etree.fromstring(svg)
        assert root.get("role") == "img" and "table" in root.get("aria-label")


def test_without_matplotlib_there_are_no_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert plots(VOLUME, CURVES) == {}
