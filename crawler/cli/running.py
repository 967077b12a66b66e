"""Runs a job on the store, and says in one line what it did."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from crawler.cli.logs import is_for_programs, note
from crawler.cli.opening import open_store
from crawler.cli.options import NEEDS_A_LOOK
from crawler.cli.progress import progress
from crawler.reports.wording import plural

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.jobs import Progress, Summary
    from storage.store import Store

_OTHER_OUTCOMES = ("revised", "unchanged", "refused")  # refused: of articles that were purged
_PROBLEMS_SHOWN = 20  # all of them are in the store, as rejections


def run_job(
    store: str | None, config: Config, job: Callable[[Store, Progress], Summary], *, create: bool = True
) -> None:
    """Run a job on the store and print what it did; exit with 1 if a person should look at something."""
    with open_store(store, config, create=create) as opened:
        summary = job(opened, progress())
    print_summary(summary)
    end(summary)


def print_summary(summary: Summary) -> None:
    """Print what a job did, and note the rest."""
    print(summary_line(summary.command, summary.counts))
    note_summary(summary)


def note_summary(summary: Summary) -> None:
    """Name the first problems of a job; for programs, the counts come last."""
    note_problems(summary.problems)
    if is_for_programs():
        note(summary_line(summary.command, summary.counts), level=logging.INFO, counts=summary.counts)


def note_problems(problems: Sequence[str]) -> None:
    """Name the first problems, and count the others."""
    for problem in problems[:_PROBLEMS_SHOWN]:
        note(problem)
    if len(problems) > _PROBLEMS_SHOWN:
        note(f"... and {len(problems) - _PROBLEMS_SHOWN:,} more")


def end(summary: Summary) -> None:
    """End a command with the exit code that its job has earned."""
    if summary.counts.get("unfinished"):
        raise KeyboardInterrupt
    if summary.problems or summary.counts.get("failed_sources"):
        raise typer.Exit(NEEDS_A_LOOK)


def summary_line(command: str, counts: Mapping[str, int]) -> str:
    """Say in one line what a run did.

    >>> summary_line("crawl", {"sources": 40, "due": 12, "not_modified": 3, "pages": 57, "kept": 41, "left": 8})
    'crawl: 12 of 40 sources due (3 not modified), 57 pages, 41 kept, 8 links left for later'
    >>> summary_line("reextract", {"reextracted": 40, "changed": 3, "kept": 1, "rejected": 0, "judged": 1, "joined": 0})
    'reextract: 40 pages, 3 changed, 1 kept; 0 joined'
    >>> summary_line("import", {"records": 3, "kept": 2, "rejected": 1, "rejected/import/no-text": 1, "joined": 1})
    'import: 3 records, 2 kept, 1 rejected (no-text 1); 1 joined'
    """
    joined = f"; {counts['joined']:,} joined" if "joined" in counts else ""
    return f"{command}: {', '.join(_parts(command, counts))}{joined}"


def _parts(command: str, counts: Mapping[str, int]) -> Iterator[str]:
    if command == "rebuild":
        yield f"{plural(counts['judged'], 'article')} judged"
        return
    if command == "purge":
        yield f"{plural(counts['purged'], 'article')} purged"
        return
    if command.startswith("prune"):
        yield f"{plural(counts['pruned'], 'variant')} of {plural(counts['clusters'], 'cluster')} pruned"
        return
    if command.startswith("reextract"):
        yield plural(counts["reextracted"], "page")
        yield f"{counts.get('changed', 0):,} changed"
        yield from _outcomes(counts, ("kept", "refused"))
        return
    if command == "crawl":
        yield _sources(counts)
    if counts.get("already"):
        yield f"{plural(counts['already'], 'file')} already taken in"
    yield from _pages(command, counts)
    if counts.get("left"):
        yield f"{plural(counts['left'], 'link')} left for later"


def _sources(counts: Mapping[str, int]) -> str:
    names = {
        "not modified": "not_modified",
        "not read": "unread",
        "with other crawls": "elsewhere",
        "failed": "failed_sources",
        "interrupted": "unfinished",
    }
    special = ", ".join(f"{counts[name]:,} {words}" for words, name in names.items() if counts.get(name))
    due = f"{counts.get('due', 0):,} of {plural(counts['sources'], 'source')} due"
    return due + (f" ({special})" if special else "")


def _pages(command: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield plural(counts.get("records", 0), "record") if command == "import" else plural(counts["pages"], "page")
    yield f"{counts['kept']:,} kept"
    yield from _outcomes(counts, _OTHER_OUTCOMES)


def _outcomes(counts: Mapping[str, int], names: Sequence[str]) -> Iterator[str]:
    yield from (f"{counts[name]:,} {name}" for name in names if counts.get(name))
    if counts.get("rejected"):
        yield f"{counts['rejected']:,} rejected ({_reasons(counts)})"


def _reasons(counts: Mapping[str, int]) -> str:
    found: Counter[str] = Counter()
    for name, count in counts.items():
        if name.startswith("rejected/"):
            found[name.rpartition("/")[2]] += count
    return ", ".join(f"{reason} {count:,}" for reason, count in found.most_common())
