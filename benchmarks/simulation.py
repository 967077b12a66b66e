"""A day of the world's news through the real store and dedupe: does it keep up, and with how much to spare?

    .venv/bin/python -m benchmarks.simulation                                  # 250,000 articles of 20,000 sources
    .venv/bin/python -m benchmarks.simulation --articles 20000 --sources 2000  # a quick look

Synthetic articles (see benchmarks.synthetic; one in five is a copy, most of texts that run on many sites) arrive hour
by hour, the most at 14 h, the fewest at 2 h. As cron would have it, several runs an hour each put what is new and judge
it. "spare" is how many times all runs of an hour fit into it, by the clock. Fetching and extracting are not in it: see
benchmarks.throughput. It can be stopped at any time, and then sums up what there is.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from benchmarks import processes
from benchmarks.dedupe_quality import rand_index
from benchmarks.dedupe_speed import Taken, put, timed
from benchmarks.synthetic import START, World
from crawler.jobs import Silent
from crawler.jobs.dedupe import deduplicate
from storage.queries import Queries
from storage.store import Store
from storage.types import Article

HOURS = 24
PEAK_HOUR = 14
_SWING = 0.5  # the busiest hour has (1 + 0.5) / (1 - 0.5) times as many articles as the quietest
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Hour:
    """What an hour took: to put, and to judge; memory and the size of the store are those at its end."""

    hour: int
    articles: int
    put: Taken
    judged: Taken
    rss_bytes: int
    store_bytes: int

    @property
    def busy_s(self) -> float:
        """All that its runs took, by the clock."""
        return self.put.wall_s + self.judged.wall_s

    @property
    def spare(self) -> float:
        """How many times what its runs took fits into an hour."""
        return HOUR_S / max(self.busy_s, 1e-9)

    @property
    def cpu_ms(self) -> float:
        """CPU time an article."""
        return 1000 * (self.put.cpu_s + self.judged.cpu_s) / max(1, self.articles)

    def line(self) -> str:
        """Tell a person."""
        return (
            f"| {self.hour:2} | {self.articles:7,} | {self.put.wall_s:7.1f} | {self.judged.wall_s:7.1f} "
            f"| {self.cpu_ms:6.2f} | {self.spare:8.1f} | {self.rss_bytes / 1e6:7.0f} | {self.store_bytes / 1e6:8.0f} |"
        )


def hourly(articles: int) -> list[int]:
    """Say how many articles come in each hour of the day."""
    waves = (math.cos(2 * math.pi * (hour - PEAK_HOUR) / HOURS) for hour in range(HOURS))
    ends, total = [0], 0.0
    for wave in waves:
        total += (1 + _SWING * wave) / HOURS
        ends.append(round(articles * total))
    return [end - start for start, end in pairwise(ends)]


def arriving(world: World, start: int, count: int, begin_h: float, hours: float) -> Iterator[Article]:
    """Make the next articles, published at even distances in a stretch of time."""
    for place, article in enumerate(world.made(start, count)):
        moment = START + timedelta(hours=begin_h + hours * place / count)
        yield replace(article, date_published=moment)


def simulate(path: Path, world: World, runs: int) -> Iterator[Hour]:
    """Let a day pass: yields what each hour took."""
    done = 0
    for hour, articles in enumerate(hourly(world.articles)):
        puts, judgements = [], []
        for run in range(runs):
            count = articles * (run + 1) // runs - articles * run // runs
            new = list(arriving(world, done, count, hour + run / runs, 1 / runs))
            with Store.open(str(path)) as store:
                puts.append(timed(lambda store=store, new=new: put(store, new)))  # type: ignore[misc]
                judgements.append(timed(lambda store=store: deduplicate(store, Silent())))  # type: ignore[misc]
            done += count
        yield Hour(hour, articles, _sum(puts), _sum(judgements), processes.peak_rss_bytes(), _size_bytes(path))


def _sum(taken: Sequence[Taken]) -> Taken:
    return Taken(sum(each.cpu_s for each in taken), sum(each.wall_s for each in taken))


def _size_bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))


def tell(hours: Sequence[Hour], path: Path, world: World) -> None:
    """Sum up the hours that have passed, and compare the clusters with what was planted."""
    worst = min(hours, key=lambda hour: hour.spare)
    articles, busy_s = sum(hour.articles for hour in hours), sum(hour.busy_s for hour in hours)
    print(
        f"{articles:,} articles in {busy_s:,.0f} s: it keeps up {HOUR_S * len(hours) / busy_s:.1f} times over, in the"
        f" worst hour ({worst.hour} h) {worst.spare:.1f} times"
    )
    print(f"the store has {hours[-1].store_bytes / articles:,.0f} bytes an article, texts and all")
    truth, found = planted(path, world)
    print(f"adjusted Rand index of the clusters against what was planted: {rand_index(truth, found, [*found]):.4f}")


def planted(path: Path, world: World) -> tuple[dict[str, int], dict[str, int]]:
    """Return by article of which text it is, and in which cluster."""
    with Store.open(str(path)) as store:
        rows = list(Queries(store).clusters(min_size=1))
    found = {member.external_id: row.id for row in rows for member in row.members if member.external_id}
    originals = world.originals(0, len(found))
    return {number: originals[int(number)] for number in found}, found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--articles", type=int, default=250_000)
    options.add_argument("--sources", type=int, default=20_000)
    options.add_argument("--runs", type=int, default=12, help="an hour")
    options.add_argument("--words", type=int, nargs=2, default=(300, 600), help="least and most of an article")
    options.add_argument("--folder", type=Path, help="where the store is kept; it must not be there yet")
    chosen = options.parse_args()
    world = World(articles=chosen.articles, days=1.0, sites=chosen.sources, words=tuple(chosen.words))
    with tempfile.TemporaryDirectory() as temporary:
        path = (chosen.folder or Path(temporary)) / "day.sqlite"
        if path.exists():
            options.error(f"{path}: it is there already")
        path.parent.mkdir(parents=True, exist_ok=True)
        print("|  h | articles | put, s | judge, s | CPU ms | spare, x | peak MB | store MB |\n|" + "---|" * 8)
        hours: list[Hour] = []
        with suppress(KeyboardInterrupt):
            for hour in simulate(path, world, chosen.runs):
                hours.append(hour)
                print(hour.line(), flush=True)
        if hours:
            tell(hours, path, world)


if __name__ == "__main__":
    main()
