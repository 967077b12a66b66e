"""The words of two texts on a terminal: what only the first has is red, what only the second has green."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.cli.output import console
from dedupe.diff import Kind, Span

_STYLES = {Kind.SAME: "", Kind.ONLY_A: "red strike", Kind.ONLY_B: "green underline"}
_MARKS = {Kind.SAME: ("", ""), Kind.ONLY_A: ("[-", "-]"), Kind.ONLY_B: ("{+", "+}")}  # where there is no colour


def print_spans(spans: Sequence[Span]) -> None:
    """Print spans, in marks where there is no colour; their text must be clean."""
    from rich.text import Text

    out = console()
    colours = out.color_system is not None and not out.no_color
    text = Text()
    for span in spans:
        before, after = ("", "") if colours else _MARKS[span.kind]
        words = span.text.rstrip()
        text.append(f"{before}{words}{after}", style=_STYLES[span.kind])
        text.append(span.text[len(words) :])
    out.print(text, soft_wrap=True)
