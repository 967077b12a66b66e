"""Taking in archives: what has been taken in is not read again, whatever happens to the file."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler import jobs
from crawler.jobs.archives import Intake
from storage.queries import Queries
from storage.store import Store
from tests.cli.pages import page


def write(path: Path, numbers: Iterable[int], *, mode: str = "wb", is_gzip: bool = True) -> Path:
    """Write a WARC file of these pages."""
    with path.open(mode) as file:
        writer = WARCWriter(file, gzip=is_gzip)
        for number in numbers:
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                f"https://one.example/{number}", "response", payload=io.BytesIO(page(number)), http_headers=headers
            )
            writer.write_record(record)
    return path


def ingest(store: Store, *paths: Path, **options: object) -> jobs.Summary:
    intake = Intake(**options)  # type: ignore[arg-type]
    return jobs.ingest(store, paths, workers=1, progress=jobs.Silent(), intake=intake)


def counts(summary: jobs.Summary, *names: str) -> tuple[int, ...]:
    return tuple(summary.counts.get(name, 0) for name in names)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "news.warc.gz", range(3))


def test_a_file_that_was_taken_in_is_not_read_again_unless_asked_for(store: Store, file: Path) -> None:
    size_bytes = file.stat().st_size
    assert counts(ingest(store, file), "pages", "kept", "bytes", "already") == (3, 3, size_bytes, 0)
    assert counts(ingest(store, file), "pages", "kept", "bytes", "already") == (0, 0, 0, 1)
    assert counts(ingest(store, file, again=True), "pages", "unchanged", "bytes") == (3, 3, size_bytes)
    os.utime(file, (0, 0))
    assert counts(ingest(store, file), "pages", "unchanged", "already") == (3, 3, 0)


@pytest.mark.parametrize("is_gzip", [True, False])
def test_of_a_file_that_has_grown_the_rest_is_read(store: Store, tmp_path: Path, is_gzip: bool) -> None:
    file = write(tmp_path / "news.warc", range(2), is_gzip=is_gzip)
    size_bytes = file.stat().st_size
    ingest(store, file)
    write(file, [2], mode="ab", is_gzip=is_gzip)
    assert counts(ingest(store, file), "pages", "kept", "bytes") == (1, 1, file.stat().st_size - size_bytes)


def test_a_larger_file_in_its_place_is_read_from_its_beginning(store: Store, file: Path) -> None:
    ingest(store, file)
    write(file, range(10, 16))
    assert counts(ingest(store, file), "pages", "kept") == (6, 6)


def test_a_file_that_is_still_being_written_is_read_record_by_record(store: Store, file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:-200])
    first, second = ingest(store, file), ingest(store, file)
    assert counts(first, "pages", "kept") == (2, 2)
    assert counts(second, "pages", "already") == (0, 0)
    assert ["ends within a record" in summary.problems[0] for summary in (first, second)] == [True, True]
    file.write_bytes(whole)
    third = ingest(store, file)
    assert counts(third, "pages", "kept") == (1, 1)
    assert third.problems == []


def test_saved_pages_come_in_under_their_addresses(store: Store, queries: Queries, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    for name in ("www.two.example/1.html", "somewhere/2.html"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(page(int(name[-6])))
    summary = ingest(store, folder)
    assert counts(summary, "pages", "kept", "rejected/fetch/no-url") == (2, 1, 1)
    assert counts(ingest(store, folder, base="https://base.example/"), "kept", "unchanged") == (1, 1)
    assert queries.article("https://base.example/somewhere/2.html").article.site == "base.example"
