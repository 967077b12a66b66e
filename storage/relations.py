"""The words that say what one article is to another, seen from either end."""

from __future__ import annotations

from storage.types import Edge

_OPPOSITES = (
    ("abridged", "extended"),
    ("updated", "superseded"),
    ("digest-contains", "in-digest"),
    ("translation-of", "original-of"),
)
_TRANSLATIONS = _OPPOSITES[-1]
_INVERSE = {word: other for pair in _OPPOSITES for word, other in (pair, pair[::-1])}


def weight(edge: Edge) -> tuple[bool, bool, float]:
    """Say how much an edge matters to a person, for sorting: joins first, then translations, then by what is shared."""
    return edge.joins, edge.relation in _TRANSLATIONS, shared(edge)


def shared(edge: Edge) -> float:
    """Return the share of a text that the other has; in another language, of its names and numbers."""
    return max(edge.containment, edge.measures.get("anchored", 0.0))


def inverse(relation: str) -> str:
    """Say what a is to b, given what b is to a.

    >>> inverse("abridged"), inverse("superseded"), inverse("near-duplicate")
    ('extended', 'updated', 'near-duplicate')
    """
    return _INVERSE.get(relation, relation)


def relation_of(article_id: int, edge: Edge) -> str:
    """Say what the article at one end of an edge is to the one at the other."""
    return edge.relation if edge.article_b == article_id else inverse(edge.relation)
