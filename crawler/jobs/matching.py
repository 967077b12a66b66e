"""Documents to sketches and edges: meets each document in order of arrival with what came before it.

A document is judged by what had arrived when it came, never by what came later. So incremental runs and a rebuild,
which both go by revision id, find the same edges.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence
from typing import Generic, TypeVar

from dedupe import judge, similarity, sites, sketches
from dedupe.errors import SpecMismatch
from dedupe.sets import Hashes, overlap, without
from dedupe.shingles import Shingled, shingled
from dedupe.text import words
from storage.store import Store
from storage.types import Document, Edge, Sketch

K = TypeVar("K")
V = TypeVar("V")

_TEXTS_HELD = 8000
_SITES_HELD = 400


class Matcher:
    """Judges documents against a store. Feed it batches in order of arrival, all through one instance per run."""

    def __init__(self, store: Store, thresholds: judge.Thresholds = judge.DEFAULT) -> None:
        self._store = store
        self._thresholds = thresholds
        self._windows: _Held[str, sites.SiteWindow] = _Held(_SITES_HELD)
        self._documents: _Held[int, Document] = _Held(_TEXTS_HELD)
        self._texts: _Held[int, Shingled] = _Held(_TEXTS_HELD)
        self._last = 0  # the last revision that the windows know
        _check_spec(store)

    def match(self, pending: Sequence[Document]) -> tuple[list[Sketch], list[Edge]]:
        """Return a sketch for each pending document and the edges to documents that came before it."""
        batch = _Batch(self._store)
        due = {document.revision_id for document in pending}
        after = self._last or pending[0].revision_id - 1
        for document in self._store.documents_between(after, pending[-1].revision_id):
            if document.revision_id in due:
                self._judge(document, batch)
            window = self._windows.get(document.site)
            if window is not None:
                window.push(document.article_id, self._shingled(document).unique)
        self._last = pending[-1].revision_id
        return batch.sketches, batch.edges

    def _judge(self, document: Document, batch: _Batch) -> None:
        site_text = self._site_text(document, document, others=2)
        sketch = _sketch(document, without(self._shingled(document).unquoted, site_text))
        candidates = self._current(batch.candidates(sketch))
        batch.edges += [edge for other in candidates if (edge := self._edge(other, document)) is not None]
        batch.add(sketch)

    def _current(self, article_ids: Sequence[int]) -> list[Document]:
        """Return the current revisions of articles; they do not change during a run."""
        held = {article_id: self._documents.get(article_id) for article_id in article_ids}
        fresh = self._store.documents(article_id for article_id, document in held.items() if document is None)
        for article_id, document in fresh.items():
            self._documents.put(article_id, document)
        return [held[article_id] or fresh[article_id] for article_id in article_ids]

    def _edge(self, one: Document, other: Document) -> Edge | None:
        """Measure and judge a pair; None when they share next to nothing."""
        a, b = sorted((one, other), key=lambda document: document.article_id)
        if overlap(self._shingled(a).unique, self._shingled(b).unique)[1] < judge.NOTABLE:
            return None
        measures = similarity.measure(self._text(a, b), self._text(b, a))
        return _to_edge(a, b, measures, self._thresholds)

    def _text(self, document: Document, other: Document) -> similarity.Text:
        """One side of a pair, with the site text known when the later of the two arrived."""
        return similarity.Text(
            body=self._shingled(document),
            headline=words(document.headline),
            site=document.site,
            published=_published(document),
            site_text=self._site_text(document, other, others=1 if document.site == other.site else 2),
        )

    def _site_text(self, document: Document, other: Document, *, others: int) -> Hashes:
        own = {document.article_id, other.article_id} if document.site == other.site else {document.article_id}
        now = max(document.revision_id, other.revision_id)
        window = self._window(document.site, now)
        return window.site_text(self._shingled(document).unique, own=frozenset(own), others=others)

    def _window(self, site: str, before: int) -> sites.SiteWindow:
        """Return the window of a site as it stands before a revision; `match` keeps it up to date from then on."""
        return self._windows.get(site) or self._windows.put(site, self._load_window(site, before))

    def _load_window(self, site: str, before: int) -> sites.SiteWindow:
        window = sites.SiteWindow()
        for document in self._store.site_documents(site, before, sites.WINDOW):
            window.push(document.article_id, self._shingled(document).unique)
        return window

    def _shingled(self, document: Document) -> Shingled:
        held = self._texts.get(document.revision_id)
        return held or self._texts.put(document.revision_id, shingled(document.text))


def judged_again(edge: Edge, a: Document, b: Document, thresholds: judge.Thresholds = judge.DEFAULT) -> Edge:
    """Judge a pair by its stored measures and by the dates that are known of its articles now."""
    measures = similarity.restored(edge.measures, _published(a), _published(b))
    return _to_edge(a, b, measures, thresholds)


class _Batch:
    """What one batch has produced; candidates are looked for in the store and in the batch itself."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._bands: dict[int, list[int]] = {}
        self.sketches: list[Sketch] = []
        self.edges: list[Edge] = []

    def candidates(self, sketch: Sketch) -> list[int]:
        """Return the articles that share enough bands with the sketch, in order of their ids."""
        if not sketch.band_keys:
            return []
        here = Counter(article_id for key in sketch.band_keys for article_id in self._bands.get(key, ()))
        found = [article_id for article_id, bands in here.items() if bands >= sketches.MIN_SHARED_BANDS]
        return sorted(found + self._store.articles_sharing_bands(sketch.band_keys, sketches.MIN_SHARED_BANDS))

    def add(self, sketch: Sketch) -> None:
        self.sketches.append(sketch)
        for key in sketch.band_keys:
            self._bands.setdefault(key, []).append(sketch.article_id)


class _Held(Generic[K, V]):
    """The values used last, up to a number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: K, value: V) -> V:
        self._values[key] = value
        if len(self._values) > self._most:
            self._values.popitem(last=False)
        return value


def _check_spec(store: Store) -> None:
    """Refuse to compare with sketches of another version."""
    stored = store.current_spec()
    if stored is not None and stored != sketches.SPEC:
        raise SpecMismatch(stored, sketches.SPEC)


def _sketch(document: Document, own: Hashes) -> Sketch:
    """Sketch a document by its own shingles: those that are neither quoted nor site text."""
    enough = len(own) >= sketches.MIN_SHINGLES
    return Sketch(
        article_id=document.article_id,
        revision_id=document.revision_id,
        spec=sketches.SPEC,
        band_keys=sketches.band_keys(sketches.signature(own)) if enough else (),
        skip_reason=None if enough else "too-short",
    )


def _published(document: Document) -> float | None:
    return document.date_published.timestamp() if document.date_published else None


def _is_later(b: Document, a: Document) -> bool:
    """Say whether b was published after a; where that is not known or equal, whether it arrived after a."""
    if a.date_published is not None and b.date_published is not None and a.date_published != b.date_published:
        return b.date_published > a.date_published
    return b.revision_id > a.revision_id


def _to_edge(a: Document, b: Document, measures: similarity.Measures, thresholds: judge.Thresholds) -> Edge:
    verdict = judge.judge(measures, b_later=_is_later(b, a), thresholds=thresholds)
    return Edge(
        article_a=a.article_id,
        article_b=b.article_id,
        relation=verdict.relation,
        joins=verdict.joins,
        jaccard=round(measures.jaccard, 4),
        containment=round(measures.containment, 4),
        reason=verdict.reason,
        rules_version=judge.version(thresholds),
        measures=measures.as_dict(),
    )
