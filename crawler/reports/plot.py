"""A trend as a picture. The same points give the same SVG, byte for byte."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from crawler.reports.trend import Point
from crawler.reports.wording import brief

if TYPE_CHECKING:
    from datetime import date

    from matplotlib.figure import Figure

KINDS = ("svg", "png")
_LINES = 8  # more cannot be told apart
_OTHERS = "all others"
_LABEL_CHARS = 60
_UNDATED: Mapping[str, dict[str, None]] = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}


def draw(points: Sequence[Point], title: str, file: BinaryIO, kind: str) -> None:
    """Draw a line for each of the largest sources, or one. Raises ImportError where matplotlib is not installed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.subplots()
    lines = _lines(points)
    drawn = [_plot(axes, line) for line in lines.values()]
    axes.set_title(brief(title), parse_math=False)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("UTC")
    if [*lines] != [""]:
        _name(axes, drawn, [*lines])
    figure.autofmt_xdate()
    save(figure, file, kind)


def save(figure: Figure, file: BinaryIO, kind: str) -> None:
    """Write a figure; what it shows decides each byte."""
    import matplotlib

    with warnings.catch_warnings(), matplotlib.rc_context({"svg.hashsalt": "wirefold", "svg.fonttype": "none"}):
        warnings.filterwarnings("ignore", "Glyph")
        figure.savefig(file, format=kind, metadata=_UNDATED[kind])


def _plot(axes: Any, line: Mapping[date, int]) -> Any:
    return axes.plot([*line], [*line.values()], marker="." if len(line) < 100 else "")[0]


def _name(axes: Any, drawn: Sequence[Any], names: Sequence[str]) -> None:
    for text in axes.legend(drawn, [brief(name, _LABEL_CHARS) for name in names]).get_texts():
        text.set_parse_math(False)


def _lines(points: Sequence[Point]) -> dict[str, dict[date, int]]:
    """Give counts by start for each of the largest sources, the largest first, and for all others together."""
    totals: Counter[str] = Counter()
    for point in points:
        totals[point.source or ""] += point.count
    names = [name for name, _ in totals.most_common(_LINES)]
    lines: dict[str, dict[date, int]] = {name: {} for name in names}
    for point in points:
        line = lines.setdefault(_OTHERS, {}) if (point.source or "") not in names else lines[point.source or ""]
        line[point.start] = line.get(point.start, 0) + point.count
    return lines
