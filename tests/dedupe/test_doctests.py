"""The examples in docstrings of dedupe."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from dedupe import evaluate, gazetteer, judge, sets


@pytest.mark.parametrize("module", [evaluate, gazetteer, judge, sets], ids=lambda module: module.__name__)
def test_the_examples_in_docstrings_are_true(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
