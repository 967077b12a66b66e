"""Everything that the metadata rules read, gathered once from one tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree, html

from crawler.extract import jsonld, microdata
from crawler.extract.page import Page

_MAX_META_CHARS = 5_000
_MAX_METAS = 1_000
_MAX_MARKED = 5_000
_MAX_TEXT_CHARS = 5_000

_METAS = etree.XPath("//meta[@content]")
# One pass over the tree for all that rules look at: a search for each of them would cost more than the parser.
_MARKED = etree.XPath(
    "//*[@itemprop or @itemscope or @rel or self::h1 or self::time or self::title or @pubdate"
    " or contains(@class, 'yline') or contains(@class, 'uthor') or contains(@class, 'ource')]"
)
_RELATIONS = ("author", "canonical", "syndication-source", "original-source")
_CLASSES = ("byline", "author", "source")
_NO_BYLINE = ("bio", "image", "avatar", "photo", "description", "social", "link-list", "related", "comment")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A page's claims about itself.

    ``metas``: lower-case property, name or itemprop -> contents in page order. ``marked``: "h1", "time", "title",
    "itemprop x", "rel x" or "class x" -> elements in page order. ``article`` and ``microdata`` are the nodes that
    describe the page's own article, empty if there is none; ``nodes`` are all JSON-LD objects.
    """

    page: Page
    tree: html.HtmlElement
    metas: Mapping[str, tuple[str, ...]]
    marked: Mapping[str, Sequence[html.HtmlElement]]
    nodes: tuple[jsonld.Node, ...]
    article: jsonld.Node
    microdata: jsonld.Node

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

    def shown(self, mark: str) -> list[str]:
        """Return the collapsed texts of the elements under a mark, without empty ones."""
        return [text for element in self.marked.get(mark, ()) if (text := text_of(element))]

    @property
    def title(self) -> str:
        """The page's title element: the first that is not empty, those of drawings being further down."""
        return next(iter(self.shown("title")), "")


def gather(page: Page, tree: html.HtmlElement) -> Evidence:
    """Read meta elements, JSON-LD, microdata and marked elements out of the tree."""
    metas = _metas(tree)
    marked = _marked(tree)
    nodes = jsonld.read_nodes(tree)
    headings = [text_of(heading) for heading in marked.get("h1", ())[:1]]
    titles = frozenset(title.casefold() for title in (*metas.get("og:title", ()), *headings) if title)
    article = jsonld.article_node(nodes, page.url, titles)
    items = microdata.read_nodes(marked.get("itemprop", ()))
    return Evidence(page, tree, metas, marked, nodes, article, jsonld.article_node(items, page.url, titles))


def text_of(element: html.HtmlElement) -> str:
    """Return an element's text with white space collapsed, the beginning of a very long one."""
    return " ".join(element.text_content()[:_MAX_TEXT_CHARS].split())


def _metas(tree: html.HtmlElement) -> dict[str, tuple[str, ...]]:
    metas: dict[str, list[str]] = {}
    for element in _METAS(tree)[:_MAX_METAS]:
        content = " ".join(element.get("content")[:_MAX_META_CHARS].split())
        for key in ("property", "name", "itemprop", "http-equiv") if content else ():
            if (name := element.get(key)) and content not in metas.setdefault(name.strip().lower(), []):
                metas[name.strip().lower()].append(content)
    return {name: tuple(contents) for name, contents in metas.items()}


def _marked(tree: html.HtmlElement) -> dict[str, list[html.HtmlElement]]:
    marked = defaultdict(list)
    for element in _MARKED(tree)[:_MAX_MARKED]:
        for mark in _marks(element):
            marked[mark].append(element)
    return dict(marked)


def _marks(element: html.HtmlElement) -> list[str]:
    marks = [element.tag] if element.tag in ("h1", "time", "title") else []
    if prop := element.get("itemprop"):
        marks += ["itemprop", *(f"itemprop {name}" for name in prop.split())]
    if relation := element.get("rel"):
        marks += [f"rel {name}" for name in relation.lower().split() if name in _RELATIONS]
    if (names := element.get("class", "").lower()) and not any(word in names for word in _NO_BYLINE):
        marks += [f"class {name}" for name in _CLASSES if name in names]
    return marks
