from __future__ import annotations

import gzip
import io
import re
import tracemalloc
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.warcwriter import WARCWriter

from crawler.errors import ArchiveError
from crawler.extract.page import Page
from crawler.spiders.archive import read_captures, read_warc
from storage.types import Rejection
from tests.crawl.warcs import CODINGS, HTML, chunked, put, read, reasons, reasons_of, warc
from tests.examples import at_most
from tests.realdata import DATA, needs_data


@pytest.fixture(params=[True, False], ids=["gzip", "plain"])
def three(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "three.warc"
    for writer in warc(path, is_gzip=request.param):
        for number in range(3):
            put(writer, f"http://www.a.example/{number}")
    return path


def test_a_response_is_a_page_as_it_was_fetched(three: Path) -> None:
    found, error = read(three)
    assert error is None
    assert len(found) == 3
    assert found[0] == Page(
        url="http://www.a.example/0",
        content=HTML,
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2016, 11, 1, 12, tzinfo=UTC),
    )


def test_progress_adds_up_to_the_file(three: Path) -> None:
    offsets = [capture.offset for capture in read_captures(three)]
    assert len(offsets) == 3 and offsets[-1] == three.stat().st_size


def test_what_holds_no_page_says_why_and_what_only_tells_about_one_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "mixed.warc.gz"
    for writer in warc(path):
        writer.write_record(writer.create_warcinfo_record("x", {"software": "test"}))
        put(writer, "http://a.example/1", kind="request", body=b"GET / HTTP/1.1\r\n\r\n")
        put(writer, "http://a.example/2", status="404 Not Found")
        put(writer, "http://a.example/3", headers={"Content-Type": "image/png"})
        put(writer, "http://a.example/4", kind="resource")
        put(writer, "dns:a.example")
        put(writer, None)
        put(writer, "http://a.example/5", headers={"Content-Type": "text/html", "Content-Encoding": "compress"})
        put(writer, "http://a.example/6", body=HTML * 100)
        put(writer, "http://a.example/7", date="yesterday")
        put(writer, "http://a.example/8", headers={})
    assert reasons(path, max_page_bytes=1000) == [
        "http-404",
        "not-html",
        "not-a-response",
        "not-http",
        "not-http",
        "unknown-encoding",
        "too-big",
        "no-date",
        "page",
    ]


def test_a_file_cut_anywhere_gives_its_whole_records_then_names_the_place(three: Path) -> None:
    whole = three.read_bytes()
    for cut in range(0, len(whole) - 4, 7):
        three.write_bytes(whole[:cut])
        found, error = read(three)
        assert len(found) < 3 or cut > len(whole) - 30  # the end of the last record may be cut without loss
        assert all(isinstance(each, Page) and each.content == HTML for each in found)
        if error is None:
            assert len(found) in (1, 2, 3), "only a cut between records goes unnoticed"
        else:
            assert str(error).startswith(f"{three}, byte ")


@pytest.mark.parametrize(
    "content", [b"", b"hello\n" * 50, b"\x00" * 5000, gzip.compress(b"hello\n" * 50, mtime=0), b"WARC/1.0\r\n"]
)
def test_what_is_not_a_warc_is_an_error_that_names_the_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "not.warc"
    path.write_bytes(content)
    found, error = read(path)
    assert found == []
    assert str(error).startswith(f"{path}, byte 0: ")


def test_a_file_that_is_not_there_is_an_archive_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="No such file"):
        list(read_warc(tmp_path / "gone.warc"))


def damage(path: Path, at: int) -> None:
    """Overwrite a few bytes."""
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + b"\xff" * 8 + whole[at + 8 :])


def urls_of(found: list[Page | Rejection]) -> list[str]:
    return [each.url.rpartition("/")[2] for each in found]


@pytest.mark.parametrize(("record", "left"), [(0, ["1", "2"]), (1, ["0", "2"]), (2, ["0", "1"])])
def test_a_damaged_member_costs_only_what_is_in_it(tmp_path: Path, record: int, left: list[str]) -> None:
    path = tmp_path / "three.warc.gz"
    for writer in warc(path):
        for number in range(3):
            put(writer, f"http://www.a.example/{number}")
    begins = [0, *(capture.offset for capture in read_captures(path))]
    damage(path, begins[record] + 40)
    found, error = read(path)
    assert urls_of(found) == left
    assert error is not None
    assert (error.offset, "damaged gzip data" in str(error)) == (begins[record], True)


def test_damaged_places_are_one_error_that_names_the_first_and_counts_the_others(tmp_path: Path) -> None:
    path = tmp_path / "many.warc.gz"
    for writer in warc(path):
        for number in range(40):
            put(writer, f"http://www.a.example/{number}")
    begins = [0, *(capture.offset for capture in read_captures(path))]
    for at in begins[5:35:5]:
        damage(path, at + 20)
    found, error = read(path)
    assert len(found) == 34
    assert str(error).startswith(f"{path}, byte {begins[5]:,}: damaged gzip data")
    assert str(error).endswith("; 5 more damaged places")


