"""HTTP responses as archives hold them."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.spiders.messages import Response, parse_fields, parse_response, undo_codings, unknown_coding

PAGE = b"<html>" + b"<p>A ferry ran aground.</p>" * 50


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def zstandard(body: bytes) -> bytes:
    # The level-0 frame of one raw block, written by hand: RFC 8878, section 3.1.1. Window 16 KiB.
    return b"\x28\xb5\x2f\xfd\x00\x20" + (len(body) << 3 | 1).to_bytes(3, "little") + body


CODINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", bare_deflate),
    ("br", brotli.compress),
    ("zstd", zstandard),
    ("deflate, gzip", lambda body: gzip.compress(zlib.compress(body))),
    ("identity", bytes),
    (" GZIP ", gzip.compress),
]


def answer(body: bytes, coding: str = "", *, chunked: bool = False) -> Response:
    fields = (("content-encoding", coding), ("transfer-encoding", "chunked" if chunked else ""))
    return Response(200, fields, body)


@pytest.mark.parametrize(("coding", "pack"), CODINGS)
def test_codings_are_undone(coding: str, pack: Callable[[bytes], bytes]) -> None:
    response = answer(pack(PAGE), coding)
    assert unknown_coding(response.fields) is None
    assert undo_codings(response, 1 << 20) == PAGE
    assert undo_codings(response, 100) == PAGE[:100]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_has_been_unpacked_already_is_taken_as_it_is(coding: str) -> None:
    assert undo_codings(answer(PAGE, coding, chunked=True), 1 << 20) == PAGE


@pytest.mark.parametrize(("coding", "pack"), CODINGS[:5])
def test_of_a_cut_body_the_beginning_is_read(coding: str, pack: Callable[[bytes], bytes]) -> None:
    body = bytes(range(256)) * 300
    found = undo_codings(answer(pack(body)[:-4], coding), 1 << 20)
    assert found and body.startswith(found)


def test_a_coding_that_is_not_known_is_named() -> None:
    assert unknown_coding((("content-encoding", "gzip, compress"),)) == "compress"


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.binary(max_size=20))
def test_chunks_are_joined_and_what_follows_them_is_left_out(chunks: list[bytes], rest: bytes) -> None:
    body = b"".join(b"%X;x=1\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    assert undo_codings(answer(body + b"0\r\n\r\n" + rest, chunked=True), 1 << 20) == b"".join(chunks)


@given(st.binary(max_size=300), st.sampled_from(["", "gzip", "deflate", "br", "zstd", "gzip, br"]), st.booleans())
def test_no_body_crashes(body: bytes, coding: str, chunked: bool) -> None:
    assert len(undo_codings(answer(body, coding, chunked=chunked), 500)) <= 500


@given(st.binary(max_size=300) | st.binary(max_size=60).map(b"HTTP/1.1 200 OK\r\n".__add__))
def test_no_message_crashes(block: bytes) -> None:
    parse_response(block)


@pytest.mark.parametrize("line", [b"HTTP/2 404", b"HTTP/1.0 404 Not Found", b"HTTP/1.1\t404 \xe9"])
def test_status_lines_of_all_versions_are_read(line: bytes) -> None:
    response = parse_response(line + b"\nA: b\n\nbody")
    assert response == Response(404, (("a", "b"),), b"body")


@pytest.mark.parametrize("block", [b"", b"<html>", b"HTTP/1.1 20", b"HTTP/1.1 2000 OK", b"GET / HTTP/1.1"])
def test_what_is_no_response_is_none(block: bytes) -> None:
    assert parse_response(block) is None


def test_no_field_holds_a_nul() -> None:
    assert parse_fields([b"A\0: x\0y"]) == (("a", "xy"),)
