"""Pages a second, with politeness off: is a crawl as fast as extraction? Beside it, news-please on the same pages.

The pages of ../shared/data/newsweb-2016_11.warc.gz are (1) extracted from memory by a WorkerPool, (2) crawled over HTTP
with jobs.crawl into a SQLite store, by as many workers, (3) crawled over HTTP by news-please's own Download crawler.
Each runs in processes of its own, one after another. A crawl counts from its call, with Scrapy's import and the start
of the workers, until it turns to the copies (all is stored then), and once more until the copies are found, too.

    .venv/bin/python -m benchmarks.throughput [--repeat 3] [--without-peers]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Self, TypeVar

from benchmarks import archive_web, news_please
from benchmarks.newsweb_days import LISTING, WARC
from crawler import jobs
from crawler.config import Config
from crawler.extract.page import Page
from crawler.workers import WorkerPool
from storage.store import Store

T = TypeVar("T")

_WORKERS = os.cpu_count() or 1
_IN_FLIGHT = 64
_MARK_EVERY_S = 0.2
_BUSY_FIELDS = (0, 1, 2, 5, 6, 7)  # of /proc/stat: user, nice, system, irq, softirq, steal; not idle, not iowait


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the clocks stand: seconds, CPU seconds of the machine, and of this process."""

    at_s: float
    machine_s: float
    process_s: float

    @classmethod
    def now(cls) -> Self:
        ticks = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        busy = sum(int(ticks[field]) for field in _BUSY_FIELDS)
        return cls(time.monotonic(), busy / os.sysconf("SC_CLK_TCK"), time.process_time())


@dataclass(frozen=True, slots=True)
class Run:
    """What one run did between two moments."""

    pages: int
    begun: Moment
    ended: Moment

    @property
    def rate(self) -> float:
        return self.pages / self.seconds

    @property
    def seconds(self) -> float:
        return self.ended.at_s - self.begun.at_s

    def line(self) -> str:
        """Tell a person."""
        machine_s, own_s = self.ended.machine_s - self.begun.machine_s, self.ended.process_s - self.begun.process_s
        busy = machine_s / self.seconds / (os.cpu_count() or 1)
        per_page = f"{1000 * machine_s / self.pages:5.1f} ms of CPU a page"
        return (
            f"{self.rate:7.1f} pages/s, {self.pages} pages in {self.seconds:5.1f} s, {busy:4.0%} of the CPU busy, "
            f"{per_page}, {1000 * own_s / self.pages:4.1f} of them in the process itself"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=3, help="how often; a machine's speed drifts")
    parser.add_argument("--without-peers", action="store_true", help="leave news-please out")
    options = parser.parse_args()
    if not WARC.exists():
        raise SystemExit(f"the archive is not here: no file {WARC}")
    with archive_web.serving(WARC, LISTING) as web:
        shares = [measure(web) for _ in range(options.repeat)]
        print(
            "median of crawl / memory: {:.0%}, {:.0%} from the first page to the last".format(
                *map(median, zip(*shares, strict=True))
            )
        )
        if not options.without_peers:
            measure_peer(web)


def measure(web: archive_web.Handle) -> tuple[float, float]:
    """Print the figures of one round; returns the crawl's share of what comes from memory, whole and steady."""
    memory, memory_steady = apart(from_memory)
    tell(f"WorkerPool({_WORKERS}), from memory", memory)
    tell("  from the first page to the last", memory_steady)
    crawled, crawled_steady, with_copies = apart(crawl, web)
    tell("wirefold crawl, all stored", crawled)
    tell("  from the first page to the last", crawled_steady)
    tell("  copies found, too", with_copies)
    return crawled.rate / memory.rate, crawled_steady.rate / memory_steady.rate


def measure_peer(web: archive_web.Handle) -> None:
    """Print the figures of news-please, beside those of one more crawl."""
    package = news_please.package()
    if package is None:
        print(f"news-please is not here ({news_please.PYTHON}): `make peers` installs it")
        return
    theirs, (crawled, _, _) = by_news_please(web, package), apart(crawl, web)
    tell(f"news-please {news_please.version(package)}", theirs)
    tell("wirefold crawl, all stored", crawled)
    print(f"crawl / news-please: {crawled.rate / theirs.rate:.1f}x", flush=True)


