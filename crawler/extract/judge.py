"""Pages that are no articles, told by what they show when they hold little running text; what to note of the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from crawler.extract import jsonld, prose, wording
from crawler.extract.evidence import Evidence
from crawler.extract.patterns import any_of
from crawler.extract.seen import Seen
from crawler.extract.tree import Refused
from storage.types import LIVE_BLOG, ONLY_THE_BEGINNING

MIN_WORDS = 25
"""Articles have at least so many words in sentences. Source, as for the numbers in KINDS: reading all rejected and the
60 shortest kept pages of newsweb-2016_11."""
STUB_WORDS = 50
"""A page behind a paywall with fewer words holds no article. Source: reading the 91 pages of newsweb-2016_11,
article-bodies and publishers below it; the shortest stub that the benchmark counts as an article has 93."""
BEGINNING_WORDS = 150
"""A page that says it is not free, with fewer words, shows only the beginning. Source: of the 26 such pages in
article-bodies and publishers, the two stubs have 93 and 106 words, the shortest full text 263; it
lies between."""

_MOST = 0.5
_SHELL_WORDS = 150
_FRONT_HEADINGS, _SECTION_HEADINGS = 10, 4
_FRONT_LINKS, _TEASER_WORDS = 20, 4
_LISTED_ARTICLES = 3
_LIVE_TIMES = 5
_END_LINES, _END_CHARS = 2, 200

_VIDEO_PATH = any_of(
    r"v[ií]d[eé]os?", r"watch", r"mediathek", r"video-\w+", r"videot", r"wideo", r"bideoak", before="/", after="/"
)
_GALLERY_PATH = any_of(
    r"/(?:picture-?galler\w+|photo-?galler\w+|galler(?:y|ies|ia)|photos?|slide-?shows?|(?:in-)?pictures)/",
    r"/(?:fotos?|fotostrecken?|foto-?galler\w+|bildergalerien?|bilderstrecken?|diaporamas?|(?:foto)?galer[ií]as?)/",
    r"/(?:bildspel|billedgalleri|bildeserie|kuvagalleria|galeria(?:-zdjec)?|fotogalerie|foto-?galeri)/",
    r"photogallery|-photos?-",
)
_SECTION_PATH = re.compile(
    r"^(?:/[\w-]{1,20})?/(?:categor(?:y|ies|ia)|tags?|topics?|auth?or(?:s|es|i|en)?|auteurs?|autore?|search|sections?|"
    r"rubri(?:k|que|ek)|kategori[ae]?n?|them(?:a|en?|es)|schlagwort|etiquetas?|temas?|dossiers?|archives?|people|profile|staff|"
    r"contributors?)(?:/[^/]{1,80}){0,2}/?$"
)
# Words that only live blogs have in their addresses or headings, and words for which times must speak too.
_LIVE_PATH = any_of(
    r"live-?blogg?(?:en)?",
    r"news-?blog",
    r"(?:news|live)-?ticker",
    r"live-(?:updates?|coverage|report(?:ing)?)",
    r"(?:minuto-a|minuto-per|minute-by)-minut[eo]",
    before=r"(?:^|[/_-])",
    after=r"(?:$|[/._-])",
)
_LIVE_TITLE = re.compile(
    r"\blive[ -]?blogg?\b|\bnews-?blog\b|\b(?:news|live)-?ticker\b|\blive (?:updates|coverage)\b|\bas it happened\b|"
    r"\bminuto a minuto\b|\bminuto per minuto\b"
)
_MAYBE_LIVE = re.compile(
    r"^live\b|\blive\s*(?:[:|–—-]|$)|[:|–—-]\s*live\b|\bticker\b|\ben (?:direct|directo|vivo)\b|\bdiretta\b|"
    r"\bao vivo\b|\bna żywo\b|\bdirekte\b|"
    r"онлайн|прямой эфир|наживо|canlı|مباشر|速報|直播|생중계|\blangsung\b"
)
_CLOCK = re.compile(
    r"^\W{0,5}\d{1,2}[:.h]\d{2}\b|\b\d{1,2}[:.]\d{2} ?(?:[ap]\.?m\.?|uhr)?(?: [a-z]{2,4})?\W{0,3}$", re.IGNORECASE
)

_PASSWORD = etree.XPath("boolean(//input[@type='password'])")
_LINKED_HEADINGS = etree.XPath("count(//*[self::h2 or self::h3 or self::h4][.//a or parent::a])")
_LINKS = etree.XPath("//a[@href]")
_SCRIPTED = etree.XPath("boolean(//script[@src])")
# Addresses of the checks that Imperva, DataDome, PerimeterX and Cloudflare put in place of a page.
_BOT_CHECK = etree.XPath(
    "boolean(//script[contains(@src, 'captcha-delivery.com') or contains(@src, '/cdn-cgi/challenge-platform/')"
    " or contains(@src, 'perimeterx') or contains(@src, 'px-cloud')] | //*[@id='px-captcha' or @id='challenge-form']"
    " | //iframe[contains(@src, '_Incapsula_Resource')] | //script[contains(@src, '_Incapsula_Resource')])"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page that is no article: its ``reason``, the text below which it is believed, what shows it.

    ``habit`` says which general habit of publishers it serves.
    """

    reason: str
    below_words: int
    shows: Callable[[Seen], bool]
    habit: str


