"""What can go wrong in the application, each naming what and where in one line.

CrawlerError
├── ConfigError    the configuration cannot be used (file and field)
├── SourceError    what a source answered cannot be read as what it should be (URL)
├── ArchiveError   an archive or an import file cannot be read, or not to its end (file and place)
├── RecordError    one line of an import file is not a record (file and line); yielded, not raised
├── DecisionError  what a person decides cannot be (the articles, the source or the decisions)
└── EngineMissing  what a backfill is to run on is not installed (what, and how to install it)
"""

from __future__ import annotations

from pathlib import Path


class CrawlerError(Exception):
    """Root of the errors of this package."""


class ConfigError(CrawlerError):
    """Say which field of which file cannot be used, and why."""

    def __init__(self, where: Path | str, field: str, problem: str) -> None:
        self.where, self.field, self.problem = where, field, problem
        super().__init__(": ".join(part for part in (str(where), field, problem) if part))


class SourceError(CrawlerError):
    """Say which source answer cannot be read, and why."""

    def __init__(self, url: str, problem: str) -> None:
        self.url, self.problem = url, problem
        super().__init__(f"{url}: {problem}")

    def __reduce__(self) -> tuple[type[SourceError], tuple[str, str]]:
        return type(self), (self.url, self.problem)  # it comes back from worker processes


class ArchiveError(CrawlerError):
    """Say at which byte (of the file as stored) reading ended, and why. ``offset`` is None when no place is known.

    ``path`` may be the address of a file elsewhere.
    """

    def __init__(self, path: Path | str, offset: int | None, problem: str) -> None:
        self.path, self.offset, self.problem = path, offset, problem
        place = "" if offset is None else f", byte {offset:,}"
        super().__init__(f"{path}{place}: {problem}")


class RecordError(CrawlerError):
    """Say which line (counted from 1) of an import file is not a record, and why. ``where`` is ``FILE:LINE``."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        self.path, self.line, self.problem = path, line, problem
        self.where = f"{path}:{line}"
        super().__init__(f"{self.where}: {problem}")


class DecisionError(CrawlerError):
    """Say what cannot be decided, and why."""


class EngineMissing(CrawlerError):
    """Say what is not installed, and how to install it."""
