"""What the addresses of articles look like: on one site, learned from what became of its pages, and in general.

A shape is an address with its segments replaced by their kinds: "/2016/11/01/us/rain-until-friday.html" is
"date/date/date/word/phrase.html". Words are kept beside it, for "/news/..." and "/videos/..." have one shape.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler import urls

_MOST_READ, _MOST_KEPT = 2_000, 300
_ENOUGH = 20
"""Fewer kept addresses than this say nothing about what a site's articles do not look like."""
_LEAST_SHARE, _LEAST_TIMES = 0.01, 2
_SLUG_WORDS = 4
_ID_DIGITS = 5

_DATE = re.compile(r"(19|20)\d\d([-_.]?[01]?\d([-_.]?[0-3]?\d)?)?")
_MONTH_OR_DAY = re.compile(r"[0-3]?\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")
_EXTENSION = re.compile(r"(?<=[^/])\.([a-z]{2,5}\d?)$", re.IGNORECASE)
_CHOOSER = re.compile(
    r"(?:story|article|news|post|doc|item|content)?_?(?:id|no|num|idx|key)|[pa]|art|aid|nid|story|article", re.I
)
_PAGES = frozenset({"html", "htm", "shtml", "xhtml", "php", "asp", "aspx", "jsp", "story", "ece", "do", "amp"})
_FILES = re.compile(r"jpe?g|png|gif|svg|webp|ico|pdf|mp[34]|m4a|xml|rss|atom|json|js|css|zip|ics|apk|docx?|xlsx?", re.I)
_HUBS = frozenset(
    word
    for line in (
        "tag tags topic topics thema themen tema temas sujet author authors autor autoren auteur staff people",
        "profile profiles reporter reporters contributor contributors category categories kategorie categoria",
        "video videos watch mediathek gallery galleries photo photos pictures picture-gallery slideshow",
        "slideshows fotos fotostrecke bilder diaporama image images search suche buscar recherche login",
        "signin sign-in register account user users subscribe subscription subscriptions abo newsletter",
        "newsletters about about-us contact contact-us kontakt impressum datenschutz privacy privacy-policy",
        "terms agb legal help hilfe faq rss feed feeds podcast podcasts audio radio shop store jobs careers",
        "advertise horoscope horoskop sitemap page pages static",
        "assets wp-content wp-login.php cgi-bin api share print comments cartoons crossword crosswords games",
        "quiz quizzes shows show playlist playlists schedule apps mobile-apps corrections community forum",
        "forums member members coupons gutscheine",
    )
    for word in line.split()
)
"""Segments above lists, media and services, as usual on news sites; checked on the links of newsweb-2016_11."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the addresses of a site's articles look like: shapes and words that are usual or, in ``other_``, are not.

    Empty as long as too little is known of the site.
    """

    usual: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    other_words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Form:
    """An address taken apart: its shape, the literal words among its segments, and the kinds that the shape has."""

    shape: str
    words: frozenset[str]
    kinds: tuple[str, ...]
    extension: str
    chosen: bool


def learn(kept: Sequence[str], refused: Sequence[str]) -> Shapes:
    """Learn what a site's articles look like from addresses that gave one and addresses that did not.

    The first 2,000 of each are read. With fewer than 20 kept ones, nothing is learned.
    """
    good, bad = ([_form(urls.identity(url)) for url in listed[:_MOST_READ]] for listed in (kept, refused))
    if len(good) < _ENOUGH:
        return Shapes()
    usual, other = _contrast([form.shape for form in good], [form.shape for form in bad], len(good))
    words, other_words = _contrast(_each_word(good), _each_word(bad), len(good))
    return Shapes(usual, other, words, other_words)


def likeness(identity: str, text: str, shapes: Shapes) -> int:
    """Return how much an address, linked with `text`, looks like an article's; from 3 on it is taken for one."""
    form = _form(identity)
    if not form.kinds or _FILES.fullmatch(form.extension):
        return -9
    return _habits(form, shapes) + _text(text) + _learned(form, shapes)


def _contrast(good: Sequence[str], bad: Sequence[str], addresses: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return what is usual among the good, and what the bad have that the good have not."""
    kept, refused = Counter(good), Counter(bad)
    least = max(_LEAST_TIMES, _LEAST_SHARE * addresses)
    usual = [name for name, times in kept.most_common(_MOST_KEPT) if times >= least and times > refused[name]]
    other = [name for name, times in refused.most_common(_MOST_KEPT) if times >= _LEAST_TIMES and not kept[name]]
    return frozenset(usual), frozenset(other)


def _each_word(forms: Iterable[_Form]) -> list[str]:
    return [word for form in forms for word in form.words]


def _habits(form: _Form, shapes: Shapes) -> int:
    """Score what publishers usually do: dates, long slugs, numbers; and the words above lists, media and services."""
    score = 2 * ("date" in form.kinds[:-1] or form.kinds[-1] == "dated")
    score += {"slug": 3, "dated": 2, "phrase": 1, "numbered": 3, "number": 2, "id": 2}.get(form.kinds[-1], 0)
    score += 2 * ("slug" in form.kinds[:-1] and form.kinds[-1] in ("number", "id", "word"))
    score += form.chosen * 2 + (form.extension in _PAGES)
    return score - 5 * bool(form.words & _HUBS - shapes.words)


def _text(text: str) -> int:
    """Score the text of a link: headlines have several words, also where words are not written apart."""
    return int(len(_WORDS.findall(text)) >= 5 or len(text) >= 40)


def _learned(form: _Form, shapes: Shapes) -> int:
    if not shapes.usual:
        return 0
    score = 3 if form.shape in shapes.usual else -2
    return score - 5 * (form.shape in shapes.other or bool(form.words & shapes.other_words))


def _form(identity: str) -> _Form:
    parts = urlsplit(identity)
    path = unquote(parts.path).lower()
    match = _EXTENSION.search(path)
    extension = match[1] if match else ""
    segments = [segment for segment in path.removesuffix(f".{extension}").split("/") if segment][:12]
    kinds: list[str] = []
    for segment in segments:
        kinds.append(_kind(segment, kinds))
    choosers = sorted(
        {name for name, value in parse_qsl(parts.query) if _CHOOSER.fullmatch(name) and re.search(r"\d{3}", value)}
    )
    shape = "/".join(kinds) + (f".{extension}" if extension else "") + "".join(f"?{name}" for name in choosers)
    words = frozenset(segment for segment, kind in zip(segments, kinds, strict=True) if kind in ("word", "phrase"))
    return _Form(shape, words, tuple(kinds), extension, bool(choosers))


def _kind(segment: str, before: Sequence[str]) -> str:
    """Name the kind of a segment; a slug with a number is "numbered", with a date "dated"."""
    if _DATE.fullmatch(segment) or (before[-1:] == ["date"] and _MONTH_OR_DAY.fullmatch(segment)):
        return "date"
    words = _WORDS.findall(segment)
    if len(words) <= 1:
        return ("number" if segment.isdigit() else "id") if _is_id(segment) else "word"
    if any(len(word) >= _ID_DIGITS and _DATE.fullmatch(word) for word in words) and len(words) > 2:
        return "dated"
    if _is_id(words[-1]) or (_is_id(words[0]) and words[0].isdigit()):
        return "numbered"
    return "slug" if len(words) >= _SLUG_WORDS else "phrase"


def _is_id(word: str) -> bool:
    return len(word) >= _ID_DIGITS and sum(character.isdigit() for character in word) >= 3
