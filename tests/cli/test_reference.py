"""The command-line reference is what the commands say of themselves."""

from __future__ import annotations

import re

import pytest

from tests.cli import reference


def test_the_reference_is_up_to_date() -> None:
    assert reference.PATH.read_text(encoding="utf-8") == reference.render(), "run: python -m tests.cli.reference"


@pytest.mark.parametrize("path", reference.commands())
def test_every_command_and_option_stands_in_the_reference(path: str) -> None:
    sections = re.split(r"^#+ ", reference.PATH.read_text(encoding="utf-8"), flags=re.MULTILINE)
    [section] = [section for section in sections if section.startswith(f"`wirefold {path}`")]
    assert [option for option in reference.options(path) if not re.search(rf"`.*{option}\b.*`:", section)] == []
