"""crawl, ingest, import and rebuild: what they print, and what is kept when their input is broken."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.cli.collect import summary_line
from tests.cli import seed
from tests.cli.conftest import Command
from tests.crawl.web import Answer, rss, serve


def page(number: int) -> bytes:
    """Make a page with an article of its own."""
    paragraphs = "".join(f"<p>{seed.prose(100 * number + n, 60).capitalize()}.</p>" for n in range(5))
    title = f"Ferry number {number} runs aground"
    article = f"<article><h1>{title}</h1>{paragraphs}</article>"
    return f"<html><head><title>{title}</title></head><body>{article}</body></html>".encode()


def warc(path: Path, count: int) -> Path:
    """Write a WARC file of so many pages."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(count):
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            url = f"https://one.example/{number}"
            record = writer.create_warc_record(url, "response", payload=io.BytesIO(page(number)), http_headers=headers)
            writer.write_record(record)
    return path


def test_an_import_twice_changes_nothing(wirefold: Command, tmp_path: Path) -> None:
    file = seed.write(tmp_path / "seed.jsonl")
    assert wirefold("import", file).out == "import: 5 records, 5 kept; 1 joined\n"
    before = wirefold("clusters", "--format", "json").value
    assert wirefold("import", file).out == "import: 5 records, 0 kept, 5 unchanged; 0 joined\n"
    assert wirefold("rebuild").out == "rebuild: 5 articles judged; 1 joined\n"
    assert wirefold("clusters", "--format", "json").value == before


def test_an_empty_file_is_no_records(wirefold: Command) -> None:
    Path("empty.jsonl").touch()
    assert wirefold("import", "empty.jsonl").out == "import: 0 records, 0 kept; 0 joined\n"


def test_ids_are_kept_only_when_asked_for(wirefold: Command, tmp_path: Path) -> None:
    wirefold("import", seed.write(tmp_path / "seed.jsonl"))
    assert {row["external_id"] for row in wirefold("articles", "--format", "json").value} == {None}


def test_a_line_that_is_not_json_is_named_and_the_rest_imported(wirefold: Command, tmp_path: Path) -> None:
    file = seed.write(tmp_path / "seed.jsonl")
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:2], '{"id": "broken', *lines[2:]]))
    done = wirefold("import", file)
    assert done.code == 1
    assert done.out == "import: 6 records, 5 kept, 1 rejected (not-a-record 1); 1 joined\n"
    assert done.err.startswith(f"{file}:3: not JSON")
    assert len(done.err.splitlines()) == 1


def test_of_many_bad_lines_the_first_are_named_and_the_rest_counted(wirefold: Command, tmp_path: Path) -> None:
    file = seed.write(tmp_path / "articles.jsonl")
    file.write_text(file.read_text() + "\nbroken" * 30)
    done = wirefold("import", file)
    assert (done.code, len(done.err.splitlines())) == (1, 21)
    assert done.err.endswith("... and 10 more\n")


def test_a_warc_cut_in_the_middle_gives_its_whole_records(wirefold: Command, tmp_path: Path) -> None:
    file = warc(tmp_path / "cut.warc.gz", 3)
    file.write_bytes(file.read_bytes()[:-200])
    done = wirefold("ingest", file)
    assert done.code == 1
    assert done.out == "ingest: 2 pages, 2 kept; 0 joined\n"
    assert "cut.warc.gz, byte " in done.err
    assert "ends within a record" in done.err
    assert len(done.err.splitlines()) == 1
    assert wirefold("stats", "--format", "json").value["articles"] == 2


@pytest.mark.slow
def test_a_source_that_cannot_be_read_is_named_and_the_rest_crawled(installed: Command, tmp_path: Path) -> None:
    with serve() as web:
        web.answers = {
            "http://a.example/rss": rss("/ferry"),
            "http://a.example/ferry": Answer(body=page(1)),
            "http://b.example/rss": Answer(body=b"not a feed"),
        }
        configure(tmp_path, web.proxy)
        done = installed("crawl")
        only = installed("crawl", "--source", "good", "--verbose")
    assert done.code == 1
    assert done.out == "crawl: 2 sources (1 failed), 1 page, 1 kept, 1 rejected (unreadable 1); 0 joined\n"
    assert "http://b.example/rss" in done.err
    assert len(done.err.splitlines()) == 1
    assert (only.code, only.out) == (0, "crawl: 1 source (1 not modified), 0 pages, 0 kept; 0 joined\n")
    assert only.err == "INFO: good: not modified\n"


def configure(folder: Path, proxy: str) -> None:
    """Write a configuration with a good source and a bad one."""
    sources = "".join(
        f'[[source]]\nname = "{name}"\nkind = "feed"\nurl = "http://{host}.example/rss"\n'
        for name, host in (("good", "a"), ("bad", "b"))
    )
    (folder / "wirefold.toml").write_text(f'[crawl]\nproxy = "{proxy}"\ndelay_s = 0\nworkers = 1\n{sources}')


def test_a_source_that_is_not_configured_is_a_usage_error(wirefold: Command, tmp_path: Path) -> None:
    configure(tmp_path, "http://127.0.0.1:1")
    assert "'ugly'; there are: good, bad" in wirefold("crawl", "--source", "ugly").complaint


@pytest.mark.parametrize(
    ("command", "counts", "expected"),
    [
        (
            "crawl",
            {
                "sources": 9,
                "not_modified": 7,
                "failed_sources": 1,
                "unfinished": 1,
                "pages": 1200,
                "kept": 1,
                "revised": 2,
            },
            "crawl: 9 sources (7 not modified, 1 failed, 1 interrupted), 1,200 pages, 1 kept, 2 revised; 0 joined",
        ),
        (
            "ingest",
            {"pages": 3, "kept": 0, "rejected": 3, "rejected/fetch/too-big": 1, "rejected/extract/login-page": 2},
            "ingest: 3 pages, 0 kept, 3 rejected (login-page 2, too-big 1); 0 joined",
        ),
    ],
)
def test_the_summary_is_one_line_in_words(command: str, counts: dict[str, int], expected: str) -> None:
    assert summary_line(command, {"joined": 0, **counts}) == expected
