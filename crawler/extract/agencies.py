"""News agencies: recognised by name where a byline, a credit line or markup names them, by sign in a dateline."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from crawler.extract.patterns import any_of

# Canonical name -> further spellings. Spellings of up to three characters count in exactly this case, being words or
# initials otherwise; longer ones in any.
_NAMES: dict[str, tuple[str, ...]] = {
    "Associated Press": ("AP", "The Associated Press", "The AP", "AP News", "ＡＰ", "美联社", "美聯社"),
    "Reuters": ("Thomson Reuters", "Reuters News", "Reuters Staff", "Рейтер", "ロイター", "路透社", "路透"),
    "AFP": ("Agence France-Presse", "Agence France Presse", "Afp", "АФП", "ＡＦＰ", "法新社"),
    "dpa": ("DPA", "Dpa", "Deutsche Presse-Agentur", "dpa-infocom", "dpa-AFX", "German Press Agency", "德新社"),
    "EFE": ("Efe", "Agencia EFE", "EFE News"),
    "Xinhua": ("Xinhua News Agency", "新华社", "新華社", "Синьхуа"),
    "TASS": ("ITAR-TASS", "ТАСС", "ИТАР-ТАСС", "塔斯社"),
    "China News Service": ("中新社", "中新网"),
    "CNA": ("Central News Agency", "中央社"),
    "ANSA": ("Agenzia ANSA",),
    "PA": ("PA Media", "Press Association", "PA News Agency"),
    "UPI": ("United Press International",),
    "Bloomberg": ("Bloomberg News",),
    "Kyodo": ("Kyodo News", "共同通信", "共同", "共同社"),
    "Jiji": ("Jiji Press", "時事通信", "時事", "AFP-Jiji", "AFP時事", "ＡＦＰ時事"),
    "Yonhap": ("Yonhap News Agency", "연합뉴스"),
    "PTI": ("Press Trust of India",),
    "ANI": ("Asian News International",),
    "IANS": ("Indo-Asian News Service",),
    "Canadian Press": ("The Canadian Press", "La Presse canadienne", "Presse canadienne"),
    "AAP": ("Australian Associated Press",),
    "APA": ("Austria Presse Agentur", "APA-OTS"),
    "Keystone-SDA": ("SDA", "sda", "Keystone-ATS", "ATS"),
    "Belga": ("Agence Belga",),
    "ANP": (),
    "Ritzau": (),
    "NTB": (),
    "TT": ("TT Nyhetsbyrån",),
    "STT": (),
    "PAP": ("Polska Agencja Prasowa",),
    "ČTK": ("CTK", "Czech News Agency"),
    "MTI": (),
    "Interfax": ("Интерфакс", "Interfax.ru", "Interfax-Ukraine", "Интерфакс-Украина"),
    "RIA Novosti": ("РИА Новости",),
    "Ukrinform": ("Укрінформ",),
    "Anadolu": ("AA", "Anadolu Agency", "Anadolu Ajansı"),
    "Lusa": ("Agência Lusa",),
    "Europa Press": (),
    "Notimex": (),
    "Télam": ("Telam",),
    "Adnkronos": (),
    "SID": ("Sport-Informations-Dienst",),
    "epd": ("Evangelischer Pressedienst",),
    "KNA": ("Katholische Nachrichten-Agentur",),
    "Antara": (),
    "Bernama": (),
    "VNA": ("Vietnam News Agency",),
}
# Where agencies publish themselves.
_SITES: dict[str, str] = {
    "aa.com.tr": "Anadolu", "aap.com.au": "AAP", "adnkronos.com": "Adnkronos", "afp.com": "AFP", "aninews.in": "ANI",
    "anp.nl": "ANP", "ansa.it": "ANSA", "antaranews.com": "Antara", "ap.org": "Associated Press", "apa.at": "APA",
    "apnews.com": "Associated Press", "belganewsagency.eu": "Belga", "bernama.com": "Bernama",
    "bloomberg.com": "Bloomberg", "ceskenoviny.cz": "ČTK", "chinanews.com": "China News Service",
    "chinanews.com.cn": "China News Service", "cna.com.tw": "CNA", "dpa.com": "dpa", "efe.com": "EFE",
    "epd.de": "epd", "europapress.es": "Europa Press", "focustaiwan.tw": "CNA", "ians.in": "IANS",
    "interfax.com": "Interfax", "interfax.com.ua": "Interfax", "interfax.ru": "Interfax", "jiji.com": "Jiji",
    "keystone-sda.ch": "Keystone-SDA", "kna.de": "KNA", "kyodonews.net": "Kyodo", "lusa.pt": "Lusa", "mti.hu": "MTI",
    "news.cn": "Xinhua", "ntb.no": "NTB", "pa.media": "PA", "pap.pl": "PAP", "ptinews.com": "PTI",
    "reuters.com": "Reuters", "ria.ru": "RIA Novosti", "ritzau.dk": "Ritzau", "stt.fi": "STT", "tass.com": "TASS",
    "tass.ru": "TASS", "telam.com.ar": "Télam", "thecanadianpress.com": "Canadian Press", "tt.se": "TT",
    "ukrinform.net": "Ukrinform", "ukrinform.ua": "Ukrinform", "upi.com": "UPI", "vietnamplus.vn": "VNA",
    "xinhuanet.com": "Xinhua", "yna.co.kr": "Yonhap",
}  # fmt: skip
_SHORT = 3
_BY_NAME = {
    spelling if len(spelling) <= _SHORT else spelling.casefold(): name
    for name, others in _NAMES.items()
    for spelling in (name, *others)
}
_SPLIT = any_of(
    r"/|,|;|\||&|\+|\s[-–—]\s",
    r"\b(?:and|und|y|et|with|via|mit|con|by|von|for)\b",
    before=r"\s*",
    after=r"\s*",
)
# Agencies of scripts without spaces stand at the beginning or the end of a sign, beside place and date.
_UNSPACED = tuple(spelling for spelling in _BY_NAME if re.search("[぀-ヿ㐀-鿿가-힯Ａ-Ｚ]", spelling))
_SIGN = re.compile(r"[(\[（【/]([^()\[\]（）【】/\n]{2,40})[)\]）】/]")
_UNSIGNED = re.compile(r"^[^\w]{0,3}(\w{2,4}?[社网])[^\s，。]{1,20}[电電]")
_RULES = re.compile(r"\W{8}")  # drawn with signs: no credit, and slow to match
_DPA_NUMBER = re.compile(r"\bdpa(?:-infocom)?,? ?dpa:\d{6}-", re.IGNORECASE)
_CREDIT_LABEL = re.compile(
    r"^\W*(?:copyright|©|\(c\)|quelle|source|fuente|fonte|источник|джерело|bron|kilde|källa|źródło|kaynak|forrás"
    r"|来源|來源|出典|출처|agencias?|agence|agentur|te(?:x|s)t[eo]?|(?:[^\W\d]+ ){0,3}avec"
    r"|(?:con|com) (?:informaci[oó]n(?:es)?|informações|datos) d[aeo]l?)?\W*(?:\d{4})?\W*(?:by\s+)?"
    r"(?P<name>[^.\d]{2,40}?)\W*(?:\d{4})?\W*(?:all rights reserved.*)?$",
    re.IGNORECASE,
)
_REUTERS_CREDIT = re.compile(
    r"^\W*(?:additional )?(?:reporting|writing)(?: and (?:writing|editing))? by [^\n;]{1,200};"
    r"\s*(?:additional|editing|writing)",
    re.IGNORECASE,
)
_AP_WRITER = re.compile(r"\bAP (?:\w+ ){0,3}(?:writer|editor|correspondent|reporter|columnist)\b", re.IGNORECASE)
_AGENCY_NAME = re.compile(r"(?:the )?(?:[\w'-]+ ){1,4}(?:news|press) agency", re.IGNORECASE)
_FIRST_APPEARED = re.compile(
    r"^\W*(?:this|the) (?:article|story|report|post|piece) (?:was )?"
    r"(?:first|originally) (?:appeared|published) (?:in|on|by)\b",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"^\W*(?:©|\(c\)|copyright)", re.IGNORECASE)
_MAX_CREDIT_CHARS = 120
_HEAD_CHARS = 300
_TAIL_LINES = 4

_DATELINE = re.compile(
    r"^(?P<place>[^\W\d_][^\n()\[\]:!?\"“”]{1,50}?)\s*"
    r"(?:[(\[](?P<sign>[^()\[\]\n]{2,40})[)\]])?\s*(?:[-–—]{1,2}|\.\s*[-–—])\s+(?=\S)",
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """The place (and agency) that opens an agency's report: ``text`` as printed, without the dash."""

    text: str
    agency: str | None


