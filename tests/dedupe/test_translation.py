"""What of a text is found again in its translation, and how two texts are compared by it."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from dataclasses import astuple
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.anchors import MOST_ANCHORS, MOST_PLACES, Anchors, anchors, rare_keys
from dedupe.gazetteer import gazetteer
from dedupe.skeletons import skeleton
from dedupe.thresholds import DEFAULT
from dedupe.translation import correspondence
from tests.dedupe import translated
from tests.realdata import DATA, needs_data

PAIRS = {
    "es": (translated.SPANISH[0], translated.SPANISH_IN_ENGLISH),
    "de": (translated.GERMAN[0], translated.GERMAN_IN_ENGLISH),
    "ja": (translated.JAPANESE[0], translated.JAPANESE_IN_ENGLISH),
}


def keys(text: str, language: str) -> set[int]:
    return {*anchors(text, language).keys.tolist()}


@pytest.mark.parametrize("language", PAIRS)
def test_a_translation_is_told_from_other_articles(language: str) -> None:
    original = anchors(PAIRS[language][0], language)
    shares = {other: correspondence(original, anchors(copy, "en")).share for other, (_, copy) in PAIRS.items()}
    assert shares.pop(language) >= DEFAULT.anchored
    assert max(shares.values()) < DEFAULT.anchored / 2


def test_a_translation_cut_short_still_has_its_anchors_in_their_places() -> None:
    original, copy = PAIRS["es"]
    beginning = " ".join(copy.split()[:50])
    assert correspondence(anchors(original, "es"), anchors(beginning, "en")).share >= DEFAULT.anchored


def test_the_same_names_and_numbers_in_another_order_are_no_translation() -> None:
    original, copy = PAIRS["es"]
    backwards = ". ".join(reversed(copy.split(". ")))
    straight, reversed_ = (correspondence(anchors(original, "es"), anchors(text, "en")) for text in (copy, backwards))
    assert reversed_.evidence < straight.evidence / 2


@pytest.mark.parametrize(
    ("text", "language", "english"),
    [
        ("15,7 миллиона", "ru", "15.7 million"),
        ("200 625", "ru", "200,625"),
        ("4 тыс.", "ru", "4,000"),
        ("2 mil millones", "es", "2 billion"),
        ("25 militares", "es", "25"),
        ("1.200", "de", "1,200"),
        ("３８億", "ja", "3.8 billion"),
        ("12万5000", "ja", "120,000 and 5,000"),
        ("7月", "ja", "July"),
        ("7 июля", "ru", "7 July"),
        ("понедельник", "ru", "Monday"),
        ("российский", "ru", "Russian"),
        ("俄罗斯", "zh", "Russia"),
        ("Deutschland", "de", "Germany"),
        ("السعودية و مصر", "ar", "Egypt"),
        ("Москвы", "ru", "Moscow"),
        ("東京", "ja", "Tokyo"),
        ("スズキ", "ja", "Suzuki"),
    ],
)
def test_what_a_language_writes_its_own_way_is_found_again(text: str, language: str, english: str) -> None:
    assert keys(text, language) >= keys(english, "en")


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("Щербаков", "Shcherbakov"),
        ("Фургал", "Furgal"),
        ("Þórólfur", "Thorolfur"),
        ("Αλέξης", "Alexis"),
        ("スパイダーマン", "Supaidaman"),
        ("近平", "Jinping"),
        ("محمد", "Mohamed"),
    ],
)
def test_a_name_has_one_skeleton_however_it_is_spelt(name: str, english: str) -> None:
    assert skeleton(name) == skeleton(english)


def test_endings_of_a_name_cost_little_of_its_weight() -> None:
    nominative, instrumental = anchors("Дегтярев", "ru"), anchors("Degtyarevym", "en")
    assert correspondence(nominative, instrumental).evidence > 0.8 * nominative.total


def test_a_language_nobody_knows_has_numbers_and_names() -> None:
    assert keys("Kolb 1968", "xx-unknown") == keys("Kolb 1968", "en")
    assert not gazetteer("../../etc").stems


@given(st.text(max_size=80), st.sampled_from(["en", "ru", "ja", "zh", "ar", "th", ""]))
def test_a_text_shares_with_itself_all_it_is_known_by(text: str, language: str) -> None:
    found = anchors(text, language)
    by_key = dict(zip(found.keys.tolist(), found.weights.tolist(), strict=True))
    assert correspondence(found, found).evidence == pytest.approx(sum(by_key.values()))


@given(st.text(max_size=80), st.sampled_from(["en", "ru", "ja", "zh", "ar", "th", ""]))
def test_a_text_is_looked_for_by_what_it_is_known_by(text: str, language: str) -> None:
    separate = re.sub(r"(?<=[^\W\d])(?=\d)", " ", text)  # numbers that stand in names are not looked for
    assert {*rare_keys(separate, language).tolist()} <= {*anchors(separate, language).keys.tolist()}


@pytest.mark.parametrize(
    ("english", "language", "copy"),
    [
        ("Valdemar Kolb paid 48,210 crowns", "ru", "Вальдемар Кольб заплатил 48 210 крон"),
        ("2.57 billion", "es", "2.570 millones"),
        ("371 billion", "es", "371 mil millones"),
        ("eleven towns", "de", "11 Orte"),
    ],
)
def test_translations_are_looked_for_by_the_same_names_and_numbers(english: str, language: str, copy: str) -> None:
    assert {*rare_keys(english, "en").tolist()} & {*rare_keys(copy, language).tolist()}


def test_numbers_within_names_and_addresses_are_not_looked_for() -> None:
    assert not len(rare_keys("G20 met; pic.twitter.com/x939 a87990c", "en"))


def test_a_text_that_repeats_itself_endlessly_is_as_much_work_as_a_long_one() -> None:
    found = anchors("Kolb 25 " * 20_000, "de")
    assert len(found.keys) <= MOST_PLACES * len({*found.keys.tolist()})
    assert len(anchors(" ".join(map(str, range(100, 30_000))), "de").keys) == MOST_ANCHORS


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_order_of_the_two_does_not_matter(a: str, b: str) -> None:
    one, other = anchors(a, "ja"), anchors(b, "ru")
    assert astuple(correspondence(one, other)) == pytest.approx(astuple(correspondence(other, one)))


@needs_data
def test_translations_of_real_articles_are_told_from_those_of_their_neighbours() -> None:
    assert DATA
    by_cluster: defaultdict[str, list[tuple[str, Anchors]]] = defaultdict(list)
    with gzip.open(DATA / "translations.jsonl.gz", "rt") as stream:
        for row in map(json.loads, stream):
            by_cluster[row["cluster"]].append((row["lang"], anchors(row["text"], row["lang"])))
    counts: Counter[tuple[str, bool]] = Counter()
    for members, others in pairwise(by_cluster.values()):
        ((language, original),) = (each for each in members if each[0] != "en")
        for is_own, group in ((True, members), (False, others)):
            shares = [correspondence(original, copy).share for lang, copy in group if lang == "en"]
            counts[language, is_own] += sum(share >= DEFAULT.anchored for share in shares)
            counts[f"all {language}", is_own] += len(shares)
    for language, least in {"is": 0.98, "ru": 0.96, "ja": 0.73}.items():
        assert counts[language, True] >= least * counts[f"all {language}", True]
        assert counts[language, False] <= 0.01 * counts[f"all {language}", False]
