"""The inputs of a backfill: which there are, and what they hold, read where the work is done."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from crawler.errors import ArchiveError
from crawler.extract.overrides import NO_OVERRIDES, Overrides
from crawler.extract.page import Page
from crawler.jobs.archives import articles_of
from crawler.spiders.archive import MAX_PAGE_BYTES, Kind, kind_of, read_warc
from crawler.workers import WorkerPool, read_ahead
from storage.types import Article, Rejection

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

_HIDDEN = ("_", ".")  # what engines leave in folders beside the data


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read: ``path`` on the file system that ``location``, a path or an address, belongs to."""

    number: int
    location: str
    path: str

    @property
    def name(self) -> str:
        """Name the file."""
        scheme, mark, _ = self.location.rpartition("://")
        return f"{scheme}{mark}{self.path}"


@dataclass(frozen=True, slots=True)
class Reading:
    """How inputs are read. Records, unlike pages, do not say when they were seen: it is ``now``."""

    now: datetime
    overrides: Overrides = NO_OVERRIDES
    max_page_bytes: int = MAX_PAGE_BYTES


class Arrival(NamedTuple):
    """An article, and its place in the order of arrival: by input, then by row."""

    input: int
    row: int
    article: Article
    seen_at: datetime

    @property
    def place(self) -> tuple[int, int]:
        """Its place in the order of arrival."""
        return self.input, self.row


class Problem(NamedTuple):
    """What a person should look at, in a line."""

    text: str


Read: TypeAlias = Arrival | Rejection | Problem
Result: TypeAlias = tuple[Article | Rejection, datetime]
"""What became of a record or a page, and when that was seen."""


def find_inputs(locations: Sequence[str]) -> list[Input]:
    """List files in the order in which they arrive; a folder stands for all files in it, by their names.

    Raises:
        ArchiveError: there is no such file, or it cannot be asked for.
    """
    found = [(location, path) for location in locations for path in _files(location)]
    return [Input(number, *each) for number, each in enumerate(found)]


def file_system(location: str) -> tuple[FileSystem, str]:
    """Return the file system of a path or an address (s3://, gs://, hdfs://, file://), and the path there.

    Raises:
        ArchiveError: there is none that is known, or it does not answer.
    """
    from pyarrow.fs import FileSystem, LocalFileSystem

    if "://" not in location:
        return LocalFileSystem(), str(Path(location).absolute())
    try:
        found: tuple[FileSystem, str] = FileSystem.from_uri(location)
    except (OSError, ValueError) as error:  # ArrowInvalid is a ValueError
        raise ArchiveError(location, None, " ".join(str(error).split())) from error
    return found


def _files(location: str) -> list[str]:
    from pyarrow.fs import FileSelector, FileType

    system, path = file_system(location)
    try:
        kind = system.get_file_info(path).type
        if kind is not FileType.Directory:
            files = [path] if kind is FileType.File else []
        else:
            inside = system.get_file_info(FileSelector(path, recursive=True))
            files = sorted(
                each.path for each in inside if each.type is FileType.File and not _is_hidden(path, each.path)
            )
    except OSError as error:
        raise ArchiveError(location, None, str(error)) from error
    if not files:
        raise ArchiveError(location, None, "no such file, or a folder without files")
    return files


def _is_hidden(folder: str, path: str) -> bool:
    return any(part.startswith(_HIDDEN) for part in PurePosixPath(path).relative_to(folder).parts)


def read(reading: Reading, _: int, inputs: Iterator[Input]) -> Iterator[Read]:
    """Read inputs to their ends: articles, what is none and why, and what a person should look at."""
    return (row for each in inputs for row in _read_input(reading, each))


def _read_input(reading: Reading, source: Input) -> Iterator[Read]:
    problems: list[str] = []
    try:
        with _at_hand(source) as path:
            results = _pages if kind_of(path) is Kind.WARC else _records
            for row, (result, seen_at) in enumerate(results(path, reading, source.number, problems)):
                if isinstance(result, Article):
                    yield Arrival(source.number, row, result, seen_at)
                else:
                    yield _named(result, path, source)
            problems = [problem.replace(str(path), source.name) for problem in problems]
    except ArchiveError as error:
        problems.append(str(error))
    yield from map(Problem, problems)


def _named(rejection: Rejection, path: Path, source: Input) -> Rejection:
    """Name the file by its address, where a rejection names the copy that was read."""
    url, detail = (text.replace(str(path), source.name) for text in (rejection.url, rejection.detail))
    return replace(rejection, url=url, detail=detail)


@contextmanager
def _at_hand(source: Input) -> Iterator[Path]:
    """Have a file on this machine, as long as it is read: what is elsewhere is copied to a temporary folder."""
    from pyarrow.fs import LocalFileSystem

    system, _ = file_system(source.location)
    if isinstance(system, LocalFileSystem):
        yield Path(source.path)
        return
    with tempfile.TemporaryDirectory(prefix="wirefold-") as folder:
        path = Path(folder, PurePosixPath(source.path).name)
        try:
            with system.open_input_stream(source.path, compression=None) as remote, path.open("wb") as file:
                shutil.copyfileobj(remote, file)
        except OSError as error:
            raise ArchiveError(source.name, None, str(error)) from error
        yield path


def _records(path: Path, reading: Reading, number: int, problems: list[str]) -> Iterator[Result]:
    """Read records; each file is seen after those before it, as if one was imported after the other."""
    seen_at = reading.now + timedelta(microseconds=number)
    return ((result, seen_at) for result in articles_of(path, problems, keep_id=True))


def _pages(path: Path, reading: Reading, _: int, problems: list[str]) -> Iterator[Result]:
    """Read the pages of a WARC file through extraction, in a process of its own: pages are hostile."""
    with WorkerPool(1, overrides=reading.overrides) as pool:
        begun = (
            (found, pool.extract(found) if isinstance(found, Page) else None)
            for found in _captures(path, reading, problems)
        )
        for found, extracting in read_ahead(begun):
            if isinstance(found, Page) and extracting is not None:
                yield extracting.result(), found.fetched_at
            elif isinstance(found, Rejection):
                yield found, reading.now


def _captures(path: Path, reading: Reading, problems: list[str]) -> Iterator[Page | Rejection]:
    try:
        yield from read_warc(path, max_page_bytes=reading.max_page_bytes)
    except ArchiveError as error:
        problems.append(str(error))
