"""Bodies as archives hold them: chunked, packed, damaged, too large."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest

from crawler.extract.page import Page
from tests.crawl.warcs import CODINGS, HTML, chunked, put, read, warc


def contents(path: Path, coding: str, *bodies: bytes, transfer: str = "") -> list[bytes | str]:
    """Write responses with these bodies; return their pages, or why there are none."""
    headers = {"Content-Type": "text/html", "Content-Encoding": coding, "Transfer-Encoding": transfer}
    for writer in warc(path):
        for body in bodies:
            put(writer, "http://a.example/1", body=body, headers=headers)
    with redirect_stderr(io.StringIO()) as said:
        found, error = read(path, max_page_bytes=1_000_000)
    assert (said.getvalue(), error) == ("", None)
    return [each.content if isinstance(each, Page) else each.reason for each in found]


@pytest.mark.parametrize(("coding", "pack"), CODINGS)
def test_transfer_and_content_codings_are_undone(tmp_path: Path, coding: str, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "coded.warc.gz"
    assert contents(path, coding, pack(HTML)) == [HTML]
    assert contents(path, coding, chunked(pack(HTML)), transfer="Chunked") == [HTML]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_has_been_unpacked_already_is_taken_as_it_is(tmp_path: Path, coding: str) -> None:
    assert contents(tmp_path / "bare.warc.gz", coding, HTML, transfer="chunked") == [HTML]


@pytest.mark.parametrize(("coding", "pack"), CODINGS[:4])
def test_of_a_damaged_body_the_beginning_is_read(tmp_path: Path, coding: str, pack: Callable[[bytes], bytes]) -> None:
    whole = HTML + bytes(range(256)) * 300 + str(list(range(50_000))).encode()
    packed = pack(whole)
    bodies = packed[:-9], packed[:-4000] + b"\xff" * 4000
    assert all(isinstance(found, bytes) and len(found) > 300 and whole.startswith(found[:300])
        for found in contents(tmp_path / "cut.warc.gz", coding, *bodies))  # fmt: skip


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", gzip.compress(b" " * 50_000_000)),
        ("br", brotli.compress(b" " * 50_000_000, quality=5)),
        ("", b" " * 5_000_000),
    ],
)
def test_no_more_of_a_body_is_unpacked_than_a_page_may_be_large(tmp_path: Path, coding: str, bomb: bytes) -> None:
    path, one_chunk = tmp_path / "bomb.warc.gz", b"%x\r\n%s\r\n0\r\n\r\n" % (len(bomb), bomb)
    contents(path, coding, HTML)  # imports
    tracemalloc.start()
    assert contents(path, coding, bomb, transfer="") == ["too-big"]
    assert contents(path, coding, one_chunk, transfer="chunked") == ["too-big"]
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 30_000_000
