"""What was done to a text, in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dedupe.edits import Edits, edits, runs
from dedupe.text import words
from tests.dedupe import prose

BEFORE = "The mayor said on Monday that five people were killed when the old bridge fell into the river near town"
TEXTS = st.text("abcdefgh", max_size=40).map(" ".join)


def counted(after: str, before: str = BEFORE) -> tuple[int, int, int, int]:
    """Count the words kept, cut, added and reworded."""
    found = done(after, before)
    return found.kept, found.cut, found.added, found.reworded


def done(after: str, before: str = BEFORE) -> Edits:
    return edits(words(before).hashes, words(after).hashes)


def test_an_unchanged_text_is_kept_whole() -> None:
    assert counted(BEFORE) == (20, 0, 0, 0)
    assert counted("Two words", "two words") == (2, 0, 0, 0)


def test_words_in_the_place_of_others_are_reworded() -> None:
    assert counted(BEFORE.replace("five people", "six")) == (18, 0, 0, 1)
    assert counted(BEFORE.replace("The mayor", "She")) == (18, 0, 0, 1)
    assert counted(BEFORE.replace("near town", "nearby")) == (18, 0, 0, 1)


def test_words_between_neighbours_are_added() -> None:
    assert counted(BEFORE.replace("people", "very old people")) == (20, 0, 2, 0)
    assert counted(f"AP reports. {BEFORE} today") == (20, 0, 3, 0)


def test_words_that_are_gone_are_cut() -> None:
    assert counted(BEFORE.replace(" on Monday", "")) == (18, 2, 0, 0)
    assert counted(" ".join(BEFORE.split()[:15])) == (15, 5, 0, 0)


def test_what_was_moved_is_kept() -> None:
    one, other = prose.text(1, 6), prose.text(2, 6)
    assert done(f"{other}\n{one}", f"{one}\n{other}").kept == len(words(one)) + len(words(other))


def test_another_text_keeps_nothing() -> None:
    assert counted("nothing of this is there") == (0, 0, 0, 5)
    assert counted("", BEFORE) == (0, 20, 0, 0)
    assert counted(BEFORE, "") == (0, 0, 20, 0)


@given(TEXTS, TEXTS)
def test_no_count_is_more_than_there_are_words(before: str, after: str) -> None:
    found = done(after, before)
    assert min(found.kept, found.cut, found.added, found.reworded) >= 0
    assert found.kept + found.cut <= found.before == len(words(before))
    assert found.added + found.reworded <= found.after == len(words(after))
    assert 0 <= found.kept_share <= 1


def test_runs_tell_where_a_text_ends() -> None:
    long, short = words("one two three four five").hashes, words("one two three four").hashes
    assert len({*runs(short).tolist()} - {*runs(long).tolist()}) == 2
