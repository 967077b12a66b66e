"""Where the log goes, and how its lines look: for a person, or one JSON object a line for a program."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from crawler.cli.options import LogForm
from crawler.reports.wording import brief

_LINE_CHARS = 2_000
_EXTRAS = ("source", "url", "host", "counts")
_OWN = logging.getLogger(__name__)


def log_to_stderr(*, verbose: bool, form: LogForm = LogForm.TEXT, otherwise: int = logging.WARNING) -> None:
    """Send the log to stderr: with ``verbose`` all that Wirefold does, otherwise what is of that level or above."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine() if form is LogForm.JSON else _OneLine("%(levelname)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    for package in ("crawler", "dedupe", "storage"):
        logging.getLogger(package).setLevel(logging.INFO if verbose else otherwise)
    _OWN.setLevel(logging.INFO)


def note(text: str, *, level: int = logging.WARNING, counts: Mapping[str, int] | None = None) -> None:
    """Tell a person something in one line on stderr; where that is read by a program, as a line of the log."""
    if is_for_programs():
        _OWN.log(level, text, extra={"counts": counts} if counts else {})
    else:
        print(brief(text, _LINE_CHARS), file=sys.stderr)


def is_for_programs() -> bool:
    """Return whether this process logs JSON."""
    return any(isinstance(handler.formatter, JsonLine) for handler in logging.root.handlers)


class JsonLine(logging.Formatter):
    """Writes a record as one JSON object in ASCII, so that nothing in it can disturb a terminal or a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": brief(record.getMessage(), _LINE_CHARS),
        }
        line |= {name: getattr(record, name) for name in _EXTRAS if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class _OneLine(logging.Formatter):
    """Keeps what servers say in one line and harmless to a terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return brief(super().formatMessage(record), _LINE_CHARS)
