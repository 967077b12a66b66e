"""Does memory stay flat? `wirefold crawl` visits 50,000 small pages, and is looked at from outside all the while.

A generated web on loopback has 50 hosts, each with a sitemap of 1,000 pages. The crawl runs as a user would run it,
with politeness off; every few seconds the resident memory (VmRSS in /proc) of the main process and of each worker is
read, beside the number of pages that were served. The slope is the least-squares line through what follows the first
5,000. What finding copies takes afterwards, when nothing is fetched any more, is said apart.

    .venv/bin/python -m benchmarks.memory [--hosts 50] [--pages 1000] [--workers 2]
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.loopback import Answer, serving

WIREFOLD = Path(sys.executable).parent / "wirefold"
EVERY_S = 3.0
WARM_AFTER = 5_000
COPIES_FOR_S = 60.0
_WORDS = [
    first + last for first in ("ba", "de", "fo", "gul", "kin", "lor", "mas", "ne") for last in "abdefgiklmnoprstu"
]


class ManyPages:
    """A web of hosts with sitemaps of small pages; counts the pages it has served."""

    def __init__(self, pages: int) -> None:
        self.served = 0
        self._pages = pages

    def answer(self, url: str) -> Answer:
        parts = urlsplit(url)
        if parts.path == "/sitemap.xml":
            addresses = (f"http://{parts.hostname}/news/{number}-a-small-page" for number in range(self._pages))
            entries = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
            root = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
            return Answer(root.encode(), "application/xml")
        if not parts.path.startswith("/news/"):
            return Answer(b"", "text/plain", 404)
        self.served += 1
        return Answer(page(url))


def page(url: str) -> bytes:
    """Make a small article that shares no text with another."""
    chance = random.Random(url)
    paragraphs = [" ".join(chance.choices(_WORDS, k=40)).capitalize() + "." for _ in range(4)]
    headline = " ".join(chance.choices(_WORDS, k=6)).capitalize()
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<title>{headline}</title><meta property='article:published_time' content='2026-03-01T08:00:00Z'>"
    return f"<html lang=en><head>{head}</head><body><h1>{headline}</h1><article>{body}</article></body></html>".encode()


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident memory in kB after so many pages; ``others`` are the fork server and what else is neither."""

    at_s: float
    pages: int
    main: int
    workers: tuple[int, ...]
    others: int

    def line(self) -> str:
        """Tell a person."""
        each = " ".join(f"{worker / 1024:6.1f}" for worker in self.workers)
        return f"{self.at_s:6.0f} {self.pages:7} {self.main / 1024:8.1f}   {each}   {self.others / 1024:6.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--pages", type=int, default=1000, help="of each host")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    web = ManyPages(options.pages)
    with serving(web.answer) as proxy, tempfile.TemporaryDirectory() as folder:
        write_config(Path(folder), proxy, options.hosts, options.pages, options.workers)
        command = [str(WIREFOLD), "crawl", "--config", f"{folder}/wirefold.toml", "--store", f"{folder}/store.sqlite"]
        with subprocess.Popen(command) as crawl:
            print("     s   pages  main MB   workers, MB each   fork server, MB", flush=True)
            samples = list(watch(crawl, web, options.hosts * options.pages))
            tell(samples)
            copies(crawl, web)


def write_config(folder: Path, proxy: str, hosts: int, pages: int, workers: int) -> None:
    """Configure a crawl as fast as it goes."""
    crawl = {"proxy": proxy, "delay_s": 0, "autothrottle": False, "concurrency_per_site": 8, "workers": workers}
    lines = ["[crawl]", *(f"{name} = {json.dumps(value)}" for name, value in crawl.items())]
    for number in range(hosts):
        url = f"http://www.host{number}.example/sitemap.xml"
        lines += ["[[source]]", f'name = "host{number}"', 'kind = "sitemap"', f'url = "{url}"', f"max_links = {pages}"]
    (folder / "wirefold.toml").write_text("\n".join(lines) + "\n")


def watch(crawl: subprocess.Popen[bytes], web: ManyPages, all_pages: int) -> Iterator[Sample]:
    """Look at the crawl, and print what is seen, until all pages have been served."""
    begun_s, shown = time.monotonic(), 0
    while crawl.poll() is None and web.served < all_pages:
        time.sleep(EVERY_S)
        sample = look(crawl.pid, time.monotonic() - begun_s, web.served)
        if sample.pages >= shown or sample.pages == all_pages:
            shown = sample.pages + all_pages // 25
            print(sample.line(), flush=True)
        yield sample


def look(pid: int, at_s: float, pages: int) -> Sample:
    """Read the memory of a crawl's processes: its grandchildren are the workers."""
    children = children_of([pid])
    workers = children_of(children)
    return Sample(at_s, pages, rss_kb(pid), tuple(map(rss_kb, sorted(workers))), sum(map(rss_kb, children)))


def children_of(pids: Sequence[int]) -> list[int]:
    """Return the processes started by any of these, by any thread of theirs."""
    files = [file for pid in pids for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for file in files for child in file.read_text().split()]


def rss_kb(pid: int) -> int:
    """Return a process's resident memory; 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


def tell(samples: Sequence[Sample]) -> None:
    """Print by how much memory grew."""
    warm = [sample for sample in samples if sample.pages >= WARM_AFTER and sample.workers]
    if len(warm) < 3:
        raise SystemExit(f"too few pages: the slope is that after the first {WARM_AFTER:,}")
    pages = [sample.pages / 1000 for sample in warm]
    print(
        f"{samples[-1].pages / samples[-1].at_s:.0f} pages/s; after the first {WARM_AFTER:,} pages, kB more per 1,000:"
    )
    workers = [statistics.mean(sample.workers) for sample in warm]
    for name, memory in (("main process", [float(sample.main) for sample in warm]), ("each worker", workers)):
        slope = statistics.linear_regression(pages, memory).slope
        print(f"  {name}: {slope:+.0f}, from {memory[0] / 1024:.1f} to {memory[-1] / 1024:.1f} MB", flush=True)


def copies(crawl: subprocess.Popen[bytes], web: ManyPages) -> None:
    """Say what finding copies takes, for as long as it is waited for."""
    begun_s, most = time.monotonic(), 0
    while crawl.poll() is None and time.monotonic() - begun_s < COPIES_FOR_S:
        most = max(most, look(crawl.pid, 0, web.served).main)
        time.sleep(1)
    ended = "it ended" if crawl.poll() is not None else "stopped here"
    print(f"finding copies afterwards: at most {most / 1024:.1f} MB in {time.monotonic() - begun_s:.0f} s ({ended})")
    if crawl.poll() is None:
        crawl.send_signal(signal.SIGINT)


if __name__ == "__main__":
    main()
