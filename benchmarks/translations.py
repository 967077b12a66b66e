"""How many translations of an article are linked with it, and how many links are wrong, beside two trivial ways.

The originals of ../shared/data/translations.jsonl.gz, their English versions and 2,000 unrelated articles, as near to
them in time as there are, go into a throw-away store through the same jobs as the command line. None has a date, so
that all are within the window of each other. What is shared was found on one half of the originals; thresholds were set
by both.

The trivial ways compare all pairs, and are given the threshold that is best for each language in hindsight:
numbers: the words with digits that both texts have, of those that either has; words: the same of all words of three
letters and more, in Latin letters.

    python -m benchmarks.translations
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from hashlib import md5
from pathlib import Path
from typing import Any

import numpy as np
from anyascii import anyascii

from benchmarks.dedupe_quality import DATA, throw_away
from crawler import jobs
from dedupe.judge import Relation
from storage.queries import Queries

DISTRACTORS = 2000
LEAST_PRECISION = 0.98
LANGUAGES = ("is", "ru", "ja")

Row = Mapping[str, Any]
Pair = tuple[str, str]  # an original and what is linked with it, by id
Words = frozenset[str]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WRITTEN = date(2020, 7, 10)  # when most of the originals were


def main() -> None:
    rows = _rows("translations")
    others = _distractors()
    originals = {row["cluster"]: row for row in rows if row["lang"] != "en"}
    english = [row for row in rows if row["lang"] == "en"]
    truth = {(originals[row["cluster"]]["id"], row["id"]) for row in english}
    language_of = {row["id"]: row["lang"] for row in originals.values()}
    print(f"{len(originals)} originals, {len(english)} English versions, {len(others)} other articles")
    _show("wirefold", _linked([*rows, *others], language_of), truth, language_of)
    for name, words_of in {"numbers": _numbers, "words": _words}.items():
        found = _alike([*originals.values()], [*english, *others], words_of)
        best = [_best([each for each in found if language_of[each[1][0]] == one], truth) for one in LANGUAGES]
        _show(name, set().union(*best), truth, language_of)


def _rows(name: str) -> list[Row]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt") as stream:
        return [json.loads(line) for line in stream]


def _distractors() -> list[Row]:
    """Read unrelated articles, those first whose dates are nearest to the originals', without their dates."""

    def days_away(row: Row) -> int:
        day = (row["published"] or "")[:10]
        return abs((date.fromisoformat(day) - _WRITTEN).days) if _DAY.fullmatch(day) else 1 << 20

    rows = sorted(_rows("crossing-outlets"), key=lambda row: (days_away(row), row["id"]))
    return [{**row, "id": f"other/{row['id']}", "published": None} for row in rows[:DISTRACTORS]]


def _linked(rows: Iterable[Row], language_of: Mapping[str, str]) -> set[Pair]:
    """Import articles; return what is linked as a translation, or an original, with each that is in no English."""
    with tempfile.TemporaryDirectory() as folder, throw_away() as store:
        path = Path(folder) / "articles.jsonl"
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        jobs.import_file(store, path, keep_id=True, progress=jobs.Silent())
        queries = Queries(store)
        members = (member for row in queries.clusters(min_size=1) for member in row.members)
        ids = {member.id: member.external_id or "" for member in members}
        links = (Relation.TRANSLATION_OF, Relation.ORIGINAL_OF)
        edges = [edge for edge in queries.edges_of([*ids]) if edge.relation in links]
        ends = {(ids[edge.article_a], ids[edge.article_b]) for edge in edges}
    return {(a, b) for pair in ends for a, b in (pair, pair[::-1]) if a in language_of}


def _numbers(text: str) -> Words:
    return frozenset(re.findall(r"\d+", text))


def _words(text: str) -> Words:
    return frozenset(re.findall(r"[a-z]{3,}", anyascii(text).lower()))


def _alike(
    originals: Sequence[Row], others: Sequence[Row], words_of: Callable[[str], Words]
) -> list[tuple[float, Pair]]:
    """Return the Jaccard similarity of each original and each other text, the most alike first."""
    theirs = [(row["id"], words_of(row["text"])) for row in others]
    found: list[tuple[float, Pair]] = []
    for row in originals:
        own = words_of(row["text"])
        found += [(len(own & words) / max(1, len(own | words)), (row["id"], other)) for other, words in theirs]
    return sorted(found, reverse=True)


def _best(found: Sequence[tuple[float, Pair]], truth: set[Pair]) -> set[Pair]:
    """Return as many of the first pairs as can be had at LEAST_PRECISION."""
    right = np.cumsum([pair in truth for _, pair in found])
    enough = np.flatnonzero(right >= LEAST_PRECISION * np.arange(1, len(found) + 1))
    return {pair for _, pair in found[: int(enough[-1]) + 1 if len(enough) else 0]}


def _show(name: str, found: set[Pair], truth: set[Pair], language_of: Mapping[str, str]) -> None:
    for half, chosen in {"all": (0, 1), "one half": (0,), "other half": (1,)}.items():
        ids = {each for each in language_of if md5(each.rpartition("/")[0].encode()).digest()[0] % 2 in chosen}
        print(f"  {name:9} {half:10}", *(_rates(found, truth, ids, language_of, one) for one in LANGUAGES))


def _rates(found: set[Pair], truth: set[Pair], ids: set[str], language_of: Mapping[str, str], language: str) -> str:
    counts = Counter(
        (pair in found, pair in truth) for pair in found | truth if pair[0] in ids and language_of[pair[0]] == language
    )
    right, wrong, missed = counts[True, True], counts[True, False], counts[False, True]
    precision = right / max(1, right + wrong)
    return f"  {language}: precision {precision:.3f} recall {right / max(1, right + missed):.3f} ({wrong} wrong)"


if __name__ == "__main__":
    main()
