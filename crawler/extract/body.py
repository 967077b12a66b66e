"""The article's text: a plain container's paragraphs, or trafilatura, quick and then thorough, and rescues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from lxml import html

from crawler.extract import declared, jsonld, scripted
from crawler.extract.blocks import Block, lines, of_body, of_lines, text_of
from crawler.extract.evidence import Evidence
from crawler.extract.region import Region, speak_against
from crawler.extract.rules import Found
from crawler.extract.tree import shown_text

_TINY, _SHORT = 0.2, 0.6
_FEW_CHARS = 500
"""When the quick result is doubted: shares of the page's paragraph text, and characters. Source: article-bodies and
publishers (313 pages), newsweb-2016_11: elsewhere the thorough mode only added other texts of the page, and between the
two shares what was missing stood in sibling containers."""
_MOST, _PLAIN = 0.9, 0.7
"""How much of the running text containers must hold, and how much of theirs their own paragraphs, to be all of the
article. Source: the same pages, on which what else they held was no text of it."""
_WRAPPERS = ("div", "section", "figure")
_KINDS = {
    **{"p": "p", "blockquote": "quote", "pre": "p", "dl": "p", "address": "p"},
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "head"),
}
_ABOUT_AS_LONG, _LONGER, _MUCH_LONGER = 0.8, 1.4, 2.0
_NO_LEAD = ("figure", "figcaption", "footer", "aside", "nav")
_LEAD_BLOCKS, _MAX_LEAD_CHARS, _START_CHARS = 5, 1_000, 40


def find(evidence: Evidence, place: Region) -> Found[list[Block]]:
    """Return the body's blocks, none if there is no text."""
    plain = _plain_containers(place)
    found = Found(plain, "paragraphs of one container") if plain else _trafilaturas(evidence, place)
    found = _rescued(found, place, declared.text(evidence.own_article))
    return found if _chars(found) >= _FEW_CHARS else _scripted(evidence, found)


def _scripted(evidence: Evidence, found: Found[list[Block]]) -> Found[list[Block]]:
    """Return the text in a script that goes on from what was found or described; scripts hold other texts too."""
    blocks = scripted.text(evidence.marked.get("script", ()))
    starts = {_start(text) for text in (*_descriptions(evidence), *(block.text for block in found.value))}
    whole = "".join(text_of(blocks).split()).casefold()
    goes_on = any(len(start) == _START_CHARS and start in whole for start in starts)
    return _longer(found, Found(blocks, "string in a script"), _LONGER) if goes_on else found


def _plain_containers(place: Region) -> list[Block]:
    """Return the blocks of containers that are little else than paragraphs: no heuristics do better, or as quickly."""
    containers = _containers(place)
    blocks = [block for container in containers for block in _inside(container)]
    held = sum(len("".join(block.text.split())) for block in blocks)
    whole = sum(len("".join(container.text_content().split())) for container in containers)
    return blocks if held >= _PLAIN * whole else []


def _inside(container: html.HtmlElement) -> Iterator[Block]:
    """Yield what stands right in a container: its blocks, and text between them."""
    yield from of_lines(container.text or "")
    for element in container:
        yield from _blocks(element)
        yield from of_lines(element.tail or "")


def _containers(place: Region) -> list[html.HtmlElement]:
    """Return the elements, all of one tag and class, right in which nearly all running text is; none if there are none.

    Pages that break an article up for advertisements repeat its container. One without a class is known by being all
    of the region.
    """
    held: Counter[tuple[str, str]] = Counter()
    for paragraph, text in place.paragraphs.items():
        above = paragraph.getparent()
        held[_kind(above.getparent() if above.tag == "blockquote" else above)] += len(text)
    kind, chars = held.most_common(1)[0] if held else (("", ""), 0)
    if chars < max(_FEW_CHARS, _MOST * held.total()):
        return []
    if not kind[1]:
        return [place.container] if _kind(place.container) == kind else []
    return [element for element in place.tree.iter(kind[0]) if _kind(element) == kind]


def _blocks(element: html.HtmlElement) -> list[Block]:
    if element.tag in ("ul", "ol"):
        return [block for item in element.iterchildren("li") for block in lines(item, "item")]
    if element.tag == "table":
        return [block for row in element.iter("tr") for block in lines(row, "row")]
    if element.tag in _WRAPPERS and (not element.get("class") or element.find(".//table") is not None):
        return list(_inside(element))
    kind = _KINDS.get(element.tag)
    return list(lines(element, kind)) if kind else []


