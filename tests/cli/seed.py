"""A few articles as import records: a copy, a quotation, a text too short to judge, and headlines meant to harm."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

FORMULA = '=HYPERLINK("http://evil.example","win")'
MARKUP = "[bold]Ferry[/bold] :warning: sinks"
ESCAPES = "Red \x1b[31malert\x1b[0m \u202edesrever\u202c\x9b2J"

_SYLLABLES = ("ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "zu")


def prose(seed: int, words: int) -> str:
    """Make a text of words that no other seed has in this order."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(_SYLLABLES, k=3)) for _ in range(words))


_FERRY = prose(1, 300)
_QUOTED = " ".join(_FERRY.split()[60:200])
RECORDS: tuple[dict[str, Any], ...] = (
    {"id": "ferry", "url": "https://one.example/ferry", "title": MARKUP, "text": _FERRY},
    {"id": "copy", "url": "https://two.example/ferry", "title": FORMULA, "text": _FERRY.rsplit(" ", 9)[0]},
    {"id": "quote", "url": "https://three.example/c", "title": "A comment", "text": f"{prose(2, 150)} {_QUOTED}"},
    {"id": "short", "url": "https://four.example/short", "title": "In brief", "text": "Nothing more is known."},
    {"id": "alert", "url": "https://four.example/alert", "title": ESCAPES, "text": f"lighthouse {prose(3, 200)}"},
)
_MORE = {"published": "2026-03-01T12:00:00+02:00", "lang": "en", "desk": "night"}


def write(path: Path) -> Path:
    """Write the records as JSON Lines, an hour apart."""
    records = (record | _MORE | {"published": f"2026-03-01T{12 + n}:00:00+02:00"} for n, record in enumerate(RECORDS))
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path
