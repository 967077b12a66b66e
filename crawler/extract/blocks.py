"""The body as blocks: paragraphs, headings and list items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

_ITEM = "- "
_BLOCKS = ("p", "head", "item", "quote", "list", "div", "table", "row", "code")
_BREAKS = (*_BLOCKS, "lb", "br", "li", "ul", "ol", "h2", "h3", "h4", "blockquote", "tr", "dt", "dd")
_CONTAINERS = ("body", "list", "quote", "div", "table")


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the body. ``kind``: "head", "p", "item" or another of trafilatura's tags."""

    text: str
    kind: str = "p"


def text_of(blocks: Iterable[Block]) -> str:
    """Return the body, one block a line."""
    return "\n".join(block.text for block in blocks)


def of_lines(text: str) -> list[Block]:
    """Return the lines of a text as paragraphs, white space collapsed, without those that say nothing."""
    return [block for line in text.splitlines() for block in _block(line, "p")]


def of_body(body: etree._Element) -> list[Block]:
    """Return the blocks of trafilatura's body element, in page order."""
    return list(_within(body))


def _within(container: etree._Element) -> Iterator[Block]:
    for element in container:
        if element.tag in _CONTAINERS and any(child.tag in _BLOCKS for child in element):
            yield from _block(element.text or "", "p")
            yield from _within(element)
        else:
            yield from lines(element, element.tag)
        yield from _block(element.tail or "", "p")


def lines(element: etree._Element, kind: str) -> Iterator[Block]:
    """Split an element, of trafilatura's or of a page, at its line breaks and at blocks inside it."""
    line: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node.tag in ("cell", "td", "th"):
            line.append(" ")
        if node is not element and node.tag in _BREAKS:
            yield from _block("".join(line), kind)
            line = []
        if event == "start":
            line.append(node.text or "")
        elif node is not element:
            line.append(node.tail or "")
    yield from _block("".join(line), kind)


def _block(text: str, kind: str) -> Iterator[Block]:
    line = " ".join(text.split())
    if line.strip("-•*|· _—–"):
        yield Block(_ITEM + line if kind == "item" else line, kind)
