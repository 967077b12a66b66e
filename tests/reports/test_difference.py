"""Differences as rows of two columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.reports.difference import COMPARED_WORDS, difference
from dedupe.diff import Kind

PARAGRAPHS = [" ".join(f"p{number}w{word}" for word in range(50)) for number in range(4)]
TEXT = "\n\n".join(PARAGRAPHS)
TEXTS = st.lists(st.sampled_from([*PARAGRAPHS, "One more.", "Another one here."]), max_size=8).map("\n".join)


def only(text: str, kind: Kind, other: str = TEXT) -> list[str]:
    rows = difference(other, text).rows
    return [span.text.strip() for row in rows for span in row.spans if span.kind is kind]


def test_the_same_text_has_no_rows() -> None:
    result = difference(TEXT, TEXT.replace("\n\n", "\n"))
    assert (result.rows, result.same, result.only_a, result.only_b) == ((), 200, 0, 0)


def test_a_changed_word_is_shown_with_the_words_around_it_and_no_more() -> None:
    (row,) = difference(TEXT, TEXT.replace("p2w25", "changed")).rows
    left, right = ("".join(span.text for span in side).split() for side in (row.left, row.right))
    assert left == [f"p2w{word}" for word in range(13, 38)]
    assert right == ["changed" if word == "p2w25" else word for word in left]
    assert row.skipped == 113


def test_paragraphs_that_differ_begin_side_by_side() -> None:
    rows = difference(TEXT, TEXT.replace("p1w49", "x").replace("p2w0 ", "y ")).rows
    assert len(rows) == 1, "no shared end of paragraph lies between"
    rows = difference(TEXT, TEXT.replace("p1w47", "x").replace("p2w1 ", "y ")).rows
    assert [row.right[0].text.split()[0] for row in rows] == ["p1w35", "p2w0"]


def test_a_long_passage_of_one_text_is_cut_and_counted() -> None:
    (added,) = only(TEXT + "\n\n" + " ".join(["new"] * 300), Kind.ONLY_B)
    assert added.endswith("new [… 210 more words]")
    assert len(added.split()) == 94


def test_long_texts_are_compared_to_a_limit_and_what_follows_is_not_called_different() -> None:
    long = " ".join(f"w{number}" for number in range(3 * COMPARED_WORDS))
    result = difference(long, "An added lead. " + long)
    assert result.cut
    assert (result.only_a, result.only_b) == (0, 3)


def test_many_differences_are_cut_and_counted() -> None:
    pieces = [" ".join(f"p{number}w{word}" for word in range(10)) for number in range(50)]
    result = difference("\n".join(pieces), "\n".join(piece.replace("w5", "x") for piece in pieces))
    assert (len(result.rows), result.hidden) == (30, 20)


@given(TEXTS, TEXTS)
def test_every_shared_word_is_shown_or_counted_before_a_row(a: str, b: str) -> None:
    result = difference(a, b)
    shown = sum(len(span.text.split()) for row in result.rows for span in row.spans if span.kind is Kind.SAME)
    assert shown + sum(row.skipped for row in result.rows) <= result.same
    assert all(row.changed for row in result.rows)


def test_overrides_of_direction_are_taken_out() -> None:
    assert only("safe \u202etext", Kind.ONLY_B, "other") == ["safe text"]
