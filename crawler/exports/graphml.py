"""Who runs whose text as a graph, in GraphML: what Gephi, yEd, igraph and NetworkX read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import BinaryIO
from xml.etree import ElementTree

from crawler.reports.reuse import Running
from crawler.reports.wording import clean

_SPACE = "http://graphml.graphdrawing.org/xmlns"
_KINDS = {
    "copies": "int",
    "origins": "int",
    "told": "int",
    "median_lag_s": "double",
    "kept_share": "double",
    "dropped": "int",
}


def write_graph(rows: Iterable[Running], file: BinaryIO) -> None:
    """Write a node for each source, and an edge from whose text it is to who runs it."""
    root = ElementTree.Element("graphml", xmlns=_SPACE)
    ElementTree.SubElement(root, "key", {"id": "name", "for": "node", "attr.name": "name", "attr.type": "string"})
    for name, kind in _KINDS.items():
        ElementTree.SubElement(root, "key", {"id": name, "for": "edge", "attr.name": name, "attr.type": kind})
    graph = ElementTree.SubElement(root, "graph", edgedefault="directed")
    found = list(rows)
    number = {name: f"n{place}" for place, name in enumerate(_sources(found))}
    for name, key in number.items():
        _put(ElementTree.SubElement(graph, "node", id=key), "name", clean(name))
    for row in found:
        edge = ElementTree.SubElement(graph, "edge", source=number[row.origin_source], target=number[row.source])
        for key, value in asdict(row).items():
            if key in _KINDS and value is not None:
                _put(edge, key, str(value))
    ElementTree.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def _sources(rows: Iterable[Running]) -> dict[str, None]:
    return {name: None for row in rows for name in (row.origin_source, row.source)}


def _put(element: ElementTree.Element, key: str, text: str) -> None:
    ElementTree.SubElement(element, "data", key=key).text = text
