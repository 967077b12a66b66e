"""The kinds of lines that republication and templates put into an article's text: data for ``furniture``.

Each says what habit it serves; none is made for one publisher.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from crawler.extract import agencies, prose
from crawler.extract.patterns import any_of

_MAX_DATED_WORDS = 8
_MIN_POINTER_WORDS = 3
SENTENCE_ENDS = (".", "!", "?", "”", '"', "…", "。")
_REPORT_WORDS = 5
_REPORT_ENDS = (".", "”", '"', "…", "。")
_OPENING_MARKS = tuple('“"„«‘»')
_ADDRESSES = any_of(
    r"you|your|yours|our|ours|us|we|here|click|please|@\w+|https?:",
    r"ich|mir|sie|ihnen|ihre?n?|uns|unser\w*|dich|dir|du|vous|votre|vos|nous|notre|nos|usted|tu|su|nuestr\w+|nos|você|sua|noss\w+",
    r"ons|onze|je|jouw|oss|vår\w*|din|ditt|jij|вы|вас|вам|ваш\w*|нас|наш\w*|continue reading|read more",
    before=r"\b",
    after=r"\b",
)
_NOT_WORDS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Context:
    """What lines are compared with.

    ``titles`` are all that the page gives the article, ``authors`` who signs it, ``links`` the texts of the links
    around it (see `plain`), ``declared`` the text that the publisher declares (see `plain`), "" if none.
    """

    titles: tuple[str, ...]
    authors: tuple[str, ...]
    links: frozenset[str] = frozenset()
    declared: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of line that is not the article's, and why it is there.

    With ``speaks`` it addresses the reader: sentences that do not are the article's, whatever words they share with it.
    """

    name: str
    matches: Callable[[Context, str], bool]
    reason: str
    max_chars: int = 160
    speaks: bool = False

    def applies(self, context: Context, line: str) -> bool:
        """Return whether a line is of this kind."""
        if len(line) > self.max_chars or not self.matches(context, line):
            return False
        return not (self.speaks and _is_report(line))


def plain(text: str) -> str:
    """Return a text's letters and digits, in which copies of a line are the same.

    >>> plain("Don't miss: RAIN until Friday!")
    'dontmissrainuntilfriday'
    """
    return "".join(filter(str.isalnum, text)).casefold()


def is_title(context: Context, line: str) -> bool:
    """Return whether a line is one of the article's titles and nothing else."""
    text = plain(line)
    return bool(text) and any(text == plain(title) for title in context.titles)


def _is_report(line: str) -> bool:
    """Return whether a line is a quotation, or a sentence that does not address the reader."""
    is_sentence = line.rstrip()[-1:] in _REPORT_ENDS and len(line.split()) >= _REPORT_WORDS
    return line[:1] in _OPENING_MARKS or (is_sentence and _ADDRESSES.search(line) is None)


def _words(text: str) -> str:
    return _NOT_WORDS.sub(" ", text).strip().casefold()


def _is_byline(context: Context, line: str) -> bool:
    words = rest = _words(line)
    for author in context.authors:
        rest = re.sub(rf"\b{re.escape(_words(author))}\b", "", rest)
    return rest != words and len(rest.split()) <= 6 and not line.rstrip().endswith((".", "!", "?", "”", '"'))


def _is_bio(context: Context, line: str) -> bool:
    """Return whether a line begins with an author's name, or soon has it, and goes on with what that person does."""
    people = (author for author in context.authors if " " in author and not agencies.is_name(author))
    parts = (line.partition(author) for author in people)
    return any(name and len(before) <= _BIO_LEAD_CHARS and _DOES.match(after) for before, name, after in parts)


def _is_link(context: Context, line: str) -> bool:
    """Return whether a line is a link and nothing else, or a link after a label ("Fashion: The new hats")."""
    if prose.words(line) < _MIN_POINTER_WORDS or line[-1:] == ".":
        return False
    if plain(line) in context.links:
        return True
    label = _LABEL.match(line)
    rest = line[label.end() :] if label else ""
    return prose.words(rest) >= _MIN_POINTER_WORDS and plain(rest) in context.links


def _is_dated(context: Context, line: str) -> bool:
    """Return whether a line of up to eight words has a date or time at its beginning or end and is no sentence."""
    return len(line.split()) <= _MAX_DATED_WORDS and line[-1:] not in SENTENCE_ENDS and bool(_DATED.search(line))


