"""How soon a fresh process knows what 1,000 new articles are copies of, beside a million stored ones.

Makes a store of synthetic articles, and the index that datasketch's documentation would have one keep: a pickled
MinHashLSH, of 100,000 articles, of which reading it back alone is measured. The store is made once and kept if a folder
is named; each round adds new articles to it. Made in small first, it says what to expect of a large one:

    .venv/bin/python -m benchmarks.dedupe index --articles 20000
    .venv/bin/python -m benchmarks.dedupe index --folder /somewhere/large                        # a million: 7 GB
    .venv/bin/python -m benchmarks.dedupe index --folder ... --articles 10000000 --words 60 120  # 10 million: 20 GB

Stored articles are filed, but not judged among themselves, which would take hours: what is measured is finding copies
of the new ones. The length of a text does not change the size of the index, so that ten million can be short ones.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.dedupe_speed import put
from benchmarks.synthetic import World
from storage.queries import Queries
from storage.store import Store
from storage.types import IndexState

NEW = 1000
PICKLED = 100_000
MODULE = "benchmarks.dedupe_index"
INDEX_TABLES = (
    "posting_block",
    "posting_run",
    "site_sample",
    "sketch",
)  # what finds candidates; edges and clusters are what came of it
_STEP = 50_000
_FILED = 500


@dataclass(frozen=True)
class Round:
    """What one fresh process did; ``whole_s`` counts its start and imports, too."""

    whole_s: float
    to_edges_s: float
    rss_bytes: int
    joined: int
    found: str


def index(articles: int, words: tuple[int, int], folder: Path, rounds: int) -> None:
    """Print seconds, memory and bytes beside unpickling datasketch's index of a tenth (at most) of the articles."""
    world = World(articles=articles, words=words)
    path = folder / f"synthetic-{articles}-{words[0]}-{words[1]}.sqlite"
    pickled = folder / "datasketch.pickle"
    make_store(path, world, file)
    if not pickled.exists():
        make_pickle(pickled)
    print(f"\nindex: {NEW} new articles against {articles:,} stored, a fresh process each; on the clock")
    base = [processes.alone(MODULE, "unpickle", str(pickled)) for _ in range(rounds)]
    base_s = statistics.median(each["seconds"] for each in base)
    print(
        f"  unpickling datasketch's index of {PICKLED:,}: {base_s:.2f} s (median of {rounds}),"
        f" {base[0]['rss_bytes'] / 1e6:,.0f} MB, {pickled.stat().st_size / PICKLED:,.0f} bytes an article"
    )
    for state, runs in (("file not in memory", 1), ("file in memory", rounds)):
        print_rounds(state, [fresh_round(path, world, is_cold=runs == 1) for _ in range(runs)], base_s)
    print_bytes(path)


def print_rounds(state: str, found: Sequence[Round], base_s: float) -> None:
    to_edges_s, whole_s = (
        statistics.median(getattr(each, name) for each in found) for name in ("to_edges_s", "whole_s")
    )
    print(
        f"  wirefold, {state:18}: {to_edges_s:.2f} s from opening the store to edges and clusters,"
        f" {to_edges_s / base_s:.3f} of unpickling; {whole_s:.2f} s with start and imports; peak"
        f" {max(each.rss_bytes for each in found) / 1e6:,.0f} MB; {found[-1].joined} joined, {found[-1].found}"
    )


def fresh_round(path: Path, world: World, *, is_cold: bool) -> Round:
    """Add new articles to the store, and have a fresh process judge them."""
    with Store.open(str(path)) as store:
        start = Queries(store).stats().articles
        put(store, world.made(start, NEW))
    if is_cold:
        forget(path)
    started = time.perf_counter()
    judged = processes.alone(MODULE, "judge", str(path))
    whole_s = time.perf_counter() - started
    with Store.open(str(path)) as store:
        found = copies_found(store, world, start)
    return Round(whole_s, judged["seconds"], judged["rss_bytes"], judged["joined"], found)


def copies_found(store: Store, world: World, start: int) -> str:
    """Say how many of the new articles that are copies of earlier ones have an edge to one that joins."""
    originals = world.originals(0, start + NEW)
    earlier = Counter(originals[:start])
    joined: dict[int, set[int]] = {}
    for edge in Queries(store).edges_of(list(range(start + 1, start + NEW + 1))):
        if edge.joins:  # ids count from 1, numbers of articles from 0
            joined.setdefault(edge.article_b - 1, set()).add(originals[edge.article_a - 1])
    copies = [number for number in range(start, start + NEW) if earlier[originals[number]]]
    found = sum(originals[number] in joined.get(number, ()) for number in copies)
    wrong = sum(bool(others - {originals[number]}) for number, others in joined.items())
    return f"{found} of {len(copies)} planted copies of stored articles, {wrong} joined wrongly"


