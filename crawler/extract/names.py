"""Author names out of bylines: who signs, each once, as they would write themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from crawler.extract import agencies
from crawler.extract.patterns import any_of

_BY = any_of(
    r"(?:(?:written|reported|posted|story|text|article) )?by\b:?\s+",
    r"(?:von|por|par|di|door|av|af|przez)\b:?\s+",
    r"(?:author|autor|auteur|autore|автор)\w*\s*:?\s+",
    before=r"^\W*",
)
_BY_ALONE = re.compile(r"^\W*(?:(?:written|reported|posted) )?by\b:?\s+", re.IGNORECASE)
_BY_INSIDE = re.compile(r"^.*?\s(?:By|BY|Von|Por|Par)\s+(?=\S)")
_SPLIT = any_of(
    r"[;|•·\n/&]",
    r",(?!\s*(?:jr|sr|ii|iii|iv|m\.?d|ph\.?d)\b)",
    r"、|\b(?:and|und|och|og|with)\b",
    before=r"\s*",
    after=r"\s*",
)
_SHORT_AND = re.compile(r"\s+(?:y|e|et|en|i|a|и|і|та|ja|ve)\s+")
# What follows a name: place of work, role, address, date.
_TRAIL = any_of(
    r"[(<\[@].*|\s[-–—]\s.*|\bap (?:\w+ ){0,3}(?:writer|editor|correspondent|reporter|columnist)\b.*",
    r"\b(?:for|of) the\b.*|\bin (?-i:[A-Z]).*",
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d.*|\d{1,2}[./:]\d.*",
    r"\s(?:jan|feb|jul|sep|oct|nov|dec)[a-z]*\.?",
    r"\b(?:close )?(?:more|articles?|stories|posts) (?:from|by)\b.*|\b(?:follow|view|see all|sign in|log in)\b.*",
    r"\b(?:(?:last )?updated|published|posted|contact|staff|reporter|correspondent|writer)\b.*",
    before=r"\s*",
    after="$",
)
_ADDRESS = re.compile(r"(?:https?:)?//\S+|\bwww\.\S+|\S+@\S+\.\S+|(?<!\S)@\w+")
_USER_NAME = re.compile(r"[a-z0-9]+|\S*[_.=?/]\w\S*|\S*[a-z][A-Z]{2,}\S*")
# Words that no person's name has: desks, roles, organisations.
_NOT_A_PERSON = any_of(
    r"staff|desk|newsroom|editor(?:s|ial)?|team|news|press|wire|services?|admin(?:istrator)?|web|online|digital",
    r"contributors?|correspondents?|reporters?|writers?|columnist|producer|special to|interviews?",
    r"magazine|newspaper|times|post|tribune|herald|gazette|radio|television|tv|media|group|network",
    r"agenc(?:y|ia|e|ies)|agentur|redaktion\w*|redacci[oó]n|r[ée]daction|redazione|redac[cç][aã]o|redactie|redakcja",
    r"редакция|редакція|company|inc|llc|ltd|gmbh|foundation|institute|university|department|bureau|board",
    r"ver[öo]ffentlicht|aktualisiert|publicado|publi[ée]|udgivet|publicerad|by|photos?|guest|anonymous|unknown|default",
    r"user|null|none|com|facebook|twitter|instagram|youtube|linkedin|whatsapp",
    before=r"\b",
    after=r"\b",
)
# Outside of fields for names, a word alone is a place, a section or a user name; unless its script has no spaces.
_ONE_WORD = re.compile(r"[A-Za-zÀ-ɏА-я'’.-]+")
_INITIALS = re.compile(r"[A-Za-z]{1,3}")
_MAX_BYLINE_CHARS = 500
_MAX_NAME_CHARS = 50
_MAX_NAME_WORDS = 6
_MAX_AUTHORS = 20
_MAX_BYLINES = 100


@dataclass(frozen=True, slots=True)
class Byline:
    """A text that names authors.

    ``is_organisation`` is what markup says of it; ``is_field``, whether it is a field for a name and not just text.
    """

    text: str
    is_organisation: bool = False
    is_field: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signs, in order and each once: ``everybody``, or only the ``people``."""

    everybody: tuple[str, ...]
    people: tuple[str, ...]