def _is_links(context: Context, line: str) -> bool:
    """Return whether separators break a line, that is no sentence, into at least three parts."""
    count = max(line.count(" | "), line.count(" · "), line.count(" - ") - 1)
    return line[-1:] not in SENTENCE_ENDS and count > 1


def _shows(*alternatives: str) -> Callable[[Context, str], bool]:
    """Look for these anywhere in a line."""
    pattern = any_of(*alternatives)
    return lambda _, line: pattern.search(line) is not None


def _begins(*alternatives: str, after: str = "") -> Callable[[Context, str], bool]:
    """Look for these at the beginning of a line, after what are no letters: much quicker."""
    pattern = any_of(*alternatives, before=r"\W*", after=after)
    return lambda _, line: pattern.match(line) is not None


def _is(*alternatives: str) -> Callable[[Context, str], bool]:
    """Compare a whole line with these, whatever stands around that is no letters."""
    return _begins(*alternatives, after=r"\W*$")


def _is_placeholder(_: Context, line: str) -> bool:
    lower = line.lower()
    return any(word in lower for word in _PLACEHOLDER_WORDS) and _PLACEHOLDER.search(line) is not None


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
_POINTERS = (
    r"read (?:also|more|next|the full (?:story|article))|also read|see (?:also|more)|related(?: (?:story|article)s?)?",
    r"don'?t miss|more on this|recommended(?: (?:videos?|reading|stories))?|watch(?: now)?|listen",
    r"lesen sie (?:auch|mehr)|lies auch|mehr (?:zum thema|dazu)|auch interessant|passend dazu|zum thema",
    r"lea también|lee también|leia (?:também|mais)|te puede interesar|à lire (?:aussi|également)|lire aussi",
    r"leggi anche|lees ook|läs (?:också|mer|även)|les også|læs også|lue myös|czytaj także|číst dále",
    r"читайте также|читайте також|関連記事|あわせて読みたい|ayrıca oku(?:yun)?",
)
_LABEL = re.compile(r"[^:|–—»>]{2,40}[:|–—»>]\s*")
_BIO_LEAD_CHARS = 40
_DOES = any_of(
    r"is (?:an?|the|our|senior|chief|editor|host|author)|has (?:covered|written|reported|been covering)",
    r"(?:also )?covers?",
    r"writes|works|reports (?:on|from)|(?:can|may) be reached|contributed|joined \w+(?: \w+){0,5} (?:in|as)",
    r"ist (?:\w+ )?(?:redakteur|reporter|autor|korrespondent|journalist|freie|leiter)\w*|schreibt|arbeitet|berichtet",
    r"est (?:journaliste|correspondant|reporter|rédact)\w*|es (?:periodista|redactor|corresponsal|editor)\w*|escribe",
    before=r"(?:,[^,]{0,80},)?\s+(?:\(.{0,40}\)\s+)?",
    after=r"\b",
)

TAIL_HEADING = any_of(
    r"also|(?:also )?read(?: more| also| next)?|see also|recommended(?: for you| reading)?",
    r"related(?: stories| articles| content| coverage| topics?| news)?",
    r"more (?:from|on|in|about|stories|news)\b.{0,40}|you (?:may|might) also (?:like|be interested in)",
    r"most (?:read|popular|viewed)|popular (?:on|in) .{2,30}|trending(?: now)?|comments?|updates?",
    r"(?:top|latest|partner|other|breaking) (?:stories|news|headlines|articles)|quellen|sources|tags",
    r"mehr (?:zum thema|zu|aus|auf|themen)\b.{0,40}|lesen sie auch|auch interessant|meistgelesen|das könnte .{2,40}",
    r"lea también|te puede interesar|más (?:en|sobre) .{2,30}|leia (?:mais|também)|veja também",
    r"(?:à )?lire aussi|sur le même sujet|leggi anche|lees ook|läs (?:också|mer)|les også|читайте также|関連記事",
    before=r"\W*",
    after=r"\W*",
)