def check(evidence: Evidence, body: str, free: bool | None = None, last_lines: Sequence[str] = ()) -> tuple[str, ...]:
    """Let articles pass; return what is to be noted of them.

    Args:
        free: whether the page says that everybody may read it.
        last_lines: the end of the body before furniture was taken off: there stands an offer to subscribe.

    Raises:
        Refused: with the reason of one of `KINDS`, or too-short.
    """
    seen = Seen(evidence, body, free, last_lines)
    words = seen.words if seen.words >= MIN_WORDS else seen.running_words
    for kind in KINDS:
        if words < kind.below_words and kind.shows(seen):
            raise Refused(kind.reason, f"{seen.words} words in sentences; title {evidence.title[:80]!r}")
    if words < MIN_WORDS:
        raise Refused("too-short", f"{seen.words} words in sentences")
    notes = ((LIVE_BLOG, _is_live(seen)), (ONLY_THE_BEGINNING, _is_cut_off(seen)))
    return tuple(note for note, applies in notes if applies)


# -- what pages say -----------------------------------------------------------------------------------------------


def _titled(pattern: re.Pattern[str]) -> Callable[[Seen], bool]:
    return lambda seen: any(pattern.fullmatch(title) for title in seen.titles)


def _undated(shows: Callable[[Seen], bool]) -> Callable[[Seen], bool]:
    """Ask only pages that give no article's date: short news may be headed "Oops!", and errors are not published."""
    return lambda seen: not (seen.says_date and seen.words >= MIN_WORDS) and shows(seen)


def _says(pattern: re.Pattern[str]) -> Callable[[Seen], bool]:
    """Say whether most of a text speaks so to its reader; a page that says it is an article may report such words."""
    return lambda seen: not seen.says_article and seen.share(pattern) >= _MOST


def _is_shell(pattern: re.Pattern[str]) -> Callable[[Seen], bool]:
    """Say whether a page that shows hardly anything says so in some place."""
    return lambda seen: _shown_words(seen) < _SHELL_WORDS and any(pattern.search(text) for text in seen.texts)


def _shown_words(seen: Seen) -> int:
    return sum(prose.words(text) for text in seen.texts)


def _is_empty_shell(seen: Seen) -> bool:
    return _shown_words(seen) < MIN_WORDS and bool(_SCRIPTED(seen.evidence.tree))


def _is_consent(seen: Seen) -> bool:
    """Say whether most words stand in lines about cookies or personal data that speak for a site, or to a reader."""
    whole = "\n".join(seen.folded)
    if not any(word in whole for word in wording.CONSENT_WORDS):
        return False
    counts = [(prose.words(line), line) for line in seen.folded]
    asking = sum(count for count, line in counts if _asks_consent(line))
    return asking >= _MOST * sum(count for count, _ in counts)


def _asks_consent(line: str) -> bool:
    return any(word in line for word in wording.CONSENT_WORDS) and wording.SPEAKS.search(line) is not None


def _asks_password(seen: Seen) -> bool:
    return bool(_PASSWORD(seen.evidence.tree))


def _checks_for_bots(seen: Seen) -> bool:
    return bool(_BOT_CHECK(seen.evidence.tree))


# -- paywalls -----------------------------------------------------------------------------------------------------


def _is_stub(seen: Seen) -> bool:
    """Say whether hardly anything is left without the offer to subscribe, on a page that is not free or makes one."""
    if seen.free or seen.words_without(wording.WALL_SENTENCE) >= STUB_WORDS:
        return False
    return seen.free is False or seen.shows_wall()


def _is_cut_off(seen: Seen) -> bool:
    """Say whether a text is only the beginning: little of what is not free, or an end that asks to subscribe.

    A page that says it is not free may hold the whole text all the same: most do.
    """
    if seen.free:
        return False
    last = [line for line in seen.last_lines[-_END_LINES:] if len(line) <= _END_CHARS]
    if any(wording.WALL_SENTENCE.search(line.casefold()) for line in last):
        return True
    return seen.free is False and (seen.words < BEGINNING_WORDS or seen.lines[-1].endswith(("...", "…")))


# -- videos, galleries, fronts, live blogs ------------------------------------------------------------------------


def _is_video(seen: Seen) -> bool:
    declared = (seen.evidence.meta("og:type") or "").startswith("video")
    return declared or bool(_VIDEO_PATH.search(seen.path)) or _is_only(seen, "VideoObject")


def _is_gallery(seen: Seen) -> bool:
    return bool(_GALLERY_PATH.search(seen.path)) or _is_only(seen, "ImageGallery", "MediaGallery")


def _is_only(seen: Seen, *kinds: str) -> bool:
    return not seen.evidence.article and not seen.types.isdisjoint(kinds)


