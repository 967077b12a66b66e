"""How much running text there is: what tells an article from lists of links, buttons and captions."""

from __future__ import annotations

import re

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Scripts written without spaces: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_CHARS_PER_WORD = 2
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?:\s|$)|[。！？]|[।॥؟۔]")
_SENTENCE_WORDS = 10
_LONG_LINE_WORDS = 25
MANY = 1_000
"""So many words are enough for everything that asks: they are counted no further."""


def words(text: str) -> int:
    """Return the number of words; two characters of a script without spaces count as one.

    >>> words("The court ruled."), words("裁判所は判決を下した")
    (3, 5)
    """
    return len(_UNSPACED.findall(text)) // _CHARS_PER_WORD + len(_UNSPACED.sub(" ", text).split())


def in_sentences(text: str) -> int:
    """Return the number of words in lines that read as sentences: ten words and a full stop, or twenty-five words."""
    found = 0
    for line in text.splitlines():
        count = words(line)
        found += count if _is_prose(line, count) else 0
        if found >= MANY:
            break
    return found


def _is_prose(line: str, count: int) -> bool:
    return count >= _LONG_LINE_WORDS or (count >= _SENTENCE_WORDS and _SENTENCE_END.search(line) is not None)
