"""Trees of copies of copies, and how guesses at them are counted."""

from __future__ import annotations

from benchmarks.grown import Case, grown, timed, undated
from benchmarks.provenance import METHODS, Guess, score
from tests.dedupe import prose

TEXTS = [prose.text(seed).replace("\n", "\n\n") for seed in range(1, 5)]
TREES = list(grown(TEXTS, 12, timed))


def test_a_copy_comes_after_what_it_was_made_from() -> None:
    for tree in TREES:
        published = {member.claim.article_id: member.span[0] for member in tree.members}
        parents = [(child, parent) for child, parent in tree.truth.items() if parent is not None]
        assert len(parents) == len(tree.members) - 1
        assert all(published[parent] <= published[child] for child, parent in parents)


def test_dates_are_all_that_knowing_them_changes() -> None:
    tree = next(grown(TEXTS, 1, undated))
    assert [member.words.tolist() for member in tree.members] == [member.words.tolist() for member in TREES[0].members]
    assert {member.claim.earliest for member in tree.members} == {None}


def test_the_truth_is_all_right() -> None:
    for tree in TREES:
        counts = score(tree, Guess(tree.truth, frozenset(tree.truth)))
        assert counts["right"] == counts["same words"] == counts["copies"] == counts["told right"]
        assert counts["origins right"] == counts["origins told right"] == 1


def test_copies_whose_parent_is_not_there_are_missed() -> None:
    tree = TREES[0]
    origin = next(key for key, parent in tree.truth.items() if parent is None)
    rest = [member for member in tree.members if member.claim.article_id != origin]
    case = Case(rest, {key: parent for key, parent in tree.truth.items() if parent is not None})
    counts = score(case, METHODS["the first is the parent"](rest))
    assert counts["origins right"] == 0 < counts["copies"]


def test_on_copies_of_copies_more_parents_are_found_than_by_taking_the_first() -> None:
    right = {name: sum(score(tree, guess(tree.members))["right"] for tree in TREES) for name, guess in METHODS.items()}
    assert right["wirefold"] > right["the first is the parent"]
