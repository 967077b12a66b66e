"""Whether a backfill makes of an archive what importing it makes, and what an article costs on each way.

    .venv/bin/python -m benchmarks.backfill                            # planted-20k and newsweb, all engines: 6 min
    .venv/bin/python -m benchmarks.backfill --engines local --inputs planted-20k
    .venv/bin/python -m benchmarks.backfill --steps --inputs planted-20k    # what each step takes and writes: 1 min

Edges and clusters are compared one by one, by the articles' addresses. Seconds are of CPU, of all processes, from a
fresh process with all imports on: divided by the articles they do not depend on how many cores there are. Spark's are
those of its Java process, too.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import pyarrow.parquet as parquet

from benchmarks import processes
from crawler import jobs
from crawler.jobs.backfill.engines import LocalEngine
from crawler.jobs.backfill.spark import SparkEngine
from storage.queries import Queries
from storage.store import Store

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
INPUTS = {"planted-20k": DATA / "planted-20k.parquet", "newsweb": DATA / "newsweb-2016_11.warc.gz"}
STORE = "import"
MODULE = "benchmarks.backfill"

U = TypeVar("U")

Edge: TypeAlias = tuple[str, str, str, bool, float, str]
"""Both addresses, the relation, whether it joins, the containment, the reason."""
Placed: TypeAlias = tuple[str, str, str, str]
"""An article's address, that of its cluster's first article, its role, and why the canonical one is so."""


@dataclass(frozen=True)
class Result:
    """What was made of an input."""

    edges: frozenset[Edge]
    placed: frozenset[Placed]

    @property
    def clusters(self) -> int:
        """Count the clusters."""
        return len({cluster for _, cluster, _, _ in self.placed})


def of_store(path: Path) -> Result:
    """Read what a store holds."""
    with Store.open(str(path)) as store:
        queries = Queries(store)
        rows = list(queries.clusters(min_size=1))
        url_of = {member.id: member.url for row in rows for member in row.members}
        edges = frozenset(
            (url_of[e.article_a], url_of[e.article_b], e.relation, e.joins, e.containment, e.reason)
            for e in queries.edges()
        )
    placed = frozenset(
        (member.url, url_of[row.id], str(member.role), row.canonical_reason) for row in rows for member in row.members
    )
    return Result(edges, placed)


def of_folder(path: Path) -> Result:
    """Read what a backfill has written."""
    edges, rows = (parquet.read_table(path / kind).to_pylist() for kind in ("edges", "clusters"))
    url_of = {row["article_id"]: row["url"] for row in rows}
    return Result(
        frozenset(
            (url_of[e["article_a"]], url_of[e["article_b"]], e["relation"], e["joins"], e["containment"], e["reason"])
            for e in edges
        ),
        frozenset((row["url"], url_of[row["cluster_id"]], row["role"], row["canonical_reason"]) for row in rows),
    )


def by_import(source: Path, folder: Path) -> None:
    """Take an input into a store, as the command line does."""
    with Store.open(str(folder / "store.sqlite")) as store:
        if source.suffix == ".parquet":
            jobs.import_file(store, source, keep_id=True, progress=jobs.Silent())
        else:
            jobs.ingest(store, [source], workers=1, progress=jobs.Silent())
    print(json.dumps({"cpu_s": cpu_s()}))


def by_backfill(engine: str, source: Path, folder: Path) -> None:
    """Make the edges and clusters of an input on an engine."""
    with SparkEngine() if engine == "spark" else LocalEngine() as running:
        jobs.backfill([str(source)], str(folder / "out"), running, jobs.Reading(datetime.now(UTC)))
        print(json.dumps({"cpu_s": cpu_s()}))


WAYS: Mapping[str, Callable[[Path, Path], None]] = {
    STORE: by_import,
    "local": partial(by_backfill, "local"),
    "spark": partial(by_backfill, "spark"),
}


def cpu_s() -> float:
    """Return the seconds of CPU of this process and all that it has started, whether they have ended or not."""
    found: dict[int, tuple[int, int]] = {}  # by process: its parent, and clock ticks
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended since
            words = file.read_text().rpartition(")")[2].split()
            found[int(file.parent.name)] = int(words[1]), sum(map(int, words[11:15]))
    ours = {os.getpid()}
    while more := {pid for pid, (parent, _) in found.items() if parent in ours} - ours:
        ours |= more
    return sum(found[pid][1] for pid in ours) / os.sysconf("SC_CLK_TCK")


def compare(name: str, engines: Sequence[str]) -> None:
    """Print how engines' results differ from the store's, and what an article costs."""
    with tempfile.TemporaryDirectory() as temporary:
        folders = {way: Path(temporary, way) for way in (STORE, *engines)}
        taken = {}
        for way, folder in folders.items():
            folder.mkdir()
            taken[way] = processes.alone(MODULE, "--run", way, str(INPUTS[name]), str(folder))["cpu_s"]
        truth = of_store(folders[STORE] / "store.sqlite")
        articles = len(truth.placed)
        print(f"\n{name}: {articles:,} articles, {len(truth.edges):,} edges, {truth.clusters:,} clusters")
        for way, folder in folders.items():
            found = truth if way == STORE else of_folder(folder / "out")
            print(
                f"  {way:8} {len(found.edges ^ truth.edges):,} edges and {len(found.placed ^ truth.placed):,} places"
                f" differ; {articles / taken[way]:6.0f} articles/s of CPU ({taken[way]:.0f} s)",
                flush=True,
            )


class Weighed(LocalEngine):
    """The local engine in one process, which prints what each step takes and writes."""

    def run(self, tasks: Sequence[Callable[[], U]]) -> list[U]:
        """See `LocalEngine.run`."""
        cpu_s, before = time.process_time(), self._written()
        done = super().run(tasks)
        written, cpu_s = self._written() - before, time.process_time() - cpu_s
        print(f"  {_step(tasks[0]):32} {cpu_s:7.2f} s of CPU {written / 1e6:9.1f} MB written", flush=True)
        return done

    def _written(self) -> int:
        return sum(file.stat().st_size for file in self._folder.rglob("*") if file.is_file())


def _step(task: Any) -> str:
    """Name a step: what is done with the rows, and the function that it is done with."""
    functions = (each for each in task.args if isinstance(each, partial) or callable(each))
    inner = next(functions)
    while isinstance(inner, partial):
        inner = next((each for each in inner.args if callable(each)), inner.func)
    keys = next((each for each in functions if callable(each)), None)
    named = keys.func if isinstance(keys, partial) else keys
    return f"{task.func.__name__.strip('_')} {named.__name__ if named else getattr(inner, '__name__', '')}"


def weigh(name: str) -> None:
    """Print what each step of a backfill takes and writes."""
    print(f"\n{name}, step by step")
    with tempfile.TemporaryDirectory() as folder, Weighed() as engine:
        jobs.backfill([str(INPUTS[name])], f"{folder}/out", engine, jobs.Reading(datetime.now(UTC)))
        for kind in ("edges", "clusters"):
            written = sum(file.stat().st_size for file in Path(folder, "out", kind).iterdir())
            print(f"  {kind}: {written / 1e6:.1f} MB of Parquet")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--inputs", nargs="+", choices=INPUTS, default=[*INPUTS])
    options.add_argument("--engines", nargs="+", choices=("local", "spark"), default=["local", "spark"])
    options.add_argument("--steps", action="store_true", help="what each step takes and writes, instead")
    options.add_argument("--run", nargs=3, metavar=("WAY", "INPUT", "FOLDER"), help="one way alone, in this process")
    chosen = options.parse_args()
    if chosen.run:
        way, source, folder = chosen.run
        WAYS[way](Path(source), Path(folder))
        return
    for name in chosen.inputs:
        if INPUTS[name].exists() and chosen.steps:
            weigh(name)
        elif INPUTS[name].exists():
            compare(name, chosen.engines)
        else:
            print(f"\n{name}: skipped, it is not here: {INPUTS[name]}")


if __name__ == "__main__":
    main()
