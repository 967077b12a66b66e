"""Everything that the metadata rules read, gathered once from one tree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from lxml import html

from crawler.extract import dates, jsonld, microdata
from crawler.extract.page import Page
from crawler.extract.tree import shown_text

_MAX_META_CHARS = 5_000
_MAX_METAS = 1_000
_MAX_MARKED = 1_000

_YEAR = re.compile(r"[12]\d{3}(?!\d)")
_TAGS = frozenset(("meta", "script", "link", "title", "h1", "time"))
_LINKS = frozenset(("a", "link"))
_CLASSES = ("byline", "author", "source")
_STATES = ("has-", "is-", "js-", "no-", "with-")
_NO_BYLINE = ("bio", "image", "avatar", "photo", "description", "social", "link-list", "related", "comment")


@dataclass(frozen=True)
class Evidence:
    """A page's claims about itself.

    ``metas``: lower-case property, name or itemprop -> contents in page order. ``marked``: "h1", "time", "title",
    "itemprop x", "rel x" or "class x" -> elements in page order, at most 1,000 of each. ``article`` and ``microdata``
    are the nodes that describe the page's own article, empty if there is none; ``nodes`` are all JSON-LD objects;
    ``titles`` are the case-folded titles that the page gives its article.
    """

    page: Page
    tree: html.HtmlElement
    metas: Mapping[str, tuple[str, ...]]
    marked: Mapping[str, Sequence[html.HtmlElement]]
    nodes: tuple[jsonld.Node, ...]
    article: jsonld.Node
    microdata: jsonld.Node
    titles: frozenset[str]

    @property
    def url(self) -> str:
        """Where the page was found."""
        return self.page.url

    @property
    def fetched_at(self) -> datetime:
        """When the page was fetched."""
        return self.page.fetched_at

    def meta(self, *names: str) -> str | None:
        """Return the first content of the first of these meta names that the page has."""
        return next((content for name in names for content in self.metas.get(name, ())), None)

    @cached_property
    def outlets(self) -> tuple[str, ...]:
        """The names under which the page gives its publisher and its site."""
        names = (jsonld.first(self.article, "publisher"), self.meta("og:site_name"), self.page.publisher)
        return tuple(name for name in names if name)

    @cached_property
    def by_id(self) -> Mapping[str, jsonld.Node]:
        """The JSON-LD objects that others can refer to, by their "@id"."""
        return {node["@id"]: node for node in self.nodes if isinstance(node.get("@id"), str)}

    @cached_property
    def earliest(self) -> datetime:
        """When the site can have begun to publish: no earlier than its owner says to have been founded."""
        publisher = self.article.get("publisher")
        owner = self.by_id.get(str(publisher.get("@id")), publisher) if isinstance(publisher, dict) else {}
        year = _YEAR.match(jsonld.first(owner, "foundingDate") or "")
        if year is None or int(year[0]) > self.fetched_at.year:
            return dates.EARLIEST
        return max(dates.EARLIEST, datetime(int(year[0]), 1, 1, tzinfo=UTC))

    @property
    def own_article(self) -> jsonld.Node:
        """The JSON-LD node, unless it says to be of another address and has another title."""
        return self.article if jsonld.may_be_of(self.article, self.url, self.titles) else {}

    def shown(self, mark: str) -> list[str]:
        """Return the collapsed texts of the elements under a mark, without empty ones."""
        return [text for element in self.marked.get(mark, ()) if (text := shown_text(element))]

    @cached_property
    def title(self) -> str:
        """The page's title element: the first that is not empty, those of drawings being further down."""
        return next(iter(self.shown("title")), "")


def gather(page: Page, tree: html.HtmlElement) -> Evidence:
    """Read meta elements, JSON-LD, microdata and marked elements out of the tree."""
    marked = _marked(tree, has_items=b"itemprop" in page.content)
    metas = _metas(marked.get("meta", ()))
    nodes = jsonld.read_nodes(marked.get("script", ()))
    headings = [shown_text(heading) for heading in marked.get("h1", ())[:1]]
    titles = frozenset(title.casefold() for title in (*metas.get("og:title", ()), *headings) if title)
    article = jsonld.article_node(nodes, page.url, titles)
    items = microdata.read_nodes(marked.get("itemprop", ()))
    item = jsonld.article_node(items, page.url, titles)
    own = item if jsonld.may_be_of(item, page.url, titles) else {}
    return Evidence(page, tree, metas, marked, nodes, article, own, titles)


def _metas(elements: Sequence[html.HtmlElement]) -> dict[str, tuple[str, ...]]:
    metas: dict[str, list[str]] = {}
    for element in elements[:_MAX_METAS]:
        content = " ".join((element.get("content") or "")[:_MAX_META_CHARS].split())
        for key in ("property", "name", "itemprop", "http-equiv") if content else ():
            if name := element.get(key):
                metas.setdefault(name.strip().lower(), []).append(content)
    return {name: tuple(dict.fromkeys(contents)) for name, contents in metas.items()}


def _marked(tree: html.HtmlElement, has_items: bool) -> dict[str, list[html.HtmlElement]]:
    """Walk the tree once: a search for each kind of element would cost more than the parser."""
    marked: dict[str, list[html.HtmlElement]] = {}
    for element in tree.iter():
        tag = element.tag
        marks: tuple[str, ...] = (tag,) if tag in _TAGS else ()
        if tag in _LINKS and (relation := element.get("rel")):
            marks += tuple(f"rel {name}" for name in relation.lower().split())
        if has_items and (prop := element.get("itemprop")):
            marks += ("itemprop", *(f"itemprop {name}" for name in prop.split()))
        if (names := element.get("class")) and ("yline" in names or "uthor" in names or "ource" in names):
            marks += _class_marks(names.lower())
        for mark in marks:
            marked.setdefault(mark, []).append(element)
    return {mark: elements[:_MAX_MARKED] for mark, elements in marked.items()}


def _class_marks(names: str) -> tuple[str, ...]:
    own = " ".join(name for name in names.split() if not name.startswith(_STATES))
    is_other = any(word in own for word in _NO_BYLINE)
    return () if is_other else tuple(f"class {name}" for name in _CLASSES if name in own)
