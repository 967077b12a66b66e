"""crawl: what is due, what it prints, logs and measures, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from crawler import jobs
from crawler.cli.running import summary_line
from crawler.components.hosts import HostCounts
from crawler.config import Config
from crawler.errors import CrawlerError
from crawler.jobs import Summary
from storage.store import Store
from tests.cli.conftest import WIREFOLD, Command
from tests.cli.pages import configure, configure_override, page
from tests.crawl.web import Answer, Web, rss, serve
from tests.dedupe import prose

METRICS = Path("wirefold.prom")


def two_sources(web: Web) -> None:
    """Serve a feed of one article, and what is no feed."""
    web.answers = {
        "http://a.example/rss": rss("/ferry"),
        "http://a.example/ferry": Answer(body=page(1)),
        "http://b.example/rss": Answer(body=b"not a feed"),
    }


def wait_for(web: Web, url: str) -> None:
    """Wait until something has been asked for."""
    end_s = time.monotonic() + 20
    while url not in web.urls():
        assert time.monotonic() < end_s, f"{url} was not asked for"
        time.sleep(0.05)


def measured(file: Path = METRICS) -> dict[str, float]:
    """Read a metrics file."""
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.mark.slow
def test_the_operators_overrides_hold(installed: Command, tmp_path: Path) -> None:
    with serve() as web:
        two_sources(web)
        configure(tmp_path, web.proxy)
        file = configure_override(tmp_path, "a.example", "body = '(//p'")
        refused = installed("crawl", "--source", "good")
        (tmp_path / "fixes" / "one.toml").write_text("site = 'a.example'\nwhy = 'a habit'\nbody = '(//p)[2]'")
        installed("crawl", "--source", "good", "--config", file)
    assert "fixes/one.toml: body: not a selector" in refused.complaint
    [article] = installed("articles", "--format", "json").value
    assert "\n" not in installed("show", str(article["id"]), "--format", "json").value["article"]["article_body"]


@pytest.mark.slow
def test_a_source_that_cannot_be_read_is_named_and_the_rest_crawled(installed: Command, tmp_path: Path) -> None:
    with serve() as web:
        two_sources(web)
        configure(tmp_path, web.proxy)
        done = installed("crawl", "--hosts", "--metrics", METRICS)
        again = installed("crawl")
        only = installed("crawl", "--source", "good")
    assert done.code == 1
    summary, *table = done.out.splitlines()
    assert summary == "crawl: 2 of 2 sources due (1 failed), 1 page, 1 kept, 1 rejected (unreadable 1); 0 joined"
    assert any(re.match(r" *a\.example +\d", line) for line in table)
    assert "http://b.example/rss" in done.err
    assert len(done.err.splitlines()) == 1
    assert (again.code, again.out) == (0, "crawl: 0 of 2 sources due, 0 pages, 0 kept; 0 joined\n")
    assert only.out.startswith("crawl: 1 of 1 source due (1 not modified), 0 pages")
    found = measured(tmp_path / METRICS)
    assert found["wirefold_last_run_success"] == 1
    assert found['wirefold_source_failures{source="bad"}'] == 1
    assert found["wirefold_store_articles"] == 1


@pytest.mark.slow
def test_the_text_of_a_feed_stands_in_for_a_log_in_page_and_says_so(installed: Command, tmp_path: Path) -> None:
    text = "".join(f"<p>{sentence}</p>" for sentence in prose.sentences(1, 30))
    item = f"<item><title>Ferry</title><link>/ferry</link><content:encoded><![CDATA[{text}]]></content:encoded></item>"
    namespace = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    with serve() as web:
        web.answers = {
            "http://a.example/rss": Answer(body=f"<rss {namespace}><channel>{item}</channel></rss>".encode()),
            "http://a.example/ferry": Answer(status=302, headers={"Location": "/login"}),
            "http://a.example/login": Answer(body=b"<html><title>Log in</title><p>Log in to read on.</p></html>"),
        }
        configure(tmp_path, web.proxy)
        installed("crawl", "--source", "good")
    assert "the text is that of the feed" in installed("why", "http://a.example/ferry").out
    assert installed("why", "http://a.example/login").code == 2


@pytest.mark.slow
def test_the_log_can_be_read_by_a_program(installed: Command, tmp_path: Path) -> None:
    with serve() as web:
        two_sources(web)
        configure(tmp_path, web.proxy)
        done = installed("crawl", "--verbose", "--log-format", "json")
    lines = [json.loads(line) for line in done.err.splitlines()]
    assert all(line.keys() >= {"time", "level", "logger", "message"} for line in lines)
    assert {line.get("source") for line in lines} >= {"good", "bad"}
    assert [line["counts"]["kept"] for line in lines if "counts" in line] == [1]
    assert [line["level"] for line in lines if line.get("source") == "bad"] == ["warning"]


@pytest.mark.slow
def test_a_run_that_is_terminated_ends_in_order(tmp_path: Path) -> None:
    with serve() as web:
        paths = [f"/{number}" for number in range(60)]
        slow = Answer(write=lambda _: time.sleep(0.5))
        web.answers = {"http://a.example/rss": rss(*paths)} | {f"http://a.example{path}": slow for path in paths}
        configure(tmp_path, web.proxy)
        process = subprocess.Popen(
            [WIREFOLD, "crawl", "--source", "good", "--metrics", METRICS, "--log-format", "json"],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for(web, "http://a.example/0")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    *_, counted, last = map(json.loads, err.splitlines())
    assert counted["counts"]["unfinished"] == 1
    assert last["message"] == "Interrupted. What is stored stays; run the command again to go on."
    assert measured(tmp_path / METRICS)["wirefold_last_run_success"] == 0


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Put a crawl that does nothing in place of the real one, and give what it was asked for."""
    calls: list[Any] = []

    def crawl(store: Store, config: object, specs: Any, progress: object, run: jobs.CrawlRun) -> Summary:
        calls.append(([spec.name for spec in specs], run))
        hosts = {"b.example": HostCounts(requests=2, bytes=4096, waited_s=1.25), "a.example": HostCounts()}
        counts = {"sources": len(specs), "due": 0, "pages": 0, "kept": 0, "left": 12, "joined": 0}
        return Summary("crawl", counts, [], hosts)

    monkeypatch.setattr(jobs, "crawl", crawl)
    return calls


