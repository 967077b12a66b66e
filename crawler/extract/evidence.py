"""Everything that the metadata rules read, gathered once from one tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import html

from crawler.extract import jsonld
from crawler.extract.page import Page

_MAX_META_CHARS = 5_000
_MAX_METAS = 1_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """A page's claims about itself. ``metas``: lower-case property, name or itemprop -> contents in page order."""

    page: Page
    tree: html.HtmlElement
    metas: Mapping[str, tuple[str, ...]]
    nodes: tuple[jsonld.Node, ...]
    article: jsonld.Node

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


def gather(page: Page, tree: html.HtmlElement) -> Evidence:
    """Read meta elements and JSON-LD out of the tree."""
    metas = _metas(tree)
    nodes = jsonld.read_nodes(tree)
    titles = frozenset(title.casefold() for title in (*metas.get("og:title", ()), text_at(tree, "//h1")) if title)
    article = jsonld.article_node(nodes, page.url, titles)
    return Evidence(page, tree, metas, nodes, article)


def text_at(tree: html.HtmlElement, xpath: str) -> str | None:
    """Return the collapsed text of the first element at `xpath` that has any."""
    texts = (" ".join(element.text_content().split()) for element in tree.xpath(xpath))
    return next((text for text in texts if text), None)


def _metas(tree: html.HtmlElement) -> dict[str, tuple[str, ...]]:
    metas: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]")[:_MAX_METAS]:
        content = " ".join(element.get("content")[:_MAX_META_CHARS].split())
        names = {element.get(key, "").strip().lower() for key in ("property", "name", "itemprop", "http-equiv")}
        for name in names - {""} if content else ():
            metas.setdefault(name, []).append(content)
    return {name: tuple(contents) for name, contents in metas.items()}
