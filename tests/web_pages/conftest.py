"""The small store, served from both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.web_pages import serve


@pytest.fixture
def filled(made_url: str, tmp_path: Path) -> str:
    """Give the location of the small store, on each kind of database."""
    serve.fill(made_url, tmp_path)
    return made_url


@pytest.fixture
def asked(filled: str) -> Iterator[TestClient]:
    """Give a client that may decide."""
    with serve.client(filled) as client:
        yield client
