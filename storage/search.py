"""Full text: what people type, matched by SQLite's FTS5 or PostgreSQL's tsvector (both made by the first migration).

Every revision is indexed as it is inserted, in the same transaction, by the database itself; superseded ones are left
out when searching, by the join to articles' current revisions. Words match whole, without regard to case.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, column, func, literal_column, select, table

from storage.columns import clean
from storage.schema import RevisionTable

_PHRASES = re.compile(r'"([^"]*)"?|([^\s"]+)')
# in FTS5, the table's own name as a column means all its columns
_REVISION_TEXT = table("revision_text", column("rowid", Integer), column("revision_text", Text))
_WORDS: ColumnElement[Any] = literal_column("revision.words")


def phrases(words: str) -> list[str]:
    """Cut user text into words and "quoted phrases"; what has no letter or digit is left out.

    >>> phrases('oil "north sea" & well-known')
    ['oil', 'north sea', 'well-known']
    """
    found = (quoted or word for quoted, word in _PHRASES.findall(clean(words)))
    return [phrase for phrase in found if any(map(str.isalnum, phrase))]


def matches(words: str, dialect: str) -> list[ColumnElement[bool]]:
    """Make the conditions that a revision has all the words and phrases."""
    wanted = phrases(words)
    if dialect == "postgresql":
        return [_WORDS.bool_op("@@")(func.phraseto_tsquery("simple", func.wirefold_words(phrase))) for phrase in wanted]
    if not wanted:
        return []
    asked = " ".join(f'"{phrase}"' for phrase in wanted)
    return [RevisionTable.id.in_(select(_REVISION_TEXT.c.rowid).where(_REVISION_TEXT.c.revision_text.match(asked)))]
