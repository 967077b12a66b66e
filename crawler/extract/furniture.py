"""Take out of the body what republication and templates put there: repeated headline, byline, counters, pointers.

Most of it stands at the edges; what stands between paragraphs is taken only when it is a pointer to another article
and nothing else, or missing from the text that the publisher itself declares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.extract import declared, prose
from crawler.extract.blocks import Block
from crawler.extract.furniture_rules import ANYWHERE, EDGES, SENTENCE_ENDS, TAIL_HEADING, Context, Rule, is_title

_EDGE_LINES = 10
_TAIL_LINES, _TAIL_SHARE, _TAIL_LINE_WORDS = 15, 0.25, 30
_TAIL_HEADING_CHARS = 160
_MAX_ROUNDS = 10
_MAX_TAKEN = 0.3
"""Where more of a text than this looks like furniture, furniture is what it is made of, and nothing is taken."""


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What is left of a body, and the names of the rules that took something, in the order in which they did."""

    blocks: list[Block]
    rules: tuple[str, ...] = ()


def trim(body: Sequence[Block], context: Context) -> Trimmed:
    """Return the body without furniture.

    At the edges rules are asked of short lines only, inwards until one is not furniture, and never take the last line.
    """
    taken: dict[str, None] = {}
    blocks = declared.kept(body, context.declared) if context.declared else list(body)
    if len(blocks) < len(body):
        taken["undeclared"] = None
    blocks = _without_inner(blocks, context, taken)
    before: list[Block] = []
    for _ in range(_MAX_ROUNDS):
        if len(blocks) == len(before):
            break
        before = blocks
        blocks = _trimmed(_without_tail(_without_head(blocks, context, taken), taken), context, taken)
    return Trimmed(blocks, tuple(taken))


def _without_inner(blocks: list[Block], context: Context, taken: dict[str, None]) -> list[Block]:
    """Take the lines that are furniture wherever they stand."""
    found = [_rule(ANYWHERE, context, block) for block in blocks]
    sizes = [len(block.text) for block in blocks]
    chars = sum(size for size, rule in zip(sizes, found, strict=True) if rule)
    if not chars or chars > _MAX_TAKEN * sum(sizes):
        return blocks
    taken.update((rule.name, None) for rule in found if rule)
    return [block for block, rule in zip(blocks, found, strict=True) if rule is None]


def _rule(rules: Sequence[Rule], context: Context, block: Block) -> Rule | None:
    """Return the first rule by which a block is furniture."""
    line = block.text.lstrip("-•* ")
    rule = next((rule for rule in rules if rule.applies(context, line)), None)
    return None if rule is not None and rule.name == "pointer" and block.kind == "head" else rule


def _without_head(blocks: list[Block], context: Context, taken: dict[str, None]) -> list[Block]:
    """Cut off what stands above the repeated headline, and the headline, if no sentence is among it."""
    for index, block in enumerate(blocks[: min(_EDGE_LINES, len(blocks) - 1)]):
        is_text = block.kind == "item" or block.text[-1] in SENTENCE_ENDS or prose.in_sentences(block.text)
        if is_text and not is_title(context, block.text):
            return blocks
        if index and is_title(context, block.text):
            taken["title"] = None
            return blocks[index + 1 :]
    return blocks


def _trimmed(blocks: list[Block], context: Context, taken: dict[str, None]) -> list[Block]:
    start = _furniture(blocks[: min(_EDGE_LINES, len(blocks) - 1)], context, taken)
    rest = blocks[start:]
    end = _furniture(rest[1:][: -_EDGE_LINES - 1 : -1], context, taken)
    return rest[: len(rest) - end]


def _furniture(edge: Sequence[Block], context: Context, taken: dict[str, None]) -> int:
    """Return how many blocks, in the order given, are furniture before the first that is not."""
    for count, block in enumerate(edge):
        rule = _rule(EDGES, context, block)
        if rule is None:
            return count
        taken[rule.name] = None
    return len(edge)


def _without_tail(blocks: list[Block], taken: dict[str, None]) -> list[Block]:
    """Cut a list of other articles off the end: a heading such as "Read more:" with only short lines after it."""
    first = max(len(blocks) - _TAIL_LINES, 1)
    for index in range(first, len(blocks)):
        if _is_tail_heading(blocks[index].text) and _is_tail(blocks, index):
            taken["list of other articles"] = None
            return blocks[:index]
    return blocks


def _is_tail_heading(text: str) -> bool:
    is_short = len(text) <= _TAIL_HEADING_CHARS and text[-1] not in SENTENCE_ENDS
    return is_short and TAIL_HEADING.fullmatch(text) is not None


def _is_tail(blocks: list[Block], index: int) -> bool:
    rest = blocks[index + 1 :]
    chars = sum(len(block.text) for block in blocks)
    if sum(len(block.text) for block in rest) > _TAIL_SHARE * chars:
        return False
    is_list = rest and all(block.kind in ("item", "head") and block.text[-1] not in SENTENCE_ENDS for block in rest)
    return bool(is_list) or all(prose.words(block.text) <= _TAIL_LINE_WORDS for block in blocks[index:])
