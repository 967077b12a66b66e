"""The differences between two texts as rows of two columns, bounded in size. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.reports.wording import clean
from dedupe.diff import Kind, Span, compare, words

COMPARED_WORDS = 1_500
_COMPARED_CHARS = 8 * COMPARED_WORDS
_CONTEXT_WORDS = 12
_SHOWN_WORDS = 90
_SHOWN_ROWS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One place where two texts differ, with words around it; ``skipped`` counts the shared words left out before."""

    skipped: int
    spans: tuple[Span, ...]

    @property
    def left(self) -> list[Span]:
        """Give the spans of the first text."""
        return [span for span in self.spans if span.kind is not Kind.ONLY_B]

    @property
    def right(self) -> list[Span]:
        """Give the spans of the second text."""
        return [span for span in self.spans if span.kind is not Kind.ONLY_A]

    @property
    def changed(self) -> bool:
        """Say whether the texts differ here."""
        return any(span.kind is not Kind.SAME for span in self.spans)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two texts differ. ``same``, ``only_a`` and ``only_b`` count words; ``hidden`` counts rows not given."""

    rows: tuple[Row, ...]
    hidden: int
    same: int
    only_a: int
    only_b: int
    cut: bool


def difference(a: str, b: str) -> Difference:
    """Compare two texts; without rows they are the same. ``cut`` says that only their beginnings were compared."""
    whole = clean(a), clean(b)
    begin = _begin(whole[0]), _begin(whole[1])
    cut = begin != whole
    spans = compare(*begin)
    if cut:
        spans = _comparable(spans)
    rows = [row for row in _rows(spans) if row.changed]
    same, only_a, only_b = (sum(len(words(span.text)) for span in spans if span.kind is kind) for kind in Kind)
    return Difference(tuple(rows[:_SHOWN_ROWS]), len(rows[_SHOWN_ROWS:]), same, only_a, only_b, cut)


def _begin(text: str) -> str:
    return "".join(words(text[:_COMPARED_CHARS])[:COMPARED_WORDS]).strip()


def _comparable(spans: list[Span]) -> list[Span]:
    """Drop what follows the last shared words: beyond the cut the other text may well have it."""
    end = max((place for place, span in enumerate(spans, 1) if span.kind is Kind.SAME), default=len(spans))
    return spans[:end]


def _rows(spans: Sequence[Span]) -> list[Row]:
    """Make a row of each paragraph that differs; many shared words inside one split it further."""
    rows = [Row(0, ())]
    lines = [line for span in spans for line in _lines(span)]
    for place, span in enumerate(lines, 1):
        ends = place == len(lines) or (span.kind is Kind.SAME and span.text.endswith("\n"))
        before, gap, after = _fold(span, first=not rows[-1].spans, last=ends)
        rows[-1] = replace(rows[-1], spans=(*rows[-1].spans, *before))
        if gap or ends:
            rows[-1:] = _close(rows[-1], gap, after)
    return rows


def _lines(span: Span) -> list[Span]:
    """Split shared words at the ends of paragraphs, so that both columns begin their paragraphs side by side."""
    if span.kind is not Kind.SAME:
        return [_shorten(span)]
    return [Span(Kind.SAME, line) for line in span.text.splitlines(keepends=True)]


def _close(row: Row, gap: int, after: Sequence[Span]) -> list[Row]:
    """Begin the next row; a row without a difference is left out and counted there."""
    if row.changed:
        return [row, Row(gap, tuple(after))]
    shared = sum(len(words(span.text)) for span in row.spans)
    return [Row(row.skipped + shared + gap, tuple(after))]


def _fold(span: Span, *, first: bool, last: bool) -> tuple[list[Span], int, list[Span]]:
    """Give what a row ends with, how many shared words to leave out, and what the next row begins with."""
    parts = words(span.text)
    head, tail = 0 if first else _CONTEXT_WORDS, 0 if last else _CONTEXT_WORDS
    gap = len(parts) - head - tail
    if span.kind is not Kind.SAME or gap < _CONTEXT_WORDS:
        return [span], 0, []
    after = [_same(parts[-tail:])] if tail else []
    return [_same(parts[:head])] if head else [], gap, after


def _same(parts: list[str]) -> Span:
    return Span(Kind.SAME, "".join(parts))


def _shorten(span: Span) -> Span:
    """Cut a long passage that only one text has, and say how much."""
    parts = words(span.text)
    more = len(parts) - _SHOWN_WORDS
    if more < _CONTEXT_WORDS:
        return span
    return Span(span.kind, "".join(parts[:_SHOWN_WORDS]) + f"[… {more:,} more words] ")
