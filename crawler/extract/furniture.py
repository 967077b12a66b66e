"""Take off the body's edges what republication puts there: repeated headline, byline, date, counters, teasers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crawler.extract import prose
from crawler.extract.patterns import any_of

_EDGE_LINES = 10
_MAX_DATED_WORDS = 8
_SENTENCE_ENDS = (".", "!", "?", "”", '"', "…", "。")
_TAIL_LINES, _TAIL_SHARE, _TAIL_LINE_WORDS = 15, 0.25, 30
_TAIL_HEADING_CHARS = 160
_NOT_WORDS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Context:
    """What edge lines are compared with: every title the page gives the article, and the people who wrote it."""

    titles: tuple[str, ...]
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of line that is not the article's when it stands at the body's top or bottom, and why it is there."""

    name: str
    matches: Callable[[Context, str], bool]
    reason: str
    max_chars: int = 160


def trim(body: str, context: Context) -> str:
    """Return the body without furniture among its first and last lines; what stands between is left as it is.

    Rules are asked of short lines only, from the edge inwards until one is not furniture, and never take the last line.
    """
    lines: list[str] = []
    shorter = body.splitlines()
    while shorter != lines:
        lines, shorter = shorter, _trimmed(_without_tail(shorter), context)
    return "\n".join(lines)


def _trimmed(lines: list[str], context: Context) -> list[str]:
    start = _furniture(lines[: min(_EDGE_LINES, len(lines) - 1)], context)
    rest = lines[start:]
    end = _furniture(rest[1:][: -_EDGE_LINES - 1 : -1], context)
    return rest[: len(rest) - end]


def _furniture(edge: Sequence[str], context: Context) -> int:
    """Return how many lines, in the order given, are furniture before the first that is not."""
    for count, line in enumerate(edge):
        if not any(_applies(rule, context, line.lstrip("-•* ")) for rule in RULES):
            return count
    return len(edge)


def _applies(rule: Rule, context: Context, line: str) -> bool:
    return len(line) <= rule.max_chars and rule.matches(context, line)


def _without_tail(lines: list[str]) -> list[str]:
    """Cut a list of other articles off the end: a heading such as "Read more:" with only short lines after it."""
    first = max(len(lines) - _TAIL_LINES, 1)
    for index in range(first, len(lines)):
        if (
            len(lines[index]) <= _TAIL_HEADING_CHARS
            and _TAIL_HEADING.fullmatch(lines[index])
            and _is_tail(lines, index)
        ):
            return lines[:index]
    return lines


def _is_tail(lines: list[str], index: int) -> bool:
    counts = [prose.words(line) for line in lines]
    return max(counts[index:]) <= _TAIL_LINE_WORDS and sum(counts[index:]) <= _TAIL_SHARE * sum(counts)


def _plain(text: str) -> str:
    return _NOT_WORDS.sub(" ", text).strip().casefold()


def _is_title(context: Context, line: str) -> bool:
    plain = _plain(line)
    return bool(plain) and any(plain == _plain(title) for title in context.titles)


def _is_byline(context: Context, line: str) -> bool:
    plain = rest = _plain(line)
    for author in context.authors:
        rest = rest.replace(_plain(author), "")
    return rest != plain and len(rest.split()) <= 6 and not line.rstrip().endswith((".", "!", "?", "”", '"'))


def _is_dated(context: Context, line: str) -> bool:
    """Return whether a line of up to eight words has a date or time at its beginning or end and is no sentence."""
    return len(line.split()) <= _MAX_DATED_WORDS and line[-1:] not in _SENTENCE_ENDS and bool(_DATED.search(line))


def _is_links(context: Context, line: str) -> bool:
    """Return whether separators break a line, that is no sentence, into at least three parts."""
    return line[-1:] not in _SENTENCE_ENDS and max(line.count(" | "), line.count(" · "), line.count(" - ")) > 1


def _shows(*alternatives: str, before: str = "", after: str = "") -> Callable[[Context, str], bool]:
    pattern = any_of(*alternatives, before=before, after=after)
    return lambda _, line: pattern.search(line) is not None


_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|fev|fév|mai|out|dez|okt|mrz|mär|gen|mag|giu|lug|"
    "set|ott|avr|juin|juil|août|déc"
)
_MONTH = rf"(?:{_MONTHS})[a-zäéûç]*\.?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_CLOCK = r"\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?\s*(?:uhr|hrs?|h|[a-z]{1,4}t|gmt|utc)?"
_DATE = (
    rf"{_WEEKDAY}(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?(?:\s+\d{{4}})?"
    rf"|\d{{1,2}}\.?\s+(?:de\s+)?{_MONTH}(?:\s+(?:de\s+)?\d{{4}})?"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{2,4})"
)
_DATED = any_of(
    rf"^(?:{_DATE}|{_CLOCK})\s*[-–—|/,·]\s",
    rf"[-–—|/,·]\s*(?:{_DATE}|{_CLOCK})$",
)
_DATE_LABEL = (
    r"(?:first |last |originally )?(?:published|updated|posted|created|modified)(?: on| at)?|(?:veröffentlicht|"
    r"aktualisiert)(?: am)?|stand|publicado|actualizado|publié(?: le)?|mis à jour(?: le)?|pubblicato|"
    r"date|at|um|am|a las|à"
)
_SHARE = (
    r"(?:facebook|twitter|whatsapp|linkedin|pinterest|reddit|google\+?|telegram|messenger|e-?mail|print|tweet|link|"
    r"copy link|share(?: this(?: article| story)?| on| via)?|teilen|drucken|merken|compartir|partager|condividi|"
    r"compartilhe|dela|delen|save|listen|pin it)"
)
_COUNTED = "reads?|views?|shares?|comments?|likes?|kommentare?|comentarios?|comentários?|vues|lecturas|visitas"
_TAIL_HEADING = any_of(
    r"also|(?:also )?read(?: more| also| next)?|see also|recommended(?: for you| reading)?",
    r"related(?: stories| articles| content| coverage| topics?| news)?",
    r"more (?:from|on|in|about|stories|news)\b.{0,40}|you (?:may|might) also (?:like|be interested in)",
    r"most (?:read|popular|viewed)|popular (?:on|in) .{2,30}|trending(?: now)?|comments?|updates?",
    r"mehr (?:zum thema|zu|aus|auf|themen)\b.{0,40}|lesen sie auch|auch interessant",
    r"lea también|te puede interesar|más (?:en|sobre) .{2,30}|leia (?:mais|também)|veja também",
    r"(?:à )?lire aussi|sur le même sujet|leggi anche|lees ook|läs (?:också|mer)|les også|читайте также|関連記事",
    before=r"\W*",
    after=r"\W*",
)