# Words one of which every placeholder has: most lines need no closer look.
_PLACEHOLDER_WORDS = (
    *("inhalt", "content", "cookie", "consent", "permission", "datenschutz", "drittplattform", "javascript", "browser"),
    *("contenu", "contenido", "conteúdo", "contenuto", "média", "inhoud", "player", "video", "audio", "embed"),
)
_PLACEHOLDER = any_of(
    r"^\W*(?:empfohlener|externer) (?:redaktioneller |externer )?inhalt\b|^\W*link zum \S+-inhalt\W*$",
    r"\bexternen? inhalte?\b.{0,120}\b(?:artikel|angezeigt|anzeigen|ergänzt|laden)\b",
    r"\bpersonenbezogene daten an drittplattformen\b|\bklick für den datenschutz\b",
    r"\bwe need your (?:consent|permission) (?:to|before)\b",
    r"\bto (?:view|see|show) this (?:content|video|post|tweet)\b",
    r"\bthis (?:content|embed|article contains content) (?:is )?(?:hosted|provided) by\b",
    r"\b(?:accept|allow|enable) (?:all |marketing |functional |social media )?cookies\b",
    r"\bpour (?:afficher|voir|lire) ce (?:contenu|média)\b|\bpara (?:ver|visualizar) este (?:contenido|conteúdo)\b",
    r"\bom deze inhoud te\b|\bper (?:vedere|visualizzare) questo contenuto\b",
    r"\byour browser does not support\b|\bjavascript (?:is|must be|to be) (?:enabled|disabled|required)\b",
    r"^\W*(?:the )?(?:video|audio|media|player) (?:file )?(?:wird geladen|cannot be played|is loading)",
    r"^\W*(?:player wird geladen|embed)\W*$",
)

