"""A page with the text found on it, as the judge sees it; what costs time is found out when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from crawler.extract import jsonld, prose, wording
from crawler.extract.evidence import Evidence
from crawler.extract.tree import shown_text

_MAX_TITLE_CHARS = 200
_MAX_LINE_CHARS = 600
_MAX_PATH_CHARS = 500
_MAX_TEXTS = 2_000
_VERSE_WORDS = 3

# Signs that stand between a page's title and the name of its site, and at the end of a sentence.
_SEPARATOR = re.compile(r"\s*[|»·•]\s*|\s+(?:[-–—:]+)\s+|[!…。]+\s*|\.+(?:\s+|$)|::")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_EDGE = " \t\n.!?…:;,*\"'“”„«»()[]<>-–—"
_TEXTS = etree.XPath(
    "//text()[normalize-space() and not(parent::script or parent::style or parent::template or parent::title)]"
)
_LINKS = etree.XPath("//a[@href]")
_HAS_ARTICLE = etree.XPath("count(//article) = 1")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Seen:
    """A page and its text.

    ``free`` is what the page says of access to it, None where it says nothing; ``last_lines`` end the text as it was
    found, before furniture was taken off.
    """

    def __init__(self, evidence: Evidence, body: str, free: bool | None, last_lines: Sequence[str]) -> None:
        self.evidence = evidence
        self.free = free
        self.last_lines = last_lines
        self.lines = body.splitlines()
        self.words = prose.in_sentences(body)

    @cached_property
    def running_words(self) -> int:
        """Words in sentences; on an article's page without any, words of lines that are no links, as in a poem."""
        if self.words or not (self.says_article or _HAS_ARTICLE(self.evidence.tree)):
            return self.words
        links = {shown_text(link) for link in _LINKS(self.evidence.tree)[:_MAX_TEXTS]}
        counts = [prose.words(line) for line in self.lines if not line.startswith("- ") and line not in links]
        return sum(count for count in counts if count >= _VERSE_WORDS)

    @cached_property
    def path(self) -> str:
        """The path of the page's address, in lower case."""
        return urlsplit(self.evidence.url).path[:_MAX_PATH_CHARS].lower()

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The first heading and the title, case-folded."""
        texts = (*self.evidence.shown("h1")[:1], self.evidence.title)
        return tuple(text[:_MAX_TITLE_CHARS].casefold() for text in texts)

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The headings, and the parts that separators make of them."""
        parts = (part.strip(_EDGE) for text in self.headings for part in (text, *_SEPARATOR.split(text)))
        return tuple(dict.fromkeys(part for part in parts if part))

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The lines of the text, case-folded, the beginning of very long ones."""
        return tuple(line[:_MAX_LINE_CHARS].casefold() for line in self.lines)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All that the page shows, or would show without JavaScript, case-folded, a line for each piece of text."""
        return tuple(" ".join(text[:_MAX_LINE_CHARS].split()).casefold() for text in self._pieces)

    @cached_property
    def _pieces(self) -> list[Any]:
        """The same as lxml's strings, which know where they stand."""
        found: list[Any] = _TEXTS(self.evidence.tree)[:_MAX_TEXTS]
        return found

    @cached_property
    def says_article(self) -> bool:
        """Whether the page says of itself that it is an article."""
        evidence = self.evidence
        declared = evidence.article or evidence.microdata or evidence.meta("og:type") == "article"
        return bool(declared or evidence.meta("article:published_time"))

    @cached_property
    def says_date(self) -> bool:
        """Whether the page says when its article was published."""
        evidence = self.evidence
        return bool(evidence.article.get("datePublished") or evidence.meta("article:published_time"))

    @cached_property
    def types(self) -> frozenset[str]:
        """All types of the page's JSON-LD objects."""
        return frozenset(kind for node in self.evidence.nodes for kind in jsonld.types(node))

    def share(self, pattern: re.Pattern[str]) -> float:
        """Return the share of the text's words that stand in sentences with this pattern."""
        sentences = [sentence for line in self.folded for sentence in _SENTENCE_END.split(line)]
        matched = sum(prose.words(sentence) for sentence in sentences if pattern.search(sentence))
        return matched / max(sum(map(prose.words, sentences)), 1)

    def words_without(self, pattern: re.Pattern[str]) -> int:
        """Return the number of words in sentences, and of a poem, outside lines with this pattern."""
        left = [line for line, folded in zip(self.lines, self.folded, strict=True) if not pattern.search(folded)]
        return prose.in_sentences("\n".join(left)) if self.words else self.running_words

    def shows_wall(self) -> bool:
        """Return whether the page asks for a subscription, in a place that is not hidden."""
        both = zip(self._pieces, self.texts, strict=True)
        found = (piece.getparent() for piece, text in both if wording.WALL_SENTENCE.search(text))
        return any(not any(map(_is_hidden, _around(parent))) for parent in found)


def _around(parent: html.HtmlElement) -> Iterator[html.HtmlElement]:
    yield parent
    yield from parent.iterancestors()


def _is_hidden(element: html.HtmlElement) -> bool:
    is_hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return is_hidden or element.tag in ("template", "noscript") or bool(_HIDDEN.search(element.get("style", "")[:200]))
