"""Whole crawls: the real downloader in a process of its own, against hosts on loopback."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.crawl.web import Answer, Web, page, rss, serve, sitemap

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Told:
    """What a crawl told the ledger, its log and its exit code."""

    result: Any
    visits: dict[str, Any]
    rejections: dict[str, tuple[str, str, bool]]
    states: dict[str, Any]
    hosts: list[Any]
    log: list[str]
    code: int

    @property
    def pages(self) -> dict[str, Any]:
        """The pages by the address asked for."""
        return {address: page for address, page in self.visits.items() if page}


def begin(web: Web, sources: dict[str, tuple[str, str]], **told: Any) -> subprocess.Popen[str]:
    options = {"proxy": web.proxy, "delay_s": 0, "timeout_s": 1, "max_page_bytes": 1_000_000} | told.pop("crawl", {})
    listed = [{"name": name, "kind": kind, "url": url} for name, (kind, url) in sources.items()]
    command = [sys.executable, "-m", "tests.crawl.run_crawl"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=ROOT)
    assert process.stdin is not None
    process.stdin.write(json.dumps(told | {"config": {"crawl": options, "source": listed}}))
    process.stdin.close()
    process.stdin = None
    return process


def end(process: subprocess.Popen[str]) -> Told:
    out, err = process.communicate(timeout=60)
    data = json.loads(out) if out else {"result": None, "visits": {}, "rejections": [], "states": [], "hosts": []}
    rejections = {url: (stage, reason, retry) for stage, reason, url, retry, _ in data["rejections"]}
    states = {state["name"]: state for state in data["states"]}
    return Told(data["result"], data["visits"], rejections, states, data["hosts"], err.splitlines(), process.returncode)


def crawl(web: Web, sources: dict[str, tuple[str, str]], **told: Any) -> Told:
    return end(begin(web, sources, **told))


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


A = {"A": ("feed", "http://a.example/rss")}
GZIP = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
HOSTILE = [
    *("/1", "/old", "/gone", "/pdf", "/big", "/stream", "/slow", "/moved", "/circle"),
    *("/inward", "/bomb", "/secret", "/notgzip", "/cut"),
    *("http://127.0.0.1:1/x", "http://[::1]/x", "http://b.example/1"),
]


@dataclass(frozen=True)
class Hostile:
    told: Told
    web: Web
    streamed: list[int]


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    """Crawl once what the world has in store."""
    streamed: list[int] = []

    def stream(out: Any) -> None:
        for _ in range(500):
            out.write(b"x" * 100_000)
            streamed.append(100_000)

    def drip(out: Any) -> None:
        for _ in range(15):
            out.write(b"x")
            time.sleep(0.2)

    def moved(url: str) -> Answer:
        return Answer(status=301, headers={"Location": url})

    with serve() as web:
        web.answers |= {
            "http://a.example/robots.txt": Answer(body=b"User-agent: *\nDisallow: /secret\n"),
            "http://a.example/rss": rss(*HOSTILE),
            "http://a.example/1": page(),
            "http://b.example/1": page(),
            "http://a.example/pdf": Answer(body=b"%PDF", headers={"Content-Type": "application/pdf"}),
            "http://a.example/big": Answer(body=b" " * 3_000_000),
            "http://a.example/stream": Answer(write=stream),
            "http://a.example/slow": Answer(write=drip),
            "http://a.example/moved": moved("http://b.example/1"),
            "http://a.example/circle": moved("/circle"),
            "http://a.example/inward": moved("http://169.254.169.254/meta-data"),
            "http://a.example/bomb": Answer(body=gzip.compress(b" " * 50_000_000), headers=GZIP),
            "http://a.example/notgzip": Answer(body=b"not gzip", headers=GZIP),
            "http://a.example/cut": Answer(
                headers={"Content-Type": "text/html", "Content-Length": "100"}, write=lambda out: out.write(b"x")
            ),
            "http://c.example/map": sitemap(
                "http://c.example/news", "http://c.example/map", "http://c.example/evil", index=True
            ),
            "http://c.example/news": sitemap("http://c.example/1"),
            "http://c.example/evil": Answer(body=b'<!DOCTYPE urlset [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;'),
            "http://c.example/1": page(),
            "http://d.example/rss": page(),
        }
        sources = A | {"C": ("sitemap", "http://c.example/map"), "D": ("feed", "http://d.example/rss")}
        told = crawl(web, sources, known=["https://a.example/old"])
        yield Hostile(told, web, streamed)


def test_what_can_be_fetched_is_fetched_whatever_else_goes_wrong(hostile: Hostile) -> None:
    assert hostile.told.code == 0
    assert set(hostile.told.pages) == {
        "http://a.example/1",
        "http://b.example/1",
        "http://a.example/moved",
        "http://c.example/1",
    }
    assert hostile.told.pages["http://a.example/moved"]["url"] == "http://b.example/1"


def test_every_link_lost_has_its_reason(hostile: Hostile) -> None:
    assert hostile.told.rejections == {
        "https://a.example/gone": ("fetch", "http-404", True),
        "https://a.example/pdf": ("fetch", "not-html", False),
        "https://a.example/big": ("fetch", "too-big", False),
        "https://a.example/stream": ("fetch", "too-big", False),
        "https://a.example/bomb": ("fetch", "too-big", False),
        "https://a.example/slow": ("fetch", "timeout", True),
        "https://a.example/circle": ("fetch", "too-many-redirects", False),
        "https://a.example/inward": ("fetch", "private-address", False),
        "https://127.0.0.1:1/x": ("fetch", "bad-port", False),
        "https://[::1]/x": ("fetch", "private-address", False),
        "https://a.example/secret": ("fetch", "robots-txt", True),
        "https://a.example/notgzip": ("fetch", "download-failed", True),
        "https://a.example/cut": ("fetch", "cut-off", True),
        "https://c.example/map": ("discovery", "sitemap-loop", True),
        "https://c.example/evil": ("discovery", "unreadable", True),
        "https://d.example/rss": ("discovery", "unreadable", True),
    }


def test_the_counts_add_up(hostile: Hostile) -> None:
    counts = hostile.told.result
    assert counts["links"] - 1 == counts["new"] == counts["visits"] == len(HOSTILE)
    assert counts["visits"] == len(hostile.told.pages) + counts["failed"]
    assert (counts["due"], counts["failed_sources"], counts["unfinished"]) == (3, 1, 0)
    assert counts["requests"] == len(hostile.web.asked) == sum(each["requests"] for each in counts["hosts"].values())


def test_a_page_too_big_is_not_even_received(hostile: Hostile) -> None:
    assert sum(hostile.streamed) < 25_000_000


def test_what_robots_txt_forbids_is_not_asked_for(hostile: Hostile) -> None:
    assert "http://a.example/secret" not in hostile.web.urls()
    assert "http://169.254.169.254/meta-data" not in hostile.web.urls()


def test_the_log_is_one_line_a_source_a_warning_if_it_failed(hostile: Hostile) -> None:
    assert [line.split(": ")[0] for line in sorted(hostile.told.log)] == [
        "INFO crawler.spiders.visits A",
        "INFO crawler.spiders.visits C",
        "WARNING crawler.spiders.visits D",
    ]


def test_a_second_crawl_fetches_nothing_it_need_not(web: Web) -> None:
    web.answers |= {"http://a.example/rss": rss("/1"), "http://a.example/1": page()}
    first = crawl(web, A, crawl={"user_agent_contact": "https://us.example/bot"})
    agent = next(asked.headers["User-Agent"] for asked in web.asked)
    assert agent.startswith("Wirefold/") and agent.endswith(" (+https://us.example/bot)")
    web.asked.clear()
    second = crawl(web, A, states=list(first.states.values()), known=["https://a.example/1"])
    assert web.urls() == ["http://a.example/rss"]
    assert (second.result["not_modified"], second.result["links"], second.result["visits"]) == (1, 0, 0)


def test_crawl_delay_is_respected(web: Web) -> None:
    web.answers |= {
        "http://a.example/robots.txt": Answer(body=b"User-agent: *\nCrawl-delay: 0.5\n"),
        "http://a.example/rss": rss("/1", "/2", "/3"),
        **{f"http://a.example/{number}": page() for number in (1, 2, 3)},
    }
    crawl(web, A)
    times = [asked.at_s for asked in web.asked]
    assert len(times) == 5
    assert median(later - earlier for earlier, later in pairwise(times)) > 0.45, (
        "a busy machine may hold up one of them"
    )


@pytest.mark.parametrize("method", ["discovered", "due", "visited", "reject", "save_source_state"])
def test_an_error_of_the_ledger_stops_the_crawl_and_comes_out(web: Web, method: str) -> None:
    web.answers |= {"http://a.example/rss": rss("/1") if method != "reject" else page()}
    web.answers |= {"http://a.example/1": page()}
    told = crawl(web, A, fail=method)
    assert told.code == 1
    assert told.log[-1] == f"LookupError: {method} failed"


def test_an_interrupted_crawl_finishes_what_is_in_flight_and_leaves_the_rest_as_it_was(web: Web) -> None:
    paths = [f"/{number}" for number in range(40)]
    web.answers |= {"http://a.example/rss": rss(*paths)} | {f"http://a.example{path}": page() for path in paths}
    process = begin(web, A, crawl={"delay_s": 0.2, "concurrency": 4})
    while len(web.urls()) < 4:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told = end(process)
    assert told.code == 0
    assert 1 <= len(told.pages) < 40
    assert set(told.pages) == {url for url in web.urls() if not url.endswith("/rss")}
    assert told.result["unfinished"] == 1


def test_a_crawl_whose_time_is_over_finishes_what_is_in_flight(web: Web) -> None:
    paths = [f"/{number}" for number in range(40)]
    web.answers |= {"http://a.example/rss": rss(*paths)} | {f"http://a.example{path}": page() for path in paths}
    told = crawl(web, A, crawl={"delay_s": 0.2, "concurrency": 4}, time_s=2)
    assert 1 <= len(told.pages) < 40
    assert set(told.pages) == {url for url in web.urls() if not url.endswith("/rss")}
    assert told.result["unfinished"] == 0, "it was not interrupted"


def test_a_site_is_explored_from_its_homepage(web: Web) -> None:
    home = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>'
    robots = b"User-agent: *\nDisallow:\nSitemap: http://a.example/news-sitemap.xml\n"
    web.answers |= {
        "http://a.example/": Answer(body=home),
        "http://a.example/robots.txt": Answer(body=robots, headers={"Content-Type": "text/plain"}),
        "http://a.example/rss": rss("/1", "/2"),
        "http://a.example/news-sitemap.xml": sitemap("http://a.example/1"),
    }
    found = crawl(web, {}, explore="http://a.example/").result
    assert [(each["candidate"]["url"], each["assessment"]["links"]) for each in found] == [
        ("http://a.example/rss", 2),
        ("http://a.example/news-sitemap.xml", 1),
    ]


def test_a_site_that_names_nothing_is_asked_at_the_usual_places(web: Web) -> None:
    web.answers |= {"http://a.example/": page(), "http://a.example/feed": rss("/1")}
    found = crawl(web, {}, explore="http://a.example/").result
    assert [each["candidate"]["url"] for each in found] == ["http://a.example/feed"]


def test_a_feed_is_found_at_its_own_address(web: Web) -> None:
    web.answers |= {"http://a.example/rss": rss("/1")}
    found = crawl(web, {}, explore="http://a.example/rss").result
    assert [each["assessment"]["form"] for each in found] == ["RSS"]


def test_a_site_that_cannot_be_reached_is_named(web: Web) -> None:
    told = crawl(web, {}, explore="http://a.example/")
    assert told.log[-1] == "crawler.errors.SourceError: http://a.example/: http-404"


def test_a_check_lists_what_a_crawl_would_follow_and_fetches_no_page(web: Web) -> None:
    web.answers |= {"http://a.example/rss": rss("/1", "/2")}
    assert crawl(web, A, check=True).result == ["http://a.example/1", "http://a.example/2"]
    assert web.urls() == ["http://a.example/rss"]


def test_a_check_of_what_is_not_a_source_names_it(web: Web) -> None:
    told = crawl(web, A, check=True)
    assert told.log[-1] == "crawler.errors.SourceError: http://a.example/rss: http-404"


def test_a_name_that_resolves_inward_is_refused_without_a_proxy(web: Web) -> None:
    port = web.proxy.rpartition(":")[2]
    inward = {"A": ("feed", f"http://127.1:{port}/rss")}
    assert [reason for _, reason, _ in crawl(web, inward, crawl={"proxy": None}).rejections.values()] == [
        "private-address"
    ]
    assert web.asked == []
    crawl(web, inward, crawl={"proxy": None, "allow_private_addresses": True})
    assert [asked.url for asked in web.asked] == ["/robots.txt", "/rss"]