def signed(bylines: Iterable[Byline], outlets: Iterable[str | None] = ()) -> Signed:
    """Return the people that these bylines name and the organisations that sign beside them or alone.

    Organisations are news agencies, the given `outlets` (publisher, site) and what markup calls one; left out are
    desks, roles, addresses, user names and initials.

    >>> signed([Byline("By JANE DOE and John Smith, Reuters"), Byline("Jane Doe"), Byline("News Desk")]).everybody
    ('Jane Doe', 'John Smith', 'Reuters')
    """
    known = {_plain(name) for name in outlets if name}
    everybody: dict[str, str] = {}
    people = []
    for byline in islice(bylines, _MAX_BYLINES):
        for name in _names(byline, known):
            plain = _plain(name)
            if plain in everybody:
                continue
            if plain not in known and _is_person(name, byline):
                people.append(name)
            elif not _signs(name, byline, known):
                continue
            everybody[plain] = name
    return Signed(tuple(everybody.values())[:_MAX_AUTHORS], tuple(people)[:_MAX_AUTHORS])


def _names(byline: Byline, outlets: set[str]) -> list[str]:
    """Split a byline into names, unless as a whole it is an organisation's ("Agence France-Presse")."""
    whole = " ".join(byline.text.split()).strip(" .")
    is_whole = byline.is_organisation or _plain(whole) in outlets or agencies.is_name(whole)
    if is_whole and 0 < len(whole) <= _MAX_NAME_CHARS:
        return [whole]
    return parts(byline.text, is_field=byline.is_field)


def _signs(name: str, byline: Byline, outlets: set[str]) -> bool:
    """Return whether a name that is no person's is an organisation's, and no desk's or address."""
    if _ADDRESS.search(name):
        return False
    return agencies.is_name(name) or _plain(name) in outlets or (byline.is_organisation and not _is_desk(name))


def _is_desk(name: str) -> bool:
    return not _plain(_NOT_A_PERSON.sub("", name))


def parts(byline: str, *, is_field: bool = False) -> list[str]:
    """Return the names in a byline (or in a ``field`` for names), without roles, addresses and dates.

    >>> parts("By Ann Lee in Oslo, AP November 3, 2016")
    ['Ann Lee', 'AP', '2016']
    """
    text = byline[:_MAX_BYLINE_CHARS]
    found = _SPLIT.split(_BY_ALONE.sub("", text) if is_field else _bare(text))
    return [name for part in found for each in _split_short(part) if (name := _tidy(each, is_field=is_field))]


def _split_short(part: str) -> list[str]:
    """Split at short words for "and", unless they stand inside a name: "José Ortega y Gasset"."""
    names = _SHORT_AND.split(part)
    return names if all(len(name.split()) > 1 for name in names) else [part]


def _bare(byline: str) -> str:
    return _BY_INSIDE.sub("", _BY.sub("", _ADDRESS.sub("", byline)))


def _plain(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _tidy(part: str, *, is_field: bool = False) -> str:
    name = _TRAIL.sub("", part if is_field else _BY.sub("", part)).strip(" ,.:;-–—*\"'“”")
    return name.title() if " " in name and (name.isupper() or name.islower()) else name


def _is_person(name: str, byline: Byline) -> bool:
    return (
        not byline.is_organisation
        and (byline.is_field or not _ONE_WORD.fullmatch(name))
        and 2 < len(name) <= _MAX_NAME_CHARS
        and len(name.split()) <= _MAX_NAME_WORDS
        and name[0].isalpha()
        and not any(char.isdigit() for char in name)
        and not any(pattern.fullmatch(name) for pattern in (_INITIALS, _USER_NAME))
        and not _NOT_A_PERSON.search(name)
        and agencies.named(name) is None
    )
