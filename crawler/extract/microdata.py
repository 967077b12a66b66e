"""What a page says of itself in microdata, as nodes of the same form as those of JSON-LD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import html

from crawler.extract.jsonld import MAX_DEPTH, MAX_NODES, Node
from crawler.extract.tree import shown_text

_MAX_STEPS = 50
_VALUES, _ADDRESSES = ("content", "datetime"), ("href", "src")
_OF_ADDRESSES = {"url", "image", "sameAs", "mainEntityOfPage", "isBasedOn", "thumbnailUrl", "contentUrl", "logo"}


def read_nodes(properties: Sequence[html.HtmlElement]) -> tuple[Node, ...]:
    """Return the items that these elements with an ``itemprop`` (in page order) belong to, in page order.

    Of a property that is given several times, all values are kept, in a list.
    Source: HTML Living Standard, section 5.2, without ``itemref``.
    """
    nodes: dict[html.HtmlElement, dict[str, Any]] = {}
    for element in properties:
        scope = scope_of(element)
        if scope is None or len(nodes) >= MAX_NODES:
            continue
        value = _node(nodes, element) if element.get("itemscope") is not None else _value(element)
        for name in element.get("itemprop", "").split():
            _add(_node(nodes, scope), name, value)
    return tuple(node for node in nodes.values() if _depth_is_bounded(node))


def scope_of(element: html.HtmlElement) -> html.HtmlElement | None:
    """Return the element of the item that a property belongs to."""
    ancestor = element.getparent()
    for _ in range(_MAX_STEPS):
        if ancestor is None or ancestor.get("itemscope") is not None:
            return ancestor
        ancestor = ancestor.getparent()
    return None


def _node(nodes: dict[html.HtmlElement, dict[str, Any]], scope: html.HtmlElement) -> dict[str, Any]:
    kinds = scope.get("itemtype", "").split()
    return nodes.setdefault(scope, {"@type": kinds, "@id": scope.get("itemid") or None})


def _value(element: html.HtmlElement) -> str:
    names = _VALUES if _OF_ADDRESSES.isdisjoint(element.get("itemprop", "").split()) else (*_VALUES, *_ADDRESSES)
    found = next((value for name in names if (value := element.get(name))), None)
    return found if found is not None else shown_text(element)


def _add(node: dict[str, Any], name: str, value: object) -> None:
    if name in node:
        known = node[name]
        node[name] = [*known, value] if isinstance(known, list) else [known, value]
    else:
        node[name] = value


def _depth_is_bounded(node: Node, depth: int = 0) -> bool:
    if depth > MAX_DEPTH:
        return False
    values = (part for value in node.values() for part in (value if isinstance(value, list) else (value,)))
    return all(_depth_is_bounded(part, depth + 1) for part in values if isinstance(part, dict))