def named(text: str | None) -> str | None:
    """Return the agency that `text` names, perhaps beside an outlet or a person: a byline or an organisation.

    One that is not in our list is believed when it calls itself a news or press agency.

    >>> named("The Associated Press"), named("Reuters, Washington"), named("Ann Reuters-Smith")
    ('Associated Press', 'Reuters', None)
    """
    whole = (text or "").strip(" .")
    if _AP_WRITER.search(whole):
        return "Associated Press"
    known = next((name for part in (whole, *_SPLIT.split(whole)) if (name := _known(part))), None)
    return known or (whole if _AGENCY_NAME.fullmatch(whole) else None)


def of_site(site: str) -> str | None:
    """Return the agency whose own site this is, or a part of.

    >>> of_site("apnews.com"), of_site("english.kyodonews.net"), of_site("wrap.org"), of_site("")
    ('Associated Press', 'Kyodo', None, None)
    """
    labels = site.split(".")
    return next((_SITES[name] for n in range(len(labels)) if (name := ".".join(labels[n:])) in _SITES), None)


def is_name(text: str) -> bool:
    """Return whether a text is an agency's name or sign and nothing else.

    >>> is_name("dpa-infocom"), is_name("Ann Lee, dpa")
    (True, False)
    """
    return _known(text) is not None or _AGENCY_NAME.fullmatch(text) is not None