RULES: tuple[Rule, ...] = (
    Rule("title", _is_title, "templates print the headline again inside the text's container"),
    Rule("byline", _is_byline, "a line of the authors' names and a word or two"),
    Rule(
        "by",
        _shows(r"^(?:by|von|por|par|di)\b:?\s+(?-i:[A-ZÀ-Þ])[^.!?]{2,80}$"),
        "a byline of people whom the markup does not name",
    ),
    Rule(
        "date",
        _shows(
            rf"^\W*(?:(?:{_DATE_LABEL})\W+){{0,3}}(?:{_DATE}|{_CLOCK})(?:\W+(?:{_DATE_LABEL}|{_DATE}|{_CLOCK})){{0,5}}\W*$",
        ),
        "a line that is only a date or a time",
    ),
    Rule("dated", _is_dated, "a byline, desk or section with its date or time, and no sentence"),
    Rule(
        "counter",
        _shows(
            rf"[\d.,]+\s*k?\s*(?:{_COUNTED})",
            r"\d+\s*min(?:ute)?[sn]?\W*(?:read|lesezeit|de lectura|de leitura|de lecture)?",
            r"(?:reading time|tempo de leitura|tiempo de lectura|lesezeit|temps de lecture)\W.{0,20}",
            r"\d+",
            before=r"^\W*",
            after=r"\W*$",
        ),
        "a counter of readers, shares, comments or minutes",
    ),
    Rule(
        "share",
        _shows(rf"^\W*{_SHARE}(?:\W+(?:{_SHARE}|this|article|story|on|via|or|and|with|a friend))*\W*$"),
        "buttons for sharing and printing",
    ),
    Rule(
        "teaser",
        _shows(
            r"read (?:also|more|next|the full)|also read|see also|related|recommended|don'?t miss|you may also like",
            r"click here|more (?:on this|from|stories|news|coverage)|lesen sie auch|mehr zum thema",
            r"lea también|lee también|leia (?:também|mais)|lire aussi|à lire|leggi anche|lees ook|läs också|les også",
            r"читайте также",
            before=r"^\W*",
            after=r"\b|^\W*latest:",
        ),
        "a pointer to another article",
    ),
    Rule(
        "newsletter",
        _shows(
            r"\b(?:sign up (?:for|to|here)|subscribe (?:to|now|here|today)|newsletter|mailing list)\b",
            r"\bsupport our journalism\b",
            r"\b(?:abonnieren sie|suscr[ií]bete|abonnez-vous|iscriviti|download (?:our|the) app)\b",
            r"^\W*(?:follow|like) .{0,40}\bon (?:facebook|twitter|instagram|x|google news|whatsapp|telegram)\b",
        ),
        "an invitation to subscribe or follow",
    ),
    Rule(
        "photo-credit",
        _shows(
            r"^\W*(?:photos?|image|picture|foto|bild|imagen|crédit photo)\s*(?:by\b|credit|courtesy|:|©|via\b)",
            r"\((?:photo|image|file photo|ap photo|foto)\b[^)]*\)\W*$",
            r"(?:getty images|ap photo|shutterstock|/\s?(?:reuters|ap|afp|getty))\W*$",
        ),
        "the credit line of a picture",
    ),
    Rule("links", _is_links, "a row of links: menus above the text, further articles and imprint below", max_chars=600),
    Rule(
        "contact",
        _shows(
            r"^(?:\W|\b(?:e-?mail|twitter|contact|follow|write to|on|at|me|him|her|the (?:writer|author|reporter))\b)*"
            r"[\w.+-]*@[\w.-]+\W*$"
        ),
        "the writer's address",
    ),
    Rule(
        "rights",
        _shows(
            r"^\W*(?:copyright|©|ⓒ|\(c\))\W",
            r"\ball rights reserved\b",
            r"^\W*(?:filed under|post (?:a )?comments?|first published)\b",
            r"^\W*(?:this|the) (?:article|story|report|post|piece) (?:was )?"
            r"(?:first|originally) (?:appeared|published)\b",
        ),
        "the notice of rights or filing below the text",
    ),
    Rule(
        "label",
        _shows(
            r"advertisement|advertising|anzeige|werbung|publicidad|publicité|comments?|loading|posted!?|feedback",
            r"story continues below.*|continue reading.*",
            before=r"^\W*",
            after=r"?\W*$",
        ),
        "a label of what is not text, or no letters at all",
    ),
)
