from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ArchiveError, RecordError
from crawler.spiders.archive import read_records, to_article
from crawler.spiders.records import reject_record
from storage.types import Article, Rejection, Stage
from tests.realdata import DATA, needs_data

RECORD: dict[str, Any] = {"id": "7", "url": "http://www.a.example/x?utm_source=y", "title": "T", "text": "Body"}


def article(record: dict[str, Any], *, keep_id: bool = True) -> Article:
    made = to_article(record, keep_id=keep_id)
    assert isinstance(made, Article)
    return made


def test_schema_org_names_are_read() -> None:
    made = article(
        {
            "url": "https://www.a.example/x",
            "headline": " A\n headline ",
            "articleBody": "One.\n\nTwo.",
            "datePublished": "2016-11-01T10:00:00+01:00",
            "inLanguage": "de",
            "authors": [{"name": "Ann"}, "Ben", {"name": None}],
            "publisher": {"name": "The Paper"},
            "mainImage": {"url": "https://a.example/i.png"},
        }
    )
    assert made == Article(
        url="https://a.example/x",
        address="https://www.a.example/x",
        site="a.example",
        source="a.example",
        headline="A headline",
        article_body="One.\n\nTwo.",
        authors=("Ann", "Ben"),
        publisher="The Paper",
        date_published=datetime(2016, 11, 1, 9, tzinfo=UTC),
        date_published_raw="2016-11-01T10:00:00+01:00",
        in_language="de",
        extra={"mainImage": {"url": "https://a.example/i.png"}},
    )


def test_short_names_are_read_and_the_rest_is_kept_aside() -> None:
    made = article(RECORD | {"published": 1478000000, "lang": "en", "source": "S", "site": "b.example", "topic": "x"})
    assert (made.url, made.site, made.source) == ("https://a.example/x", "a.example", "S")
    assert (made.headline, made.article_body, made.in_language, made.external_id) == ("T", "Body", "en", "7")
    assert made.date_published == datetime(2016, 11, 1, 11, 33, 20, tzinfo=UTC)
    assert made.extra == {"site": "b.example", "topic": "x"}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://www.a.example/x?utm_source=y", "http://www.a.example/x"),
        ("https://a.example/x?utm_source=y", None),
        ("urn:isbn:1", None),
    ],
)
def test_the_address_is_kept_where_it_is_spelled_otherwise(url: str, address: str | None) -> None:
    assert article(RECORD | {"url": url}).address == address


def test_the_id_is_the_external_id_only_when_kept() -> None:
    assert article(RECORD, keep_id=False).external_id is None


@pytest.mark.parametrize("url", [None, "", "n/a", 5, "javascript:x"])
def test_without_a_web_address_the_source_and_id_are_the_url(url: object) -> None:
    made = article(RECORD | {"url": url, "source": "S", "id": 12})
    assert (made.url, made.site) == ("urn:wirefold:S:12", "S")


def test_a_record_without_text_is_rejected_for_that() -> None:
    for text in (None, "", "  ", 5):
        made = to_article(RECORD | {"text": text}, keep_id=True, where="f:3")
        expected = Rejection(
            url="https://a.example/x", source="a.example", stage=Stage.IMPORT, reason="no-text", detail="f:3"
        )
        assert made == expected


def test_a_record_without_id_and_url_is_named_by_its_line() -> None:
    made = to_article({"text": "Body", "source": "S"}, keep_id=True, where="f:3")
    assert isinstance(made, Rejection)
    assert (made.url, made.reason) == ("f:3", "no-id")


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2016-11-01", datetime(2016, 11, 1, tzinfo=UTC)),
        ("2016-11-01T10:00:00Z", datetime(2016, 11, 1, 10, tzinfo=UTC)),
        (1478000000.0, datetime(2016, 11, 1, 11, 33, 20, tzinfo=UTC)),
        ("1478000000", datetime(2016, 11, 1, 11, 33, 20, tzinfo=UTC)),
        (date(2016, 11, 1), datetime(2016, 11, 1, tzinfo=UTC)),
        (datetime(2016, 11, 1, 10), datetime(2016, 11, 1, 10, tzinfo=UTC)),
        ("yesterday", None),
        (10**30, None),
    ],
)
def test_a_date_is_read_or_kept_as_it_was(published: object, expected: datetime | None) -> None:
    made = article(RECORD | {"published": published})
    assert made.date_published == expected
    assert made.date_published_raw is not None


