"""Floors on real pages. They only rise."""

from __future__ import annotations

import gzip
import json
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.extract import Page
from crawler.workers import WorkerPool
from storage.types import ONLY_THE_BEGINNING, Article, Rejection
from tests.realdata import DATA, needs_data

pytestmark = [pytest.mark.slow, needs_data]

KEPT_FLOOR = 2300
BODY_F1_FLOOR = 0.966
_TOKEN = re.compile(r"\w+")


def _data(name: str) -> Path:
    assert DATA is not None
    return DATA / name


def _newsweb() -> Iterator[Page]:
    with _data("newsweb-2016_11.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            yield Page(
                url=record.rec_headers.get_header("WARC-Target-URI"),
                content=record.content_stream().read(),
                content_type=record.http_headers.get_header("Content-Type"),
                fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
            )


def test_the_real_news_pages_are_kept_and_log_in_pages_are_not() -> None:
    with WorkerPool() as pool:
        results = [done.result() for done in [pool.extract(page) for page in _newsweb()]]
    reasons = Counter(result.reason for result in results if isinstance(result, Rejection))
    articles = [result for result in results if isinstance(result, Article)]
    assert len(articles) >= KEPT_FLOOR, reasons
    assert not [article.url for article in articles if article.headline.startswith("Log In")]
    assert not [reason for reason in reasons if reason.startswith("quarantined")]


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    return Counter(tuple(tokens[at : at + 4]) for at in range(max(1, len(tokens) - 3)))


def _precision_and_recall(truth: str, found: str) -> tuple[float, float]:
    expected, given = _shingles(truth), _shingles(found)
    shared = (expected & given).total()
    return shared / max(given.total(), 1), shared / max(expected.total(), 1)


def _rows(name: str) -> list[dict[str, Any]]:
    with gzip.open(_data(name), "rt") as stream:
        return [json.loads(line) for line in stream]


def _pages(rows: list[dict[str, Any]], fetched_at: datetime) -> list[Page]:
    kind = "text/html; charset=utf-8"
    return [
        Page(url=row["url"], content=row["html"].encode(), content_type=kind, fetched_at=fetched_at) for row in rows
    ]


@pytest.mark.parametrize(("name", "count"), [("article-bodies.jsonl.gz", 181), ("publishers.jsonl.gz", 132)])
def test_no_article_is_rejected(name: str, count: int) -> None:
    pages = _pages(_rows(name), datetime(2026, 1, 1, tzinfo=UTC))
    with WorkerPool() as pool:
        results = [done.result() for done in [pool.extract(page) for page in pages]]
    assert len(results) == count
    assert [result for result in results if isinstance(result, Rejection)] == []
    cut_off = {result.site for result in results if isinstance(result, Article) and ONLY_THE_BEGINNING in result.notes}
    assert cut_off <= {"wsj.com"}


def test_bodies_agree_with_the_public_benchmark() -> None:
    rows = _rows("article-bodies.jsonl.gz")
    pages = _pages(rows, datetime(2020, 6, 1, tzinfo=UTC))
    with WorkerPool() as pool:
        bodies = [getattr(done.result(), "article_body", "") for done in [pool.extract(page) for page in pages]]
    scores = [_precision_and_recall(row["articleBody"], body) for row, body in zip(rows, bodies, strict=True)]
    precision, recall = (statistics.mean(column) for column in zip(*scores, strict=True))
    assert 2 * precision * recall / (precision + recall) >= BODY_F1_FLOOR
