"""What was left out of the judgement is marked, word for word, and nothing of the text is lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupe.diff import words
from dedupe.leftout import Left, parts
from dedupe.shingles import shingled
from dedupe.sites import SiteText
from tests.dedupe import prose


def test_quotations_are_marked() -> None:
    found = parts("The mayor said “we will rebuild all of it” and left.", b"", 100)
    assert [part.left for part in found] == [None, Left.QUOTATION, None]
    assert found[1].text == "“we will rebuild all of it” "


def test_what_the_site_repeats_is_marked() -> None:
    text = f"{prose.text(1)} Sign up for our daily letter and never miss one."
    count = len(shingled(text).sequence)
    mark = np.arange(count) >= count - 6
    found = parts(text, SiteText(mark, mark).as_bytes(), 10_000)
    assert [part.left for part in found] == [None, Left.SITE_TEXT]
    assert found[1].text.strip() == "Sign up for our daily letter and never miss one."


def test_only_the_beginning_is_given_where_that_is_asked() -> None:
    assert "".join(part.text for part in parts("one two three four", b"", 2)) == "one two "


@given(st.text())
def test_the_parts_join_to_the_text(text: str) -> None:
    assert "".join(part.text for part in parts(text, b"", 10_000)) == "".join(words(text))
