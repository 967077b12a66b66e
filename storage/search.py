"""Full text: what people type, matched by SQLite's FTS5 or PostgreSQL's tsvector (both made by the first migration).

Every revision is indexed as it is inserted, in the same transaction, by the database itself; superseded ones are left
out when searching, as only current revisions are asked for. Words match without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Text,
    any_,
    cast,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from storage.columns import clean
from storage.rows import AnySelect
from storage.schema import RevisionTable

_TYPED = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))(\*?)')
_WORD = re.compile(r"[^\W_]+")
_SNIPPET_WORDS = 30
_WORDS_BEFORE = 8
_HEADLINE_WEIGHT = 5.0
# in FTS5, the table's own name as a column means all its columns
_REVISION_TEXT = table("revision_text", column("rowid", Integer), column("revision_text", Text))
_ROWID = _REVISION_TEXT.c.rowid
_VECTOR: ColumnElement[Any] = literal_column("revision.words")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase; of a prefix, the last word may go on."""

    text: str
    is_prefix: bool = False

    @property
    def words(self) -> list[str]:
        """The words as they are compared."""
        return _WORD.findall(self.text.casefold())


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a text must have: a term of each of the ``groups``, and none of the ``excluded``."""

    groups: tuple[tuple[Term, ...], ...]
    excluded: tuple[Term, ...]

    def __bool__(self) -> bool:
        return bool(self.groups or self.excluded)


def parse(words: str) -> Wanted:
    """Read user text; what has no letter or digit is left out, and whatever is not understood is read as words.

    >>> parse('oil OR gas "north sea" ref* -spill')
    Wanted(groups=((Term(text='oil', is_prefix=False), Term(text='gas', is_prefix=False)), (Term(text='north sea', \
is_prefix=False),), (Term(text='ref', is_prefix=True),)), excluded=(Term(text='spill', is_prefix=False),))
    """
    groups: list[tuple[Term, ...]] = []
    excluded: list[Term] = []
    is_other = False
    for minus, quoted, word, star in _TYPED.findall(clean(words)):
        if word == "OR" and groups and not minus:
            is_other = True
            continue
        term = Term(quoted or word.rstrip("*"), bool(star) or word.endswith("*"))
        if not term.words:
            continue
        if minus:
            excluded.append(term)
        elif is_other:
            groups[-1] += (term,)
        else:
            groups.append((term,))
        is_other = False
    return Wanted(tuple(groups), tuple(excluded))


def matches(wanted: Wanted, dialect: str, revision_id: Any) -> ColumnElement[bool]:
    """Make the condition that a revision has what is wanted, to be asked of few revisions, one after the other."""
    hit = exists(_hits(wanted, dialect).where(_id(dialect) == revision_id))
    return ~hit if _asks_for_others(wanted, dialect) else hit


def is_hit(wanted: Wanted, dialect: str, revision_id: Any, *, are_few: bool = True) -> ColumnElement[bool]:
    """Make the same condition, to be answered from a list of all hits.

    PostgreSQL takes an array for short, and looks up what is in it; given a subselect, it may read all articles.
    """
    hits = _hits(wanted, dialect)
    if dialect == "postgresql" and are_few:
        listed = any_(func.array(hits.scalar_subquery(), type_=ARRAY(Integer)))
        return listed == revision_id  # type: ignore[no-any-return]
    is_listed: ColumnElement[bool] = revision_id.in_(hits)
    return ~is_listed if _asks_for_others(wanted, dialect) else is_listed


def first_hits(wanted: Wanted, dialect: str, limit: int) -> AnySelect:
    """Select at most so many hits."""
    return _hits(wanted, dialect).limit(limit)


def ranks(wanted: Wanted) -> tuple[Any, ColumnElement[bool], ColumnElement[float]]:
    """Give SQLite's table of texts, the condition of a match in it, and how good the match is: more is better."""
    rank = func.bm25(literal_column("revision_text"), _HEADLINE_WEIGHT, 1.0, type_=Double)
    return _REVISION_TEXT, _REVISION_TEXT.c.revision_text.match(_fts5(wanted)), -rank