def tell(what: str, run: Run) -> None:
    print(f"{what:36}{run.line()}", flush=True)


def apart(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(function, *arguments).result()


def from_memory() -> tuple[Run, Run]:
    """Extract all pages, which are read before the clock starts; returns the whole, and from first to last page."""
    pages, done = pages_served(), Pages()
    begun = Moment.now()
    with WorkerPool(_WORKERS) as pool:
        extracting: deque[Future[Any]] = deque()
        for page in pages:
            extracting.append(pool.extract(page))
            if len(extracting) >= _IN_FLIGHT:
                extracting.popleft().result()
                done.advance(1)
        while extracting:
            extracting.popleft().result()
            done.advance(1)
        return Run(len(pages), begun, Moment.now()), done.run()


def pages_served() -> list[Page]:
    """Return the pages as the web serves them."""
    web, now = archive_web.ArchiveWeb(WARC, LISTING), datetime.now(UTC)
    versions = ((url, versions[-1][1]) for url, versions in web.versions.items())
    return [Page(url=url, content=last.body, content_type=last.content_type, fetched_at=now) for url, last in versions]


def crawl(web: archive_web.Handle) -> tuple[Run, Run, Run]:
    """Crawl every source into an empty store; returns the crawl, from first to last page, and with finding copies."""
    steps = Steps()
    with tempfile.TemporaryDirectory() as folder:
        config = config_of(web, f"{folder}/crawled.sqlite")
        with Store.open(str(config.store)) as store:
            begun = Moment.now()
            pages = jobs.crawl(store, config, config.sources, steps).counts["pages"]
            ended = Moment.now()
    return Run(pages, begun, steps.begun["Finding copies"]), steps.pages.run(), Run(pages, begun, ended)


class Pages:
    """Notes how many pages were done when, several times a second: reading the clocks takes half a millisecond."""

    def __init__(self) -> None:
        self.count = 0
        self.marks: list[tuple[int, Moment]] = []

    def advance(self, more: int) -> None:
        self.count += more
        if not self.marks or time.monotonic() - self.marks[-1][1].at_s > _MARK_EVERY_S:
            self.marks.append((self.count, Moment.now()))

    def run(self) -> Run:
        """Return what came between the first and the last mark."""
        (before, begun), (count, ended) = self.marks[0], self.marks[-1]
        return Run(count - before, begun, ended)


class Steps:
    """A Progress that notes when each step of a job begins, and the pages of the crawl."""

    def __init__(self) -> None:
        self.begun: dict[str, Moment] = {}
        self.pages = Pages()

    @contextmanager
    def step(self, what: str, total: int | None) -> Iterator[Callable[[int], None]]:
        self.begun[what] = Moment.now()
        yield self.pages.advance if what == "Crawling" else lambda _: None


def config_of(web: archive_web.Handle, store: str) -> Config:
    """Configure a crawl without politeness and limits."""
    options = {
        "proxy": web.proxy,
        "delay_s": 0,
        "autothrottle": False,
        "concurrency_per_site": 100,
        "max_links_per_source": 1000,
        "workers": _WORKERS,
    }
    sources = [{"name": source, "kind": "feed", "url": f"http://{source}/feed"} for source in web.sources]
    return Config.model_validate({"store": store, "crawl": options, "source": sources})


def by_news_please(web: archive_web.Handle, package: Path) -> Run:
    """Let news-please crawl the pages; those count that it was given, though it does not store an article of each."""
    urls = list(archive_web.ArchiveWeb(WARC, LISTING).versions)
    before = pages_sent(web)
    with tempfile.TemporaryDirectory() as folder:
        begun = Moment.now()
        stored = news_please.crawl(package, urls, web.proxy, Path(folder))
        ended = Moment.now()
    print(f"news-please stored {stored} articles of {len(urls)} addresses")
    return Run(pages_sent(web) - before, begun, ended)


def pages_sent(web: archive_web.Handle) -> int:
    """Count the pages that the web has sent so far."""
    return sum(count for url, status, _, count in web.log() if status == 200 and not url.endswith("/feed"))


if __name__ == "__main__":
    main()
