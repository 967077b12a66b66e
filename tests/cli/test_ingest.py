"""ingest: what it takes, what it says of it, and that a kill costs next to nothing."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest

from storage.store import Store
from tests.cli.conftest import WIREFOLD, Command
from tests.cli.pages import configure_override, page
from tests.cli.test_collect import warc
from tests.crawl.web import Answer, serve

PAGES = 600


def test_a_file_that_was_taken_in_is_said_to_be(wirefold: Command, tmp_path: Path) -> None:
    file = warc(tmp_path / "news.warc.gz", 2)
    assert wirefold("ingest", file).out == "ingest: 2 pages, 2 kept; 0 joined\n"
    assert wirefold("ingest", file).out == "ingest: 1 file already taken in, 0 pages, 0 kept; 0 joined\n"
    assert wirefold("ingest", tmp_path, "--again").out == "ingest: 2 pages, 0 kept, 2 unchanged; 0 joined\n"


def test_what_was_purged_is_refused_and_the_summary_adds_up(wirefold: Command, tmp_path: Path) -> None:
    file = warc(tmp_path / "news.warc.gz", 5)
    wirefold("ingest", file)
    wirefold("purge", "https://one.example/1", "https://one.example/3", "--reason", "their request")
    assert wirefold("ingest", file, "--again").out == "ingest: 5 pages, 0 kept, 3 unchanged, 2 refused; 0 joined\n"


def test_a_page_without_an_address_is_a_loss_and_a_base_gives_it_one(wirefold: Command, tmp_path: Path) -> None:
    file = tmp_path / "saved.html"
    file.write_bytes(page(1))
    done = wirefold("ingest", file)
    assert (done.code, done.out) == (1, "ingest: 1 page, 0 kept, 1 rejected (no-url 1); 0 joined\n")
    assert done.err == f"{file}: neither the page nor the folder says where it was found\n"
    done = wirefold("ingest", file, "--base", "https://a.example/2026/")
    assert (done.code, done.out) == (0, "ingest: 1 page, 1 kept; 0 joined\n")
    assert wirefold("articles", "--format", "json").value[0]["url"] == "https://a.example/2026/saved.html"
    assert "not an http or https address" in wirefold("ingest", file, "--base", "a.example").complaint


def test_of_many_pages_without_an_address_the_first_are_named(wirefold: Command, tmp_path: Path) -> None:
    for number in range(23):
        (tmp_path / f"{number}.html").write_bytes(page(number))
    done = wirefold("ingest", tmp_path)
    assert (done.code, len(done.err.splitlines())) == (1, 21)
    assert done.err.endswith("... and 3 more\n")


def test_the_operators_overrides_hold(wirefold: Command, tmp_path: Path) -> None:
    (tmp_path / "saved.html").write_bytes(page(1))
    configure_override(tmp_path, "a.example", "body = '(//p)[2]'")
    wirefold("ingest", "saved.html", "--base", "https://www.a.example/")
    [article] = wirefold("articles", "--format", "json").value
    assert "\n" not in wirefold("show", str(article["id"]), "--format", "json").value["article"]["article_body"]
    (tmp_path / "fixes" / "one.toml").write_text("site = 'a.example'")
    assert "fixes/one.toml: why: field required" in wirefold("ingest", "saved.html").complaint


def test_for_programs_the_counts_come_after_the_problems(installed: Command, tmp_path: Path) -> None:
    (tmp_path / "saved.html").write_bytes(page(1))
    done = installed("ingest", "saved.html", "--log-format", "json")
    problem, last = map(json.loads, done.err.splitlines())
    assert "saved.html: neither" in problem["message"]
    assert last["counts"]["rejected/fetch/no-url"] == 1


def test_what_is_neither_page_nor_archive_is_named_and_the_rest_taken_in(wirefold: Command, tmp_path: Path) -> None:
    other = tmp_path / "articles.jsonl"
    other.write_text("{}\n")
    done = wirefold("ingest", other, warc(tmp_path / "news.warc.gz", 1))
    assert (done.code, done.out) == (1, "ingest: 1 page, 1 kept; 0 joined\n")
    assert done.err == f"{other}: neither a WARC file, nor an HTML page, nor a list of URLs\n"


def test_a_damaged_record_is_named_and_the_rest_taken_in(wirefold: Command, tmp_path: Path) -> None:
    file = warc(tmp_path / "news.warc.gz", 4)
    content = bytearray(file.read_bytes())
    content[300:310] = b"\xff" * 10
    file.write_bytes(content)
    done = wirefold("ingest", file)
    assert (done.code, done.out) == (1, "ingest: 3 pages, 3 kept; 0 joined\n")
    assert done.err.startswith(f"{file}, byte 0: damaged gzip data")


def test_a_list_of_urls_cannot_be_named_with_an_archive(wirefold: Command, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("https://a.example/1\n")
    assert "urls.txt is a list of URLs" in wirefold("ingest", "urls.txt", warc(tmp_path / "a.warc", 1)).complaint


@pytest.mark.slow
def test_a_list_of_urls_is_fetched_and_its_other_lines_are_named(installed: Command, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("# mine\nhttp://a.example/1\nftp://a.example/\nhttp://a.example/2\n")
    with serve() as web:
        web.answers = {f"http://a.example/{number}": Answer(body=page(number)) for number in (1, 2)}
        (tmp_path / "wirefold.toml").write_text(f'[crawl]\nproxy = "{web.proxy}"\ndelay_s = 0\nworkers = 1\n')
        done = installed("ingest", "urls.txt")
    assert (done.code, done.out) == (1, "ingest: 2 pages, 2 kept; 0 joined\n")
    assert done.err == "urls.txt:3: not an http or https address\n"


def articles(store: str) -> set[tuple[str, str]]:
    done = subprocess.run(
        [WIREFOLD, "articles", "--store", store, "--role", "any", "--limit", str(2 * PAGES), "--format", "jsonl"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {(row["url"], row["headline"]) for row in map(json.loads, done.stdout.splitlines())}


def kill_beyond(running: subprocess.Popen[bytes], store: Store, file: Path, offset: int) -> int:
    """Kill an ingest once it has stored more of the file than that; returns how much it has."""
    stored = offset
    while stored <= offset and running.poll() is None:
        time.sleep(0.01)
        state = store.archive_state(str(file))
        stored = state.offset if state else 0
    running.kill()
    running.wait()
    return stored


@pytest.mark.slow
def test_killed_ingests_end_like_an_undisturbed_one_and_read_little_twice(store_url: str, tmp_path: Path) -> None:
    file, undisturbed = warc(tmp_path / "news.warc.gz", PAGES), str(tmp_path / "undisturbed.sqlite")
    command = [str(WIREFOLD), "ingest", str(file), "--log-format", "json", "--store"]
    subprocess.run([*command, undisturbed], capture_output=True, check=True)
    stored_bytes = 0
    with Store.open(store_url) as store:
        for _ in range(3):
            running = subprocess.Popen([*command, store_url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stored_bytes = kill_beyond(running, store, file, stored_bytes)
        known = store.archive_state(str(file))
    assert known is not None
    assert 0 < known.offset < known.size_bytes
    done = subprocess.run([*command, store_url], capture_output=True, text=True, check=True)
    counts = json.loads(done.stderr.splitlines()[-1])["counts"]
    assert counts["bytes"] == known.size_bytes - known.offset
    assert counts["unchanged"] <= 50
    assert articles(store_url) == articles(undisturbed)
    assert len(articles(undisturbed)) == PAGES
