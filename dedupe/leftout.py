"""What of a text was left out of the judgement: quotations, and what its site repeats. For a person to see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

import numpy as np

from dedupe.diff import words
from dedupe.shingles import shingled
from dedupe.sites import restored
from dedupe.text import split


class Left(StrEnum):
    """Why words were left out."""

    QUOTATION = "quotation"
    SITE_TEXT = "site-text"


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring words, and why they were left out, if they were."""

    text: str
    left: Left | None


def parts(text: str, marks: bytes, limit: int) -> list[Part]:
    """Split the first words of a text by whether they were judged.

    Args:
        marks: the site text of the whole text, as `sites.SiteText.as_bytes` gives it.
        limit: give at most so many words.
    """
    body = shingled(text)
    is_site_text = body.words_in(restored(marks, len(body.sequence)).repeated)
    shown = words(text)[:limit]
    ends = np.cumsum([0, *(len(each) for each in split(shown))]).tolist()
    why = [_why(is_site_text[begin:end].any(), body.words.quoted[begin:end].any()) for begin, end in pairwise(ends)]
    return [
        Part("".join(word for word, _ in group), left)
        for left, group in groupby(zip(shown, why, strict=True), key=lambda pair: pair[1])
    ]


def _why(is_site_text: np.bool_, is_quoted: np.bool_) -> Left | None:
    if is_site_text:
        return Left.SITE_TEXT
    return Left.QUOTATION if is_quoted else None
