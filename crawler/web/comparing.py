"""Two articles side by side: where they differ, what was left out of the judgement, what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.reports.difference import COMPARED_WORDS, Difference, difference
from crawler.reports.wording import percent, plural
from dedupe.leftout import Part, parts
from storage.queries import Queries
from storage.relations import relation_of
from storage.store import Store
from storage.types import Decision, DecisionKind, Document, Edge

_SHARES = {
    "containment": "of the shorter text is in the other, quotations and site text aside",
    "jaccard": "of what both say is shared, quotations and site text aside",
    "raw_containment": "of the shorter text is in the other, all counted",
    "coverage": "of the shorter text stands in shared stretches",
    "longest_run": "of what is shared is one stretch",
    "headline": "of the shorter headline is in the other",
    "numbers": "of the numbers agree",
    "names": "of the names agree",
    "quotes": "of the quotations are the same",
    "pair_jaccard": "of all pairs of words are shared",
    "aligned": "of the shorter text says the same in the same order",
    "anchored": "of the numbers and names are in the same places",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of two articles."""

    id: int
    cluster_id: int | None
    document: Document
    source: str
    url: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two articles, their difference, and the edge and the decisions between them."""

    a: Side
    b: Side
    difference: Difference
    edge: Edge | None
    decisions: tuple[Decision, ...]

    @property
    def relation(self) -> str | None:
        """Say what the second is to the first; None if they were never compared."""
        return None if self.edge is None else relation_of(self.b.id, self.edge)

    @property
    def is_joined(self) -> bool:
        """Say whether both are in one cluster."""
        return self.a.cluster_id is not None and self.a.cluster_id == self.b.cluster_id

    @property
    def measures(self) -> list[str]:
        """Say what was measured."""
        return [] if self.edge is None else [*in_words(self.edge, self.a.id)]


def compare(store: Store, a: int, b: int) -> Comparison:
    """Compare two articles. Raises NotFound."""
    queries = Queries(store)
    ids = [queries.find(str(a)), queries.find(str(b))]
    documents, articles, places = store.documents(ids), store.articles_by_id(ids), queries.places(ids)
    first, second = (
        Side(
            each,
            places[each].cluster_id,
            documents[each],
            articles[each].source,
            articles[each].address or articles[each].url,
            parts(documents[each].text, documents[each].site_text or b"", COMPARED_WORDS),
        )
        for each in ids
    )
    return Comparison(
        first,
        second,
        difference(first.document.text, second.document.text),
        queries.edge_between(*ids),
        tuple(each for each in store.decisions.about(ids) if _is_between(each, {*ids})),
    )


def in_words(edge: Edge, first: int) -> Iterator[str]:
    """Say what was measured, in plain words, of the pair as it is shown: with this article first."""
    for name, words in _SHARES.items():
        if (value := edge.measures.get(name)) is not None:
            yield f"{percent(value)} {words}"
    lengths = ("words_a", "words_b") if edge.article_a == first else ("words_b", "words_a")
    for name, side in zip(lengths, ("first", "second"), strict=True):
        if (count := edge.measures.get(name)) is not None:
            yield f"{plural(int(count), 'word')} in the {side}"
    if (runs := edge.measures.get("runs")) is not None:
        yield plural(int(runs), "shared stretch", "shared stretches")
    if (days := edge.measures.get("days_apart")) is not None:
        yield f"published {days:.1f} days apart"


def _is_between(decision: Decision, pair: set[int]) -> bool:
    return decision.articles == pair or decision.kind is DecisionKind.CANONICAL_IS
