"""A publisher's override asked of one page. What it cannot give, the ordinary rules give, and a note says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from lxml import etree, html

from crawler.extract import bylines, dates
from crawler.extract.blocks import Block
from crawler.extract.evidence import Evidence
from crawler.extract.names import Byline
from crawler.extract.overrides import Override, compiled
from crawler.extract.rules import Found, Rule
from crawler.extract.tree import shown_text

Match: TypeAlias = "html.HtmlElement | str"

_MAX_PARTS, _MAX_VALUES = 2_000, 50
_MAX_BODY_CHARS, _MAX_VALUE_CHARS = 500_000, 300
_MAX_DROPPED = 0.9
"""Where a selector is taken to have lost its aim: elements of a body, other values, characters, share of the text."""

_INLINE = {
    *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins"),
    *("kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time"),
    *("tt", "u", "var", "wbr"),
}
_NO_TEXT = {
    *("audio", "button", "canvas", "figure", "form", "head", "iframe", "noscript", "object", "script", "select"),
    *("style", "svg", "template", "textarea", "video"),
}


class _NoUse(Exception):
    """Say why what a selector matched is of no use. Never leaves this module."""


class Overriding:
    """What an override gives for one page, in order: ``rules`` that go first in their fields' lists, then the ``body``.

    ``notes`` say what it could not give, and why.
    """

    def __init__(self, override: Override | None, evidence: Evidence) -> None:
        self.notes: list[str] = []
        self.rules: Mapping[str, Sequence[Rule[Any]]] = {}
        self._evidence = evidence
        self._override = self._in_force(override)
        if self._override:
            self.rules = dict(self._fields(self._override))

    def body(self) -> Found[list[Block]] | None:
        """Return the body's blocks. First takes what the override drops out of the tree."""
        if self._override is None:
            return None
        if dropped := sum(self._drop(self._override, selector) for selector in self._override.drop):
            self.notes.append(f"override: drop of {self._override.site} took out elements: {dropped:,}")
        if self._override.body is None:
            return None
        blocks = self._asked(self._override, "body", _body)
        return None if blocks is None else Found(blocks, _name(self._override))

    def _in_force(self, override: Override | None) -> Override | None:
        if override is None:
            return None
        problem = override.not_in_force(self._evidence.fetched_at)
        if problem:
            self.notes.append(f"override: {override.site} {problem}")
        return None if problem else override

    def _fields(self, override: Override) -> Iterator[tuple[str, tuple[Rule[Any]]]]:
        for field, read in _READERS.items():
            if getattr(override, field) and (value := self._asked(override, field, read)) is not None:
                yield field, (Rule(_name(override), _always(value)),)

    def _asked(self, override: Override, field: str, read: Callable[[str, Evidence], Any]) -> Any:
        try:
            return read(getattr(override, field), self._evidence)
        except _NoUse as problem:
            self.notes.append(f"override: {field} of {override.site} {problem}")
            return None

    def _drop(self, override: Override, selector: str) -> int:
        """Take elements out of the page and count them; not every page has what is to be dropped."""
        try:
            elements = _matched(selector, self._evidence.tree, _MAX_PARTS)
            _check_dropped(elements, self._evidence.tree)
        except _NoUse as problem:
            self.notes.append(f"override: drop of {override.site} {problem}: {selector[:80]}")
            return 0
        for element in elements:
            element.drop_tree()  # type: ignore[union-attr]
        return len(elements)


def _name(override: Override) -> str:
    return f"override {override.site}"


def _always(value: Any) -> Callable[[Evidence], Any]:
    return lambda _: value


def _matched(selector: str, tree: html.HtmlElement, most: int) -> list[Match]:
    """Return what a selector matches in page order, at most so many."""
    try:
        found = compiled(selector)(tree)
    except etree.XPathError as error:
        raise _NoUse(f"cannot be asked of this page ({error})") from error
    matches: list[Match] = found if isinstance(found, list) else [found]
    if len(matches) > most:
        raise _NoUse(f"matched too much ({len(matches):,} times)")
    return matches


def _check_dropped(elements: Sequence[Match], tree: html.HtmlElement) -> None:
    if any(isinstance(element, str) for element in elements):
        raise _NoUse("selects no elements")
    if elements and sum(map(_chars, elements)) >= _MAX_DROPPED * _chars(tree):
        raise _NoUse("would take out nearly all the page's text")


def _chars(element: Match) -> int:
    return sum(map(len, _lines(element)))


# -- readers of one field ---------------------------------------------------------------------------------------------


def _values(selector: str, evidence: Evidence) -> list[str]:
    """Return the texts that a selector gives; an element's is in its attribute for machines, if it has one."""
    matches = _matched(selector, evidence.tree, _MAX_VALUES)
    texts = (m if isinstance(m, str) else m.get("content") or m.get("datetime") or shown_text(m) for m in matches)
    values = [value for text in texts if (value := " ".join(text.split()))]
    if not values:
        raise _NoUse("matched nothing")
    if longest := next((value for value in values if len(value) > _MAX_VALUE_CHARS), None):
        raise _NoUse(f"matched too much ({len(longest):,} characters)")
    return values


def _headline(selector: str, evidence: Evidence) -> str:
    return _values(selector, evidence)[0]


def _authors(selector: str, evidence: Evidence) -> tuple[str, ...]:
    texts = _values(selector, evidence)
    _, signing = bylines.authors("", lambda _: [Byline(text) for text in texts])
    found = signing.find(evidence)
    if found is None:
        raise _NoUse(f"matched no name: {texts[0][:80]!r}")
    return found


def _date(selector: str, evidence: Evidence) -> tuple[Any, str]:
    raw = _values(selector, evidence)[0]
    moment = dates.parse(raw, latest=evidence.fetched_at)
    if moment is None:
        raise _NoUse(f"matched no date: {raw[:80]!r}")
    return moment, raw


def _body(selector: str, evidence: Evidence) -> list[Block]:
    matches = _matched(selector, evidence.tree, _MAX_PARTS)
    blocks = [Block(line) for match in _outermost(matches) for line in _lines(match)]
    if not blocks:
        raise _NoUse("matched nothing")
    chars = sum(len(block.text) for block in blocks)
    if chars > _MAX_BODY_CHARS:
        raise _NoUse(f"matched too much ({chars:,} characters)")
    return blocks


_READERS: Mapping[str, Callable[[str, Evidence], Any]] = {
    "headline": _headline,
    "authors": _authors,
    "date_published": _date,
}


# -- text -------------------------------------------------------------------------------------------------------------


def _outermost(matches: Sequence[Match]) -> Iterator[Match]:
    """Leave out elements inside others that are matched too."""
    elements = {match for match in matches if not isinstance(match, str)}
    for match in matches:
        if isinstance(match, str) or elements.isdisjoint(match.iterancestors()):
            yield match


def _lines(match: Match) -> Iterator[str]:
    """Return a text's lines: paragraphs, headings, list items and what stands between them."""
    pieces = [match] if isinstance(match, str) else _pieces(match)
    for line in "".join(pieces).split("\n"):
        text = " ".join(line.split())
        if text.strip("-•*|· "):
            yield text


def _pieces(root: html.HtmlElement) -> Iterator[str]:
    """Yield texts in page order, and a line break at each border of a block."""
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if element.tag not in _INLINE:
            yield "\n"
        if event == "end":
            yield "" if element is root else _flat(element.tail)
        elif element.tag in _NO_TEXT:
            walker.skip_subtree()
        else:
            yield f"- {_flat(element.text)}" if element.tag == "li" else _flat(element.text)


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", " ")
