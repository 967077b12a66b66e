"""Arrivals to documents, as the store and the windows of sites make them of what arrives in order."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crawler.jobs.backfill.engines import place_of
from crawler.jobs.backfill.reading import Arrival, Read
from crawler.jobs.clustering import claim_of
from crawler.jobs.judging import Judging
from crawler.jobs.library import to_document
from dedupe import across, documents, sites
from dedupe.canonical import Claim
from dedupe.documents import Known
from dedupe.matching import keys_of
from storage.articles import content_hash, is_new_text
from storage.rows import as_stored, chunked
from storage.types import Document

_TOGETHER = 500  # documents that are prepared at once


@dataclass(frozen=True, slots=True)
class Member:
    """An article, as clusters need it; ``url`` is where it was found."""

    article_id: int
    external_id: str | None
    url: str
    source: str
    claim: Claim


class Sought(NamedTuple):
    """What candidates of a document are found by. Its ``size`` is -1 when it is superseded: then nobody's candidate."""

    number: int
    bucket: int
    size: int
    keys: bytes
    bitmap: bytes


class Abroad(NamedTuple):
    """What translations of a document are found by (see `across.Entries`)."""

    number: int
    bucket: int
    keys: bytes
    is_current: bool


@dataclass(frozen=True, slots=True)
class _Revision:
    number: int
    arrival: Arrival
    content_hash: str

    @property
    def seen_at(self) -> datetime:
        return self.arrival.seen_at


def url_of(row: Read) -> Iterator[str]:
    """Give the key of an arrival: its article's URL."""
    if isinstance(row, Arrival):
        yield row.article.url


def settle(
    offsets: Mapping[int, int], judging: Judging, _: str, arrivals: list[Arrival]
) -> Iterator[Document | Member]:
    """Make the revisions of the article at a URL of all that arrived for it, and the article itself.

    ``offsets`` say by input how many rows arrived before it: revisions are numbered in order of arrival, and an article
    by its first one.
    """
    revisions = _revisions(offsets, arrivals)
    article_id = min(revision.number for revision in revisions)
    current = revisions[-1]
    article = as_stored(current.arrival.article)
    for revision in revisions:
        own = article if revision is current else as_stored(revision.arrival.article)
        yield Document(
            article_id=article_id,
            revision_id=revision.number,
            is_current=revision is current,
            site=own.site,
            headline=own.headline,
            text=own.article_body,
            seen_at=revision.seen_at,
            in_language=article.in_language,
            date_published=article.date_published,
        )
    claim = claim_of(article_id, article, judging.priorities.get(article.source, 0))
    yield Member(article_id, article.external_id, article.address or article.url, article.source, claim)


def _revisions(offsets: Mapping[int, int], arrivals: list[Arrival]) -> list[_Revision]:
    """Return those arrivals that bring a new text, in the order in which they were seen."""
    revisions: list[_Revision] = []
    for arrival in sorted(arrivals, key=attrgetter("place")):
        digest = content_hash(arrival.article)
        if is_new_text(arrival.article, digest, arrival.seen_at, revisions, _body):
            revision = _Revision(offsets[arrival.input] + arrival.row, arrival, digest)
            insort(revisions, revision, key=attrgetter("seen_at", "number"))
    return revisions


def _body(revision: _Revision) -> str:
    return revision.arrival.article.article_body


def shard_of(shards: int, row: Document | Member) -> Iterator[int]:
    """Give the key of a document: that of its site, shared with other sites."""
    if isinstance(row, Document):
        yield place_of(row.site) % shards


def find_site_text(_: int, arrived: list[Document]) -> Iterator[Document | Sought | Abroad]:
    """Find the site text of all documents of some sites, and what their candidates and translations are found by."""
    windows: defaultdict[str, sites.SiteWindow] = defaultdict(sites.SiteWindow)
    for some in chunked(sorted(arrived, key=attrgetter("revision_id")), _TOGETHER):
        known = documents.prepared(
            [to_document(each) for each in some],
            lambda document, body: windows[document.site].arrived(document.article_id, body.sequence),
        )
        for document, each, keys in zip(some, known, keys_of(known), strict=True):
            yield replace(document, site_text=each.site_text.as_bytes() or None)
            yield _sought(each, keys, is_current=document.is_current)
        current = {document.revision_id for document in some if document.is_current}
        for bucket, numbers, table in across.entries(known):
            for number, keys in zip(numbers.tolist(), table, strict=True):
                yield Abroad(number, bucket, keys.tobytes(), number in current)


def _sought(known: Known, keys: NDArray[np.uint32], *, is_current: bool) -> Sought:
    return Sought(
        number=known.document.number,
        bucket=known.document.bucket,
        size=len(known.own) if is_current else -1,
        keys=keys.tobytes(),
        bitmap=known.bitmap.tobytes(),
    )
