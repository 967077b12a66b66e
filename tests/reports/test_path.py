"""The tree of who took an article from whom, and what is said of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.reports.path import path
from dedupe.edits import Edits
from dedupe.provenance import COULD_NOT_TELL, FIRST_SEEN, INHERITED, NEAREST, Credit, Made, Provenance, Step
from tests.reports.rows import cluster, member

SAME = Edits(kept=100, cut=0, added=0, reworded=0, before=100, after=100)
CUT = Edits(kept=60, cut=40, added=1, reworded=0, before=100, after=61)


TWO_HOURS = Made(CUT, 7_200.0)


def step(child: int, parent: int, made: Made = TWO_HOURS, **fields: object) -> Step:
    plain = Step(
        child=child,
        parent=parent,
        of_parent=made,
        of_origin=made,
        credit=Credit.NONE,
        inherited=0,
        margin=20.0,
        reasons=(NEAREST,),
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def found(*steps: Step, margin: float = 60.0, elsewhere: tuple[str, ...] = ()) -> Provenance:
    return Provenance(origin=1, margin=margin, reasons=("published first",), elsewhere=elsewhere, steps=steps)


CLUSTER = cluster(*(member(number) for number in (2, 3, 4)))
TREE = found(step(2, 1), step(3, 1), step(4, 2))


def test_a_branch_stands_below_its_parent_and_before_the_parents_other_copies() -> None:
    branches = path(CLUSTER, TREE).branches
    assert [(branch.member.id, branch.deep, branch.parent_row) for branch in branches] == [
        (1, 0, 0),
        (2, 1, 0),
        (4, 2, 1),
        (3, 1, 0),
    ]
    assert branches[2].line == "M22 33V55H38"


def test_branches_beyond_what_is_shown_are_counted() -> None:
    shown = path(CLUSTER, TREE, 2)
    assert (len(shown.branches), shown.hidden) == (2, 2)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (step(2, 1), "2 h later; 60 % kept, 1 word added, 40 words cut; differs least from it"),
        (step(2, 1, Made(SAME, None), margin=0.0, reasons=(COULD_NOT_TELL,)), f"word for word; {COULD_NOT_TELL}"),
        (step(2, 1, Made(SAME, -7_200.0), reasons=()), "2 h earlier; word for word"),
        (
            step(2, 1, Made(SAME, 20.0), credit=Credit.DROPPED, reasons=()),
            "at the same time; word for word; the credit was dropped",
        ),
        (
            step(2, 1, Made(SAME, None), inherited=9, reasons=(INHERITED,)),
            "word for word; has what it changed (9 runs of words)",
        ),
    ],
)
def test_what_is_said_of_a_copy(one: Step, said: str) -> None:
    assert path(cluster(member(2)), found(one)).branches[1].said == said


def test_the_origin_is_said_with_its_reasons_doubts_and_credits() -> None:
    assert path(CLUSTER, TREE).said == "Published first."
    doubtful = replace(TREE, margin=1.0, reasons=(FIRST_SEEN,), elsewhere=("Meridian\x1b Press",))
    assert path(CLUSTER, doubtful).said == (
        "Could not tell: it was there first. What is known does not tell it from others for sure."
        " It credits Meridian Press, which is not among these."
    )
