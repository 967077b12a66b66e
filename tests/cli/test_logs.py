"""A line of the log for a program: one object in ASCII, whatever a server says."""

from __future__ import annotations

import json
import logging

from hypothesis import example, given
from hypothesis import strategies as st

from crawler.cli.logs import JsonLine
from tests.cli import seed


def record(message: str, **extra: object) -> logging.LogRecord:
    """Make a record of the log."""
    return logging.getLogger("crawler.test").makeRecord(
        "crawler.test", logging.INFO, "test.py", 1, "%s", (message,), None, extra=extra
    )


@given(st.text())
@example(seed.ESCAPES)
def test_a_line_is_one_object_in_ascii(text: str) -> None:
    line = JsonLine().format(record(text, source=text))
    assert line.isascii() and line.isprintable()
    assert json.loads(line)["source"] == text


def test_only_known_extra_fields_are_told() -> None:
    line = json.loads(JsonLine().format(record("x", url="https://a.example/", counts={"kept": 2}, other=1)))
    assert line["counts"] == {"kept": 2}
    assert line.keys() == {"time", "level", "logger", "message", "url", "counts"}


def test_a_traceback_is_a_field() -> None:
    found = record("x")
    found.exc_info = (ValueError, ValueError("what went wrong"), None)
    assert "what went wrong" in json.loads(JsonLine().format(found))["traceback"]