def _trafilaturas(evidence: Evidence, place: Region) -> Found[list[Block]]:
    """Ask trafilatura for the body.

    The quick mode reads nearly every page as well as the thorough one in two thirds of the time: the other is asked
    only when the page holds clearly more paragraphs than it found.
    """
    found = Found(_trafilatura(place.tree, fast=True), "trafilatura, fast")
    chars, available = _chars(found), _available(place)
    if (chars >= _FEW_CHARS and chars >= _TINY * available) or 0 < _SHORT * available <= chars:
        return found
    return _longer(found, Found(_trafilatura(evidence.tree, fast=False), "trafilatura, thorough"), _LONGER)


def _rescued(found: Found[list[Block]], place: Region, stated: list[Block]) -> Found[list[Block]]:
    """Return sibling containers, or the declared text, where they hold clearly more than was found."""
    if _chars(found) < _SHORT * _available(place):
        same = _same_containers(place.paragraphs, found.value)
        found = _longer(found, Found(same, "containers of one kind"), _LONGER)
    ratio = _MUCH_LONGER if len(found.value) > 1 else _ABOUT_AS_LONG
    return _longer(found, Found(stated, "json-ld articleBody"), ratio)


def _available(place: Region) -> int:
    return sum(map(len, place.paragraphs.values()))


def lead(evidence: Evidence, place: Region, found: Sequence[Block]) -> list[Block]:
    """Return the paragraph that the page shows above the text, in a container of its own, if the text lacks it.

    It is known by the page's description, which repeats it.
    """
    if not found:
        return []
    start = {_start(block.text) for block in found[:_LEAD_BLOCKS]}
    described = {_start(text) for text in _descriptions(evidence)} - start
    first = next((paragraph for paragraph, text in place.paragraphs.items() if _start(text) in start), None)
    for element in evidence.tree.iter("p", "h2", "h3", "h4", "div", "span", "strong") if described else ():
        if element is first:
            break
        own = element.text or ""
        if not own.strip() and element.tag in ("p", "h2", "h3", "h4"):
            own = element.text_content()
        if _start(own) in described and _may_be_lead(element):
            text = shown_text(element)
            is_missing = len(text) <= _MAX_LEAD_CHARS and _start(text) not in start
            return [Block(text)] if is_missing else []
    return []


def _may_be_lead(element: html.HtmlElement) -> bool:
    if next(element.iterancestors(_NO_LEAD), None) is not None:
        return False
    around = (element, *islice(element.iterancestors(), 2))
    return not any(e.get("hidden") is not None or speak_against(e.get("class", "")) for e in around)


def _descriptions(evidence: Evidence) -> list[str]:
    metas = (content for name in ("og:description", "description") for content in evidence.metas.get(name, ()))
    texts = (jsonld.first(evidence.article, "description") or "", *metas)
    return [text for text in texts if len(text) >= _START_CHARS]


def _start(text: str) -> str:
    return "".join(text[: 2 * _START_CHARS].split())[:_START_CHARS].casefold()


def _chars(found: Found[list[Block]]) -> int:
    return sum(len(block.text) for block in found.value)


def _longer(found: Found[list[Block]], other: Found[list[Block]], ratio: float) -> Found[list[Block]]:
    return other if _chars(other) > ratio * _chars(found) else found


def _trafilatura(tree: html.HtmlElement, *, fast: bool) -> list[Block]:
    from trafilatura import bare_extraction  # heavy: 0.2 s

    document: Any = bare_extraction(tree, options=_options(fast))
    return of_body(document.body) if document and document.body is not None else []


@cache
def _options(fast: bool) -> Any:
    """Return what trafilatura is asked for; to read its settings anew for each page costs a tenth of its time."""
    from trafilatura.settings import Extractor

    return Extractor(output_format="python", fast=fast, recall=True, comments=False, tables=True)


def _same_containers(paragraphs: Mapping[html.HtmlElement, str], found: Sequence[Block]) -> list[Block]:
    """Return the paragraphs of all containers that look like those the text came from.

    Pages that break an article up for advertisements repeat the container; the quick mode keeps one of them.
    """
    texts = {block.text for block in found}
    kinds = {_kind(paragraph.getparent()) for paragraph, line in paragraphs.items() if line in texts}
    return [Block(line) for paragraph, line in paragraphs.items() if _kind(paragraph.getparent()) in kinds]


def _kind(element: html.HtmlElement) -> tuple[str, str]:
    return element.tag, element.get("class", "")
