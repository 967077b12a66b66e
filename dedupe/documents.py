"""Documents: revisions of articles, with all that is needed to judge them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedupe import candidates, postings, sentences, shingles, sites
from dedupe.anchors import Anchors, anchors, rare_keys
from dedupe.gazetteer import code_of
from dedupe.sentences import Sentences
from dedupe.sets import Hashes
from dedupe.shingles import Shingled
from dedupe.similarity import Text
from dedupe.sketches import MIN_SHINGLES
from dedupe.text import Words, read, split

Appeared: TypeAlias = tuple[float | None, int]
"""When a document was published, in seconds since 1970 (None: not known), and its place in the order of arrival."""


class Skip(StrEnum):
    """Why a document is not compared, or hardly."""

    TOO_SHORT = "too-short"
    NO_OWN_TEXT = "no-own-text"  # all but a little is quotations or site text: only an identical text is a copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A revision of an article, as it is judged.

    ``number`` is its place in the order of arrival, below 2**32. ``published`` is in seconds since 1970, None when not
    known; ``day``, in days since 1970, is when it is taken to have appeared: published, else first seen. ``language``
    is an IETF tag (BCP 47). ``site_text`` is what `sites.SiteText.as_bytes` gave when it was found, None before.
    """

    number: int
    article_id: int
    site: str
    headline: str
    text: str
    language: str | None
    published: float | None
    day: float
    site_text: bytes | None = None

    @property
    def language_code(self) -> str:
        """The language without script and region; empty when not known."""
        return code_of(self.language or "")

    @property
    def bucket(self) -> int:
        """The bucket of the index that it is filed in: without a date it may have appeared long before it was seen."""
        return postings.UNDATED if self.published is None else postings.bucket_of(self.day)

    @property
    def appeared(self) -> Appeared:
        """When it was published and when it arrived."""
        return self.published, self.number


@dataclass(frozen=True)
class Known:
    """A document with all that its comparisons need."""

    document: Document
    body: Shingled
    sentences: Sentences
    headline: Words
    site_text: sites.SiteText

    @cached_property
    def as_later(self) -> Text:
        """The document as one side of a comparison: without what its site repeats."""
        return self._text(self.site_text.repeated)

    @cached_property
    def as_earlier_on_site(self) -> Text:
        """The same, as the earlier one of two of one site: without what one other of the site had."""
        return self._text(self.site_text.seen) if self.site_text.seen.any() else self.as_later

    def _text(self, site_text: NDArray[np.bool_]) -> Text:
        document = self.document
        return Text(self.body, self.sentences, self.headline, document.site, document.published, site_text)

    @cached_property
    def own(self) -> Hashes:
        """The shingles to find candidates by, in order: those neither quoted nor site text; none where they are few."""
        return _own(self.body, self.site_text)

    @property
    def is_short(self) -> bool:
        """Whether there is too little text for any comparison."""
        return len(self.body.sequence) < MIN_SHINGLES

    @cached_property
    def anchors(self) -> Anchors:
        """What a translation of it can be known by."""
        return anchors(self.document.text, self.document.language_code)

    @cached_property
    def rare_keys(self) -> NDArray[np.uint32]:
        """By what a translation of it can be looked for."""
        return rare_keys(self.document.text, self.document.language_code)

    @cached_property
    def bitmap(self) -> Hashes:
        """A bitmap of its own shingles."""
        return _bitmap(self.own)

    @cached_property
    def content_bitmap(self) -> Hashes:
        """A bitmap of its content pairs."""
        return candidates.bitmap(self.sentences.content, candidates.CONTENT_BITS)

    @property
    def skip(self) -> Skip | None:
        """Why it is not compared, if so."""
        if self.is_short:
            return Skip.TOO_SHORT
        return None if len(self.own) else Skip.NO_OWN_TEXT


def prepared(documents: Sequence[Document], site_text: Callable[[Document, Shingled], sites.SiteText]) -> list[Known]:
    """Prepare many documents at once; ``site_text`` is asked for each of them, in order."""
    readings = list(read([document.text for document in documents]))
    bodies = (body for reading in readings for body in shingles.of_reading(reading))
    by_sentences = (found for reading in readings for found in sentences.of_reading(reading))
    headlines = split([document.headline for document in documents])
    return [
        Known(document, body, found, headline, site_text(document, body))
        for document, body, found, headline in zip(documents, bodies, by_sentences, headlines, strict=True)
    ]


def known_site_text(document: Document, body: Shingled) -> sites.SiteText:
    """Restore the site text that was found before; for `prepared`."""
    return sites.restored(document.site_text or b"", len(body.sequence))


def bitmaps(documents: Sequence[Document]) -> Hashes:
    """Return the `Known.bitmap` of documents whose site text is known, a row for each, without reading sentences."""
    found = candidates.blank_bitmaps(len(documents))
    bodies = shingles.prepare([document.text for document in documents])
    for row, document, body in zip(found, documents, bodies, strict=True):
        row[:] = _bitmap(_own(body, known_site_text(document, body)))
    return found


def _own(body: Shingled, site_text: sites.SiteText) -> Hashes:
    own = body.sequence[~(body.quoted | site_text.repeated)]
    return own if len(own) >= MIN_SHINGLES else own[:0]


def _bitmap(own: Hashes) -> Hashes:
    return candidates.bitmap(own, candidates.OWN_BITS)


def is_later(b: Appeared, a: Appeared) -> bool:
    """Say whether b was published after a; where that is not known or equal, whether it arrived after a."""
    (published_b, number_b), (published_a, number_a) = b, a
    if published_a is not None and published_b is not None and published_a != published_b:
        return published_b > published_a
    return number_b > number_a
