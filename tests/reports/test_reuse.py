"""The matrix of who runs whose text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.reports.reuse import MOST_SOURCES, Copier, matrix
from storage.types import Reuse

_NAMES = st.sampled_from([f"outlet{number}" for number in range(2 * MOST_SOURCES)])


def test_rows_have_copies_of_columns_and_the_most_come_first() -> None:
    found = matrix([Reuse("daily", "wire", 3), Reuse("weekly", "wire", 1), Reuse("weekly", "daily", 5)])
    assert found.columns == ("daily", "wire")
    assert found.rows == (Copier("weekly", (5, 1), 0), Copier("daily", (0, 3), 0))
    assert [row.total for row in found.rows] == [6, 3]


def test_small_sources_are_put_together() -> None:
    found = matrix([Reuse(f"outlet{number:02}", f"wire{number:02}", 30 - number) for number in range(MOST_SOURCES + 2)])
    assert (len(found.columns), len(found.rows)) == (MOST_SOURCES, MOST_SOURCES + 1)
    assert (found.rows[-1].source, found.rows[-1].others) == (None, 18 + 17)
    assert (found.copiers, found.origins) == (MOST_SOURCES + 2, MOST_SOURCES + 2)


def test_cells_are_darker_the_more_there_is() -> None:
    found = matrix([Reuse("daily", "wire", 8), Reuse("weekly", "wire", 3), Reuse("weekly", "daily", 1)])
    assert [found.shade(count) for count in (0, 1, 3, 8)] == [0, 1, 2, 4]


@given(st.lists(st.builds(Reuse, _NAMES, _NAMES, st.integers(1, 9)), unique_by=lambda each: str(each)))
def test_no_copy_is_lost(reuses: list[Reuse]) -> None:
    found = matrix(reuses)
    assert sum(row.total for row in found.rows) == sum(each.copies for each in reuses)