def rank(wanted: Wanted) -> ColumnElement[float]:
    """Say how good PostgreSQL finds a revision for what is wanted: more is better; long texts count less."""
    return cast(func.ts_rank_cd(_VECTOR, _tsquery(wanted), 1), Double)


def snippet(text: str, wanted: Wanted) -> str:
    """Cut out the words around the first hit, hits in brackets; without any, the beginning.

    >>> snippet("Crews raced to the North Sea.", parse('"north sea"'))
    'Crews raced to the [North Sea].'
    """
    words = list(_WORD.finditer(text))
    hits = _places([word.group().casefold() for word in words], wanted)
    first = max(min(hits, default=0) - _WORDS_BEFORE, 0)
    shown = range(first, min(first + _SNIPPET_WORDS, len(words)))
    parts = ["…" if first else ""]
    at = words[first].start() if first else 0
    for place in shown:
        begins = place in hits and (place == first or place - 1 not in hits)
        ends = place in hits and (place == shown[-1] or place + 1 not in hits)
        parts += [text[at : words[place].start()], "[" * begins, words[place].group(), "]" * ends]
        at = words[place].end()
    parts.append("…" if shown and shown[-1] + 1 < len(words) else text[at:])
    return " ".join("".join(parts).split())


def _places(words: Sequence[str], wanted: Wanted) -> set[int]:
    """Number the words that are part of a hit."""
    return {place for group in wanted.groups for term in group for place in _places_of(words, term)}


def _places_of(words: Sequence[str], term: Term) -> Iterable[int]:
    *before, last = term.words
    for place, word in enumerate(words):
        begins = place - len(before)
        is_last = word.startswith(last) if term.is_prefix else word == last
        if is_last and begins >= 0 and [*words[begins:place]] == before:
            yield from range(begins, place + 1)


def _asks_for_others(wanted: Wanted, dialect: str) -> bool:
    """Say whether hits are those to leave out: FTS5 cannot say that a text lacks a word, and nothing more."""
    return dialect == "sqlite" and not wanted.groups


def _id(dialect: str) -> Any:
    return RevisionTable.id if dialect == "postgresql" else _ROWID


def _hits(wanted: Wanted, dialect: str) -> AnySelect:
    if dialect == "postgresql":
        return select(RevisionTable.id).where(_VECTOR.bool_op("@@")(_tsquery(wanted)))
    return select(_ROWID).where(_REVISION_TEXT.c.revision_text.match(_fts5(wanted)))


def _fts5(wanted: Wanted) -> str:
    """Write what is wanted in FTS5's language; if that is nothing, what is to be left out."""
    needed = " AND ".join(_any_of(group) for group in wanted.groups)
    excluded = _any_of(wanted.excluded) if wanted.excluded else ""
    return f"({needed}) NOT {excluded}" if needed and excluded else needed or excluded


def _any_of(terms: Iterable[Term]) -> str:
    quoted = (f'"{term.text}"{" *" if term.is_prefix else ""}' for term in terms)
    return f"({' OR '.join(quoted)})"


def _tsquery(wanted: Wanted) -> ColumnElement[Any]:
    groups = [reduce(func.tsquery_or, map(_phrase, group)) for group in wanted.groups]
    excluded = [func.tsquery_not(_phrase(term)) for term in wanted.excluded]
    return reduce(func.tsquery_and, [*groups, *excluded])


def _phrase(term: Term) -> ColumnElement[Any]:
    phrase = func.phraseto_tsquery("simple", func.wirefold_words(term.text))
    if not term.is_prefix:
        return phrase
    prefix = func.nullif(cast(phrase, Text), "", type_=Text) + ":*"
    return cast(func.coalesce(prefix, ""), TSQUERY)
