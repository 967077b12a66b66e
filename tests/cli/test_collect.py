"""ingest, import and rebuild: what they print, and what is kept when their input is broken."""

from __future__ import annotations

import io
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.cli import seed
from tests.cli.conftest import Command
from tests.cli.pages import page


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
