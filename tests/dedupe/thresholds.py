"""Write docs/reference/thresholds.md from the comments beside them: ``python -m tests.dedupe.thresholds``."""

from __future__ import annotations

import re
from inspect import getsource
from pathlib import Path

from dedupe.thresholds import Thresholds

PATH = Path(__file__).parents[2] / "docs/reference/thresholds.md"
_FIELD = re.compile(r"((?:^    # .+\n)+)^    (\w+): (?:float|int) = (.+)$", re.MULTILINE)
_INTRODUCTION = """\
# Thresholds

Where [the rules](../explanation/judgement.md#the-rules) draw their lines. Shares are 0..1, of shingles unless something
else is said. `wirefold evaluate --rules FILE` tries a TOML file with some of them, and `rules` under `[dedupe]` in
`wirefold.toml` puts one in force ([how to](../how-to/evaluate.md)); `window_days` can stand there itself.

| threshold | default | what it is for |
|---|---|---|
"""


def rows() -> list[tuple[str, str, str]]:
    """List name, default and comment of each threshold, in their order."""
    found = _FIELD.findall(getsource(Thresholds))
    return [(name, default, re.sub(r"\s*\n\s*# ", " ", comment).strip(" #\n")) for comment, name, default in found]


def render() -> str:
    """Write the page."""
    return _INTRODUCTION + "".join(f"| `{name}` | {default} | {comment} |\n" for name, default, comment in rows())


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
