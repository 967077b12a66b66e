"""What was done to a text, in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dedupe.edits import Edits, edits, runs
from dedupe.text import words
from tests.dedupe import prose

BEFORE = "The mayor said on Monday that five people were killed when the old bridge fell into the river near town"
TEXTS = st.lists(st.sampled_from("abcdefgh"), max_size=40).map(" ".join)


def done(after: str, before: str = BEFORE) -> Edits:
    return edits(words(before).hashes, words(after).hashes)


def test_an_unchanged_text_is_kept_whole() -> None:
    assert done(BEFORE) == Edits(20, 0, 0, 0)
    assert done("Two words", "two words") == Edits(2, 0, 0, 0)


def test_words_in_the_place_of_others_are_reworded() -> None:
    assert done(BEFORE.replace("five people", "six")) == Edits(18, 0, 0, 1)
    assert done(BEFORE.replace("The mayor", "She")) == Edits(18, 0, 0, 1)
    assert done(BEFORE.replace("near town", "nearby")) == Edits(18, 0, 0, 1)


def test_words_between_neighbours_are_added() -> None:
    assert done(BEFORE.replace("people", "very old people")) == Edits(20, 0, 2, 0)
    assert done(f"AP reports. {BEFORE} today") == Edits(20, 0, 3, 0)


def test_words_that_are_gone_are_cut() -> None:
    assert done(BEFORE.replace(" on Monday", "")) == Edits(18, 2, 0, 0)
    assert done(" ".join(BEFORE.split()[:15])) == Edits(15, 5, 0, 0)


def test_what_was_moved_is_kept() -> None:
    one, other = prose.text(1, 6), prose.text(2, 6)
    assert done(f"{other}\n{one}", f"{one}\n{other}").kept == len(words(one)) + len(words(other))


def test_another_text_keeps_nothing() -> None:
    assert done("nothing of this is there") == Edits(0, 0, 0, 5)
    assert done("", BEFORE) == Edits(0, 20, 0, 0)
    assert done(BEFORE, "") == Edits(0, 0, 20, 0)


@given(TEXTS, TEXTS)
def test_no_count_is_more_than_there_are_words(before: str, after: str) -> None:
    found = done(after, before)
    assert min(found.kept, found.cut, found.added, found.reworded) >= 0
    assert found.kept + found.cut <= len(words(before))
    assert found.added + found.reworded <= len(words(after))


def test_runs_tell_where_a_text_ends() -> None:
    long, short = words("one two three four five").hashes, words("one two three four").hashes
    assert len({*runs(short).tolist()} - {*runs(long).tolist()}) == 2
