"""No page takes long, none breaks extraction, and none that holds an article is silently empty."""

from __future__ import annotations

import time

import pytest

from crawler.extract import Page, extract
from storage.types import Article
from tests.extract.hostile import PAGES, SENTENCES, Hostile
from tests.extract.pages import FETCHED_AT

pytestmark = pytest.mark.slow

_FEW_LOST = 1  # the paragraph that stands right behind what is broken
_QUADRATIC_S = 20  # which would be minutes; they take up to 2 s on an idle core


@pytest.mark.parametrize("hostile", PAGES, ids=lambda hostile: hostile.name)
def test_a_hostile_page_gives_its_article_or_names_the_limit(hostile: Hostile) -> None:
    page = Page(
        url="https://www.a.example/news/budget",
        content=hostile.build(),
        content_type=hostile.content_type,
        fetched_at=FETCHED_AT,
    )
    started = time.process_time()
    result = extract(page)
    assert time.process_time() - started < _QUADRATIC_S
    if hostile.reasons:
        assert not isinstance(result, Article)
        assert result.reason in hostile.reasons
    else:
        assert isinstance(result, Article), result
        assert sum(sentence in result.article_body for sentence in SENTENCES) >= len(SENTENCES) - _FEW_LOST