# -- making -----------------------------------------------------------------------------------------------------------


def make_store(path: Path, world: World, settle: Callable[[Store], object]) -> None:
    """Make the store, or go on making it; each step is settled before the next comes."""
    put_s = settled_s = 0.0
    with Store.open(str(path)) as store:
        begun = done = Queries(store).stats().articles
        settle(store)
        while done < world.articles:
            step = min(_STEP, world.articles - done)
            started = time.perf_counter()
            put(store, world.made(done, step))
            put_s += time.perf_counter() - started
            started = time.perf_counter()
            settle(store)
            settled_s += time.perf_counter() - started
            done += step
            print(f"  {done:,} stored; {put_s:.0f} s to store, {settled_s:.0f} s to {settle.__name__}", flush=True)
    if done > begun:
        print(
            f"  {(done - begun) / put_s:,.0f} articles/s stored, {(done - begun) / settled_s:,.0f}/s {settle.__name__}d"
        )


def judge(store: Store) -> Mapping[str, int]:
    """Judge what is new, as every run does."""
    from crawler.jobs import Silent
    from crawler.jobs.dedupe import deduplicate

    return deduplicate(store, Silent())


def file(store: Store) -> None:
    """Put what is new into the index, as judging does, and judge none of it."""
    from crawler.jobs.library import StoredLibrary, to_document
    from dedupe.matching import SPEC, Matcher

    library = StoredLibrary(store)
    matcher = Matcher(library)
    state = store.index.state()
    last = state.last_revision if state else 0
    while arrived := store.index.arrivals(last, _FILED):
        last = arrived[-1].revision_id
        with store.transaction():
            known = matcher.read([to_document(document) for document in arrived])
            matcher.match(known, set())
            library.keep(known, known)
            store.index.put_state(IndexState(spec=SPEC, last_revision=last))


def make_pickle(path: Path) -> None:
    """Keep an index as datasketch's documentation makes one: MinHashLSH, threshold 0.5, 128 permutations."""
    from datasketch import MinHash, MinHashLSH

    from dedupe.shingles import prepare
    from dedupe.sketches import NUM_PERM, signatures

    index = MinHashLSH(threshold=0.5, num_perm=NUM_PERM)
    with index.insertion_session() as session:
        for number, article in enumerate(World(articles=PICKLED).made(0, PICKLED)):
            (lowest,) = signatures([body.sequence for body in prepare([article.article_body])])
            session.insert(number, MinHash(hashvalues=lowest, scheme="affine32"))
    with path.open("wb") as file:
        pickle.dump(index, file, protocol=pickle.HIGHEST_PROTOCOL)


def forget(path: Path) -> None:
    """Have the system drop what it keeps of the file in memory, as it is for a job that runs once an hour."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def print_bytes(path: Path) -> None:
    """Print the bytes an article of the tables that dedupe fills."""
    with closing(sqlite3.connect(path)) as connection:
        (articles,) = connection.execute("SELECT COUNT(*) FROM article").fetchone()
        size = "SELECT COALESCE(SUM(pgsize), 0) FROM dbstat WHERE name = ?"
        for table in (*INDEX_TABLES, "edge", "cluster"):
            names = connection.execute("SELECT name FROM sqlite_schema WHERE tbl_name = ? AND rootpage > 0", (table,))
            sizes = {name: connection.execute(size, (name,)).fetchone()[0] for (name,) in names.fetchall()}
            is_index = "index" if table in INDEX_TABLES else "result"
            print(f"  {is_index:7} {table:13} {sum(sizes.values()) / articles:8,.1f} bytes an article")


# -- in a process of its own ------------------------------------------------------------------------------------------


def judge_file(path: Path) -> Mapping[str, Any]:
    """Judge what is new in a store, as a job of cron does."""
    import crawler.jobs  # noqa: F401  as for unpickling

    started = time.perf_counter()
    with Store.open(str(path)) as store:
        counts = judge(store)
    return {"seconds": time.perf_counter() - started, "joined": counts["joined"]}


def unpickle(path: Path) -> Mapping[str, Any]:
    """Read datasketch's index back, which a fresh process needs before it can ask."""
    import datasketch  # noqa: F401  loading it is not reading the index

    started = time.perf_counter()
    with path.open("rb") as file:
        pickle.load(file)
    return {"seconds": time.perf_counter() - started}


TASKS: Mapping[str, Callable[[Path], Mapping[str, Any]]] = {"judge": judge_file, "unpickle": unpickle}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("task", choices=TASKS)
    options.add_argument("path", type=Path)
    chosen = options.parse_args()
    done = TASKS[chosen.task](chosen.path)
    print(json.dumps({**done, "rss_bytes": processes.peak_rss_bytes()}))


if __name__ == "__main__":
    main()
