"""Which documents in other languages are proposed, and that it does not depend on how they were put into batches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from dedupe import across
from dedupe.documents import Document, Known, prepared
from dedupe.library import MemoryLibrary
from dedupe.sites import nothing
from tests.dedupe import translated

TEXTS = {"es": translated.SPANISH[0], "en": translated.SPANISH_IN_ENGLISH, "de": translated.GERMAN[0]}


def known(number: int, language: str | None, text: str, day: float = 20_000.0) -> Known:
    document = Document(
        number=number,
        article_id=number,
        site=f"s{number}.example",
        headline="",
        text=text,
        language=language,
        published=None,
        day=day,
    )
    (found,) = prepared([document], lambda _, body: nothing(len(body.sequence)))
    return found


def proposed(arrived: Sequence[Known], *, later: bool = False) -> list[tuple[int, int]]:
    library = MemoryLibrary()
    across.file(library, arrived)
    return across.proposed(library.index, across.entries(arrived), 1, later=later)


def test_a_translation_is_proposed_and_another_article_is_not() -> None:
    assert proposed([known(1, "es", TEXTS["es"]), known(2, "en", TEXTS["en"]), known(3, "de", TEXTS["de"])]) == [(1, 2)]


@pytest.mark.parametrize(("language", "other"), [("en", "en-GB"), ("eng", "en"), (None, "en"), ("", "es"), ("en", "?")])
def test_two_of_one_language_or_of_none_are_not_proposed(language: str | None, other: str) -> None:
    assert proposed([known(1, language, TEXTS["es"]), known(2, other, TEXTS["en"])]) == []


@pytest.mark.parametrize(("days", "is_near"), [(29.0, True), (70.0, False), (1_500_000.0, False)])
def test_what_lies_far_apart_in_time_is_not_proposed(days: float, is_near: bool) -> None:
    pair = [known(1, "es", TEXTS["es"]), known(2, "en", TEXTS["en"], day=20_000.0 + days)]
    assert proposed(pair) == ([(1, 2)] if is_near else [])


def test_a_document_is_proposed_to_one_that_came_before_only_when_asked_for_later_ones() -> None:
    library = MemoryLibrary()
    first, second = known(1, "es", TEXTS["es"]), known(2, "en", TEXTS["en"])
    across.file(library, [first, second])
    assert across.proposed(library.index, across.entries([first]), 1, later=False) == []
    assert across.proposed(library.index, across.entries([first]), 1, later=True) == [(1, 2)]


def test_no_more_are_proposed_for_a_document_than_its_best() -> None:
    many = [known(number, "en", TEXTS["en"]) for number in range(1, across.MOST_CANDIDATES + 6)]
    found = proposed([*many, known(99, "es", TEXTS["es"])])
    assert [one for one, _ in found] == [*range(6, across.MOST_CANDIDATES + 6)]


@pytest.mark.parametrize("size", [1, 2, 4, 9])
def test_batches_do_not_matter(size: int) -> None:
    documents = [known(number, *[*TEXTS.items()][number % 3]) for number in range(1, 10)]
    library = MemoryLibrary()
    found: list[tuple[int, int]] = []
    for first in range(0, len(documents), size):
        batch = documents[first : first + size]
        across.file(library, batch)
        found += across.proposed(library.index, across.entries(batch), 1, later=False)
    assert sorted(found) == proposed(documents)


def test_buckets_fit_into_the_integers_of_both_databases() -> None:
    documents = [known(1, "zzz", TEXTS["en"], day=day) for day in (-700_000.0, 0.0, 9_000_000.0)]
    buckets = {each.bucket for each in across.entries(documents)}
    assert len(buckets) == 3
    assert 1 << 17 < min(buckets) <= max(buckets) <= np.iinfo(np.int32).max
