"""Sentences: how a text is read, and what aligning two of them finds."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.judge import Relation, judge
from dedupe.sentences import MOST_PIECES, PIECE, Alignment, Sentences, align, of_reading, read
from dedupe.sets import overlap
from dedupe.shingles import shingled
from dedupe.similarity import Measures, Text, measure
from dedupe.sites import nothing
from dedupe.text import reading, words
from tests.dedupe import prose, translated

LANGUAGES = {
    "English": translated.ENGLISH,
    "Spanish": translated.SPANISH,
    "German": translated.GERMAN,
    "Japanese": translated.JAPANESE,
}


def nothing_shared(s: Sentences) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.zeros(len(s.piece), dtype=np.bool_)


def aligned(a: str, b: str) -> Alignment:
    one, other = read(a), read(b)
    return align(one, other, nothing_shared(one), nothing_shared(other))


def measured(a: str, b: str, *, days: float | None = 1.0, site: str = "b.example") -> Measures:
    return measure(side(a, "a.example", 0.0), side(b, site, None if days is None else days * 86_400))


def side(text: str, site: str, published: float | None) -> Text:
    shingles = shingled(text)
    return Text(shingles, read(text), words(""), site, published, nothing(len(shingles.sequence)).seen)


def pieces(text: str) -> int:
    return read(text).count


@given(st.text(max_size=300))
def test_the_words_are_those_that_shingles_are_made_of(text: str) -> None:
    assert len(read(text).piece) == len(words(text))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The rain came. The river rose! Who knew?", 3),
        ("U.S. President Brandt met Mr. Alder.", 1),
        ("It cost 3.5 million, e.g. for sand and 1,200 bags.", 1),
        ("He said “It is over.” She left.", 2),
        ("La lluvia llegó. ¿Quién lo sabía?", 2),
        ("雨が降った。川があふれた。", 2),
        ("वर्षा हुई। नदी बढ़ी।", 2),
        ("First line\nSecond line", 2),
        ("a line that\nis wrapped", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, count: int) -> None:
    assert pieces(text) == count


def test_long_sentences_are_cut_and_long_texts_taken_together() -> None:
    assert pieces("word " * (3 * PIECE)) == 3
    assert pieces("A dog barked. " * 1000) == MOST_PIECES


def test_content_pairs_are_sorted_each_once_and_know_no_order() -> None:
    found = read("Minister Marsk visited Almeda. The harbour was closed.").content_pairs
    assert found.tolist() == sorted(set(found.tolist()))
    turned = read("Almeda visited Marsk, Minister. Closed was the harbour.").content_pairs
    assert len(found) and found.tolist() == turned.tolist()
    assert found.tolist() != read("Minister Marsk closed Almeda. The harbour was visited.").content_pairs.tolist()
    assert not len(read("It is so. He is on it.").content_pairs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_translations_of_one_article_are_joined(language: str) -> None:
    found = measured(*LANGUAGES[language])
    verdict = judge(found, b_later=True)
    assert (verdict.relation, verdict.joins) == (Relation.TRANSLATED_COPY, True)
    assert found.containment < 0.3  # word for word they share little


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_translations_share_many_content_pairs(language: str) -> None:
    a, b = LANGUAGES[language]
    assert overlap(read(a).content_pairs, read(b).content_pairs)[0] >= 0.05


@pytest.mark.parametrize("text", translated.ENGLISH)
def test_another_reporters_account_of_the_event_is_not_joined(text: str) -> None:
    assert not judge(measured(text, translated.REPORT), b_later=True).joins


def test_translations_on_one_site_or_weeks_apart_are_not_joined() -> None:
    assert not judge(measured(*translated.ENGLISH, site="a.example"), b_later=True).joins
    assert not judge(measured(*translated.ENGLISH, days=20), b_later=True).joins


def test_translations_days_apart_are_joined_where_they_share_passages_word_for_word() -> None:
    one, other = (text.split(". ") for text in translated.GERMAN)
    half = ". ".join([*one[: len(one) // 2], *other[len(other) // 2 :]])
    found = measured(translated.GERMAN[0], half, days=4)
    assert found.containment > 0.3
    assert judge(found, b_later=True).joins


def test_reporters_who_share_quotations_word_for_word_are_not_translators() -> None:
    found = replace(measured(*translated.ENGLISH), quotes=0.9, quote_shingles=40)
    assert not judge(found, b_later=True).joins
    assert judge(replace(found, quote_shingles=3), b_later=True).joins


def test_a_split_sentence_still_finds_its_place() -> None:
    whole = "Minister Marsk opened the bridge, and thousands of villagers crossed the river on foot. The band played."
    split = "Minister Marsk opened the bridge. Thousands of villagers crossed the river on foot. The band played."
    assert aligned(whole, split).shorter > 0.9


def test_the_order_of_sentences_counts() -> None:
    told = prose.sentences(1, 12)
    shuffled = told.copy()
    random.Random(3).shuffle(shuffled)
    straight, mixed = aligned(" ".join(told), " ".join(told)), aligned(" ".join(told), " ".join(shuffled))
    assert straight.shorter > 0.99
    assert mixed.shorter < 0.6
    assert straight.order > mixed.order + 0.3


def test_one_list_of_names_does_not_align_two_texts() -> None:
    names = "Present were " + ", ".join(f"{a}{b}" for a in ("Bran", "Kol", "Mar") for b in ("dal", "sk", "ten", "vik"))
    one, other = (" ".join([*prose.sentences(seed, 3), names + ".", *prose.sentences(seed + 9, 3)]) for seed in (1, 2))
    assert aligned(one, other).shorter < 0.4


def test_sentences_shared_word_for_word_are_left_out() -> None:
    shared, own = prose.sentences(1, 6), [prose.sentences(2, 6), prose.sentences(3, 6)]
    a, b = (" ".join(x for pair in zip(shared, mine, strict=True) for x in pair) for mine in own)
    found = measured(a, b, days=None)
    assert found.rest is not None and found.aligned is not None
    assert 0.4 < found.rest < 0.6
    assert found.aligned < 0.2


@given(st.text(max_size=200), st.text(max_size=200))
def test_shares_of_an_alignment_lie_between_nothing_and_all(a: str, b: str) -> None:
    found = aligned(a, b)
    for share in (found.shorter, found.longer, found.order, found.rest):
        assert 0 <= share <= 1 + 1e-9


def test_a_dateline_is_what_stands_before_the_first_dash() -> None:
    assert read("ST. ALMEDA, Valdoria (AN) — The rain came.").dateline
    assert read("PORT ALMEDA - The rain came.").dateline
    assert read("The well-known mayor spoke.").dateline == 0
    assert read("the rain — it came").dateline == 0
    (first, second) = of_reading(reading(["The rain came.", "PORT ALMEDA - The rain came."]))
    assert (first.dateline, second.dateline) == (0, read("PORT ALMEDA - The rain came.").dateline)


def test_datelines_agree_by_their_place() -> None:
    a, b = "ALMEDA (AN) — The rain came. " + prose.text(1), "Almeda — Rain fell. " + prose.text(2)
    assert measured(a, b).same_dateline
    assert measured(a, "VALDORIA — Rain fell. " + prose.text(2)).same_dateline is False


def test_plain_copies_and_texts_with_other_numbers_are_not_read_by_sentences() -> None:
    assert measured(prose.text(1), prose.text(1)).content is None
    a, b = (" ".join(f"Number {i} it was." for i in range(first, first + 30)) for first in (100, 500))
    assert measured(a, b).content is None


def test_templates_full_of_other_numbers_are_no_translations() -> None:
    found = replace(measured(*translated.ENGLISH), number_words=12, numbers=0.3)
    assert not judge(found, b_later=True).joins
