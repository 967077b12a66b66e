from __future__ import annotations

import subprocess
import sys
import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.text import MAX_CHARS, is_unspaced, mix, reading, words

BASE = 0x9E3779B97F4A7C15
VANISHING = "'’ʼ＇`´\u00ad\u200b\u200c\u200d\u2060\ufeff"
# Letters, marks and digits of many scripts, often beside each other, and anything else now and then.
MIXED = st.text(
    st.sampled_from("aB1٣.,'’“”‘\"\n -éÉσςΣЖжİßǅがガᄀ각京กำ\u0301\u0306\u00ad😀\ud800") | st.characters(), max_size=200
)


def same(a: str, b: str) -> bool:
    return np.array_equal(words(a).hashes, words(b).hashes)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),
        ("one, two; THREE!", 3),
        ("don’t stop", 2),
        ("1,234.5 points", 2),
        ("end.Next", 2),
        ("北京 ok", 3),
    ],
)
def test_words_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert len(words(text)) == count


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Don't", "don’t"),
        ("ÜBER", "über"),
        ("cafe\u0301", "caf\u00e9"),
        ("co\u00adope\u200brate", "cooperate"),
        ("a - b", "a b"),
        ("1,000", "1000"),
    ],
)
def test_spellings_that_mean_the_same_have_the_same_hashes(a: str, b: str) -> None:
    assert same(a, b)


def test_the_order_and_the_letters_of_words_matter() -> None:
    assert not same("dog bites man", "man bites dog")
    assert len(set(words("ab ba aab baa abab").hashes.tolist())) == 5


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_word_hashes_the_same_wherever_it_stands(before: str, after: str) -> None:
    found = words(f"{before} unmistakable {after}").hashes
    assert words("unmistakable").hashes[0] in found


@given(st.text())
def test_all_arrays_have_one_entry_a_word(text: str) -> None:
    found = words(text)
    assert len(found.hashes) == len(found.quoted) == len(found.numeric)


@pytest.mark.parametrize(
    "text",
    ["He “said this” then", 'He "said this" then', "Er „said this“ dann", "Il «said this» puis", "He ‘said this’ then"],
)
def test_what_stands_in_quotation_marks_is_quoted(text: str) -> None:
    assert words(text).quoted.tolist() == [False, True, True, False]


def test_an_unclosed_quotation_ends_with_its_paragraph() -> None:
    assert words("“First paragraph\nsecond paragraph").quoted.tolist() == [True, True, False, False]


def test_an_apostrophe_opens_no_quotation() -> None:
    assert not words("the dogs’ owner and the cats’ owner").quoted.any()


@pytest.mark.parametrize("sign", ["— Ann (@ann)", "pic.twitter.com/ann", "https://t.co/ann"])
def test_an_embedded_post_is_quoted_whole(sign: str) -> None:
    post = f"Great day! {sign} May 1"
    assert words(f"{post}\nshe wrote").quoted.tolist() == [True] * len(words(post)) + [False] * 2


def test_addresses_and_sites_make_no_post() -> None:
    assert not words("Write to ann@example.org, or see t.co and fact.com, and act.c too.").quoted.any()


def test_words_with_digits_are_numeric() -> None:
    assert words("the 35 dead of B52 bombs").numeric.tolist() == [False, True, False, False, True, False]


def test_a_huge_text_is_cut() -> None:
    assert len(words("ab " * MAX_CHARS)) <= MAX_CHARS / 3 + 1


def test_hashes_are_the_same_in_another_process() -> None:
    code = "from dedupe.text import words; print(*words('Rain fell on 北京').hashes)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert [int(value) for value in printed.split()] == words("Rain fell on 北京").hashes.tolist()


def is_digit(character: str) -> bool:
    return character.isdigit() and ord(character) < 0xFFFF


def words_by_hand(text: str) -> list[str]:
    """Split ``text`` one character at a time."""
    found: list[str] = []
    goes_on = False
    composed = f" {unicodedata.normalize('NFC', text)} "
    for before, character, after in zip(composed, composed[1:], composed[2:], strict=False):
        if character in VANISHING or (character in ".," and is_digit(before) and is_digit(after)):
            continue
        is_letter = ord(character) < 0xFFFF and (character.isalnum() or unicodedata.category(character) in ("Mn", "Mc"))
        is_word = is_letter and is_unspaced(character) and not is_digit(character)
        if is_letter and goes_on and not is_word:
            found[-1] += character
        elif is_letter:
            found.append(character)
        goes_on = is_letter and not is_word
    return found


def hashed_by_hand(word: str) -> int:
    """Hash a word by the definition: a polynomial over its letters in lower case."""
    lowered = ("σ" if letter in "σςΣ" else letter.lower()[0] for letter in word)
    total = sum(ord(letter) * BASE**place for place, letter in enumerate(lowered)) + BASE
    return int(mix(np.array([total % 2**64], dtype=np.uint64))[0])


@given(MIXED, st.sampled_from(["", " and ASCII" * 200]))
def test_words_are_those_that_one_character_at_a_time_gives(text: str, more: str) -> None:
    text += more  # where ASCII prevails, others are looked up apart
    found, expected = words(text), words_by_hand(text)
    assert found.hashes.tolist() == [hashed_by_hand(word) for word in expected]
    assert found.numeric.tolist() == [any(is_digit(letter) for letter in word) for word in expected]


@given(st.lists(MIXED, min_size=1, max_size=5))
def test_texts_read_together_have_the_words_that_each_has(texts: list[str]) -> None:
    found = reading(texts)
    for text, (begin, end) in zip(texts, pairwise(found.bounds), strict=True):
        alone = words(text)
        assert np.array_equal(found.words.hashes[begin:end], alone.hashes)
        assert np.array_equal(found.words.quoted[begin:end], alone.quoted)
        assert np.array_equal(found.words.numeric[begin:end], alone.numeric)


def test_characters_that_are_taken_to_need_no_composing_need_none() -> None:
    for point in (*range(0x80, 0x300), *range(0x2010, 0x20D0)):
        for before in "aAoOuU<= \u00e4":
            assert unicodedata.is_normalized("NFC", before + chr(point))
