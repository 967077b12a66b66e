"""How fast it is on one core: texts to signatures, and 20,000 articles end to end into clusters.

Each measure runs in a fresh process on one core with one thread, ours and the peers' in turn, so that they share the
machine's good and bad moments. Seconds are of CPU: who else uses the machine does not count. With SQLite, what is
waited for counts, too, and stands beside. A section of ``benchmarks.dedupe``, which says how to run it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow.parquet as parquet

from benchmarks import processes
from storage.store import Store
from storage.types import Article

if TYPE_CHECKING:
    from dedupe.documents import Document

PLANTED = Path(__file__).resolve().parents[2] / "shared" / "data" / "planted-20k.parquet"
CHARACTERS = (2800, 3200)
TEXTS = 2000
OURS = "wirefold"
BASE = "datasketch bulk"
MODULE = "benchmarks.dedupe_speed"
_BATCH = 1000
_JUDGED = 500

T = TypeVar("T")


@dataclass(frozen=True)
class Taken:
    """Seconds that something took."""

    cpu_s: float
    wall_s: float


def signatures(rounds: int) -> None:
    """Print how many texts of 3 kB a second become MinHash signatures of 128 permutations, from 5-word shingles."""
    texts = [text for text in planted_texts() if CHARACTERS[0] <= len(text) <= CHARACTERS[1]][:TEXTS]
    core = processes.last_core()
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        path.write_text(json.dumps(texts))
        for _ in range(rounds):
            ours = processes.alone(MODULE, "signatures", str(path), core=core)
            for name, cpu_s in ({OURS: ours["cpu_s"]} | processes.peers("signatures", texts, core=core)).items():
                taken.setdefault(name, []).append(cpu_s)
    print(f"\nsignatures: {len(texts)} texts of {CHARACTERS[0]} to {CHARACTERS[1]} characters, one core, CPU seconds")
    base = min(taken[BASE])
    for name, seconds in taken.items():
        spread = max(seconds) / min(seconds)
        print(
            f"  {name:22} {len(texts) / min(seconds):9,.0f} docs/s  {base / min(seconds):6.2f} of {BASE}"
            f"  (best of {rounds}, the worst took {spread:.2f} times as long)"
        )


def pipeline(rounds: int) -> None:
    """Print how many of 20,000 articles a second go end to end into clusters, beside signatures alone."""
    texts, core = planted_texts(), processes.last_core()
    taken: dict[str, list[Taken]] = {}
    for _ in range(rounds):
        cpu_s = processes.peers("baseline", texts, core=core)[BASE]
        taken.setdefault(f"{BASE}, signatures alone", []).append(Taken(cpu_s, cpu_s))
        for name in PIPELINES:
            taken.setdefault(name, []).append(Taken(**processes.alone(MODULE, name, str(PLANTED), core=core)))
    print(f"\npipeline: {len(texts)} articles of planted-20k, one core")
    base = statistics.median(each.cpu_s for each in taken[f"{BASE}, signatures alone"])
    for name, found in taken.items():
        cpu_s, wall_s = (statistics.median(getattr(each, unit) for each in found) for unit in ("cpu_s", "wall_s"))
        print(
            f"  {name:34} {len(texts) / cpu_s:9,.0f} docs/s of CPU, {base / cpu_s:5.2f} of {BASE}"
            f"  ({len(texts) / wall_s:,.0f} docs/s on the clock; median of {rounds})"
        )


def planted_texts() -> list[str]:
    found: list[str] = parquet.read_table(PLANTED, columns=["text"])["text"].to_pylist()
    return found


# -- in a process of its own ------------------------------------------------------------------------------------------


def our_signatures(path: Path) -> Taken:
    from dedupe.shingles import prepare
    from dedupe.sketches import signatures

    def sketch(texts: Sequence[str]) -> list[Any]:
        return [signatures([body.sequence for body in prepare(some)]) for some in in_batches(texts)]

    texts: list[str] = json.loads(path.read_text())
    sketch(texts[:20])  # what is loaded once is not the texts'
    return timed(lambda: sketch(texts))


def in_memory(path: Path) -> Taken:
    """Lead articles from texts to clusters in memory."""
    from crawler.jobs.dedupe import collecting_rarely
    from dedupe.documents import Document

    rows = parquet.read_table(path).to_pylist()
    documents = [
        Document(
            number=number,
            article_id=number,
            site=row["site"],
            headline=row["title"],
            text=row["text"],
            language=None,
            published=float(row["published"]),
            day=row["published"] / 86_400,
        )
        for number, row in enumerate(rows)
    ]
    with collecting_rarely():
        return timed(lambda: clusters_of(documents))


def clusters_of(documents: Sequence[Document]) -> list[tuple[int, ...]]:
    from dedupe.clusters import Evidence, partition
    from dedupe.library import MemoryLibrary
    from dedupe.matching import Matcher

    library, evidence = MemoryLibrary(), Evidence()
    matcher = Matcher(library)
    for some in in_batches(documents):
        known = matcher.read(some)
        for edge in matcher.match(known, {each.number for each in some}):
            verdict = edge.verdict
            a, b, containment = edge.a.article_id, edge.b.article_id, edge.measures.containment
            evidence.add(a, b, verdict.relation, containment, joins=verdict.joins)
        library.keep(known)
    articles = [document.article_id for document in documents]
    return partition(articles, evidence.joins, doubts=evidence.doubts, objections=evidence.objections)


def in_batches(things: Sequence[T]) -> Iterable[Sequence[T]]:
    """Take as many at a time as dedupe does."""
    return (things[first : first + _JUDGED] for first in range(0, len(things), _JUDGED))


def with_sqlite(path: Path) -> Taken:
    """Judge what was imported before: texts in the store to clusters in the store."""
    from crawler.jobs import Silent
    from crawler.jobs.dedupe import deduplicate
    from crawler.spiders.archive import read_records, to_article

    articles = [to_article(record, keep_id=True) for _, record in read_records(path) if isinstance(record, dict)]
    with tempfile.TemporaryDirectory() as folder, Store.open(str(Path(folder) / "store.sqlite")) as store:
        put(store, (article for article in articles if isinstance(article, Article)))
        return timed(lambda: deduplicate(store, Silent()))


def put(store: Store, articles: Iterable[Article]) -> None:
    """Store articles, many in a transaction."""
    run_id = store.start_run("benchmark", datetime.now(UTC))
    remaining = iter(articles)
    while batch := list(islice(remaining, _BATCH)):
        with store.transaction():
            for article in batch:
                seen_at = article.date_published or datetime.now(UTC)
                store.put_article(article, run_id=run_id, seen_at=seen_at)
    store.finish_run(run_id, datetime.now(UTC), {})


def timed(work: Callable[[], object]) -> Taken:
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    work()
    return Taken(time.process_time() - cpu_s, time.perf_counter() - wall_s)


PIPELINES: Mapping[str, Callable[[Path], Taken]] = {"before the database": in_memory, "with SQLite": with_sqlite}
MEASURES: Mapping[str, Callable[[Path], Taken]] = {"signatures": our_signatures, **PIPELINES}


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("measure", choices=MEASURES)
    options.add_argument("path", type=Path)
    options.add_argument("--core", type=int, required=True)
    chosen = options.parse_args(arguments)
    os.sched_setaffinity(0, {chosen.core})
    taken = MEASURES[chosen.measure](chosen.path)
    print(json.dumps({"cpu_s": taken.cpu_s, "wall_s": taken.wall_s}))


if __name__ == "__main__":
    main()
