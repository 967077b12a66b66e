"""What an edit changed in a text, and whether other texts have the new wording or still the old one.

A wording is known by its runs of three words, neighbours included, that only one of the two versions has: "killed five
people" and "killed six people" are told apart wherever else a text has "five". Case and punctuation do not count.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TypeAlias

from dedupe.diff import Kind, compare, words

Run: TypeAlias = tuple[str, ...]

_RUN_WORDS = 3
_EDGE = ["\n"] * (_RUN_WORDS - 1)  # so that words at either end of a text are known by standing there
_LEAST_SHARE = 0.5


class Wording(StrEnum):
    """Which wording of an edited place a text has. NEITHER: it does not have that place, or words it otherwise."""

    NEW = "new"
    OLD = "old"
    BOTH = "both"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Change:
    """An edited place: the words taken out and the words put in, of which one may be none.

    ``old`` and ``new`` are the runs of words there that only the version before has, or only the one after.
    """

    removed: str
    added: str
    old: frozenset[Run]
    new: frozenset[Run]


def changes(before: str, after: str) -> list[Change]:
    """List the places in which two versions of a text differ, in order, unless it is in case and punctuation only."""
    padded_before, padded_after = _padded(before), _padded(after)
    runs_before, runs_after = runs(before), runs(after)
    found: list[Change] = []
    start_before = start_after = 0
    for is_same, spans in groupby(compare(before, after), key=lambda span: span.kind is Kind.SAME):
        group = list(spans)
        removed = "".join(span.text for span in group if span.kind is not Kind.ONLY_B)
        added = "".join(span.text for span in group if span.kind is not Kind.ONLY_A)
        end_before, end_after = start_before + len(words(removed)), start_after + len(words(added))
        old = _around(padded_before, start_before, end_before) - runs_after
        new = _around(padded_after, start_after, end_after) - runs_before
        if not is_same and (old or new):
            found.append(Change(removed.strip(), added.strip(), old, new))
        start_before, start_after = end_before, end_after
    return found


def runs(text: str) -> frozenset[Run]:
    """Give all runs of three words of a text."""
    padded = _padded(text)
    return _around(padded, 0, len(padded) - 2 * len(_EDGE))


def wording(change: Change, of: Set[Run]) -> Wording:
    """Say which wording a text has, given its runs: at least half of what is that wording's own."""
    has_new, has_old = (bool(own) and len(own & of) >= _LEAST_SHARE * len(own) for own in (change.new, change.old))
    if has_new:
        return Wording.BOTH if has_old else Wording.NEW
    return Wording.OLD if has_old else Wording.NEITHER


def _padded(text: str) -> list[str]:
    return [*_EDGE, *("".join(filter(str.isalnum, word.lower())) for word in words(text)), *_EDGE]


def _around(padded: list[str], start: int, end: int) -> frozenset[Run]:
    """Give the runs that have a word from ``start`` to ``end``, or both words around an empty place."""
    return frozenset(tuple(padded[i : i + _RUN_WORDS]) for i in range(start, end + len(_EDGE)))
