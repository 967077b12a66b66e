"""Full text: what people type, matched by SQLite's FTS5 or PostgreSQL's tsvector (both made by the first migration).

Every revision is indexed as it is inserted, in the same transaction, by the database itself; superseded ones are left
out when searching, as only current revisions are asked for. Words match without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Integer,
    TableClause,
    Text,
    any_,
    cast,
    column,
    func,
    insert,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from storage.columns import clean
from storage.rows import AnySelect, chunked, read_among
from storage.schema import RevisionTable

_TYPED = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))(\*?)')
_WORD = re.compile(r"[^\W_]+")
_SNIPPET_WORDS = 30
_WORDS_BEFORE = 8
_HEADLINE_WEIGHT = 5.0
_NEAR = 200  # revisions that FTS5 is asked about together
_CLOSE = 20  # ids that these are spread over at most, for each, to read all hits between them
_VECTOR: ColumnElement[Any] = literal_column("revision.words")
_SETTLE = """
    SELECT gin_clean_pending_list(oid) FROM pg_class
    WHERE oid = to_regclass('ix_revision_words') AND pg_has_role(relowner, 'USAGE')
"""
_FEW = "headline, article_body, content='', tokenize='unicode61 remove_diacritics 0'"  # words as in revision_text


def _texts(name: str) -> TableClause:
    """Name the columns of one of SQLite's indexes of texts."""
    columns = (column("rowid", Integer), column("headline", Text), column("article_body", Text), column(name, Text))
    return table(name, *columns)


_REVISION_TEXT, _FEW_TEXT = _texts("revision_text"), _texts("few_text")
_ROWID = _REVISION_TEXT.c.rowid


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase; of a prefix, the last word may go on."""

    text: str
    is_prefix: bool = False

    @property
    def words(self) -> list[str]:
        """The words as they are compared."""
        return _WORD.findall(self.text.casefold())

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1

    def each(self) -> Iterator[Term]:
        """Take the words of a phrase one by one."""
        *before, last = self.words
        yield from map(Term, before)
        yield Term(last, self.is_prefix)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a text must have: a term of each of the ``groups``, and none of the ``excluded``."""

    groups: tuple[tuple[Term, ...], ...]
    excluded: tuple[Term, ...]

    def __bool__(self) -> bool:
        return bool(self.groups or self.excluded)

    @property
    def has_prefix(self) -> bool:
        return any(term.is_prefix for term in self._terms())

    @property
    def has_phrase(self) -> bool:
        return any(term.is_phrase for term in self._terms())

    def in_any_order(self) -> Wanted:
        """Return what texts have that have this, and some others: the words of phrases, wherever they stand.

        >>> parse('"north sea" oil -"oil spill" -gas').in_any_order()
        Wanted(groups=((Term(text='north', is_prefix=False),), (Term(text='sea', is_prefix=False),), (Term(text='oil', \
is_prefix=False),)), excluded=(Term(text='gas', is_prefix=False),))
        """
        alone = [group for group in self.groups if len(group) == 1 or not any(term.is_phrase for term in group)]
        split = chain.from_iterable(
            [(word,) for word in group[0].each()] if len(group) == 1 else [group] for group in alone
        )
        return Wanted(tuple(split), tuple(term for term in self.excluded if not term.is_phrase))

    def _terms(self) -> Iterator[Term]:
        return chain(*self.groups, self.excluded)


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


def settle(connection: Connection) -> None:
    """Sort what was added to PostgreSQL's index: until then, each search reads the words of thousands of texts, too.

    The server does so itself now and then, and lets the owner of the tables alone ask for it.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_SETTLE)


def having(connection: Connection, wanted: Wanted, revision_ids: Collection[int]) -> set[int]:
    """Say which of a few revisions have what is wanted."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        return {row.id for row in read_among(connection, _hits(wanted, dialect), RevisionTable.id, revision_ids)}
    having_any = _having_prefix if wanted.has_prefix else _having_words
    found = having_any(connection, wanted, revision_ids)
    return set(revision_ids) - found if _asks_for_others(wanted, dialect) else found


def _having_words(connection: Connection, wanted: Wanted, revision_ids: Collection[int]) -> set[int]:
    """Read all hits where revisions stand close: FTS5 gives a hundred of them in the time that asking for one takes."""
    found: set[int] = set()
    for near in chunked(sorted(revision_ids), _NEAR):
        is_close = near[-1] - near[0] < _CLOSE * len(near)
        asked = _ROWID.between(near[0], near[-1]) if is_close else _ROWID.in_(near)
        found.update(connection.scalars(_fts5_hits(_REVISION_TEXT, wanted).where(asked)))
    return found & set(revision_ids)


def _having_prefix(connection: Connection, wanted: Wanted, revision_ids: Iterable[int]) -> set[int]:
    """Give them an index of their own: FTS5 would look up all words with a prefix for each of them."""
    connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.few_text USING fts5({_FEW})")
    texts = select(RevisionTable.id, RevisionTable.headline, RevisionTable.article_body).order_by(RevisionTable.id)
    for chunk in chunked(sorted(revision_ids)):
        columns = ["rowid", "headline", "article_body"]
        connection.execute(insert(_FEW_TEXT).from_select(columns, texts.where(RevisionTable.id.in_(chunk))))
    found = {*connection.scalars(_fts5_hits(_FEW_TEXT, wanted))}
    connection.exec_driver_sql("DROP TABLE few_text")
    return found


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


def arrived_last(wanted: Wanted, start: int, limit: int) -> AnySelect:
    """Select SQLite's hits down from a revision on; FTS5 has them in this order and reads no others."""
    return _hits(wanted, "sqlite").where(start >= _ROWID).order_by(_ROWID.desc()).limit(limit)


def arrived_next(wanted: Wanted, start: int, limit: int) -> AnySelect:
    """Select SQLite's hits that arrived after a revision."""
    return _hits(wanted, "sqlite").where(start < _ROWID).order_by(_ROWID).limit(limit)


def arrived_between(wanted: Wanted, first: int, last: int) -> AnySelect:
    """Select PostgreSQL's hits from a revision to another."""
    return _hits(wanted, "postgresql").where(RevisionTable.id.between(first, last))


def first_hits(wanted: Wanted, dialect: str, limit: int) -> AnySelect:
    """Select at most so many hits.

    PostgreSQL does not know how long it takes to read words: told of the limit, it may read those of all revisions.
    """
    hits = _hits(wanted, dialect).cte("all_hits").prefix_with("MATERIALIZED", dialect="postgresql")
    return select(hits.c.id).limit(limit)


def ranks(wanted: Wanted) -> tuple[Any, ColumnElement[bool], ColumnElement[float]]:
    """Give SQLite's table of texts, the condition of a match in it, and how good the match is: more is better."""
    rank = func.bm25(literal_column("revision_text"), _HEADLINE_WEIGHT, 1.0, type_=Double)
    return _REVISION_TEXT, _is_match(_REVISION_TEXT, wanted), -rank


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


def _hits(wanted: Wanted, dialect: str) -> AnySelect:
    if dialect == "postgresql":
        return select(RevisionTable.id).where(_VECTOR.bool_op("@@")(_tsquery(wanted)))
    return _fts5_hits(_REVISION_TEXT, wanted)


def _fts5_hits(texts: TableClause, wanted: Wanted) -> AnySelect:
    return select(texts.c.rowid.label("id")).where(_is_match(texts, wanted))


def _is_match(texts: TableClause, wanted: Wanted) -> ColumnElement[bool]:
    """Match in any column, which is what FTS5 means by a table's own name as a column."""
    return texts.c[texts.name].match(_fts5(wanted))


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
