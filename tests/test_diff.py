"""The word by word comparison of two texts."""

from __future__ import annotations

import random
import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dedupe.diff import Kind, Span, compare, words

WORDS = ["the", "a", "of", "mayor", "said", "on", "Monday", "“no”", "-", "–", "\n\n", "市長", "発表"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join)
LEAD = (
    "The river rose above the second mark on Tuesday night and the town closed both bridges, the mayor said. "
    "Schools in the lower town stay shut until Friday, and buses turn round at the station."
)


def joined(spans: list[Span], left_out: Kind) -> str:
    return "".join(span.text for span in spans if span.kind is not left_out)


@given(TEXTS, TEXTS)
def test_spans_without_those_of_b_are_a(a: str, b: str) -> None:
    assert joined(compare(a, b), Kind.ONLY_B).strip() == a.strip()


@given(TEXTS, TEXTS)
def test_spans_without_those_of_a_are_b_up_to_typing(a: str, b: str) -> None:
    def plain(text: str) -> list[str]:
        return text.replace("“", '"').replace("”", '"').replace("–", "-").split()

    assert "".join(plain(joined(compare(a, b), Kind.ONLY_A))) == "".join(plain(b))


@given(TEXTS, TEXTS)
def test_neighbouring_spans_are_of_different_kinds(a: str, b: str) -> None:
    kinds = [span.kind for span in compare(a, b)]
    assert all(one is not other for one, other in pairwise(kinds))


@given(TEXTS)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert {span.kind for span in compare(text, text)} <= {Kind.SAME}


@given(st.text())
def test_words_join_to_the_text(text: str) -> None:
    assert "".join(words(text)).strip() == text.strip()


def test_one_changed_word_is_found_alone() -> None:
    spans = compare(LEAD, LEAD.replace("Tuesday", "Wednesday"))
    assert [span.text.strip() for span in spans if span.kind is not Kind.SAME] == ["Tuesday", "Wednesday"]


def test_an_inserted_paragraph_is_found_whole() -> None:
    first, second = LEAD.split(". ", 1)
    local = "Our reporter counted nine boats in Mill Lane."
    spans = compare(LEAD, f"{first}. {local}\n\n{second}")
    assert [(span.kind, span.text.strip()) for span in spans if span.kind is not Kind.SAME] == [(Kind.ONLY_B, local)]


def test_two_shared_words_in_a_row_are_not_shared_text() -> None:
    other = "Farmers of the valley asked on Monday for help with hay and seed after frost killed early crops. " * 2
    assert {span.kind for span in compare(LEAD, other)} == {Kind.ONLY_A, Kind.ONLY_B}


def test_kinds_of_quotation_marks_are_no_difference() -> None:
    assert [span.kind for span in compare("“It’s high,” she said.", '"It\'s high," she said.')] == [Kind.SAME]


def test_japanese_is_compared_by_character() -> None:
    spans = compare("市長は月曜に発表した", "市長は火曜に発表した")
    assert [span.text.strip() for span in spans if span.kind is not Kind.SAME] == ["月", "火"]


def test_texts_of_5000_words_take_no_quadratic_time() -> None:
    rng = random.Random(1)
    few = [f"w{number}" for number in range(5)]
    many = [f"w{number}" for number in range(900)]
    a = rng.choices(many, k=5_000)
    edited = [word if rng.random() > 0.2 else rng.choice(many) for word in a]
    for left, right in (
        (a, edited),
        (a, rng.sample(a, len(a))),
        (rng.choices(few, k=5_000), rng.choices(few, k=5_000)),
    ):
        assert _seconds(" ".join(left), " ".join(right)) < 2  # they take 0.02 to 0.1 s


def _seconds(a: str, b: str) -> float:
    start = time.process_time()
    compare(a, b)
    return time.process_time() - start
