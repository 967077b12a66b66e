"""A month of daily crawls against one ingest of the same pages: is anything lost, or fetched twice?

The pages of ../shared/data/newsweb-2016_11.warc.gz are served over HTTP a day at a time, each source with a feed of
what its front page linked to that day. They are crawled with a run a day, each in a process of its own whose clock is
turned, and the store is compared with that of one ``ingest`` of the WARC.

    .venv/bin/python -m benchmarks.newsweb_days
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from benchmarks import archive_web
from crawler import jobs
from crawler.config import Config
from storage.queries import Queries
from storage.store import Store

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
WARC, LISTING = DATA / "newsweb-2016_11.warc.gz", DATA / "newsweb-2016_11.tsv"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--run", metavar="DAY", help="make one day's crawl; the configuration comes from stdin")
    day = options.parse_args().run
    if day is not None:
        crawl_day(day)
        return
    if not WARC.exists():
        raise SystemExit(f"the archive is not here: no file {WARC}")
    with tempfile.TemporaryDirectory() as folder:
        crawled, ingested = str(Path(folder) / "crawled.sqlite"), str(Path(folder) / "ingested.sqlite")
        with archive_web.serving(WARC, LISTING) as web:
            crawl(web, crawled)
            print_requests(web)
        with Store.open(ingested) as store:
            jobs.ingest(store, [WARC], workers=None, progress=jobs.Silent())
        compare(crawled, ingested)


def config_of(web: archive_web.Handle, store: str) -> Config:
    """Configure a crawl of every source, as fast as it goes."""
    crawl = {"proxy": web.proxy, "delay_s": 0, "autothrottle": False, "max_links_per_source": 1000}
    sources = [{"name": source, "kind": "feed", "url": f"http://{source}/feed"} for source in web.sources]
    return Config.model_validate({"store": store, "crawl": crawl, "source": sources})


def crawl(web: archive_web.Handle, store: str) -> None:
    """Crawl once a day, each time as a program of its own."""
    config, total, started_s = config_of(web, store).model_dump_json(by_alias=True), Counter[str](), time.monotonic()
    for day in web.days:
        web.set_day(day)
        command = [sys.executable, "-m", "benchmarks.newsweb_days", "--run", day]
        done = subprocess.run(command, input=config, stdout=subprocess.PIPE, text=True, check=True)
        total.update(json.loads(done.stdout))
    print(f"{len(web.days)} daily runs in {time.monotonic() - started_s:.0f} s: {dict(total)}")


def crawl_day(day: str) -> None:
    """Make one day's crawl, late in the evening, and print what it counted."""
    config = Config.model_validate(json.load(sys.stdin))
    evening = datetime.fromisoformat(f"{day}T23:00:00").replace(tzinfo=UTC)
    assert config.store is not None
    with Store.open(config.store) as store:
        summary = jobs.crawl(store, config, config.sources, jobs.Silent(), now=lambda: evening)
    names = ("visits", "pages", "failed", "kept", "revised", "unchanged", "rejected", "left")
    print(json.dumps({name: summary.counts.get(name, 0) for name in names}))


def print_requests(web: archive_web.Handle) -> None:
    """Say how often pages were asked for, and whether any version was sent more than once."""
    pages = [each for each in web.log() if not each[0].endswith(("/feed", "/robots.txt"))]
    sent = Counter({(url, etag): count for url, status, etag, count in pages if status == 200})
    twice = {key: count for key, count in sent.items() if count > 1}
    not_modified = sum(count for _, status, _, count in pages if status == 304)
    print(f"{len(sent)} versions of pages sent, {len(twice)} of them more than once; {not_modified} answers 304")
    for (url, _), count in list(twice.items())[:10]:
        print(f"  {count} times {url}")


def compare(crawled: str, ingested: str) -> None:
    """Print what differs between the two stores."""
    ours, theirs = contents(crawled), contents(ingested)
    for what in ours:
        only_ours, only_theirs = ours[what] - theirs[what], theirs[what] - ours[what]
        same = len(ours[what] & theirs[what])
        print(f"{what}: {same} the same, {len(only_ours)} only crawled, {len(only_theirs)} only ingested")
        for mark, rows in (("+", only_ours), ("-", only_theirs)):
            for row in sorted(map(str, rows))[:10]:
                print(f"  {mark} {row[:300]}")


def contents(url: str) -> dict[str, set[object]]:
    """Return a store's articles with their current texts, and its clusters, each article by its identity.

    Their addresses differ: the archive's web is served over plain HTTP.
    """
    with Store.open(url) as store:
        clusters = [[member.id for member in row.members] for row in Queries(store).clusters(min_size=1)]
        articles = store.articles_by_id(chain.from_iterable(clusters))
    return {
        "articles": {(each.url, each.headline, each.article_body) for each in articles.values()},
        "clusters": {frozenset(articles[member].url for member in row) for row in clusters if len(row) > 1},
    }


if __name__ == "__main__":
    main()
