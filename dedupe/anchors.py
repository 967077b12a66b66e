"""Anchors: what of a text can be found again in a translation of it, into whatever language.

Numbers by their value, names by their skeletons (`dedupe.skeletons`), and what the CLDR knows by a code
(`dedupe.gazetteer`). Each has a place, and a weight: how surprising it would be in another article, in nats, about
(benchmarks/translations.py). The weights are fixed, so that a verdict depends on the two texts alone.

Where a script tells names by capitals, these are names. At the beginning of a sentence, and in a script that has no
capitals, any word may be one: it counts less unless it is found again. In a script without blanks, runs of katakana are
names, and in Chinese any two characters may be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from dedupe.gazetteer import gazetteer
from dedupe.sets import ranks
from dedupe.skeletons import skeleton
from dedupe.text import MAX_CHARS, is_unspaced

SHORTEST, LONGEST = 3, 6  # consonants that a name is known by: endings differ
GUESSED = 0.3  # what a word that may be a name counts for, of what a name does, unless it is found again
LETTERS = 2.7  # letters that a character of a script without blanks becomes in another

# What bounds the work for a pair: the first anchors of a text, and the first places of each.
MOST_ANCHORS, MOST_PLACES = 5000, 50

Floats = NDArray[np.float64]
Keys = NDArray[np.uint32]

_BEFORE, _NEXT_WORD = r"[ \u00a0-]?", r"[^\W\d_]{1,16}"  # what follows a number: " million"
_DIGITS = r"(?:\d{0,2}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d*(?:[.,]\d+)*)"  # after the first one
_NUMBER = rf"\d{_DIGITS}"
_WORD = r"[ァ-ヺー]+|[㐀-鿿ぁ-ゖ々]+|[^\W\d_ァ-ヺー㐀-鿿ぁ-ゖ々]+"
_TOKEN = re.compile(rf"{_NUMBER}|{_WORD}")
_SMALL = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_IN_WORDS = {word: float(number) for number, word in enumerate(_SMALL, 2)}
# Most copies are in English, in which all names have capitals: what else there is in it need not be looked at.
_ENGLISH_TOKEN = re.compile(rf"{_NUMBER}|(?<!\w)(?:[^\W\d_a-z]\w*|{'|'.join(_SMALL)})(?!\w)")
# The same without places, for rare anchors: patterns that begin with one class of characters are found much faster.
_RARE_WORD = re.compile(_WORD)
_RARE_ENGLISH_WORD = re.compile(r"[^\W\d_a-df-su-z](?<!\w\w)\w*")  # of numbers in words, ten to twelve are rare
_RARE_NUMBER = re.compile(rf"(\d(?<![A-Za-z\d]\d){_DIGITS})((?:{_BEFORE}{_NEXT_WORD}){{0,2}})")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_FOLLOWING = re.compile(rf"{_BEFORE}({_NEXT_WORD})")

_STOPS = frozenset('.!?…"“')

_CODE_WEIGHTS = {"month": 2.2, "day": 2.2, "territory": 3.0, "city": 4.4}
_YEAR, _BY_DIGITS = 2.8, (1.0, 3.5, 4.7, 6.5)  # of a number by its digits, without zeros at its ends
_DAY_DIGIT = 1.2  # of a number that may be a day's, for each digit
_BY_CONSONANTS = {SHORTEST: 2.8, 4: 1.5, 5: 0.8, LONGEST: 0.4}  # what each further one adds
_FEW_CONSONANTS = 1.2
_RARE = 4  # consonants by which a name is looked for


class Anchor(NamedTuple):
    """What a text can be known by.

    ``is_guess``: that it is a name is a guess. ``is_rare``: few other articles have it.
    """

    key: int
    weight: float
    is_guess: bool = False
    is_rare: bool = False


@dataclass(frozen=True, slots=True)
class Anchors:
    """The anchors of a text by key, then place; ``places`` are in letters from its beginning, as ``length`` is.

    ``total`` is the weight of all, each key once.
    """

    keys: Keys
    weights: Floats
    places: Floats
    length: float
    total: float


def anchors(text: str, language: str) -> Anchors:
    """Read a text of a language, given by its code (`gazetteer.code_of`)."""
    composed = unicodedata.normalize("NFKC", text[:MAX_CHARS])
    letters = _letters(composed)
    found = [*islice(_read(composed, language), MOST_ANCHORS)]
    once = {anchor.key: anchor for anchor, _ in found}.values()
    keys = np.array([anchor.key for anchor, _ in found], dtype=np.uint32)
    places = letters[[place for _, place in found]] if found else letters[:0]
    order = np.lexsort((places, keys))
    order = order[ranks(keys[order]) < MOST_PLACES]
    return Anchors(
        keys[order],
        np.array([anchor.weight for anchor, _ in found], dtype=np.float64)[order],
        places[order],
        float(letters[-1]),
        sum(anchor.weight * (GUESSED if anchor.is_guess else 1) for anchor in once),
    )


def rare_keys(text: str, language: str) -> Keys:
    """Return the keys of those anchors of a text that few other articles have, each once: what it is looked for by."""
    composed = unicodedata.normalize("NFKC", text[:MAX_CHARS])
    words = {*(_RARE_ENGLISH_WORD if language == "en" else _RARE_WORD).findall(composed)}
    found = {key for word in words for key in _rare(word, language)}
    for digits, following in _RARE_NUMBER.findall(composed):
        found.update(anchor.key for anchor in _number(following, digits, 0, language) if anchor.is_rare)
    return np.fromiter(found, dtype=np.uint32, count=len(found))


@lru_cache(maxsize=1 << 16)
def _rare(word: str, language: str) -> tuple[int, ...]:
    if is_unspaced(word[0]):
        return tuple(anchor.key for anchor, _ in _unspaced(word, language) if anchor.is_rare)
    return tuple(anchor.key for anchor in _word(word, language, begins=False) if anchor.is_rare)


def _letters(text: str) -> Floats:
    """Return how many letters come before each character, and in all: float64[n + 1]."""
    if text.isascii():
        return np.arange(len(text) + 1, dtype=np.float64)
    code = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    unspaced = (code >= ord("぀")) & (code <= ord("鿿"))
    return np.concatenate(([0.0], np.cumsum(np.where(unspaced, LETTERS, 1.0))))


def _read(text: str, language: str) -> Iterator[tuple[Anchor, int]]:
    """Find anchors with their places."""
    for match in (_ENGLISH_TOKEN if language == "en" else _TOKEN).finditer(text):
        word, place = match[0], match.start()
        if word[0].isdecimal():
            yield from ((anchor, place) for anchor in _number(text, word, match.end(), language))
        elif is_unspaced(word[0]):
            yield from ((anchor, place + at) for anchor, at in _unspaced(word, language))
        else:
            yield from ((anchor, place) for anchor in _word(word, language, begins=_begins(text, place)))


def _number(text: str, digits: str, end: int, language: str) -> tuple[Anchor, ...]:
    """Return the anchor of a number that ends at a place; a month by number is a month, as 3月."""
    value, names = _value(digits), gazetteer(language)
    if value is None:
        return ()
    if names.month_sign and text.startswith(names.month_sign, end) and value <= 12:
        return _coded(f"month {value:.0f}")
    while (following := _FOLLOWING.match(text, end)) and (scale := names.scale(following[1].lower())) > 1:
        value, end = value * scale, following.end()
    return _counted(value)


@lru_cache(maxsize=1 << 16)
def _value(digits: str) -> float | None:
    """Return the value of a number, however its thousands are grouped; None for what is none, as 26.07.2020."""
    plain = "".join(digits.split())
    if _GROUPED.fullmatch(plain):
        return float(re.sub("[.,]", "", plain))
    *groups, last = re.split("[.,]", plain)
    if any(len(group) != 3 for group in groups[1:]):
        return None
    return float(f"{''.join(groups)}.{last}" if groups else last)


def _begins(text: str, place: int) -> bool:
    """Say whether a word begins a sentence: then a capital says little."""
    before = text[max(0, place - 2) : place]
    return not before or "\n" in before or before.rstrip()[-1:] in _STOPS


@lru_cache(maxsize=1 << 16)
def _word(word: str, language: str, *, begins: bool) -> tuple[Anchor, ...]:
    is_name, has_case = word[0].isupper(), word[0].lower() != word[0].upper()
    if language == "en" and not is_name:
        return _counted(_IN_WORDS[word]) if word in _IN_WORDS else ()
    code = gazetteer(language).code(word.lower())
    if code and (is_name or not has_case or not code.startswith("city")):
        return _coded(code)
    if (has_case and not is_name) or (len(word) < 3 and not word.isupper()):
        return ()
    return _named(word, is_guess=begins or not has_case)


def _unspaced(run: str, language: str) -> Iterator[tuple[Anchor, int]]:
    """Find the names in a run of characters without blanks."""
    names, place = gazetteer(language), 0
    while place < len(run):
        name = names.longest_at(run, place)
        if name:
            yield from ((anchor, place) for anchor in _coded(names.stems[name]))
        elif language == "zh":
            yield from ((anchor, place) for anchor in _named(run[place : place + 2], is_guess=True))
        place += len(name) or 1
    if "ァ" <= run[0] <= "ー":
        yield from ((anchor, 0) for anchor in _named(run, is_guess=False))


@lru_cache(maxsize=1 << 16)
def _counted(value: float) -> tuple[Anchor, ...]:
    weight = _surprise(value)
    return (Anchor(_key(f"number {value:.6g}"), weight, is_rare=weight >= 2 * _DAY_DIGIT and weight != _YEAR),)


def _surprise(value: float) -> float:
    if value.is_integer() and 1900 <= value <= 2100:
        return _YEAR
    if value.is_integer() and value <= 31:
        return _DAY_DIGIT * len(f"{value:.0f}")
    digits = f"{value:.6g}".partition("e")[0].replace(".", "").strip("0")
    return _BY_DIGITS[min(len(digits), 3)]


def _coded(code: str) -> tuple[Anchor, ...]:
    kind = code.partition(" ")[0]
    return (Anchor(_key(code), _CODE_WEIGHTS[kind], is_rare=kind == "city"),)


@lru_cache(maxsize=1 << 16)
def _named(word: str, *, is_guess: bool) -> tuple[Anchor, ...]:
    """Return an anchor for each beginning of a name: what two have in common counts, however they end."""
    sounds = skeleton(word)
    if len(sounds) < SHORTEST:
        is_known = len(sounds) == SHORTEST - 1 and not is_guess
        return (Anchor(_key(f"name {sounds}."), _FEW_CONSONANTS),) if is_known else ()
    ends = range(SHORTEST, min(len(sounds), LONGEST) + 1)
    return tuple(Anchor(_key(f"name {sounds[:end]}"), _BY_CONSONANTS[end], is_guess, end == _RARE) for end in ends)


def _key(name: str) -> int:
    return crc32(name.encode())
