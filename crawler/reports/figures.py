"""The report's plots, as SVG inside a page: without styles of their own, in the page's colours, light or dark."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lxml import etree
from markupsafe import Markup

from crawler.reports.pickup import MARKS, Curve
from crawler.reports.plot import save
from crawler.reports.volume import Day, Volume
from crawler.reports.wording import lapse

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What matplotlib draws in a colour on the left, the page shows in its own of that name.
_COLOURS: Mapping[str, str] = {
    "#111111": "ink",
    "#222222": "soft",
    "#333333": "rule",
    "#444444": "blue",
    "#a00001": "line-1",
    "#a00002": "line-2",
    "#a00003": "line-3",
    "#a00004": "line-4",
    "#a00005": "line-5",
    "#a00006": "line-6",
}
_NAMED = {name: colour for colour, name in _COLOURS.items()}
_MARKERS = "os^DvP"
_TICKS = 6  # dates beside each other on the width of a phone
_SIZE_INCHES = (5.2, 2.6)
_STYLE: Any = {
    "axes.edgecolor": _NAMED["soft"],
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": _NAMED["ink"],
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "none",
    "font.size": 9,
    "grid.color": _NAMED["rule"],
    "legend.frameon": False,
    "text.color": _NAMED["ink"],
    "xtick.color": _NAMED["ink"],
    "ytick.color": _NAMED["ink"],
}
_LABELS: Mapping[str, str] = {
    "volume": "Bars: canonical articles and copies by day",
    "pickup": "Lines: copies of the largest clusters by the time since the first",
}
_ID = re.compile(r"#([\w-]+)")


def plots(volume: Volume, curves: Sequence[Curve]) -> dict[str, Markup]:
    """Draw what there is to draw, by name; nothing where matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        return {}
    with matplotlib.rc_context(_STYLE):
        figures = {"volume": _bars(volume.days) if volume.days else None, "pickup": _lines(curves) if curves else None}
    return {name: _inline(figure, name) for name, figure in figures.items() if figure is not None}


def _figure() -> tuple[Figure, Any]:
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    axes = figure.subplots()
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.set_axisbelow(True)
    return figure, axes


def _bars(days: Sequence[Day]) -> Figure:
    """Draw a bar for each day: canonical articles below, copies on top."""
    figure, axes = _figure()
    places = range(len(days))
    canonical, copies = [day.canonical for day in days], [day.copies for day in days]
    axes.bar(places, canonical, color=_NAMED["blue"], label="canonical")
    axes.bar(places, copies, bottom=canonical, color=_NAMED["blue"], alpha=0.4, label="copies")
    step = -(-len(days) // _TICKS)
    axes.set_xticks(places[::step], [f"{day.day.day} {day.day:%b}" for day in days[::step]])
    figure.legend(loc="outside upper left", ncols=2)
    return figure


def _lines(curves: Sequence[Curve]) -> Figure:
    """Draw a line for each cluster, by its number."""
    figure, axes = _figure()
    for number, curve in enumerate(curves, 1):
        colour = _NAMED[f"line-{number}"]
        axes.plot(curve.counts, color=colour, marker=_MARKERS[number - 1], markersize=4, label=str(number))
    axes.set_xticks(range(len(MARKS)), [lapse(mark) for mark in MARKS])
    axes.set_ylim(bottom=0)
    axes.set_ylabel("copies")
    figure.legend(loc="outside upper left", ncols=len(curves))
    return figure


def _inline(figure: Figure, name: str) -> Markup:
    """Write a figure as an element of a page, whose policy allows no style but its own sheet.

    Of a style, what can be an attribute becomes one; ids are those that are used, and begin with the ``name``.
    """
    file = io.BytesIO()
    save(figure, file, "svg")
    root = etree.fromstring(file.getvalue(), etree.XMLParser(remove_comments=True))
    for unneeded in root.xpath("//*[local-name() = 'metadata' or local-name() = 'style']"):
        unneeded.getparent().remove(unneeded)
    used = {found[1] for value in root.xpath("//@*") if (found := _ID.search(value))}
    for element in root.iter():
        _restyle(element, name, used)
    for size in ("width", "height"):
        del root.attrib[size]
    label = f"{_LABELS[name]}; the table beside it has the same numbers."
    root.attrib.update({"class": "plot", "role": "img", "aria-label": label, "stroke-linejoin": "round"})
    return Markup(etree.tostring(root, encoding="unicode"))


def _restyle(element: Any, name: str, used: set[str]) -> None:
    for declaration in element.attrib.pop("style", "").split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key and not key.startswith("font"):
            element.set(key, f"var(--{_COLOURS[value]})" if value in _COLOURS else value)
    own = element.attrib.pop("id", None)
    if own in used:
        element.set("id", f"{name}-{own}")
    for key, value in element.items():
        if value.startswith(("#", "url(#")):
            element.set(key, value.replace("#", f"#{name}-"))
