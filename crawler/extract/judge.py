"""Pages that are no articles, told by what they show when they hold little running text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.extract import jsonld, prose
from crawler.extract.evidence import Evidence, text_at
from crawler.extract.patterns import any_of
from crawler.extract.tree import Refused

MIN_WORDS = 25
"""Articles have at least so many words in sentences. Source, as for the numbers in KINDS: reading all rejected and the
60 shortest kept pages of newsweb-2016_11."""

_ENDS_SOON = r"\b(?!.{60})"
_LOGIN = any_of(
    r"log[ -]?in|sign[ -]?in|log on|member login|please (?:log|sign) in|subscriber (?:log|sign)[ -]?in",
    r"anmelde\w*|anmeldung|einloggen|inloggen|logga in",
    r"inici(?:ar|a) sesi[oó]n|identif[ií]cate|connexion|se connecter|accedi|entrar",
    r"вход|войти|ログイン",
    before=r"^\W*",
    after=_ENDS_SOON,
)
_CONSENT = any_of(
    r"before you continue|we (?:value|care about|respect) your privacy|your (?:privacy|data|consent|choices)",
    r"privacy (?:settings|preferences|notice)|cookies? (?:consent|policy|settings|notice|preferences)",
    r"(?:accept|manage) (?:all )?(?:cookies|consent)|consent(?=\W*$|\W* [|–-] )",
    r"datenschutz(?:hinweis\w*|einstellungen)|zustimmung erforderlich|ihre privatsphäre|politique de confidentialité",
    before=r"^\W*",
    after=_ENDS_SOON,
)
_ERROR = any_of(
    r"^\W*(?:error\W*)?(?:40\d|41\d|50\d)\b",
    r"\b(?:page|article|story|content|file|url) (?:was |is |has been |could |can )?"
    r"(?:not|no longer|n[o']t be) (?:be )?(?:found|available|exist)",
    r"^\W*(?:not found|access denied|forbidden|page unavailable|oops|sorry\b.{0,30}\bpage)\b",
    r"^\W*(?:service unavailable|bad gateway|internal server error)\b",
    r"^\W*(?:attention required|just a moment|are you a (?:robot|human)|pardon our interruption)\b",
    r"^\W*(?:robot check|captcha|security check)\b",
    r"\b(?:seite (?:wurde )?nicht gefunden|p[áa]gina no encontrada|p[áa]gina n[ãa]o encontrada)\b",
    r"\b(?:page introuvable|pagina non trovata|pagina niet gevonden|страница не найдена)\b",
)
_VIDEO_PATH = any_of(r"videos?", r"watch", r"mediathek", r"video-\w+", before="/", after="/")
_GALLERY_PATH = any_of(
    r"/(?:picture-?galler\w+|photo-?galler\w+|galler(?:y|ies|ia)|photos?|slide-?shows?)/",
    r"/(?:fotos?|fotostrecke|bildergalerie|diaporama|fotogaler[ií]a)/",
    r"photogallery|-photos?-",
)
_TITLE_CHARS = 500
_TITLES = ("//h1", "//title")
_LINKED_HEADINGS = "count(//*[self::h2 or self::h3 or self::h4][.//a or parent::a])"
_FRONT_HEADINGS = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page that is no article: its ``reason``, the text below which it is believed, and what shows it."""

    reason: str
    below_words: int
    shows: Callable[[Evidence], bool]


def check(evidence: Evidence, body: str) -> None:
    """Let articles pass.

    Raises:
        Refused: login-page, consent-page, error-page, video-page, gallery-page, section-front or too-short.
    """
    words = prose.in_sentences(body)
    for kind in KINDS:
        if words < kind.below_words and kind.shows(evidence):
            raise Refused(kind.reason, f"{words} words in sentences; title {_title(evidence)[:80]!r}")
    if words < MIN_WORDS:
        raise Refused("too-short", f"{words} words in sentences")


def _title(evidence: Evidence) -> str:
    return text_at(evidence.tree, "//title") or ""


def _titled(pattern: re.Pattern[str]) -> Callable[[Evidence], bool]:
    return lambda evidence: any(
        pattern.search((text_at(evidence.tree, xpath) or "")[:_TITLE_CHARS]) for xpath in _TITLES
    )


def _asks_password(evidence: Evidence) -> bool:
    return bool(evidence.tree.xpath("boolean(//input[@type='password'])"))


def _is_video(evidence: Evidence) -> bool:
    declared = (evidence.meta("og:type") or "").startswith("video")
    return declared or bool(_VIDEO_PATH.search(urlsplit(evidence.url).path)) or _only_node(evidence, "VideoObject")


def _is_gallery(evidence: Evidence) -> bool:
    path = urlsplit(evidence.url).path
    return bool(_GALLERY_PATH.search(path)) or any(
        _only_node(evidence, kind) for kind in ("ImageGallery", "MediaGallery")
    )


def _only_node(evidence: Evidence, kind: str) -> bool:
    return not evidence.article and any(kind in jsonld.types(node) for node in evidence.nodes)


def _is_front(evidence: Evidence) -> bool:
    """Return whether nothing says "article" and headings mostly lead elsewhere; a site's root is one in any case."""
    if urlsplit(evidence.url).path.strip("/") == "":
        return True
    says_article = evidence.article or evidence.meta("og:type") == "article" or evidence.meta("article:published_time")
    return not says_article and evidence.tree.xpath(_LINKED_HEADINGS) >= _FRONT_HEADINGS


KINDS: tuple[Kind, ...] = (
    Kind("login-page", 120, _titled(_LOGIN)),
    Kind("login-page", MIN_WORDS, _asks_password),
    Kind("consent-page", 400, _titled(_CONSENT)),
    Kind("error-page", 120, _titled(_ERROR)),
    Kind("video-page", 200, _is_video),
    Kind("gallery-page", 60, _is_gallery),
    Kind("section-front", 300, _is_front),
)