def test_after_a_wrong_length_in_a_plain_file_reading_goes_on_at_the_next_record(tmp_path: Path) -> None:
    path = tmp_path / "lengths.warc"
    for writer in warc(path, is_gzip=False):
        for number in range(4):
            put(writer, f"http://www.a.example/{number}")
    whole = path.read_bytes()
    length = whole[whole.rfind(b"Content-Length: ", 0, whole.find(b"\r\n\r\n")) :].split(b"\r\n")[0]
    path.write_bytes(whole.replace(length, b"Content-Length: 9"[: len(length)], 1))
    found, error = read(path)
    assert urls_of(found)[-3:] == ["1", "2", "3"]
    assert "byte 0: a record goes on after its Content-Length" in str(error)


@pytest.mark.parametrize("tail", [b"\0" * 200_000, b"\xff" * 50, b"<html>\n\n"], ids=["zeros", "bytes", "text"])
def test_what_follows_the_last_record_costs_none(three: Path, tail: bytes) -> None:
    size_bytes = three.stat().st_size
    three.write_bytes(three.read_bytes() + tail)
    found, error = read(three)
    assert urls_of(found) == ["0", "1", "2"]
    assert error is not None and (error.offset or 0) <= size_bytes


def shaped(path: Path, pack: Callable[[bytes], bytes]) -> Path:
    """Write three records, packed in a way of its own."""
    for writer in warc(path, is_gzip=False):
        for number in range(3):
            put(writer, f"http://www.a.example/{number}")
    path.write_bytes(pack(path.read_bytes()))
    return path


@pytest.mark.parametrize(
    "pack",
    [
        gzip.compress,
        lambda whole: b"".join(gzip.compress(whole[at : at + 100]) for at in range(0, len(whole), 100)),
        lambda whole: gzip.compress(b"") + gzip.compress(whole, 0),
        lambda whole: b"\r\n" + whole.rstrip(),
        lambda whole: re.sub(rb"WARC-Target-URI: (\S+)", rb"warc-target-uri: <\1>", whole),
        lambda whole: re.sub(rb"(\r\n){2}(?=WARC/|$)", b"\r\n", whole),
    ],
    ids=[
        "one member",
        "members that cut records",
        "empty members",
        "line ends before but not after",
        "wget",
        "one line end",
    ],
)
def test_other_ways_of_writing_are_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    found, error = read(shaped(tmp_path / "odd.warc", pack))
    assert error is None
    assert [each.content for each in found if isinstance(each, Page)] == [HTML] * 3


def test_reading_can_go_on_after_every_record(three: Path) -> None:
    captures = list(read_captures(three))
    for number, capture in enumerate(captures, start=1):
        assert list(read_captures(three, capture.offset)) == captures[number:]


def test_what_says_that_a_page_has_not_changed_is_no_loss(tmp_path: Path) -> None:
    path = tmp_path / "revisit.warc.gz"
    for writer in warc(path):
        put(writer, "http://a.example/1")
        writer.write_record(writer.create_revisit_record("http://a.example/1", "sha1:X", "http://a.example/1", "2016"))
    assert reasons(path) == ["page"]


def test_reservations_in_headers_are_kept_on_the_page(tmp_path: Path) -> None:
    path = tmp_path / "reserved.warc.gz"
    for writer in warc(path):
        put(writer, "http://a.example/1", headers={"Content-Type": "text/html", "X-Robots-Tag": "noai"})
    [page] = read(path)[0]
    assert isinstance(page, Page) and page.opt_outs == ("noai",)


def test_headers_without_an_end_and_bombs_take_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.warc.gz"
    endless = gzip.compress(b"WARC/1.0\r\nX: " + b"x" * 50_000_000)
    large = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 50000000\r\n\r\n" + b" " * 50_000_000
    path.write_bytes(endless + gzip.compress(large))
    del large
    tracemalloc.start()
    found, error = read(path, max_page_bytes=1_000_000)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "the header of a record does not end" in str(error)
    assert reasons_of(found) == ["not-http"]
    assert peak_bytes < 6_000_000


def odd_archive(*, is_gzip: bool) -> bytes:
    """Write records of all kinds, coded in all ways."""
    content = io.BytesIO()
    writer = WARCWriter(content, gzip=is_gzip)
    writer.write_record(writer.create_warcinfo_record("x", {"software": "test"}))
    for number, (coding, pack) in enumerate(CODINGS):
        put(
            writer,
            f"http://a.example/{number} {coding}",
            chunked(pack(HTML)),
            headers={"Content-Type": "text/html", "Content-Encoding": coding, "Transfer-Encoding": "chunked"},
        )
    writer.write_record(writer.create_revisit_record("http://a.example/1", "sha1:X", "http://a.example/1", "2016"))
    return content.getvalue()


