"""kill -9 at random instants: is the store consistent afterwards, and the finished crawl equal to an undisturbed one?

A generated web (``benchmarks.changing_web``) is crawled on two days, each crawl a process of its own whose clock is
turned, into stores on SQLite and on PostgreSQL. The crawls are killed at random instants until so many kills have
landed in a run under way; after each, the store is checked, and no process of the crawl may be left. A crawl that ends
before its kill is the day's last. In the end the store is compared with that of an undisturbed crawl.

    .venv/bin/python -m benchmarks.kills [--kills 50] [--sites 24] [--pages 60]
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.changing_web import DAYS, ChangingWeb, noon
from benchmarks.loopback import serving
from crawler import jobs
from crawler.config import Config
from storage.checking import findings
from storage.queries import Queries
from storage.rows import AnySelect, select_current
from storage.schema import AliasTable, ArticleTable, LinkTable, RejectionTable, RevisionTable, RunTable
from storage.store import Store
from storage.types import ArticleQuery
from tests import postgres

ROOT = Path(__file__).resolve().parents[1]
ENDED_WITHIN_S = 5.0
_SHOWN = 5
_LOOKED_AT = 10
_QUIET = "ignore:resource_tracker"  # which warns of what a killed process has left to it

Contents = Mapping[str, set[object]]
Fresh = Callable[[int], AbstractContextManager[str]]


@dataclass(slots=True)
class Trial:
    """What was done to one store, and what came of it; ``problems`` are lines for a person."""

    store: str
    kills: int = 0
    crawls: int = 0
    slowest_end_s: float = 0.0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Crawler:
    """Crawls a web into stores."""

    web: ChangingWeb
    proxy: str

    def start(self, store: str, day: int) -> subprocess.Popen[str]:
        """Start a day's crawl, in a session of its own; it says when it has been imported and begins."""
        self.web.day = day
        crawl = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.kills", "--run", str(day)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
            cwd=ROOT, env={**os.environ, "PYTHONWARNINGS": _QUIET},
        )  # fmt: skip
        assert crawl.stdin is not None and crawl.stdout is not None
        with crawl.stdin as there:
            there.write(self._config(store).model_dump_json(by_alias=True))
        crawl.stdout.readline()
        return crawl

    def _config(self, store: str) -> Config:
        crawl = {"proxy": self.proxy, "delay_s": 0, "autothrottle": False, "max_links_per_source": 1000, "workers": 2}
        return Config.model_validate({"store": store, "crawl": crawl, "source": self.web.sources()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--run", metavar="DAY", type=int, help="make one day's crawl; the configuration is on stdin")
    parser.add_argument("--kills", type=int, default=50, help="on each database")
    parser.add_argument("--sites", type=int, default=24)
    parser.add_argument("--pages", type=int, default=60, help="of each site on each day")
    options = parser.parse_args()
    if options.run is not None:
        crawl_day(options.run)
        return
    with (
        crawling(options.sites, options.pages) as crawler,
        tempfile.TemporaryDirectory() as folder,
        postgres.server() as server,
    ):
        expected = undisturbed(crawler, f"{folder}/undisturbed.sqlite")
        print("undisturbed:", {what: len(rows) for what, rows in expected.items()}, flush=True)
        measure("SQLite", crawler, expected, options.kills, sqlite_in(Path(folder)))
        if server is None:
            raise SystemExit(postgres.NOT_FOUND)
        measure("PostgreSQL", crawler, expected, options.kills, postgres_on(server))


@contextmanager
def crawling(sites: int, pages: int) -> Iterator[Crawler]:
    """Serve a web to be crawled."""
    web = ChangingWeb(sites, pages)
    with serving(web.answer) as proxy:
        yield Crawler(web, proxy)


def sqlite_in(folder: Path) -> Fresh:
    """Give the URL of a numbered store in a folder."""
    return lambda number: nullcontext(f"sqlite:///{folder}/killed{number}.sqlite")


def postgres_on(server: str) -> Fresh:
    """Give the URL of a numbered store on a server."""
    return lambda number: postgres.schema(server, f"wirefold_kills_{number}")


def measure(name: str, crawler: Crawler, expected: Contents, kills: int, fresh: Fresh) -> None:
    """Print what so many kills do, in as many stores as it takes."""
    chance, begun_s, trials = random.Random(50), time.monotonic(), list[Trial]()
    for number in itertools.count(1):
        left = kills - sum(trial.kills for trial in trials)
        if not left:
            break
        with fresh(number) as store:
            trials.append(disturbed(crawler, store, left, chance))
            trials[-1].problems += differences(contents(store), expected)
    crawls, slowest_s = sum(trial.crawls for trial in trials), max(trial.slowest_end_s for trial in trials)
    print(f"{name}: {kills} kills in {crawls} crawls of {len(trials)} stores, {time.monotonic() - begun_s:.0f} s")
    print(f"  all processes of a killed crawl had ended {slowest_s:.2f} s later")
    problems = [f"  {problem}" for trial in trials for problem in trial.problems]
    print("\n".join(problems) or "  consistent after each kill, and in the end as if undisturbed", flush=True)


def undisturbed(crawler: Crawler, store: str) -> Contents:
    """Crawl in peace, and return what the store holds."""
    for day in DAYS:
        with crawler.start(store, day) as crawl:
            if crawl.wait():
                raise SystemExit("the undisturbed crawl failed")
    return contents(store)


def disturbed(crawler: Crawler, store: str, kills: int, chance: random.Random, longest_s: float = 4.0) -> Trial:
    """Crawl each day, killing what crawls until enough kills have landed; then to the end."""
    trial = Trial(store)
    for day in DAYS:
        code = -9
        while code == -9:
            with crawler.start(store, day) as crawl:
                code = ended(crawl, chance.uniform(0, longest_s) if trial.kills < kills else None)
            trial.crawls += 1
            check(trial, crawl.pid)
        if code:
            trial.problems.append(f"after {trial.kills} kills a crawl ended by itself with code {code}")
    return trial


def ended(crawl: subprocess.Popen[str], kill_after_s: float | None) -> int:
    """Wait for a crawl's end, or kill it, but not the processes that it has started; returns its exit code."""
    try:
        return crawl.wait(kill_after_s)
    except subprocess.TimeoutExpired:
        crawl.kill()
        return crawl.wait()


def check(trial: Trial, session: int) -> None:
    """Look at what a crawl has left behind. Kills that left no run unfinished came too early to count."""
    ended_s = all_ended_s(session)
    trial.slowest_end_s = max(trial.slowest_end_s, ended_s)
    with Store.open(trial.store) as store:
        found = list(findings(store))
        ask(store)
        with store.reading() as connection:
            unfinished = select(func.count(RunTable.id)).where(RunTable.finished_at.is_(None))
            trial.kills = connection.scalar(unfinished) or 0
    if ended_s > ENDED_WITHIN_S:
        found.append(f"processes of the crawl linger: {processes_of(session)}")
    trial.problems += [f"after kill {trial.kills}: {problem}" for problem in found]


def ask(store: Store) -> None:
    """Ask what people ask; it is not to raise."""
    queries = Queries(store)
    queries.stats()
    list(queries.clusters())
    for article in queries.articles(ArticleQuery(limit=_LOOKED_AT)):
        queries.article(article.url)
    with store.reading() as connection:
        links = connection.scalars(select(LinkTable.url).order_by(LinkTable.url).limit(_LOOKED_AT)).all()
    for link in links:
        queries.why(link)


def all_ended_s(session: int) -> float:
    """Wait until no process of a session is left; returns how long it took, in vain if more than ENDED_WITHIN_S."""
    begun_s = time.monotonic()
    while (waited_s := time.monotonic() - begun_s) <= ENDED_WITHIN_S and processes_of(session):
        time.sleep(0.02)
    return waited_s


def processes_of(session: int) -> list[int]:
    """Return the living processes of a session."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, its_session = file.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # ended just now
        if int(its_session) == session and state != "Z":
            found.append(int(file.parent.name))
    return found


def crawl_day(day: int) -> None:
    """Crawl what is due at noon of a day; here, in the process that may be killed."""
    config = Config.model_validate(json.load(sys.stdin))
    assert config.store is not None
    print("begins", flush=True)
    with Store.open(config.store) as store:
        jobs.crawl(store, config, config.sources, jobs.Silent(), now=lambda: noon(day))


def contents(url: str) -> Contents:
    """Return what a store holds, in words that do not depend on the order in which it came."""
    revision = (RevisionTable.seen_at, RevisionTable.headline, RevisionTable.article_body)
    selects: Mapping[str, AnySelect] = {
        "articles": select_current(ArticleTable.url, ArticleTable.address, ArticleTable.date_published, *revision),
        "revisions": select(ArticleTable.url, *revision).join(RevisionTable.__table__),
        "links": select(LinkTable.url, LinkTable.last_outcome, LinkTable.next_visit),
        "rejections": select(RejectionTable.url, RejectionTable.stage, RejectionTable.reason, RejectionTable.retry),
        "aliases": select(AliasTable.url, AliasTable.article_url),
    }
    with Store.open(url) as store:
        clusters = list(Queries(store).clusters(min_size=1))
        with store.reading() as connection:
            found = {what: set[object](map(tuple, connection.execute(rows))) for what, rows in selects.items()}
    members = {(row.canonical.url, frozenset(member.url for member in row.members)) for row in clusters}
    return {**found, "clusters": set(members)}


def differences(ours: Contents, expected: Contents) -> list[str]:
    """Say what only one of two stores holds."""
    found = []
    for what, rows in expected.items():
        for only, where in ((ours[what] - rows, "only after kills"), (rows - ours[what], "only undisturbed")):
            found += [f"{what}, {len(only)} {where}: {row}"[:300] for row in sorted(map(str, only))[:_SHOWN]]
    return found


if __name__ == "__main__":
    main()