ANYWHERE: tuple[Rule, ...] = (
    Rule("pointer", _is_link, "links to other articles between paragraphs", max_chars=250),
    Rule(
        "pointer words",
        _begins(*_POINTERS, after=r"\s*(?:[:|–—»>]\s*\S.*|\W*)$"),
        "words that lead to another article, with its title or alone",
        max_chars=200,
        speaks=True,
    ),
    Rule(
        "placeholder",
        _is_placeholder,
        "what stands where consent to a foreign service is missing, or a player could not start",
        max_chars=400,
        speaks=True,
    ),
    Rule(
        "invitation",
        _begins(
            r"(?:sign up|subscribe)(?: now| today| here| free)? (?:for|to|with)\b|thanks for signing up",
            r"join (?:the|our) (?:conversation|comment\w*|community|whatsapp)|click here (?:to|for)\b",
            r"get (?:the|our) .{2,60}(?:newsletter|inbox|app|by clicking here)\b|download (?:the|our) .{0,30}app\b",
            r"follow .{2,60} (?:on (?:facebook|twitter|instagram|x|google news|whatsapp|telegram)\b|for more\W*$)",
            r"you must (?:confirm|be logged|log in|sign in)\b|please log ?(?:in|out)\b|already a (?:member|subscriber)",
            r"(?:jetzt )?(?:newsletter|abonnieren|anmelden)\W*$|folgst du (?:schon|uns)\b|folgen sie uns\b",
            r"(?:tell us|let us know) what you think|like (?:this|what you).{0,40}\bshare\b|explore further\W*$",
            r"suscr[ií]bete|abonnez-vous|inscrivez-vous|iscriviti|assine|abonneer|prenumerera|tilmeld dig",
        ),
        "an invitation to subscribe, follow, comment or log in",
        max_chars=250,
        speaks=True,
    ),
    Rule(
        "moderation",
        _begins(
            r"(?:\w+: )?(?:.{0,40}\b)?(?:comments|comentários|comentarios|kommentare|commentaires)\b.{0,80}\b"
            r"(?:moderat\w+|moderador\w*|aprobados|aprovados|freigeschaltet|modérés)\b",
            r".{0,40}\bmoderating\b.{0,40}\bcomments\b",
        ),
        "the rules for comments",
    ),
    Rule(
        "photo credit",
        _is(
            r"(?:photos?|image|picture|foto|bild|imagen|bildrechte|crédit photo|fotograf|kuva)s?\s*"
            r"(?:by|credit|courtesy|via|:|©)[^.!?]{2,60}",
            r"(?:©\s*)?(?:[\w .-]{2,40}\s*/\s*)?(?:getty images|reuters|shutterstock|ap photo|afp|picture alliance)"
            r"(?:\s*/\s*[\w .-]{2,40}){0,2}",
        ),
        "the credit of a picture that is not shown",
        max_chars=100,
    ),
    Rule(
        "advertisement",
        _is(
            r"advertisement|anzeige|werbung|publicidad|publicité|pubblicità|annons|reklame|реклама|article content",
            r"(?:story|article) continues (?:below|after).{0,40}|continue reading.{0,40}",
        ),
        "the label of an advertisement",
        max_chars=80,
    ),
)
EDGES: tuple[Rule, ...] = (
    Rule("title", is_title, "templates print the headline again inside the text's container"),
    Rule("byline", _is_byline, "a line of the authors' names and a word or two"),
    Rule("bio", _is_bio, "who the author is, below the text", max_chars=600),
    Rule(
        "by",
        _shows(r"^(?:by|von|por|par|di)\b:?\s+(?-i:[A-ZÀ-Þ])[^.!?]{2,80}$"),
        "a byline of people whom the markup does not name",
    ),
    Rule(
        "date",
        _is(rf"(?:(?:{_DATE_LABEL})\W+){{0,3}}(?:{_DATE}|{_CLOCK})(?:\W+(?:{_DATE_LABEL}|{_DATE}|{_CLOCK})){{0,5}}"),
        "a line that is only a date or a time",
    ),
    Rule("dated", _is_dated, "a byline, desk or section with its date or time, and no sentence"),
    Rule(
        "counter",
        _is(
            rf"[\d.,]+\s*k?\s*(?:{_COUNTED})",
            r"\d+\s*min(?:ute)?[sn]?\W*(?:read|lesezeit|de lectura|de leitura|de lecture)?",
            r"(?:reading time|tempo de leitura|tiempo de lectura|lesezeit|temps de lecture)\W.{0,20}",
            r"\d+",
        ),
        "a counter of readers, shares, comments or minutes",
    ),
    Rule(
        "share",
        _is(
            rf"{_SHARE}(?:\W+(?:{_SHARE}|this|article|story|on|via|or|and|with|a friend))*",
            r"(?:order )?reprints|text size|thank you|an error (?:has )?occurred.{0,60}|this article has been sent to",
        ),
        "buttons for sharing and printing",
    ),
    Rule(
        "teaser",
        _begins(
            r"read (?:also|more|next|the full)|also read|see also|related|recommended|don'?t miss|you may also like",
            r"click here|more (?:on this|from|stories|news|coverage)|lesen sie auch|mehr zum thema",
            r"lea también|lee también|leia (?:também|mais)|lire aussi|à lire|leggi anche|lees ook|läs också|les også",
            r"читайте также|latest(?=:)",
            after=r"\b",
        ),
        "a pointer to another article",
        speaks=True,
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
        speaks=True,
    ),
    Rule(
        "photo-credit",
        _shows(
            r"^\W*(?:photos?|image|picture|foto|bild|imagen|crédit photo)\s*(?:by\b|credit|courtesy|:|©|via\b)",
            r"\((?:photo|image|file photo|ap photo|foto)\b[^)]*\)\W*$",
            r"(?:getty images|ap photo|shutterstock|/\s?(?:reuters|ap|afp|getty))\W*$",
        ),
        "the credit line of a picture",
        speaks=True,
    ),
    Rule("links", _is_links, "a row of links: menus above the text, further articles and imprint below", max_chars=600),
    Rule(
        "contact",
        _shows(
            r"^(?:\W|\b(?:e-?mail|twitter|contact|follow|write to|on|at|me|him|her|the (?:writer|author|reporter))\b)*"
            r"[\w.+-]*@[\w.-]+\W*$",
            r"\b(?:may|can) be reached (?:at|on)\b|\b(?:e-?mail|write to|contact) .{2,60}\bat \S+@\S+",
            r"\bfollow (?:him|her|them|me|us|@\w+|[A-Z]\w+(?: [A-Z]\w+)?) on (?:twitter|facebook|x|instagram)\b",
        ),
        "the writer's address",
        speaks=True,
    ),
    Rule(
        "source",
        _is(r"(?:source|quelle|fuente|fonte|bron|kilde|källa|источник|джерело)s?\s*:\s*.{2,60}"),
        "the line that says where the text is from, kept as credit",
    ),
    Rule(
        "rights",
        _shows(
            r"^\W*(?:©|ⓒ|\(c\)|copyright\W*(?:©|\(c\)|\d{4}|by\b|:))",
            r"\ball rights reserved\b",
            r"^\W*(?:filed under|post (?:a )?comments?)\b",
            r"^\W*(?:this|the) (?:article|story|report|post|piece) (?:was )?"
            r"(?:first|originally) (?:appeared|published)\b",
        ),
        "the notice of rights or filing below the text",
    ),
    Rule(
        "label",
        _is(
            r"advertisement|advertising|anzeige|werbung|publicidad|publicité|comments?|loading|posted!?|feedback",
            r"story continues below.*|continue reading.*|the (?:writer|author)s?|(?:die|der) autor(?:in)?",
            r"this is a breaking (?:news )?story.*|more to follow|",
        ),
        "a label of what is not text, or no letters at all",
    ),
)
