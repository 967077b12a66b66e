"""Names that the Unicode Consortium's CLDR has in hundreds of languages, each by a code that is the same in all.

Months, weekdays, territories (by their languages' names too: "Russian" stands for Russia) and cities; and the words for
large numbers. So "июля", "júlí" and "July" are one, and "15,7 миллиона" is 15,700,000.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from dedupe.text import is_unspaced

_SHORTEST = 4  # letters of a name that is known by its beginning
_SCALE = re.compile(r"(0+)\s*([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The names of a language. ``stems``: codes by what names begin with, as endings change; ``longest`` is theirs.

    ``scales``: what numbers are multiplied by if such a word follows. ``month_sign``: what makes a number a month.
    """

    stems: Mapping[str, str]
    longest: int
    scales: Mapping[str, int]
    month_sign: str | None

    def code(self, word: str) -> str | None:
        """Return the code of a word in lower case, by the longest stem that it begins with."""
        for length in range(min(len(word), self.longest), _SHORTEST - 1, -1):
            if found := self.stems.get(word[:length]):
                return found
        return self.stems.get(word)

    def longest_at(self, run: str, place: int) -> str:
        """Return the longest name that stands at a place of a run of characters without blanks; empty if none does."""
        lengths = range(min(self.longest, len(run) - place), 1, -1)
        return next((run[place : place + n] for n in lengths if run[place : place + n] in self.stems), "")

    def scale(self, word: str) -> int:
        """Return what a number before a word in lower case is multiplied by: 1 unless it is a word for a scale."""
        shortest = 1 if is_unspaced(word[0]) else min(_SHORTEST, len(word))  # "25 mil", but not "25 militares"
        ends = range(len(word), shortest - 1, -1)
        return next((self.scales[word[:end]] for end in ends if word[:end] in self.scales), 1)


NONE = Gazetteer({}, 0, {}, None)


@lru_cache(maxsize=1 << 10)
def code_of(tag: str) -> str:
    """Return the shortest code of the language of a tag, without script and region.

    >>> code_of("pt-BR"), code_of("ENG"), code_of("")
    ('pt', 'en', '')
    """
    language = tag.lower().replace("_", "-").partition("-")[0]
    shortest: str = get_global("language_aliases").get(language, language)
    return shortest


@lru_cache(maxsize=1 << 10)
def gazetteer(language: str) -> Gazetteer:
    """Return the names of a language, given by its code; none where it is not known."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return NONE
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for name, code in _names(locale):
        codes[_stem(name.lower())].add(code)
    stems = {stem: found.pop() for stem, found in codes.items() if len(found) == 1}
    return Gazetteer(stems, max(map(len, stems)), _scales(locale), _month_sign(locale))


def _names(locale: Locale) -> Iterator[tuple[str, str]]:
    """List names of one word and their codes."""
    named = (*_calendar(locale), *_places(locale))
    return ((name, code) for name, code in named if len(name) > 1 and name.isalpha())


def _calendar(locale: Locale) -> Iterator[tuple[str, str]]:
    for use in ("format", "stand-alone"):
        yield from ((name, f"month {number}") for number, name in locale.months[use]["wide"].items())
        yield from ((name, f"day {number}") for number, name in locale.days[use]["wide"].items())


def _places(locale: Locale) -> Iterator[tuple[str, str]]:
    territory_of = get_global("likely_subtags")
    yield from ((name, f"territory {code}") for code, name in locale.territories.items() if code.isalpha())
    for code, name in locale.languages.items():
        if code in territory_of and len(code) == 2:
            yield name, f"territory {territory_of[code].rpartition('_')[2]}"
    for zone in get_global("zone_territories"):
        city = locale.time_zones.get(zone, {}).get("city")
        yield city or zone.rpartition("/")[2], f"city {zone}"  # as CLDR has it: the zone's own name unless it says more


def _stem(name: str) -> str:
    """Cut a name by the letters in which its endings differ."""
    if is_unspaced(name[0]):
        return name
    return name[: max(_SHORTEST, len(name) - (2 if len(name) > 6 else 1))]


def _scales(locale: Locale) -> dict[str, int]:
    """Return the words for large numbers; in "00 million" of 10,000,000 the scale is a million."""
    scales: dict[str, int] = {}
    for by_plural in locale.compact_decimal_formats.values():
        for by_power in by_plural.values():
            for power, pattern in by_power.items():
                if (found := _SCALE.search(pattern.pattern)) and (word := _scale_word(found[2].lower())):
                    scales.setdefault(word, int(power) // 10 ** (len(found[1]) - 1))
    return scales


def _scale_word(word: str) -> str | None:
    """Return by what a word for a large number is known; a letter or two may stand for anything else."""
    if is_unspaced(word[0]):
        return word
    return _stem(word) if len(word) > 2 else None


def _month_sign(locale: Locale) -> str | None:
    """Return what follows the number in names of months such as 3月."""
    found = re.fullmatch(r"3\s?(\w)", locale.months["format"]["abbreviated"][3])
    return found and found[1]
