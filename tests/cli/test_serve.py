"""``wirefold serve``: what it refuses, and that it answers."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.web_pages.serve import serving


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "news.example"])
def test_only_loopback_is_served_without_a_token(wirefold: Command, seeded: Path, host: str) -> None:
    assert "give --token-file" in wirefold("serve", "--host", host).complaint


def test_a_token_that_can_be_guessed_is_refused(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("short\n")
    assert str(file) in wirefold("serve", "--token-file", file).complaint


def test_an_address_that_is_not_ours_is_named(wirefold: Command, seeded: Path, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("0123456789abcdef")
    answer = wirefold("serve", "--token-file", file, "--host", "192.0.2.1")
    assert "cannot listen on 192.0.2.1, port 8765" in answer.complaint


def test_a_store_that_is_not_there_is_not_served(wirefold: Command) -> None:
    assert "there is no store yet" in wirefold("serve").complaint


def test_it_serves_until_it_is_interrupted(seeded: Path) -> None:
    with serving(str(seeded)) as address, urllib.request.urlopen(address, timeout=20) as answer:
        assert b"Articles, each once" in answer.read()
