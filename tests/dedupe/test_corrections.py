"""What an edit changed, and who has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.corrections import Wording, changes, runs, wording
from tests.dedupe import prose

BEFORE = f"The fire killed five people in the old mill on Sunday night. {prose.text(1, 4)} Five others were hurt."
AFTER = BEFORE.replace("killed five people", "killed six people")
TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d.", "E"]), max_size=40).map(" ".join)


def wordings(before: str, after: str, text: str) -> list[Wording]:
    return [wording(change, runs(text)) for change in changes(before, after)]


def test_words_that_were_replaced_are_told_from_the_same_words_elsewhere() -> None:
    [change] = changes(BEFORE, AFTER)
    assert (change.removed, change.added) == ("five", "six")
    copies = {
        Wording.OLD: f"AGENCY — {BEFORE} More soon.",
        Wording.NEW: f"{AFTER} And {prose.text(2)}",
        Wording.BOTH: f"{AFTER} Correction: we wrote that the fire killed five people in the old mill.",
        Wording.NEITHER: f"{prose.text(1, 4)} Five others were hurt.",
    }
    for said, text in copies.items():
        assert wordings(BEFORE, AFTER, text) == [said]


def test_a_sentence_that_was_added_is_new_and_its_absence_old() -> None:
    first, second, third = prose.sentences(1, 3)
    before, after = f"{first} {third}", f"{first} {second} {third}"
    [change] = changes(before, after)
    assert (change.removed, change.added) == ("", second)
    assert wordings(before, after, f"{prose.text(4)} {before}") == [Wording.OLD]
    assert wordings(before, after, after) == [Wording.NEW]
    assert wordings(before, after, " ".join(second.split()[2:])) == [Wording.NEW]
    assert wordings(before, after, prose.text(3)) == [Wording.NEITHER]
    assert wordings(after, before, before) == [Wording.NEW]


def test_what_stands_at_the_end_is_known_by_that() -> None:
    before = prose.text(1, 4)
    after = f"{before} {prose.sentences(2, 1)[0]}"
    assert wordings(before, after, before) == [Wording.OLD]
    assert wordings(before, after, after) == [Wording.NEW]
    assert wordings(before, after, f"{before} Read on with us.") == [Wording.NEITHER]


def test_places_are_listed_in_their_order() -> None:
    after = AFTER.replace("Sunday", "Monday").replace("Five others were", "Nobody else was")
    assert [(change.removed, change.added) for change in changes(BEFORE, after)] == [
        ("five", "six"),
        ("Sunday", "Monday"),
        ("Five others were hurt.", "Nobody else was hurt."),
    ]
    assert wordings(BEFORE, after, AFTER) == [Wording.NEW, Wording.OLD, Wording.OLD]


@pytest.mark.parametrize("after", [BEFORE.replace(".", "!"), BEFORE.upper(), BEFORE.replace(" ", "\n")])
def test_case_punctuation_and_white_space_are_no_change(after: str) -> None:
    assert changes(BEFORE, after) == []


def test_texts_without_spaces_are_compared_by_characters() -> None:
    before = "火災で五人が死亡したと警察が発表した。原因は調査中である。" * 2
    after = before.replace("五人", "六人", 1)
    assert [(change.removed, change.added) for change in changes(before, after)] == [("五", "六")]


@given(TEXTS, TEXTS)
def test_each_version_has_its_own_wording(before: str, after: str) -> None:
    for change in changes(before, after):
        assert wording(change, runs(before)) is (Wording.OLD if change.old else Wording.NEITHER)
        assert wording(change, runs(after)) is (Wording.NEW if change.new else Wording.NEITHER)


@given(TEXTS)
def test_nothing_changes_in_the_same_text(text: str) -> None:
    assert changes(text, text) == []
