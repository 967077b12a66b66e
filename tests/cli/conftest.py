"""The command line in this process, over a small store; and as it is installed, in one of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.cli.app import run
from tests.cli import seed

WIREFOLD = Path(sys.executable).parent / "wirefold"


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """Read the output as JSON."""
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """Return the one line on stderr of a command that could not do its work."""
        assert self.code == 2, self
        assert not self.out
        [line] = self.err.splitlines()
        return line


Command = Callable[..., Done]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests from the user's own configuration and store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WIREFOLD_STORE", str(tmp_path / "store.sqlite"))
    for name in ("WIREFOLD_CONFIG", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def wirefold(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process."""

    def call(*arguments: str | Path) -> Done:
        code = run([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return call


@pytest.fixture
def installed(tmp_path: Path) -> Command:
    """Run the installed program."""

    def call(*arguments: str | Path) -> Done:
        # Handed over as Python sees it: the readline library writes COLUMNS into the process behind its back.
        environment = {**os.environ}
        done = subprocess.run(
            [WIREFOLD, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60, env=environment
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def made(alone: None, made_file: Path, tmp_path: Path) -> Path:
    """Give the store that commands use before they would make it; there is nothing in it."""
    return Path(shutil.copy(made_file, tmp_path / "store.sqlite"))


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an SQLite store with the articles of `seed`; to be read only."""
    folder = tmp_path_factory.mktemp("seeded")
    store = folder / "seeded.sqlite"
    assert run(["import", str(seed.write(folder / "seed.jsonl")), "--keep-id", "--store", str(store)]) == 0
    return store


@pytest.fixture
def seeded(seeded_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the seeded store the one that commands use."""
    monkeypatch.setenv("WIREFOLD_STORE", str(seeded_file))
    return seeded_file


@pytest.fixture
def own_seeded(alone: None, seeded_file: Path, tmp_path: Path) -> Path:
    """Give the articles of `seed` in the store that commands use; the test may change it."""
    return Path(shutil.copy(seeded_file, tmp_path / "store.sqlite"))