def _known(spelling: str) -> str | None:
    return _BY_NAME.get(spelling if len(spelling) <= _SHORT else spelling.casefold())


def dateline(body: str) -> Dateline | None:
    """Return the dateline that opens the body: a place in capitals or one with a known agency's sign, then a dash.

    What stands in brackets after a place in capitals is taken for an agency, known or not.

    >>> dateline("WASHINGTON (AP) — The Senate voted on Friday.")
    Dateline(text='WASHINGTON (AP)', agency='Associated Press')
    """
    match = _DATELINE.match(body)
    if match is None:
        return None
    sign = match["sign"]
    letters = [char for char in match["place"].split(",")[0] if char.isalpha()]
    in_capitals = len(letters) > _SHORT and all(char.isupper() for char in letters)
    agency = named(sign) or (sign if in_capitals else None)
    return Dateline(body[: match.end()].rstrip(" -–—"), agency) if agency or in_capitals else None


def signed(body: str) -> str | None:
    """Return the agency whose sign ("(AP)") stands near the beginning, or whose credit line closes the body."""
    head = body[:_HEAD_CHARS]
    signs = (_in_sign(sign) for sign in (*_SIGN.findall(head), *_UNSIGNED.findall(head)))
    credits = (credited(line) for line in body.splitlines()[-_TAIL_LINES:])
    return next((agency for agency in (*signs, *credits) if agency), None)


def _in_sign(sign: str) -> str | None:
    """Return the agency of a sign in brackets: alone, after a place ("서울=연합뉴스") or right beside one."""
    alone = next((agency for part in re.split("[=＝]", sign) if (agency := named(part))), None)
    beside = (_known(name) for name in _UNSPACED if sign.startswith(name) or sign.endswith(name))
    return alone or next(beside, None)


def credit_line(body: str) -> str | None:
    """Return the line near the end that says whose text it is: "This article first appeared in ...", "© 2024 ..."."""
    tail = [line for line in body.splitlines()[-_TAIL_LINES:] if len(line) <= _MAX_CREDIT_CHARS]
    kinds: tuple[Callable[[str], object], ...] = (_FIRST_APPEARED.match, credited, _RIGHTS.match)
    return next((line for kind in kinds for line in tail if kind(line)), None)


def credited(line: str) -> str | None:
    """Return the agency that a line standing alone credits.

    >>> credited("Copyright 2016 The Associated Press. All rights reserved."), credited("Reporting by A; Editing by B")
    ('Associated Press', 'Reuters')
    """
    if _DPA_NUMBER.search(line[:_MAX_CREDIT_CHARS]):
        return "dpa"
    match = None if _RULES.search(line) else _CREDIT_LABEL.match(line[:_MAX_CREDIT_CHARS])
    if match and (agency := named(match["name"])):
        return agency
    return "Reuters" if _REUTERS_CREDIT.match(line) else None
