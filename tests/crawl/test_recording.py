from __future__ import annotations

import base64
import errno
import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.settings import Settings
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from crawler.components.downloading import payload_digest
from crawler.components.recording import Recording, WarcFiles
from crawler.components.refusal import Refused
from crawler.errors import ArchiveError
from crawler.extract.page import Page
from crawler.spiders.archive import read_warc
from tests.crawl.network import send
from tests.crawl.web import Answer, page, serve

NOW = datetime(2026, 11, 24, 6, 30, 15, tzinfo=UTC)
URL = "https://a.example/caf%C3%A9?b=1"
HTML = gzip.compress(b"<html><title>Hello</title>", mtime=0)
HEADERS = {"Content-Type": "text/html", "Content-Encoding": "gzip", "Set-Cookie": ["a=1", "b=2"]}


def request(**meta: Any) -> Request:
    return Request(URL, headers={"User-Agent": "Wirefold/0"}, meta=meta)


def response(status: int = 200, body: bytes = HTML) -> Response:
    return Response(URL, status, headers=HEADERS, body=body, protocol="HTTP/1.1")


def files(folder: Path, **options: Any) -> WarcFiles:
    return WarcFiles(folder, now=lambda: NOW, **options)


def records(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    """Return kind, WARC headers and (decoded) content of each record."""
    with path.open("rb") as file:
        return [
            (each.rec_type, dict(each.rec_headers.headers), each.content_stream().read())
            for each in ArchiveIterator(file)
        ]


def only(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_an_exchange_is_kept_as_it_came_over_the_line(tmp_path: Path) -> None:
    warc = files(tmp_path / "new")
    warc.write(request(), response())
    warc.close()
    path = only(tmp_path / "new")
    assert path.name == "WIREFOLD-20261124063015-00000.warc.gz"
    (info, answer, asked) = records(path)
    assert [info[0], answer[0], asked[0]] == ["warcinfo", "response", "request"]
    assert info[1]["WARC-Filename"] == path.name
    assert answer[2] == b"<html><title>Hello</title>"
    assert answer[1]["WARC-Target-URI"] == asked[1]["WARC-Target-URI"] == URL
    assert answer[1]["WARC-Date"] == asked[1]["WARC-Date"] == "2026-11-24T06:30:15Z"
    assert asked[1]["WARC-Concurrent-To"] == answer[1]["WARC-Record-ID"]
    digest = base64.b32encode(hashlib.sha1(HTML).digest()).decode()
    assert answer[1]["WARC-Payload-Digest"] == payload_digest(HTML) == f"sha1:{digest}"
    raw = gzip.decompress(path.read_bytes())
    assert b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nSet-Cookie: a=1\r\n" in raw
    assert b"GET /caf%C3%A9?b=1 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: Wirefold/0\r\n\r\n" in raw
    assert HTML in raw


def test_the_files_hold_to_the_standard_and_an_ingest_reads_them(tmp_path: Path) -> None:
    warc = files(tmp_path)
    warc.write(request(), response())
    warc.write(request(last_visit=NOW), response(304, b""))
    warc.close()
    checked = Checker(type("Options", (), {"verbose": True, "inputs": [str(only(tmp_path))]}))
    checked.process_all()
    assert checked.exit_value == 0
    (kept,) = [each for each in read_warc(only(tmp_path)) if isinstance(each, Page)]
    assert (kept.url, kept.content, kept.fetched_at) == (URL, b"<html><title>Hello</title>", NOW)


@pytest.mark.parametrize(
    ("meta", "status", "profile"),
    [
        ({}, 304, None),
        ({"last_visit": NOW}, 304, "server-not-modified"),
        ({"last_visit": NOW, "payload_digest": payload_digest(HTML)}, 200, "identical-payload-digest"),
        ({"last_visit": NOW, "payload_digest": payload_digest(b"other")}, 200, None),
        ({"last_visit": NOW, "payload_digest": payload_digest(HTML)}, 404, None),
        ({"payload_digest": payload_digest(HTML)}, 200, None),
    ],
)
def test_what_was_there_before_is_referred_to(tmp_path: Path, meta: Any, status: int, profile: str | None) -> None:
    warc = files(tmp_path)
    warc.write(request(**meta), response(status))
    warc.close()
    kind, headers, body = records(only(tmp_path))[1]
    assert kind == ("revisit" if profile else "response")
    if profile:
        assert headers["WARC-Profile"] == f"http://netpreserve.org/warc/1.0/revisit/{profile}"
        assert headers["WARC-Refers-To-Target-URI"] == URL
        assert headers["WARC-Refers-To-Date"] == "2026-11-24T06:30:15Z"
        assert headers.get("WARC-Payload-Digest") == meta.get("payload_digest")
        assert body == b""


def test_a_file_is_called_open_until_it_is_whole_and_has_every_exchange_at_once(tmp_path: Path) -> None:
    warc = files(tmp_path)
    for count in (1, 2):
        warc.write(request(), response())
        assert only(tmp_path).name == "WIREFOLD-20261124063015-00000.warc.gz.open"
        assert len(records(only(tmp_path))) == 1 + 2 * count
    warc.close()
    warc.close()
    assert only(tmp_path).suffix == ".gz"


def test_a_full_file_is_followed_by_the_next_and_no_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "WIREFOLD-20261124063015-00001.warc.gz.open").write_bytes(b"of another run")
    warc = files(tmp_path, max_bytes=1)
    for _ in range(3):
        warc.write(request(), response())
    assert sorted(path.name[25:] for path in tmp_path.iterdir()) == [
        "0000.warc.gz",
        "0001.warc.gz.open",
        "0002.warc.gz",
        "0003.warc.gz",
    ]


def test_nothing_fetched_is_no_file(tmp_path: Path) -> None:
    files(tmp_path / "new").close()
    assert list(tmp_path.iterdir()) == []


class FullDisk:
    """A file on a disk that takes only so many bytes."""

    def __init__(self, file: Any, room: int) -> None:
        self._file, self._room = file, room

    def write(self, data: bytes) -> int:
        left = self._room - self._file.tell()
        if not left:
            raise OSError(errno.ENOSPC, "No space left on device")
        return int(self._file.write(data[:left]))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_a_full_disk_stops_the_crawl_once_and_leaves_whole_records(tmp_path: Path) -> None:
    warc, stopped = files(tmp_path), list[ArchiveError]()
    recording = Recording(warc, stopped.append)
    assert recording.process_response(request(), response()).status == 200
    warc._file = FullDisk(warc._file, only(tmp_path).stat().st_size + 100)  # type: ignore[assignment]
    for _ in range(2):
        with pytest.raises(Refused, match="No space left on device") as caught:
            recording.process_response(request(), response())
        assert (caught.value.reason, caught.value.retry) == ("not-recorded", True)
    assert [str(error).partition("gz")[2] for error in stopped] == [".open: cannot be written: No space left on device"]
    recording.close()
    assert len(records(only(tmp_path))) == 3


def test_a_disk_that_is_full_from_the_start_leaves_no_file(tmp_path: Path) -> None:
    warc = files(tmp_path)
    open_file = warc._open
    warc._open = lambda: FullDisk(open_file(), 100)  # type: ignore[method-assign,assignment,return-value]
    with pytest.raises(ArchiveError):
        warc.write(request(), response())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_stops_the_crawl(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveError, match="cannot be written"):
        files(tmp_path / "file" / "warc").write(request(), response())


def test_recording_is_off_unless_a_folder_is_set() -> None:
    crawler: Any = type("Crawler", (), {"settings": Settings()})
    with pytest.raises(NotConfigured):
        Recording.from_crawler(crawler)


@pytest.mark.slow
def test_a_crawl_records_redirects_robots_txt_and_every_page(tmp_path: Path) -> None:
    with serve() as web:
        body = gzip.compress(b"<html><title>Hello</title>")
        web.answers |= {
            "http://a.example/1": Answer(body=body, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}),
            "http://a.example/old": Answer(status=301, headers={"Location": "/2"}),
            "http://a.example/2": page(),
        }
        urls: list[str | dict[str, Any]] = ["http://a.example/1", "http://a.example/old"]
        sent = send(urls, WIREFOLD_PROXY=web.proxy, WIREFOLD_WARC_DIR=str(tmp_path))
        digest = sent.answers["http://a.example/1"]["digest"]
        again: dict[str, Any] = {"url": "http://a.example/1"}
        again["meta"] = {"last_visit": NOW.isoformat(), "payload_digest": digest}
        send([again], WIREFOLD_PROXY=web.proxy, WIREFOLD_WARC_DIR=str(tmp_path / "again"))
    kept = [(kind, headers["WARC-Target-URI"]) for kind, headers, _ in records(only(tmp_path / "again"))[1:]]
    assert ("revisit", "http://a.example/1") in kept
    (path,) = tmp_path.glob("*.warc.gz")
    answers = {headers["WARC-Target-URI"] for kind, headers, _ in records(path) if kind == "response"}
    assert answers == {f"http://a.example/{name}" for name in ("robots.txt", "1", "old", "2")}


@pytest.mark.slow
def test_a_crawl_whose_record_cannot_be_written_stops_with_that_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with serve() as web:
        sent = send(["http://a.example/1"], WIREFOLD_PROXY=web.proxy, WIREFOLD_WARC_DIR=str(tmp_path / "file"))
    assert sent.error is not None and sent.error.startswith("ArchiveError: ")
