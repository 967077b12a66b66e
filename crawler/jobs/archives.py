"""Taking in what others have fetched or extracted: archives, saved pages and import files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path

from crawler.errors import ArchiveError, RecordError
from crawler.extract.overrides import NO_OVERRIDES, Overrides
from crawler.extract.page import Page
from crawler.jobs.dedupe import judged
from crawler.jobs.judging import BY_DEFAULT, Judging
from crawler.jobs.keeping import Keeper, Summary, keeping, utc_now
from crawler.jobs.progress import Progress
from crawler.spiders.archive import (
    MAX_PAGE_BYTES,
    NO_URL,
    SavedFile,
    begins_record,
    look_into,
    read_captures,
    read_records,
    read_saved,
    reject_record,
    to_article,
)  # fmt: skip
from crawler.workers import WorkerPool, read_ahead
from storage.store import Store
from storage.types import ArchiveState, Article, Rejection

_NOTED_EVERY = 50  # captures: what a killed run has read in vain


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """How archives are taken in.

    ``again`` reads what has been taken in already; ``base`` is the address of a folder of HTML files whose pages do
    not say where they were found. With ``keep_pages`` the pages themselves are stored, too.
    """

    again: bool = False
    base: str | None = None
    keep_pages: bool = False
    max_page_bytes: int = MAX_PAGE_BYTES


@dataclass(frozen=True, slots=True)
class _Step:
    """What was read next, from how many bytes; ``state`` holds once it, and all before it, are stored."""

    found: Page | Rejection | None
    size_bytes: int
    state: ArchiveState | None = None


def ingest(
    store: Store,
    paths: Sequence[Path],
    *,
    workers: int | None,
    progress: Progress,
    intake: Intake = Intake(),
    overrides: Overrides = NO_OVERRIDES,
    judging: Judging = BY_DEFAULT,
) -> Summary:
    """Take the pages of WARC files, HTML files and folders of them into the store, then judge what is new.

    A WARC file that has been taken in before is read only from where that ended. ``counts`` has "bytes" as read and
    "already": the files that needed no reading.
    """
    with keeping(store, "ingest", keeps_pages=intake.keep_pages, shared=True) as keeper:
        survey = look_into(paths, intake.base)
        keeper.problems.extend(survey.problems)
        steps = chain(
            (step for path in survey.warcs for step in _archive(path, store, keeper, intake)),
            (step for file in survey.pages for step in _saved(file, keeper, intake)),
        )
        with (
            progress.step("Reading pages", survey.size_bytes) as advance,
            WorkerPool(workers, overrides=overrides) as pool,
        ):
            for step, extracting in _extracted(steps, pool):
                _keep(step, extracting, store, keeper)
                advance(step.size_bytes)
        return judged(store, keeper, progress, judging)


def import_file(
    store: Store, path: Path, *, keep_id: bool, progress: Progress, judging: Judging = BY_DEFAULT
) -> Summary:
    """Take articles that others have extracted into the store, then judge what is new."""
    with keeping(store, "import", shared=True) as keeper:
        now = utc_now()
        with progress.step("Reading articles", None) as advance:
            for result in articles_of(path, keeper.problems, keep_id=keep_id):
                keeper.counts["records"] += 1
                keeper.record(result, now)
                advance(1)
        return judged(store, keeper, progress, judging)


def _archive(path: Path, store: Store, keeper: Keeper, intake: Intake) -> Iterator[_Step]:
    """Read what a WARC file holds that is not in the store yet."""
    try:
        state = _begin(path, store, again=intake.again)
    except OSError as error:
        keeper.problems.append(f"{path}: {error.strerror}")
        return
    if state.offset >= state.size_bytes > 0:
        keeper.counts["already"] += 1
        return
    yield from _captures(path, state, keeper, intake.max_page_bytes)


def _captures(path: Path, state: ArchiveState, keeper: Keeper, max_page_bytes: int) -> Iterator[_Step]:
    begun, size_bytes = state.offset, 0
    try:
        for number, capture in enumerate(read_captures(path, begun, max_page_bytes=max_page_bytes), start=1):
            size_bytes += capture.offset - state.offset
            state = replace(state, offset=capture.offset)
            is_noted = number % _NOTED_EVERY == 0
            if is_noted or capture.found is not None:
                yield _Step(capture.found, size_bytes, state if is_noted else None)
                size_bytes = 0
    except ArchiveError as error:
        keeper.problems.append(str(error))
    if state.offset != begun:
        yield _Step(None, size_bytes, state)


def _begin(path: Path, store: Store, *, again: bool) -> ArchiveState:
    """Say from where a file is to be read: from its beginning, unless it is the one, or begins like it, that was.

    Raises:
        OSError: the file is gone, or may not be read.
    """
    status = path.stat()
    fresh = ArchiveState(
        path=os.fsencode(path.resolve()).decode(errors="backslashreplace"),
        size_bytes=status.st_size,
        modified=datetime.fromtimestamp(status.st_mtime, UTC),
        offset=0,
    )
    known = None if again else store.archive_state(fresh.path)
    if known is None:
        return fresh
    is_same = known == replace(fresh, offset=known.offset)
    has_grown = known.size_bytes < fresh.size_bytes and _goes_on(path, known.offset)
    return replace(fresh, offset=known.offset) if is_same or has_grown else fresh


def _goes_on(path: Path, offset: int) -> bool:
    """Tell whether a file that is larger than it was can be the same one, grown: a record begins where it ended."""
    with path.open("rb") as file:
        return begins_record(file, offset)


def _saved(file: SavedFile, keeper: Keeper, intake: Intake) -> Iterator[_Step]:
    try:
        size_bytes = file.path.stat().st_size
        found = read_saved(file, max_page_bytes=intake.max_page_bytes)
        if isinstance(found, Rejection) and found.reason == NO_URL:  # nowhere else a person is told which file it is
            keeper.problems.append(f"{file.path}: {found.detail}")
        yield _Step(found, size_bytes)
    except OSError as error:
        keeper.problems.append(f"{file.path}: {error.strerror}")
    except ArchiveError as error:
        keeper.problems.append(str(error))


def _extracted(steps: Iterable[_Step], pool: WorkerPool) -> Iterator[tuple[_Step, Future[Article | Rejection] | None]]:
    """Yield steps in their order, with what becomes of their pages; a bounded number of them is held at a time."""
    return read_ahead((step, pool.extract(step.found) if isinstance(step.found, Page) else None) for step in steps)


def _keep(step: _Step, extracting: Future[Article | Rejection] | None, store: Store, keeper: Keeper) -> None:
    """Hand a step to the keeper, how far the file has been read last: what it stores, it stores in this order."""
    if isinstance(step.found, Page) and extracting is not None:
        keeper.page(step.found, extracting.result())
    elif isinstance(step.found, Rejection):
        keeper.counts["pages"] += 1
        keeper.record(step.found, utc_now())
    keeper.counts["bytes"] += step.size_bytes
    if step.state is not None:
        keeper.take(partial(_note, store, step.state))


def _note(store: Store, state: ArchiveState) -> Iterable[str]:
    store.put_archive_state(state)
    return ()


def articles_of(path: Path, problems: list[str], *, keep_id: bool) -> Iterator[Article | Rejection]:
    """Yield the records of a file as articles or rejections; a bad line or file is a problem too."""
    try:
        for line, record in read_records(path):
            if isinstance(record, RecordError):
                problems.append(str(record))
                yield reject_record(record)
            else:
                yield to_article(record, keep_id=keep_id, where=f"{path}:{line}")
    except ArchiveError as error:
        problems.append(str(error))