ODD = {is_gzip: odd_archive(is_gzip=is_gzip) for is_gzip in (True, False)}


@settings(max_examples=at_most(300))
@given(
    edits=st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 20), st.binary(max_size=6)), max_size=4),
    size=st.none() | st.integers(0, 6000),
    start=st.integers(0, 6000),
    is_gzip=st.booleans(),
)
def test_damage_never_crashes_the_reader_nor_is_reported_past_it(
    tmp_path_factory: pytest.TempPathFactory,
    edits: list[tuple[int, int, bytes]],
    size: int | None,
    start: int,
    is_gzip: bool,
) -> None:
    path = tmp_path_factory.mktemp("w") / "damaged.warc"
    content = bytearray(ODD[is_gzip])
    for at, length, replacement in edits:
        content[at : at + length] = replacement
    path.write_bytes(content[:size])
    with redirect_stderr(io.StringIO()) as said:
        read(path)
        with suppress(ArchiveError):
            offsets = [capture.offset for capture in read_captures(path, start)]
            assert offsets == sorted(offsets)
    assert said.getvalue() == ""


@settings(max_examples=at_most(100))
@given(start=st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08"]), junk=st.binary(max_size=200))
def test_junk_never_crashes_the_reader(tmp_path_factory: pytest.TempPathFactory, start: bytes, junk: bytes) -> None:
    path = tmp_path_factory.mktemp("w") / "junk.warc"
    path.write_bytes(start + junk)
    read(path)


@needs_data
@pytest.mark.slow
def test_every_record_of_the_real_archive_is_a_page() -> None:
    assert DATA is not None
    path = DATA / "newsweb-2016_11.warc.gz"
    expected = [line.split("\t")[3] for line in (DATA / "newsweb-2016_11.tsv").read_text().splitlines()[-2414:]]
    assert [each.url for each in read_warc(path)] == expected


def test_headers_that_do_not_end_are_passed_over_once(tmp_path: Path) -> None:
    path = tmp_path / "endless.warc"
    for writer in warc(path, is_gzip=False):
        put(writer, "http://a.example/1")
    path.write_bytes(b"\nWARC/1.0\r\nA:" * 100_000 + b"\r\n\r\n" + path.read_bytes())
    found, error = read(path)
    assert urls_of(found) == ["1"]
    assert error is not None and int(re.findall(r"(\d+) more damaged", str(error))[0]) < 40


def test_beginnings_of_members_without_end_are_few(tmp_path: Path) -> None:
    path = tmp_path / "members.warc"
    for writer in warc(path, is_gzip=False):
        put(writer, "http://a.example/1")
    path.write_bytes(b"\x1f\x8b\x08" * 20_000 + bytes(5000) + path.read_bytes())
    found, error = read(path)
    assert urls_of(found) == ["1"]
    assert error is not None and "more damaged" not in str(error)


RECORDS = {is_gzip: [] for is_gzip in (True, False)}  # type: dict[bool, list[bytes]]
for _is_gzip, _records in RECORDS.items():
    for _number in range(3):
        _content = io.BytesIO()
        put(WARCWriter(_content, gzip=_is_gzip), f"http://a.example/{_number}")
        _records.append(_content.getvalue())


def test_a_last_member_without_a_line_end_in_it_is_found(tmp_path: Path) -> None:
    path = tmp_path / "odd.warc"
    for number in range(200):  # dates and compression decide which bytes a member has
        members = io.BytesIO()
        put(WARCWriter(members, gzip=True), f"http://a.example/{number}")
        if b"\n" not in members.getvalue():
            break
    else:
        pytest.fail("every member has a line end")
    path.write_bytes(RECORDS[False][0] + members.getvalue())
    found, _ = read(path)
    assert urls_of(found) == ["0", str(number)]


@pytest.mark.parametrize(
    "content",
    [
        RECORDS[False][0] + RECORDS[True][1] + RECORDS[True][2],
        RECORDS[True][0] + RECORDS[False][1] + RECORDS[False][2],
        RECORDS[True][0] + gzip.compress(b"hello") + RECORDS[True][1] + RECORDS[True][2],
        RECORDS[False][0] + bytes(100) + RECORDS[False][1] + RECORDS[False][2],
        RECORDS[False][0].rstrip() + RECORDS[False][1] + RECORDS[False][2],
    ],
    ids=["plain then gzip", "gzip then plain", "a member that is something else", "zeros between", "no line end"],
)
def test_what_does_not_belong_between_records_costs_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.warc"
    path.write_bytes(content)
    found, error = read(path)
    assert urls_of(found) == ["0", "1", "2"] and error is not None
