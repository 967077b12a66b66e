"""Write docs/reference/settings.md from the template of a configuration: ``python -m tests.crawl.settings``."""

from __future__ import annotations

from pathlib import Path

from crawler.config import TEMPLATE

PATH = Path(__file__).parents[2] / "docs/reference/settings.md"
_INTRODUCTION = """\
# Settings

`wirefold.toml` in the working folder, or the file that `--config` or the environment variable `WIREFOLD_CONFIG` names.
`WIREFOLD_STORE` goes before its `store`, and `--store` before both. `wirefold init` writes this file, in which every
setting is explained and has its default. A setting that is not known, or a wrong value, ends a command with exit code 2
and its name.

"""


def render() -> str:
    """Write the page."""
    return f"{_INTRODUCTION}```toml\n{TEMPLATE}```\n"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
