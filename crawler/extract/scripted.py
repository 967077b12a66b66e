"""A body that stands in a script, from which the page builds itself: the longest text in its strings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import islice

from lxml import html

from crawler.extract import declared, prose
from crawler.extract.blocks import Block, text_of

_MAX_SCRIPT_CHARS = 2_000_000
_MAX_STRINGS = 50
_MIN_WORDS = 60
_MIN_CHARS = 300
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:"|\Z)', re.DOTALL)
_LOOKS_WRITTEN = re.compile(r"<p\b|<br|\\u003cp\b|\\n\\n|[.!?。] ", re.IGNORECASE)


def text(scripts: Iterable[html.HtmlElement]) -> list[Block]:
    """Return the blocks of the string with most words in sentences, none if no string has enough of them."""
    sources = (script.text or "" for script in scripts if "ld+json" not in (script.get("type") or ""))
    found = [blocks for source in sources for blocks in _texts(source[:_MAX_SCRIPT_CHARS])]
    best = max(found, key=_words, default=[])
    return best if _words(best) >= _MIN_WORDS else []


def _texts(source: str) -> list[list[Block]]:
    strings = (match[1] for match in _STRING.finditer(source) if match.end() - match.start() > _MIN_CHARS)
    written = [string for string in islice(strings, _MAX_STRINGS) if _LOOKS_WRITTEN.search(string)]
    return [declared.of_markup(decoded) for string in written if (decoded := _decoded(string))]


def _decoded(string: str) -> str | None:
    try:
        decoded: str = json.loads(f'"{string}"', strict=False)
    except ValueError:
        return None
    return decoded


def _words(blocks: list[Block]) -> int:
    return prose.in_sentences(text_of(blocks))
