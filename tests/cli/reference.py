"""Write docs/reference/cli.md: ``python -m tests.cli.reference``."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import typer.main

from crawler.cli.app import app

PATH = Path(__file__).parents[2] / "docs/reference/cli.md"


def render() -> str:
    """Have Typer describe all commands in Markdown."""
    command = [sys.executable, "-m", "typer", "crawler.cli.app", "utils", "docs", "--name", "wirefold"]
    return subprocess.run([*command, "--title", "Command line"], capture_output=True, text=True, check=True).stdout


def commands() -> list[str]:
    """List the commands by what is typed after ``wirefold``."""
    return sorted(path for path, command in _all().items() if not hasattr(command, "commands"))


def options(path: str) -> list[str]:
    """List the options of a command, long and short."""
    return [
        name
        for parameter in _all()[path].params
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("-")
    ]


@cache
def _all() -> dict[str, Any]:
    return dict(_walk("", typer.main.get_command(app)))


def _walk(path: str, command: Any) -> list[tuple[str, Any]]:
    inner = getattr(command, "commands", {}).items()
    return [(path, command), *(found for name, each in inner for found in _walk(f"{path} {name}".strip(), each))]


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
