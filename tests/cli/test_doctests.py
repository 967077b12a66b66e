"""The examples in docstrings of the command line and of the reports' wording."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from crawler.cli import exchange, filters, records, reextract, running
from crawler.reports import health


@pytest.mark.parametrize(
    "module", [exchange, filters, records, reextract, running, health], ids=lambda module: module.__name__
)
def test_the_examples_in_docstrings_are_true(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
