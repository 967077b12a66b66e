"""Articles in the forms that other programs read."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import jsonschema_rs
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from crawler.exports import Channel, Form, write
from crawler.spiders.records import read_records, to_article
from storage.rows import as_stored
from storage.types import Article, ExportRow
from tests.exports.ninjs_demands import complaints
from tests.exports.rows import FULL, HARMFUL, HOSTILE, NOON, ROWS, a_row
from tests.store.test_articles import ARTICLES


def written(form: Form, rows: Sequence[ExportRow] = ROWS, *, texts: bool = True) -> bytes:
    """Write rows in one form."""
    file = io.BytesIO()
    write(iter(rows), form, file, Channel(), texts=texts)
    return file.getvalue()


def lines(form: Form, *, texts: bool = True) -> list[Any]:
    """Read what was written as JSON Lines."""
    return [json.loads(line) for line in written(form, texts=texts).decode().splitlines()]


def imported(path: Path) -> list[Any]:
    """Read an export as an import would."""
    return [to_article(record, keep_id=True) for _, record in read_records(path) if isinstance(record, dict)]


def test_json_lines_can_be_imported_as_the_same_articles(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    rows = [FULL, a_row(3, external_id="x3"), a_row(4, url="urn:wirefold:daily:9", source="daily", site="daily")]
    file.write_bytes(written(Form.JSONL, rows))
    found = imported(file)
    assert found == [
        replace(row.article, date_published=found[0].date_published) if row is FULL else row.article for row in rows
    ]
    assert found[0].date_published == NOON


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    record = json.loads(written(Form.JSONL, [a_row(1, article_body=f"<{text}>", extra={"text": text})]))
    article = to_article(record, keep_id=False)
    assert isinstance(article, Article)
    assert (article.article_body, article.extra) == (f"<{text}>", {"text": text})


def test_an_import_restores_nothing_of_the_wrong_type() -> None:
    own = {"optOuts": 7, "notes": {"a": 1}, "provenance": ["x"], "extra": "y"}
    article = to_article({"url": "https://a.example/1", "text": "x", "wirefold": own}, keep_id=False)
    assert isinstance(article, Article)
    assert (article.opt_outs, article.notes, article.provenance, article.extra) == (("7",), (), {}, {})


@pytest.mark.parametrize("form", [Form.JSONL, Form.CSV, Form.NINJS, Form.RSS, Form.JSON_FEED])
def test_no_control_or_bidi_character_is_written(form: Form) -> None:
    text = written(form).decode()
    assert [char for char in text if not char.isprintable() and char != "\n"] == []


def test_json_keeps_hostile_texts_as_they_are() -> None:
    assert lines(Form.JSONL)[1]["headline"] == lines(Form.NINJS)[1]["headlines"][0]["value"] == HOSTILE


def test_csv_has_lists_in_one_cell_times_in_utc_and_no_formulas() -> None:
    full, harmful, plain = csv.DictReader(io.StringIO(written(Form.CSV).decode()))
    assert (full["authors"], full["datePublished"]) == ("Ada Byron; O'Neil, Bo", "2026-03-01T12:00:00+00:00")
    assert (full["url"], full["isAccessibleForFree"], full["role"]) == (
        "https://www.daily.example/1",
        "False",
        "canonical",
    )
    assert {value[0] for value in (harmful["headline"], harmful["authors"], harmful["articleBody"])} == {"'"}
    assert plain["articleBody"] == "Body of number 3.\nIts second part."


def test_parquet_has_typed_columns() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(written(Form.PARQUET)))
    types = {name: table.schema.field(name).type for name in ("datePublished", "authors", "isAccessibleForFree", "id")}
    assert types == {
        "datePublished": pyarrow.timestamp("us", tz="UTC"),
        "authors": pyarrow.list_(pyarrow.string()),
        "isAccessibleForFree": pyarrow.bool_(),
        "id": pyarrow.int64(),
    }
    full, harmful, _ = table.to_pylist()
    assert (full["datePublished"], full["keywords"]) == (NOON, ["ferry", "harbour"])
    assert harmful["headline"] == HOSTILE


def test_parquet_of_no_article_has_its_columns() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(written(Form.PARQUET, [])))
    assert table.num_rows == 0 and "headline" in table.column_names


def test_ninjs_is_what_its_schema_demands() -> None:
    found = lines(Form.NINJS)
    assert [complaints(news) for news in found] == [[], [], []]
    full, harmful, _ = found
    assert (full["uri"], full["representationType"]) == ("https://daily.example/1", "partial")
    assert full["associations"][0]["uri"] == "https://daily.example/1.jpg"
    assert "associations" not in harmful


def news_of(article: Article) -> Any:
    """Write an article, at an address on the Web, in ninjs."""
    found = replace(as_stored(article), url=f"https://daily.example/{as_stored(article).url}")
    return json.loads(written(Form.NINJS, [replace(a_row(), article=found)]))


@given(ARTICLES)
def test_ninjs_of_any_article_is_what_its_schema_demands(article: Article) -> None:
    assert complaints(news_of(article)) == []


@pytest.fixture
def schema() -> jsonschema_rs.Validator:
    """The IPTC's schema, where WIREFOLD_NINJS_SCHEMA names the file; skips, with a warning, where it does not."""
    path = os.environ.get("WIREFOLD_NINJS_SCHEMA")
    if path is None:
        reason = "WIREFOLD_NINJS_SCHEMA does not name ninjs-schema_3.1.json of github.com/iptc/newsinjson"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    # what it refers to elsewhere is the form of coordinates, of which an article has none
    known = json.loads(Path(path).read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(known, validate_formats=True, retriever=lambda _: {})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(article=ARTICLES)
@example(FULL.article)
@example(HARMFUL.article)
def test_ninjs_of_any_article_is_valid_by_the_schema_itself(schema: jsonschema_rs.Validator, article: Article) -> None:
    assert [error.message for error in schema.iter_errors(news_of(article))] == []


@pytest.mark.parametrize(
    ("news", "problem"),
    [
        ({}, "no uri"),
        ({"uri": "a b"}, "uri: no URI: 'a b'"),
        ({"uri": "urn:a", "headline": "x"}, "unknown property headline"),
        ({"uri": "urn:a", "contentCreated": "2026-03-01"}, "contentCreated: no zone: '2026-03-01'"),
        ({"uri": "urn:a", "bodies": [{"wordCount": "1"}]}, "bodies: no value"),
    ],
)
def test_what_ninjs_refuses_is_noticed(news: Any, problem: str) -> None:
    assert problem in complaints(news)


@pytest.mark.parametrize("form", [Form.JSONL, Form.CSV, Form.PARQUET, Form.NINJS])
def test_texts_can_be_left_out(form: Form) -> None:
    assert b"second part" not in written(form, [a_row()], texts=False)


def test_rss_is_valid_xml_with_the_number_of_copies() -> None:
    data = written(Form.RSS)
    root = etree.fromstring(data)
    assert [element.tag for element in root[0]] == ["title", "link", "description", "item", "item", "item"]
    feed = feedparser.parse(data)
    assert not feed.bozo
    full, harmful, plain = feed.entries
    assert (full.link, full.id, full.author) == ("https://www.daily.example/1", "https://daily.example/1", "O'Neil, Bo")
    assert (full.published, full.wirefold_copies, full.summary) == (
        "Sun, 01 Mar 2026 14:00:00 +0200",
        "3",
        "A boat sank.",
    )
    assert HOSTILE.startswith(harmful.title[:4]) and plain.summary == "Body of number 3. Its second part."


def test_json_feed_has_what_version_1_1_demands() -> None:
    feed = json.loads(written(Form.JSON_FEED))
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and feed["title"]
    assert all(isinstance(entry["id"], str) and isinstance(entry["content_text"], str) for entry in feed["items"])
    assert feed["items"][0]["authors"] == [{"name": "Ada Byron"}, {"name": "O'Neil, Bo"}]
    assert feed["items"][0]["_wirefold"]["copies"] == 3
    assert json.loads(written(Form.JSON_FEED, []))["items"] == []


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.PARQUET])
def test_rows_are_written_as_they_come(form: Form) -> None:
    file = io.BytesIO()
    sizes = []

    def rows() -> Iterator[ExportRow]:
        for number in range(1, 1_000):
            sizes.append(len(file.getvalue()))
            yield a_row(number)

    write(rows(), form, file, Channel(), texts=True)
    assert len(set(sizes)) > 20


def test_harmful_addresses_are_no_links() -> None:
    assert HARMFUL.article.main_image is not None
    assert b"javascript:" not in written(Form.JSON_FEED) + written(Form.RSS) + written(Form.NINJS)


@pytest.mark.parametrize("form", Form)
def test_what_finds_no_room_is_not_passed_over(form: Form) -> None:
    with pytest.raises(OSError, match="No space left"):
        write([a_row()], form, _Full(), Channel(), texts=True)


class _Full(io.BytesIO):
    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")
