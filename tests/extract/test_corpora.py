"""Floors on real pages. They only rise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from benchmarks import extraction
from crawler.extract import Page
from crawler.workers import WorkerPool
from storage.types import ONLY_THE_BEGINNING, Article, Rejection
from tests.realdata import DATA, needs_data

pytestmark = [pytest.mark.slow, needs_data]

KEPT_FLOOR = 2300
BODY_F1_FLOORS = {"article-bodies": 0.978, "publishers": 0.966}
METADATA_FLOORS = {"headline": 87.0, "authors": 88.6, "day": 99.2, "minute": 98.4}


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


SETS = {"article-bodies": extraction.article_bodies, "publishers": extraction.publishers}
Extracted = Callable[[str], tuple[list[extraction.Case], list[Article | Rejection]]]


@pytest.fixture(scope="module")
def extracted() -> Extracted:
    """Extract a set of pages once, for all tests of this module."""

    @cache
    def extract_all(name: str) -> tuple[list[extraction.Case], list[Article | Rejection]]:
        cases = SETS[name]()
        with WorkerPool() as pool:
            futures = [pool.extract(extraction.page_of(case)) for case in cases]
            return cases, [future.result() for future in futures]

    return extract_all


@pytest.mark.parametrize("name", SETS)
def test_no_article_is_rejected(name: str, extracted: Extracted) -> None:
    _, results = extracted(name)
    assert [result for result in results if isinstance(result, Rejection)] == []
    cut_off = {result.site for result in results if isinstance(result, Article) and ONLY_THE_BEGINNING in result.notes}
    assert cut_off <= {"wsj.com"}


@pytest.mark.parametrize(("name", "floor"), BODY_F1_FLOORS.items())
def test_bodies_are_as_good_as_they_were(name: str, floor: float, extracted: Extracted) -> None:
    cases, results = extracted(name)
    _, _, f1 = extraction.body_scores(cases, [extraction.result_of(result) for result in results])
    assert f1 >= floor


@pytest.mark.parametrize(("check", "floor"), METADATA_FLOORS.items())
def test_metadata_is_as_good_as_it_was(check: str, floor: float, extracted: Extracted) -> None:
    cases, results = extracted("publishers")
    assert extraction.percent(cases, [extraction.result_of(result) for result in results], check) >= floor
