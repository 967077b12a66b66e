"""HTML files and folders of them: what is found, and which address a page has."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArchiveError
from crawler.extract.page import Page
from crawler.spiders.kinds import Kind, kind_of, look_into, read_urls
from crawler.spiders.saved import SavedFile, address, read_saved
from storage.types import Rejection

CANONICAL = b"<!doctype html><html><head><link rel='canonical' href=https://a.example/canonical></head>"
NOWHERE = SavedFile(Path("x.html"), ("folder", "x.html"))


def put(path: Path, content: bytes = b"<!doctype html><p>Hello") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def only(path: Path, **options: int) -> Page | Rejection:
    """Read the one page at a path."""
    [file] = look_into([path]).pages
    return read_saved(file, max_page_bytes=options.get("max_page_bytes", 1_000_000))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (CANONICAL, "https://a.example/canonical"),
        (b'<LINK HREF="https://a.example/a?b=1&amp;c=2" REL="x canonical">', "https://a.example/a?b=1&c=2"),
        (b'<meta property="og:url" content="https://a.example/og">', "https://a.example/og"),
        (b'<meta property="og:url" content="https://a.example/og">' + CANONICAL, "https://a.example/canonical"),
        (b"<!-- saved from url=(0029)https://a.example/saved -->" + CANONICAL, "https://a.example/saved"),
        (
            b"<html><!--\n Page saved with SingleFile \n url: https://a.example/single \n saved date: Mon\n-->"
            + CANONICAL,
            "https://a.example/single",
        ),
        (CANONICAL.decode().encode("utf-16"), "https://a.example/canonical"),
        (b"<!-- saved from url=(0014)about:internet -->" + CANONICAL, "https://a.example/canonical"),
        (b"<link rel=canonical href=/relative>", None),
        (b"<link rel=canonical href=javascript:alert(1)>", None),
        (b"<link rel=stylesheet href=https://a.example/style.css>", None),
    ],
)
def test_a_page_says_where_it_was_found(content: bytes, expected: str | None) -> None:
    assert address(content, NOWHERE) == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("mirror/www.example.com/2026/story.html", "https://www.example.com/2026/story.html"),
        ("mirror/www.example.com/2026/index.html", "https://www.example.com/2026/"),
        ("mirror/example.co.uk/story.php?id=7&p=2", "https://example.co.uk/story.php?id=7&p=2"),
        ("mirror/example.com:8080/a b.html.gz", "https://example.com:8080/a%20b.html"),
        ("www.example.com/story.html", "https://www.example.com/story.html"),
        ("mirror/pages/story.html", None),
        ("mirror/page.html/story.html", None),
        ("mirror/v1.0/story.html", None),
    ],
)
def test_a_folder_that_is_named_like_a_host_says_where_its_pages_were_found(
    tmp_path: Path, file: str, expected: str | None
) -> None:
    put(tmp_path / file)
    found = only(tmp_path / file.partition("/")[0])
    assert (found.url if isinstance(found, Page) else None) == expected


def test_without_any_of_this_the_base_counts(tmp_path: Path) -> None:
    put(tmp_path / "pages" / "2026" / "ä.html")
    [file] = look_into([tmp_path / "pages"], "https://base.example/archive/").pages
    assert address(b"", file) == "https://base.example/archive/2026/%C3%A4.html"


def test_a_page_without_an_address_is_a_loss_that_names_the_file(tmp_path: Path) -> None:
    path = put(tmp_path / "page.html")
    found = only(path)
    assert isinstance(found, Rejection)
    assert (found.url, found.reason) == (path.as_uri(), "no-url")


def test_a_page_is_as_old_as_its_file_and_may_be_packed(tmp_path: Path) -> None:
    path = put(tmp_path / "page.html.gz", gzip.compress(CANONICAL))
    os.utime(path, (1_478_000_000, 1_478_000_000))
    assert only(path) == Page(
        url="https://a.example/canonical",
        content=CANONICAL,
        content_type=None,
        fetched_at=datetime(2016, 11, 1, 11, 33, 20, tzinfo=UTC),
    )


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_page_that_is_too_big_is_told(tmp_path: Path, pack: type[bytes]) -> None:
    found = only(put(tmp_path / "page.html", pack(CANONICAL + b" " * 10_000)), max_page_bytes=5000)
    assert isinstance(found, Rejection) and found.reason == "too-big"


def test_of_a_folder_with_warc_files_only_these_are_read(tmp_path: Path) -> None:
    for name in (
        "crawl-data/CC-NEWS/2026/03/b.warc.gz",
        "crawl-data/CC-NEWS/2026/03/a.WARC",
        "x.html",
        "c.warc.gz.open",
    ):
        put(tmp_path / name)
    survey = look_into([tmp_path])
    assert [path.name for path in survey.warcs] == ["c.warc.gz.open", "a.WARC", "b.warc.gz"]
    assert (survey.pages, survey.problems) == ([], [])


def test_of_a_folder_without_them_the_pages_are_read_however_they_are_named(tmp_path: Path) -> None:
    pages = ["b.htm", "a.html", "site/story", "site/story.html?id=7", "z.HTML.gz"]
    for name in pages:
        put(tmp_path / name)
    put(tmp_path / "a.css", b"p { color: red }")
    put(tmp_path / "site/image", b"\x89PNG\r\n\x1a\n")
    names = [str(file.path.relative_to(tmp_path)) for file in look_into([tmp_path]).pages]
    assert sorted(names) == sorted(pages)
    assert names == [str(file.path.relative_to(tmp_path)) for file in look_into([tmp_path]).pages]


def test_no_link_leads_out_of_the_folder_and_no_pipe_is_opened(tmp_path: Path) -> None:
    put(tmp_path / "secret/secret.html")
    put(tmp_path / "folder/inside.html")
    (tmp_path / "folder/out.html").symlink_to(tmp_path / "secret/secret.html")
    (tmp_path / "folder/out").symlink_to(tmp_path / "secret")
    (tmp_path / "folder/gone.html").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "folder/pipe.html")
    assert [file.path.name for file in look_into([tmp_path / "folder"]).pages] == ["inside.html"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b"WARC/1.0\r\n", Kind.WARC),
        ("a.html", gzip.compress(b"WARC/1.1\r\n", mtime=0), Kind.WARC),
        ("damaged.warc.gz", b"\x1f\x8b\xff\xff", Kind.WARC),
        ("a.bin", b"<!DOCTYPE html>", Kind.PAGE),
        ("damaged.html", b"Hello", Kind.PAGE),
        ("urls.html", b"# mine\n\nhttps://a.example/1\r\nhttp://b.example/2", Kind.URLS),
        ("urls", b"\xef\xbb\xbf" + b"https://a.example/story\n" * 5000, Kind.URLS),
        ("a.txt", b"https://a.example/1\nhello", None),
        ("a.txt", b"", None),
        ("a.jsonl.gz", gzip.compress(b"{}", mtime=0), None),
    ],
)
def test_a_file_is_known_by_its_content(tmp_path: Path, name: str, content: bytes, expected: Kind | None) -> None:
    assert kind_of(put(tmp_path / name, content)) is expected


def test_what_cannot_be_read_is_named_and_the_rest_found(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    wrong, lists, page = (put(tmp_path / name) for name in ("a.txt", "urls.txt", "page.html"))
    wrong.write_text("hello")
    lists.write_text("https://a.example/1")
    survey = look_into([tmp_path / "empty", wrong, tmp_path / "gone", lists, page])
    assert [file.path for file in survey.pages] == [page]
    assert survey.problems == [
        f"{tmp_path}/empty: a folder without WARC files or HTML pages",
        f"{wrong}: neither a WARC file, nor an HTML page, nor a list of URLs",
        f"{tmp_path}/gone: No such file or directory",
        f"{lists}: a list of URLs; it can only be taken in by itself",
    ]


def test_a_list_gives_each_address_once_and_names_the_lines_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"
    path.write_text("# mine\nhttps://a.example/2 \n\nfile:///etc/passwd\nhttps://a.example/1\nhttps://a.example/2\n")
    assert read_urls(path) == (
        ["https://a.example/2", "https://a.example/1"],
        [f"{path}:4: not an http or https address"],
    )
    packed = put(tmp_path / "urls.gz", gzip.compress(path.read_bytes()))
    assert (kind_of(packed), read_urls(packed)[0]) == (Kind.URLS, read_urls(path)[0])
    with pytest.raises(ArchiveError, match="No such file"):
        read_urls(tmp_path / "gone")


@given(st.binary(max_size=400) | st.text("<>linkmetahrf='\"=canoil -!sved fomurl()0:/", max_size=400).map(str.encode))
def test_no_content_crashes_the_search_for_an_address(content: bytes) -> None:
    address(content, NOWHERE)


def test_the_search_takes_no_long_time_on_hostile_pages() -> None:
    for piece in (
        b"<link ",
        b"<!-- saved from url=(1)",
        b"<meta a='",
        b"<link a=a",
        b"<!--",
        b"<!-- Page saved with SingleFile ",
    ):
        address(piece * 100_000, NOWHERE)