@pytest.mark.parametrize(
    ("arguments", "names", "run"),
    [
        ([], ["good", "bad"], jobs.CrawlRun()),
        (["--all"], ["good", "bad"], jobs.CrawlRun(due_only=False)),
        (["--due-only", "--time-limit", "90s"], ["good", "bad"], jobs.CrawlRun(time_limit_s=90)),
        (["--time-limit", "2h"], ["good", "bad"], jobs.CrawlRun(time_limit_s=7200)),
        (["--source", "bad"], ["bad"], jobs.CrawlRun(due_only=False)),
        (["--warc", "warc"], ["good", "bad"], jobs.CrawlRun(warc_dir=Path("warc"))),
    ],
)
def test_a_crawl_is_asked_for_as_the_options_say(
    arguments: list[str], names: list[str], run: jobs.CrawlRun, asked: list[Any], wirefold: Command, tmp_path: Path
) -> None:
    configure(tmp_path, "http://127.0.0.1:1")
    done = wirefold("crawl", *arguments)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(" due, 0 pages, 0 kept, 12 links left for later; 0 joined\n")
    assert asked == [(names, run)]


def test_pages_are_kept_when_the_command_or_the_configuration_says_so(
    wirefold: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def crawl(_store: Store, config: Config, *_: object) -> Summary:
        asked.append(config.crawl.keep_pages)
        return Summary("crawl", {"sources": 2, "pages": 0, "kept": 0}, [])

    monkeypatch.setattr(jobs, "crawl", crawl)
    configure(tmp_path, "http://127.0.0.1:1")
    wirefold("crawl")
    wirefold("crawl", "--keep-pages")
    config = tmp_path / "wirefold.toml"
    config.write_text(config.read_text().replace("[crawl]", "[crawl]\nkeep_pages = true"))
    wirefold("crawl")
    assert asked == [False, True, True]


def test_hosts_are_a_table_in_order(asked: list[Any], wirefold: Command, tmp_path: Path) -> None:
    configure(tmp_path, "http://127.0.0.1:1")
    *_, first, second = wirefold("crawl", "--hosts").out.rstrip().splitlines()
    assert first.split() == ["a.example", "0", "0", "0", "0.00", "0"]
    assert second.split() == ["b.example", "2", "4096", "0", "1.25", "0"]


def test_no_hosts_are_no_table(wirefold: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(tmp_path, "http://127.0.0.1:1")
    counts = {"sources": 2, "pages": 0, "kept": 0, "joined": 0}
    monkeypatch.setattr(jobs, "crawl", lambda *_: Summary("crawl", counts, []))
    done = wirefold("crawl", "--hosts")
    assert (done.out, done.err) == ("crawl: 0 of 2 sources due, 0 pages, 0 kept; 0 joined\n", "")


@pytest.mark.parametrize("time_limit", ["0s", "10", "-5m", "soon", "1d"])
def test_a_time_limit_is_a_time(time_limit: str, wirefold: Command) -> None:
    assert "--time-limit" in wirefold("crawl", "--time-limit", time_limit).complaint


def test_a_source_that_is_not_there_is_a_usage_error(wirefold: Command, tmp_path: Path) -> None:
    configure(tmp_path, "http://127.0.0.1:1")
    assert "'ugly'; there are: good, bad" in wirefold("crawl", "--source", "ugly").complaint


def test_a_run_that_is_locked_out_leaves_the_metrics_of_the_last_one(wirefold: Command, tmp_path: Path) -> None:
    configure(tmp_path, "http://127.0.0.1:1")
    METRICS.write_text("wirefold_last_run_success 1.0\n")
    with Store.open(str(tmp_path / "store.sqlite")) as store, store.lock():
        assert wirefold("crawl", "--metrics", METRICS).code == 75
    assert METRICS.read_text() == "wirefold_last_run_success 1.0\n"


def test_a_run_that_fails_tells_what_is_in_the_store(
    wirefold: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path, "http://127.0.0.1:1")

    def broken(*_: object) -> Summary:
        raise CrawlerError("it broke")

    monkeypatch.setattr(jobs, "crawl", broken)
    assert wirefold("crawl", "--metrics", METRICS).code == 2
    found = measured()
    assert found["wirefold_last_run_success"] == 0
    assert found["wirefold_store_articles"] == 0


def test_a_run_that_finds_no_configuration_is_measured_too(wirefold: Command) -> None:
    assert wirefold("crawl", "--config", "missing.toml", "--metrics", METRICS).code == 2
    assert measured()["wirefold_last_run_success"] == 0


def test_metrics_without_a_folder_are_a_usage_error(wirefold: Command) -> None:
    assert "missing/x.prom: there is no such folder" in wirefold("crawl", "--metrics", "missing/x.prom").complaint


def test_metrics_that_cannot_be_written_do_not_fail_the_run(
    asked: list[Any], wirefold: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path, "http://127.0.0.1:1")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    monkeypatch.setattr(os, "replace", full)
    done = wirefold("crawl", "--metrics", METRICS)
    assert (done.code, done.err) == (0, "wirefold.prom: No space left on device\n")


@pytest.mark.parametrize(
    ("command", "counts", "expected"),
    [
        (
            "crawl",
            {
                "sources": 1040,
                "due": 9,
                "not_modified": 7,
                "failed_sources": 1,
                "unfinished": 1,
                "pages": 1200,
                "kept": 1,
                "revised": 2,
                "joined": 7,
            },
            "crawl: 9 of 1,040 sources due (7 not modified, 1 failed, 1 interrupted), "
            "1,200 pages, 1 kept, 2 revised; 7 joined",
        ),
        (
            "ingest",
            {"pages": 3, "kept": 0, "rejected": 3, "rejected/fetch/too-big": 1, "rejected/extract/login-page": 2},
            "ingest: 3 pages, 0 kept, 3 rejected (login-page 2, too-big 1)",
        ),
        (
            "ingest",
            {"pages": 44, "kept": 0, "unchanged": 36, "refused": 2, "rejected": 6, "rejected/extract/too-short": 6},
            "ingest: 44 pages, 0 kept, 36 unchanged, 2 refused, 6 rejected (too-short 6)",
        ),
        ("purge", {"purged": 2, "joined": 0}, "purge: 2 articles purged; 0 joined"),
    ],
)
def test_the_summary_is_one_line_in_words(command: str, counts: dict[str, int], expected: str) -> None:
    assert summary_line(command, counts) == expected
