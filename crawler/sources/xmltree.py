"""Reads sitemaps and OPML as XML, well-formed or nearly so, an entry at a time.

No document type is ever looked at, so that no entity is resolved: the document is parsed without it. What is not
well-formed is mended where the intention is clear (a bare "&" or "<", the entities of HTML), and read as far as it
goes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.entities import html5
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from crawler.errors import SourceError

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[<>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_FIRST_ELEMENT = re.compile(r"<[A-Za-z_]")
_ROOT_NAME = re.compile(r"<(?:[^\s:/>]{1,100}:)?([^\s:/>]{1,100})")
# An unclosed section goes to the end: else looking for the end of each would take quadratic time.
_MENDABLE = re.compile(
    r"""(?P<whole> <!\[CDATA\[.*?(?:\]\]>|\Z) | <!--.*?(?:-->|\Z) )
      | &(?!(?:\#[0-9]{1,7}|\#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);) (?P<name>[A-Za-z0-9]{1,31};)?
      | <(?![A-Za-z_:/!?\x80-\U0010ffff])""",
    re.VERBOSE | re.DOTALL,
)
_MAX_PROBLEM_CHARS = 200


@dataclass(frozen=True, slots=True)
class Tree:
    """A document being read: ``entries`` are its elements of the names asked for, each valid until the next."""

    root: Any
    entries: Iterator[Any]
    _events: Any

    def problem(self) -> str:
        """Say what is so wrong with the document that part of it may be missing; "" if nothing."""
        fatal = list(self._events.error_log.filter_from_fatals())
        return _short(fatal[0].message) if fatal else ""


def bare(text: str) -> str:
    """Return a document from its first element on, without characters that XML does not have; "" if it has none."""
    text = _ILLEGAL.sub("", text)
    start = max(text.find("<"), 0)
    while prolog := _PROLOG.match(text, start):
        start = prolog.end()
    first = _FIRST_ELEMENT.search(text, start)
    return text[first.start() :] if first else ""


def root_name(document: str) -> str:
    """Return the name of a bare document's first element as ``local_name`` does; "" if it has none."""
    name = _ROOT_NAME.match(document)
    return name[1].lower() if name else ""


def parse(document: str, url: str, entries: Mapping[str, str]) -> Tree:
    """Begin to read a document.

    Args:
        document: from its first element on.
        entries: the name of an entry for each name that the root element may have, all in lower case. Entries are
            children of the root or of its <channel> or <items>, or the root itself.

    Raises:
        SourceError: not XML, or another root element.
    """
    events = etree.iterparse(
        io.BytesIO(_MENDABLE.sub(_mended, document).encode("utf-8", "replace")),
        events=("start", "end"),
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        _, root = next(events)
    except (StopIteration, etree.XMLSyntaxError) as error:
        raise SourceError(url, f"not XML: {_short(str(error)) or 'it has no elements'}") from error
    name = local_name(root)
    if name not in entries:
        raise SourceError(url, f"its root element is <{_short(name)}>")
    return Tree(root, _entries(events, root, entries[name]), events)


def local_name(element: Any) -> str:
    """Return the element's name in lower case without namespace or prefix."""
    return re.split("[}:]", element.tag)[-1].lower()


def _entries(events: Any, root: Any, name: str) -> Iterator[Any]:
    """Yield entries as they end, but not one that the document breaks off in: half an address leads astray.

    The one before is taken out of the tree, so that it does not grow.
    """
    last = None
    for event, element in events:
        if event == "end" and local_name(element) == name and _in_place(element, root):
            if events.error_log.filter_types([etree.ErrorTypes.ERR_TAG_NOT_FINISHED]):
                return
            if last is not None and last.getparent() is not None:
                last.getparent().remove(last)
            last = element
            yield element


def _in_place(element: Any, root: Any) -> bool:
    parent = element.getparent()
    return (
        parent is None or parent is root or (parent.getparent() is root and local_name(parent) in ("channel", "items"))
    )


def _mended(found: re.Match[str]) -> str:
    if found["whole"]:
        return found["whole"]
    if found["name"] in html5:
        return escape(html5[found["name"]])
    return escape(found[0])


def _short(problem: str) -> str:
    return " ".join(problem.split())[:_MAX_PROBLEM_CHARS]
