from __future__ import annotations

import pytest

from tests.extract import golden


@pytest.mark.parametrize("case", golden.CASES)
def test_a_golden_page_gives_what_stands_beside_it(case: str) -> None:
    assert golden.result(case) == golden.expected(case)
