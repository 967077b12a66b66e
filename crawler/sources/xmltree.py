"""Reads feeds, sitemaps and OPML as XML, well-formed or nearly so, an entry at a time.

No document type is ever looked at, so that no entity is resolved: the document is parsed without it. What is not
well-formed is mended where the intention is clear (a bare "&" or "<", the entities of HTML), and read as far as it
goes.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.entities import html5
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from crawler import urls
from crawler.errors import SourceError

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[<>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_FIRST_ELEMENT = re.compile(r"<[A-Za-z_]")
# An unclosed section goes to the end: else looking for the end of each would take quadratic time.
_MENDABLE = re.compile(
    r"""(?P<whole> <!\[CDATA\[.*?(?:\]\]>|\Z) | <!--.*?(?:-->|\Z) )
      | &(?!(?:\#[0-9]{1,7}|\#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);) (?P<name>[A-Za-z0-9]{1,31};)?
      | <(?![A-Za-z_:/!?\x80-\U0010ffff])""",
    re.VERBOSE | re.DOTALL,
)
_MAX_PROBLEM_CHARS = 200
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
# The names by which rules call what is not of the entry's own namespace; "http://" or "https://" stands before each.
_PREFIXES = {
    "": "",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/elements/1.0": "dc",
    "purl.org/dc/terms": "dcterms",
    "purl.org/rss/1.0/modules/content": "content",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "www.w3.org/2005/atom": "atom",
    "purl.org/atom/ns#": "atom",
    "search.yahoo.com/mrss": "media",
}


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


def parse(text: str, url: str, entries: Mapping[str, str]) -> Tree:
    """Begin to read a document.

    Args:
        entries: the name of an entry for each name that the root element may have, all in lower case. Entries are
            children of the root or of its <channel> or <items>, or the root itself.

    Raises:
        SourceError: not XML, or another root element.
    """
    events = etree.iterparse(
        io.BytesIO(_mend(text).encode("utf-8", "replace")),
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


def fields(entry: Any) -> Mapping[str, list[Any]]:
    """Return the children of an entry by name, in lower case; those of other namespaces are called ``dc:date``."""
    own, _ = _split(entry.tag)
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for child in entry:
        namespace, name = _split(child.tag)
        prefix = "" if namespace == own else _PREFIXES.get(namespace, "other")
        found[f"{prefix}:{name}".removeprefix(":")].append(child)
    return found


def local_name(element: Any) -> str:
    """Return the element's name in lower case without namespace or prefix."""
    return _split(element.tag)[1].rpartition(":")[2]


def address(element: Any, link: str | None, url: str) -> str | None:
    """Return a link found in `element` of the document at `url` as an absolute web address; xml:base is respected."""
    for step in reversed([element, *element.iterancestors()]):
        url = urls.absolute(url, step.get(_XML_BASE)) or url
    return urls.absolute(url, link)


def text(element: Any) -> str:
    """Return all text in an element."""
    return "".join(element.itertext())


def _split(tag: str) -> tuple[str, str]:
    """Return namespace and name in lower case; a prefix that is not declared stays with the name."""
    namespace, _, name = tag.lower().rpartition("}")
    return namespace.rpartition("//")[2].rstrip("/"), name


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


def _mend(text: str) -> str:
    """Return the document from its first element on, with "&" and "<" as XML wants them."""
    text = _ILLEGAL.sub("", text)
    start = max(text.find("<"), 0)
    while prolog := _PROLOG.match(text, start):
        start = prolog.end()
    first = _FIRST_ELEMENT.search(text, start)
    return _MENDABLE.sub(_mended, text[first.start() :]) if first else ""


def _mended(found: re.Match[str]) -> str:
    if found["whole"]:
        return found["whole"]
    if found["name"] in html5:
        return escape(html5[found["name"]])
    return escape(found[0])


def _short(problem: str) -> str:
    return " ".join(problem.split())[:_MAX_PROBLEM_CHARS]