def _is_front(seen: Seen) -> bool:
    """Say whether a page leads to articles: it is a site's root, says so, or its headings mostly lead elsewhere."""
    if seen.path.strip("/") == "":
        return True
    if _is_live(seen):
        return False
    if _is_only(seen, "CollectionPage", "SearchResultsPage", "ProfilePage") or _lists_articles(seen):
        return True
    return not seen.says_article and (_stands_for_root(seen) or _has_linked_headings(seen))


def _has_linked_headings(seen: Seen) -> bool:
    needed = _SECTION_HEADINGS if _SECTION_PATH.match(seen.path) else _FRONT_HEADINGS
    return bool(_LINKED_HEADINGS(seen.evidence.tree) >= needed)


def _lists_articles(seen: Seen) -> bool:
    """Say whether the page describes several articles, and none under its own address or title."""
    evidence = seen.evidence
    titles = frozenset(text.casefold() for text in (*evidence.metas.get("og:title", ()), *evidence.shown("h1")[:1]))
    articles = jsonld.article_nodes(evidence.nodes)
    listed = {jsonld.first(node, "url", "headline", "name") for node in articles} - {None}
    return len(listed) >= _LISTED_ARTICLES and not jsonld.describes(evidence.article, evidence.url, titles)


def _stands_for_root(seen: Seen) -> bool:
    claims = [link.get("href") for link in seen.evidence.marked.get("rel canonical", ())]
    claims.append(seen.evidence.meta("og:url"))
    return any(claim and _is_root(claim) for claim in claims)


def _is_root(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.netloc) and parts.path in ("", "/") and not parts.query


def _is_list_of_links(seen: Seen) -> bool:
    links = _LINKS(seen.evidence.tree)
    return not seen.says_article and _teasers(links) >= _FRONT_LINKS


def _teasers(links: list[etree._Element]) -> int:
    return sum(prose.words("".join(link.itertext())[:500]) >= _TEASER_WORDS for link in links[:500])


def _is_live(seen: Seen) -> bool:
    if "LiveBlogPosting" in jsonld.types(seen.evidence.article) or _LIVE_PATH.search(seen.path):
        return True
    if any(_LIVE_TITLE.search(heading) for heading in seen.headings):
        return True
    may_be = "/live/" in seen.path or any(_MAYBE_LIVE.search(heading) for heading in seen.headings)
    return may_be and _times(seen) >= _LIVE_TIMES


def _times(seen: Seen) -> int:
    in_text = sum(_CLOCK.search(line) is not None for line in seen.lines if len(line) <= _END_CHARS)
    return max(in_text, len(seen.evidence.marked.get("time", ())))


KINDS: tuple[Kind, ...] = (
    Kind(
        "blocked-page",
        150,
        _undated(_titled(wording.BLOCKED_TITLE)),
        "bot walls, IP and country blocks, sent with status 200",
    ),
    Kind("blocked-page", 150, _says(wording.BLOCKED_SENTENCE), "the same under the site's own title"),
    Kind("blocked-page", MIN_WORDS, _is_shell(wording.BLOCKED_SENTENCE), "the same as a form, without paragraphs"),
    Kind("blocked-page", MIN_WORDS, _checks_for_bots, "checks of the browser that show no words at all"),
    Kind("error-page", 120, _undated(_titled(wording.ERROR_TITLE)), "errors named by code or words, soft 404"),
    Kind("error-page", 150, _says(wording.ERROR_SENTENCE), "the same under the site's own title"),
    Kind("login-page", 120, _titled(wording.LOGIN_TITLE), "sites that send readers to a log-in form"),
    Kind("consent-page", 400, _titled(wording.CONSENT_TITLE), "consent asked for on a page of its own"),
    Kind("consent-page", 2000, _is_consent, "consent asked for in a layer, which is all the text the page holds"),
    Kind("video-page", 200, _is_video, "players with a caption, and with what the site says around them"),
    Kind("gallery-page", 60, _is_gallery, "pictures with an introduction"),
    Kind("section-front", 300, _is_front, "homepages; pages of a section, subject or author, made of teasers"),
    Kind("section-front", MIN_WORDS, _is_list_of_links, "the same without headings"),
    Kind("paywall-stub", 150, _is_stub, "a headline and a teaser before the offer to subscribe"),
    Kind("login-page", 150, _says(wording.LOGIN_SENTENCE), "log-in forms under the article's or the site's title"),
    Kind("login-page", MIN_WORDS, _asks_password, "the same without words"),
    Kind("needs-javascript", 150, _says(wording.SCRIPT_SENTENCE), "pages that JavaScript fills"),
    Kind("needs-javascript", MIN_WORDS, _is_shell(wording.SCRIPT_SENTENCE), "the same, the hint outside the text"),
    Kind("needs-javascript", MIN_WORDS, _is_empty_shell, "the same without a hint"),
    Kind("error-page", MIN_WORDS, _is_shell(wording.ERROR_SENTENCE), "errors told in a line or two"),
)
