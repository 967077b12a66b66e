"""Says what a path that is to be taken in holds: known by content; by name where the content is damaged."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from crawler import urls
from crawler.errors import ArchiveError
from crawler.spiders.responses import is_html
from crawler.spiders.saved import SavedFile
from crawler.spiders.streams import WARC_START, unpacked

_HEAD_BYTES = 1 << 14
_MAX_LINE_CHARS = 10_000
_MAX_LIST_BYTES = 100_000_000  # a million addresses
_WARC_NAME = re.compile(r".+\.warc(\.gz)?(\.open)?", re.IGNORECASE)  # open: as a killed crawl left it
_PAGE_NAME = re.compile(r".+\.x?html?(\?.*)?(\.gz)?", re.IGNORECASE)  # wget keeps a query in the name


class Kind(StrEnum):
    """What a file is."""

    WARC = "WARC"
    PAGE = "HTML page"
    URLS = "list of URLs"


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is to take in, in order. ``problems`` name what cannot be."""

    warcs: list[Path]
    pages: list[SavedFile]
    problems: list[str]

    @property
    def size_bytes(self) -> int:
        """Add up the sizes of all files, as stored."""
        return sum(_size_bytes(path) for path in (*self.warcs, *(page.path for page in self.pages)))


def kind_of(path: Path) -> Kind | None:
    """Say what a file is, None if it is nothing that Wirefold reads.

    Raises:
        ArchiveError: it cannot be read.
    """
    head = _beginning(path, _HEAD_BYTES)
    if head.lstrip(b"\r\n").startswith(WARC_START) or _WARC_NAME.fullmatch(path.name):
        return Kind.WARC
    if _is_list(head):
        return Kind.URLS
    return Kind.PAGE if is_html(None, head) or _PAGE_NAME.fullmatch(path.name) else None


def look_into(paths: Iterable[Path], base: str | None = None) -> Survey:
    """Find the WARC files and HTML pages at these paths, which are files or folders.

    A folder that holds WARC files is taken for a crawl (Common Crawl's layout, wget's): its HTML files are in them.
    """
    survey = Survey([], [], [])
    for path in paths:
        try:
            _look(path, base, survey)
        except ArchiveError as error:
            survey.problems.append(str(error))
    return survey


def read_urls(path: Path) -> tuple[list[str], list[str]]:
    """Read a list of URLs (plain or gzip), one a line; empty lines and those that begin with "#" say nothing.

    Returns:
        The addresses in order, each once; and a problem for each line that is none.

    Raises:
        ArchiveError: it cannot be read, or is too long.
    """
    content = _beginning(path, _MAX_LIST_BYTES + 1)
    if len(content) > _MAX_LIST_BYTES:
        raise ArchiveError(path, None, f"a list of more than {_MAX_LIST_BYTES:,} bytes")
    lines = content.decode("utf-8-sig", "replace").splitlines()
    told = [(number, line.strip()) for number, line in enumerate(lines, 1) if _says_something(line)]
    bad = [f"{path}:{number}: not an http or https address" for number, line in told if not _is_address(line)]
    return list(dict.fromkeys(line for _, line in told if _is_address(line))), bad


def _beginning(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            return unpacked(file.read(limit), limit)
    except OSError as error:
        raise ArchiveError(path, None, error.strerror or str(error)) from error


def _look(path: Path, base: str | None, survey: Survey) -> None:
    if path.is_dir():
        _look_into_folder(path, base, survey)
        return
    is_special = path.exists() and not path.is_file()  # a pipe would be waited for
    kind = None if is_special else kind_of(path)
    if kind is Kind.WARC:
        survey.warcs.append(path)
    elif kind is Kind.PAGE:
        survey.pages.append(SavedFile(path, (path.resolve().parent.name, path.name), base))
    elif kind is Kind.URLS:
        raise ArchiveError(path, None, "a list of URLs; it can only be taken in by itself")
    else:
        raise ArchiveError(path, None, "neither a WARC file, nor an HTML page, nor a list of URLs")


def _look_into_folder(folder: Path, base: str | None, survey: Survey) -> None:
    whole = folder.resolve()
    files = list(_files(folder, lambda error: survey.problems.append(f"{error.filename}: {error.strerror}")))
    warcs = [file for file in files if _WARC_NAME.fullmatch(file.name)]
    pages = [] if warcs else [file for file in files if _is_page(file)]
    survey.warcs.extend(warcs)
    survey.pages.extend(SavedFile(file, (whole.name, *file.relative_to(folder).parts), base) for file in pages)
    if not warcs and not pages:
        raise ArchiveError(folder, None, "a folder without WARC files or HTML pages")


def _files(folder: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Yield the files of a folder and of those in it, in order of their names; no link leads out of it."""
    whole = folder.resolve()
    for parent, folders, names in os.walk(folder, onerror=on_error):
        folders.sort()
        for path in (Path(parent, name) for name in sorted(names)):
            if path.is_file() and path.resolve().is_relative_to(whole):
                yield path


def _is_page(path: Path) -> bool:
    """Tell whether a file of a folder is a page: by its name, or, since wget keeps addresses as names, by content."""
    if _PAGE_NAME.fullmatch(path.name):
        return True
    try:
        return kind_of(path) is Kind.PAGE
    except ArchiveError:
        return False


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # whoever reads it says so
        return 0


def _is_list(head: bytes) -> bool:
    """Tell by its first lines, if most of them are addresses, whether a file is a list; the others are named later."""
    whole = head if len(head) < _HEAD_BYTES else head[: head.rfind(b"\n") + 1]  # the last line may be cut
    lines = [line for line in whole.decode("utf-8-sig", "replace").splitlines() if _says_something(line)]
    return sum(_is_address(line.strip()) for line in lines) * 2 > len(lines)


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _is_address(line: str) -> bool:
    return len(line) < _MAX_LINE_CHARS and len(line.split()) == 1 and urls.absolute("", line) is not None
