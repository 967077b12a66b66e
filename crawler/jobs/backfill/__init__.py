"""Batch dedupe of an archive, on one machine or many: the clusters that one machine would make of it, without a store.

    inputs ─ read ─► Arrivals ─ by URL ─► Documents ─ by site ─► site text, keys ─ by days ─► candidates
                                                     ─ by block ─► Edges ─ by component ─► clusters

What is done in each stage are the functions of `dedupe`; an engine only brings together what they need.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import accumulate, chain

from crawler.jobs.backfill import arriving, matching, output, placing
from crawler.jobs.backfill.arriving import Member
from crawler.jobs.backfill.engines import Engine, LocalEngine, Rows
from crawler.jobs.backfill.placing import Placed
from crawler.jobs.backfill.reading import Arrival, Read, Reading, find_inputs, read
from crawler.jobs.judging import BY_DEFAULT, Judging
from crawler.jobs.keeping import Summary
from crawler.jobs.library import to_document
from storage.types import Document, Edge, Rejection, Role

__all__ = ["Engine", "LocalEngine", "Reading", "backfill"]

_SHARDS_PER_CORE = 4  # of sites


@dataclass(slots=True)
class _Survey:
    """What inputs hold: by input, how many rows there are up to the last article; counts, and problems."""

    rows: Counter[int] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def plus(self, other: _Survey) -> _Survey:
        return _Survey(self.rows | other.rows, self.counts + other.counts, self.problems + other.problems)


def backfill(
    locations: Sequence[str], out: str, engine: Engine, reading: Reading, judging: Judging = BY_DEFAULT
) -> Summary:
    """Read archives and write their edges and clusters, as importing one file after the other would make them.

    ``counts`` has "records", "rejected" with an entry per reason, "articles", "revisions", "edges", "joined" and
    "clusters".

    Raises:
        ArchiveError: there is no such input, or the folder ``out`` cannot be made or is not empty.
    """
    inputs = find_inputs(locations)
    output.begin(out)
    read_rows = engine.rows(inputs).parts(partial(read, reading)).kept()
    survey = reduce(_Survey.plus, read_rows.parts(_surveyed).collected(), _Survey())
    offsets = dict(enumerate(accumulate((survey.rows[each.number] for each in inputs), initial=1)))
    settled = read_rows.grouped(arriving.url_of, partial(arriving.settle, offsets, judging)).kept()
    edges = _edges(engine, settled, judging)
    clusters = placing.clusters(settled, edges).kept()
    for kind, rows in (("rejections", read_rows), ("edges", edges), ("clusters", clusters)):
        rows.parts(partial(output.write, out, kind)).collected()
    counts = dict.fromkeys(("records", "rejected", "articles", "revisions", "edges", "joined", "clusters"), 0)
    counted = (rows.parts(_counted).collected() for rows in (settled, edges, clusters))
    counts |= sum(chain.from_iterable(counted), start=survey.counts)
    return Summary("backfill", counts, survey.problems)


def _edges(engine: Engine, settled: Rows[Document | Member], judging: Judging) -> Rows[Edge]:
    """Find the site text of documents, then their candidates, then measure these."""
    buckets = set(settled.parts(_buckets).collected())
    slices = math.ceil(engine.cores / max(1, len(buckets)))  # few days are many documents of each
    shards = partial(arriving.shard_of, _SHARDS_PER_CORE * engine.cores)
    spans = partial(matching.spans_of, judging, slices, buckets)
    found = settled.grouped(shards, arriving.find_site_text).kept()
    candidates = found.grouped(spans, partial(matching.propose, judging, slices)).kept()
    delivered = found.plus(candidates).grouped(matching.number_of, matching.deliver)
    return candidates.plus(delivered).grouped(matching.block_of, partial(matching.judge, judging)).kept()


def _surveyed(_: int, rows: Iterator[Read]) -> Iterator[_Survey]:
    survey = _Survey()
    for row in rows:
        if isinstance(row, Arrival):
            survey.rows[row.input] = row.row + 1
            survey.counts["records"] += 1
        elif isinstance(row, Rejection):
            survey.counts.update(("records", "rejected", f"rejected/{row.stage}/{row.reason}"))
        else:
            survey.problems.append(row.text)
    yield survey


def _buckets(_: int, rows: Iterator[Document | Member]) -> set[int]:
    documents = (to_document(row) for row in rows if isinstance(row, Document))
    return {document.bucket for document in documents}


def _counted(_: int, rows: Iterator[Document | Member | Edge | Placed]) -> Iterator[Counter[str]]:
    yield Counter(chain.from_iterable(map(_names, rows)))


def _names(row: Document | Member | Edge | Placed) -> tuple[str, ...]:
    """Name what a row counts as."""
    if isinstance(row, Edge):
        return ("edges", "joined") if row.joins else ("edges",)
    if isinstance(row, Placed):
        return ("clusters",) if row.role == Role.CANONICAL else ()
    return ("articles",) if isinstance(row, Member) else ("revisions",)
