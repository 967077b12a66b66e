"""The examples in docstrings of the command line, of the reports' wording and of the pages."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from crawler.cli import exchange, filters, reextract, running, serve
from crawler.exports import schema_org
from crawler.reports import health, trend
from crawler.web import guard, rendering
from storage import search


@pytest.mark.parametrize(
    "module",
    [exchange, filters, reextract, running, serve, schema_org, health, trend, guard, rendering, search],
    ids=lambda module: module.__name__,
)
def test_the_examples_in_docstrings_are_true(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