def test_what_no_store_takes_is_replaced() -> None:
    made = article(RECORD | {"text": "a\x00b\ud800c", "n": float("nan"), "b": b"x", "l": [{"k\x00": "\x00"}]})
    assert made.article_body == "a\ufffdb\ufffdc"
    assert made.extra["l"] == [{"k\ufffd": "\ufffd"}]
    json.dumps(made.extra, allow_nan=False).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["id", "url", "text", "title", "published", "lang", "source", "authors", "publisher", "x"])


@given(st.dictionaries(NAMES, JSON))
def test_any_record_is_an_article_or_a_rejection(record: dict[str, Any]) -> None:
    made = to_article(record, keep_id=True, where="f:1")
    assert made.url and made.source
    if isinstance(made, Article):
        assert made.article_body and made.site
        json.dumps(made.extra, allow_nan=False).encode()


def lines(path: Path) -> list[tuple[int, Any]]:
    return list(read_records(path))


@pytest.mark.parametrize("is_gzip", [True, False])
def test_json_lines_are_known_by_their_bytes_not_their_name(tmp_path: Path, is_gzip: bool) -> None:
    path = tmp_path / "records.txt"
    content = b'{"id": 1}\n\n{"id": 2}'
    path.write_bytes(gzip.compress(content) if is_gzip else content)
    assert lines(path) == [(1, {"id": 1}), (3, {"id": 2})]


def test_a_bad_line_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_bytes(b'{"id": 1}\n{"id": \n[1]\n\xff\xfe\n' + b"[" * 200_000 + b'\n{"id": 2}\n')
    found = lines(path)
    errors = [each for _, each in found if isinstance(each, RecordError)]
    assert [(number, each) for number, each in found if isinstance(each, dict)] == [(1, {"id": 1}), (6, {"id": 2})]
    assert [error.where for error in errors] == [f"{path}:{line}" for line in (2, 3, 4, 5)]
    assert str(errors[1]) == f"{path}:3: not a JSON object"
    assert reject_record(errors[0]).url == f"{path}:2"


def test_a_line_without_end_is_not_kept_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl"
    path.write_bytes(gzip.compress(b" " * 120_000_000 + b'\n{"id": 2}\n', compresslevel=1))
    (first, error), second = lines(path)
    assert (first, str(error)) == (1, f"{path}:1: the line is too long")
    assert second == (2, {"id": 2})


def test_a_gzip_cut_in_the_middle_gives_its_whole_lines_then_an_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl.gz"
    rows = [json.dumps({"id": number, "text": hex(number**40)}) for number in range(2000)]
    path.write_bytes(gzip.compress("\n".join(rows).encode())[:-5000])
    found = []
    with pytest.raises(ArchiveError, match=r"cut\.jsonl\.gz: .*after line \d"):
        for line, record in read_records(path):
            found.append((line, record))
    assert found and all(isinstance(record, dict) for _, record in found[:-1])


def test_parquet_rows_are_records(tmp_path: Path) -> None:
    path = tmp_path / "records"
    rows = [{"id": 1, "published": datetime(2016, 11, 1), "text": "a"}, {"id": 2, "published": None, "text": "b"}]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    assert lines(path) == [(1, rows[0]), (2, rows[1])]


@pytest.mark.parametrize("content", [b"PAR1 and no more", None])
def test_a_file_that_cannot_be_read_is_an_archive_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"broken\.parquet: "):
        lines(path)


@needs_data
@pytest.mark.parametrize(
    ("name", "rows"),
    [("crossing-outlets.jsonl.gz", 6009), pytest.param("planted-20k.parquet", 20000, marks=pytest.mark.slow)],
)
def test_the_real_files_are_articles_to_the_last_record(name: str, rows: int) -> None:
    assert DATA is not None
    made = [to_article(record, keep_id=True) for _, record in read_records(DATA / name) if isinstance(record, dict)]
    articles = [each for each in made if isinstance(each, Article)]
    assert len(articles) == len(made) == rows
    unread = [each for each in articles if each.date_published_raw and not each.date_published]
    assert len(unread) < rows / 100


@pytest.mark.parametrize("content", [b"hello\n" * 50, b"<html>\n<p>\n</html>", b"[1]\n[2]\n", b"\x00\x01\n" * 9])
def test_a_file_without_a_record_among_its_first_lines_is_something_else(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="other: neither Parquet nor JSON Lines"):
        list(read_records(path))
