"""Reads pages that were saved as HTML files: by browsers, by SingleFile, by wget."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from crawler import urls
from crawler.errors import ArchiveError
from crawler.extract.page import Page
from crawler.spiders.responses import refuse
from crawler.spiders.streams import unpacked
from storage.types import Rejection

SOURCE = "files"  # of a file whose address is not known
NO_URL = "no-url"

_HEAD_BYTES = 1 << 18  # canonical addresses come after inlined styles in some pages
_TAG = re.compile(r"<(link|meta)\b([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z:-]{1,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d{1,6}\)(\S{1,4000})\s*-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(r"<!--\s*Page saved with SingleFile\s+url:\s*(\S{1,4000})", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]+)(?::\d{1,5})?")
_FILE_ENDINGS = (".htm", ".html", ".xhtml", ".gz")


@dataclass(frozen=True, slots=True)
class SavedFile:
    """One HTML file. ``steps`` lead from the folder that was named, its own name first, to the file."""

    path: Path
    steps: tuple[str, ...]
    base: str | None = None


@dataclass(frozen=True, slots=True)
class AddressRule:
    """One place where a saved page's address may stand."""

    name: str
    reason: str
    find: Callable[[str, SavedFile], str | None]


def read_saved(file: SavedFile, *, max_page_bytes: int) -> Page | Rejection:
    """Read a saved page (plain or gzip), as of when the file was last changed.

    Raises:
        ArchiveError: the file cannot be read.
    """
    try:
        with file.path.open("rb") as opened:
            content = unpacked(opened.read(max_page_bytes + 1), max_page_bytes + 1)
            modified = datetime.fromtimestamp(os.fstat(opened.fileno()).st_mtime, UTC)
    except OSError as error:
        raise ArchiveError(file.path, None, error.strerror or str(error)) from error
    name = file.path.absolute().as_uri()
    url = address(content, file)
    if url is None:
        return refuse(name, SOURCE, NO_URL, "neither the page nor the folder says where it was found")
    if len(content) > max_page_bytes:
        return refuse(url, urls.site_of(url), "too-big", f"more than {max_page_bytes:,} bytes")
    return Page(url=url, content=content, content_type=None, fetched_at=modified)


def address(content: bytes, file: SavedFile) -> str | None:
    """Return where a saved page was found, by the first of `ADDRESS_RULES` that knows it."""
    head = _text(content[:_HEAD_BYTES])
    found = (urls.absolute("", rule.find(head, file)) for rule in ADDRESS_RULES)
    return next((url for url in found if url), None)


def _text(content: bytes) -> str:
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if is_wide else "utf-8", "replace").replace("\0", "")  # no store takes a NUL


# -- rules ----------------------------------------------------------------------------------------------------------


def _saved_by(pattern: re.Pattern[str]) -> Callable[[str, SavedFile], str | None]:
    def find(head: str, file: SavedFile) -> str | None:
        found = pattern.search(head)
        return found[1] if found else None

    return find


def _declared(tag: str, key: str, value: str, answer: str) -> Callable[[str, SavedFile], str | None]:
    """Find the attribute ``answer`` of the first ``tag`` whose attribute ``key`` is ``value``."""

    def find(head: str, file: SavedFile) -> str | None:
        for match in _TAG.finditer(head):
            attributes = _attributes(match[2]) if match[1].lower() == tag else {}
            if value in attributes.get(key, "").lower().split():
                return attributes.get(answer)
        return None

    return find


def _attributes(text: str) -> dict[str, str]:
    return {
        match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "") for match in _ATTRIBUTE.finditer(text)
    }


def _from_folder(head: str, file: SavedFile) -> str | None:
    """Read HOST/path as wget writes it; it names the page of a folder "index.html", and keeps the query in the name.

    >>> _from_folder("", SavedFile(Path(), ("mirror", "www.example.com", "2026", "index.html")))
    'https://www.example.com/2026/'
    >>> _from_folder("", SavedFile(Path(), ("example.com", "story.php?id=7")))
    'https://example.com/story.php?id=7'
    """
    for at, step in enumerate(file.steps[:-1]):
        if _HOST.fullmatch(step.lower()) and not step.lower().endswith(_FILE_ENDINGS):
            return f"https://{step}/{_path(file.steps[at + 1 :])}"
    return None


def _from_base(head: str, file: SavedFile) -> str | None:
    return urls.absolute(file.base, _path(file.steps[1:])) if file.base else None


def _path(steps: tuple[str, ...]) -> str:
    joined = "/".join(steps).removesuffix(".gz")
    return quote(os.fsencode(re.sub(r"(?<![^/])index\.html$", "", joined)), safe="/%?=&+,;:@!$'()*~")


ADDRESS_RULES = (
    AddressRule("SingleFile", "the saver notes where the page was", _saved_by(_SINGLE_FILE)),
    AddressRule("saved from url", "browsers note where the page was", _saved_by(_SAVED_FROM)),
    AddressRule("rel=canonical", "what the page says of itself", _declared("link", "rel", "canonical", "href")),
    AddressRule("og:url", "what the page tells social networks", _declared("meta", "property", "og:url", "content")),
    AddressRule("folder", "wget -x writes HOST/path; scheme and closing slash are a guess", _from_folder),
    AddressRule("base", "the operator says where the folder was, not each page", _from_base),
)
