"""The path of a cluster's text: its members as a tree, and what is to be said of each. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from crawler.reports.wording import brief, lapse, percent, plural, sentence
from dedupe.provenance import INHERITED, Credit, Made, Provenance, Step
from storage.types import ClusterRow, MemberRow

_ROW, _STEP, _RADIUS = 22, 16, 5  # of the drawing, in pixels
_DEEPEST = 12
_CREDITS = {Credit.KEPT: "the credit is kept", Credit.DROPPED: "the credit was dropped"}


@dataclass(frozen=True, slots=True)
class Branch:
    """A member in its place in the tree: how ``deep``, and in which row its parent stands; the origin's is its own."""

    member: MemberRow
    step: Step | None
    deep: int
    row: int
    parent_row: int

    @property
    def said(self) -> str:
        """Say how it came to be, in one line."""
        return "; ".join(_said(self.step)) if self.step else "the origin"

    @property
    def x(self) -> int:
        """Give where it is drawn."""
        return _RADIUS + 1 + _STEP * min(self.deep, _DEEPEST)

    @property
    def y(self) -> int:
        """Give where it is drawn."""
        return _ROW * self.row + _ROW // 2

    @property
    def line(self) -> str:
        """Draw the line from its parent."""
        return f"M{max(self.x - _STEP, _RADIUS + 1)} {_ROW * self.parent_row + _ROW // 2}V{self.y}H{self.x}"


@dataclass(frozen=True, slots=True)
class Path:
    """The tree from the origin down, each branch before the next; ``hidden`` counts those that are not given."""

    branches: tuple[Branch, ...]
    hidden: int
    said: str

    @property
    def height(self) -> int:
        """Give how high it is drawn."""
        return _ROW * len(self.branches)


def path(cluster: ClusterRow, found: Provenance, most: int | None = None) -> Path:
    """Arrange a cluster, and say why its origin is that; ``most`` branches are given."""
    rows = {member.id: member for member in cluster.members}
    below: dict[int, list[Step]] = {}
    for each in found.steps:
        below.setdefault(each.parent, []).append(each)
    branches: list[Branch] = []
    due: list[tuple[Step | None, int, int]] = [(None, 0, 0)]
    while due:
        step, deep, parent_row = due.pop()
        article, row = found.origin if step is None else step.child, len(branches)
        branches.append(Branch(rows[article], step, deep, row, parent_row))
        due += [(copy, deep + 1, row) for copy in reversed(below.get(article, []))]
    shown = branches if most is None else branches[:most]
    return Path(tuple(shown), len(branches) - len(shown), origin_said(found))


def origin_said(found: Provenance) -> str:
    """Say why the origin is that, and whom it credits."""
    why = sentence(", ".join(found.reasons))
    doubt = "" if found.is_told or not found.steps else " What is known does not tell it from others for sure."
    credited = ", ".join(brief(name, 60) for name in found.elsewhere)
    return why + doubt + (f" It credits {credited}, which is not among these." if credited else "")


def _said(step: Step) -> Iterator[str]:
    yield from _made(step.of_parent)
    if step.credit in _CREDITS:
        yield _CREDITS[step.credit]
    for reason in step.reasons:
        yield f"{reason} ({plural(step.inherited, 'run')} of words)" if reason == INHERITED else reason


def _made(made: Made) -> Iterator[str]:
    if made.lag_s is not None:
        yield "at the same time" if abs(made.lag_s) < 60 else _lag(made.lag_s)
    done = made.edits
    if done.kept == done.before == done.after:
        yield "word for word"
        return
    counts = (("added", done.added), ("cut", done.cut), ("reworded", done.reworded))
    yield ", ".join(
        [f"{percent(done.kept_share)} kept", *(f"{plural(count, 'word')} {what}" for what, count in counts if count)]
    )


def _lag(lag_s: float) -> str:
    return f"{lapse(timedelta(seconds=abs(lag_s)))} {'later' if lag_s > 0 else 'earlier'}"
