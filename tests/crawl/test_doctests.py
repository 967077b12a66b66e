from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from crawler.sources import dates
from crawler.spiders import records, responses, saved


@pytest.mark.parametrize("module", [dates, records, responses, saved], ids=lambda module: module.__name__)
def test_the_examples_in_docstrings_are_true(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
