"""The text that a publisher declares as its article's (JSON-LD articleBody): it knows best what belongs to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extract import jsonld, prose
from crawler.extract.blocks import Block
from crawler.extract.furniture_rules import SENTENCE_ENDS, plain

_SHARE = 0.8
"""How much of a text must be in the declared one for that to be believed. Source: publishers (132 pages)."""
_LEFT_OUT = ("item", "row", "quote")
_END_CHARS = 40
_HEADING_WORDS = 12
_BLOCK = re.compile(r"<\s{0,9}/?\s{0,9}(?:p|br|div|li|h[1-6])\b[^<>]{0,500}>", re.IGNORECASE)


def text(article: jsonld.Node) -> list[Block]:
    """Return the declared text, with markup in it undone; none if it is cut off."""
    body = article.get("articleBody")
    if not isinstance(body, str) or body.rstrip().endswith(("...", "…")):
        return []
    return of_markup(body)


def of_markup(text: str) -> list[Block]:
    """Return the paragraphs of a text that may have markup in it."""
    return [Block(line) for part in _BLOCK.sub("\n", text).splitlines() for line in jsonld.strings(part)]


def kept(blocks: Sequence[Block], declared: str) -> list[Block]:
    """Return the blocks without those that the declared text (see `plain`), if it has most of them, does not have.

    Headings, lists, quotations and what stands above the text's first paragraph, such as a summary, are not in it by
    habit: they stay.
    """
    known = [_is_in(block, declared) for block in blocks]
    sizes = [len(block.text) for block in blocks]
    if not any(known) or sum(size for size, here in zip(sizes, known, strict=True) if here) < _SHARE * sum(sizes):
        return list(blocks)
    first, last = known.index(True), len(known) - known[::-1].index(True)
    return [
        block
        for at, (block, here) in enumerate(zip(blocks, known, strict=True))
        if here or at < first or (at < last and (block.kind in _LEFT_OUT or _is_heading(block)))
    ]


def _is_heading(block: Block) -> bool:
    return block.kind == "head" or (
        block.kind == "p" and block.text[-1] not in SENTENCE_ENDS and prose.words(block.text) <= _HEADING_WORDS
    )


def _is_in(block: Block, declared: str) -> bool:
    """Return whether the declared text has a block, be it with other words somewhere inside."""
    own = plain(block.text)
    return own in declared or (
        len(own) > 2 * _END_CHARS and (own[:_END_CHARS] in declared or own[-_END_CHARS:] in declared)
    )
