"""Commands that bring articles into the store, and the one that judges them all again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.opening import choose_sources, load_config, log_to_stderr, open_store
from crawler.cli.options import NEEDS_A_LOOK, ConfigFile, StoreUrl, Verbose
from crawler.cli.output import note
from crawler.cli.progress import progress
from crawler.reports.wording import plural

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.jobs import Progress, Summary
    from storage.store import Store

_PROBLEMS_SHOWN = 20  # all of them are in the store, as rejections


def _existing(help_text: str) -> Any:
    """Make an argument that names a file to read."""
    return typer.Argument(metavar="FILE", help=help_text, exists=True, dir_okay=False, show_default=False)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: wirefold crawl --source guardian --source bbc")(crawl)
    app.command(epilog="Example: wirefold ingest news-2026-03.warc.gz news-2026-04.warc.gz")(ingest)
    app.command("import", epilog="Example: wirefold import articles.jsonl.gz --keep-id")(import_file)
    app.command(epilog="Example: wirefold rebuild --store news.sqlite")(rebuild)


def crawl(
    source: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this source; may be given several times.")
    ] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
) -> None:
    """Fetch what is new from the configured sources, find copies, and print one line of summary."""
    log_to_stderr(verbose=verbose)
    loaded = load_config(config)
    specs = choose_sources(loaded, source or [])
    from crawler import jobs

    _run(store, loaded, lambda opened, shown: jobs.crawl(opened, loaded, specs, shown))


def ingest(
    files: Annotated[list[Path], _existing("WARC files.")],
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
) -> None:
    """Take the pages of WARC files (plain or gzip) through extraction into the store, and find copies."""
    log_to_stderr(verbose=verbose)
    loaded = load_config(config)
    workers = loaded.crawl.workers
    from crawler import jobs

    _run(store, loaded, lambda opened, shown: jobs.ingest(opened, files, workers=workers, progress=shown))


def import_file(
    file: Annotated[Path, _existing("A JSON Lines or Parquet file.")],
    keep_id: Annotated[bool, typer.Option("--keep-id", help="Keep each record's id as its external id.")] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
) -> None:
    """Take articles that others have extracted (JSON Lines, plain or gzip, or Parquet) into the store, and find copies.

    Fields go by their schema.org names (url, headline, articleBody, datePublished, inLanguage, authors, publisher) or
    by short ones (id, title, text, published, lang, source or site). Without a url, an id is needed.
    """
    log_to_stderr(verbose=verbose)
    loaded = load_config(config)
    from crawler import jobs

    _run(store, loaded, lambda opened, shown: jobs.import_file(opened, file, keep_id=keep_id, progress=shown))


def rebuild(store: StoreUrl = None, config: ConfigFile = None, verbose: Verbose = False) -> None:
    """Judge every article again: all clusters are made anew, from the texts alone."""
    log_to_stderr(verbose=verbose)
    from crawler import jobs

    _run(store, load_config(config), jobs.rebuild, create=False)


def _run(store: str | None, config: Config, job: Callable[[Store, Progress], Summary], *, create: bool = True) -> None:
    """Run a job on the store and print what it did; exit with 1 if a person should look at something."""
    with open_store(store, config, create=create) as opened:
        summary = job(opened, progress())
    print(summary_line(summary.command, summary.counts))
    for problem in summary.problems[:_PROBLEMS_SHOWN]:
        note(problem)
    if len(summary.problems) > _PROBLEMS_SHOWN:
        note(f"... and {len(summary.problems) - _PROBLEMS_SHOWN:,} more")
    if summary.counts.get("unfinished"):
        raise KeyboardInterrupt
    if summary.problems or summary.counts.get("failed_sources"):
        raise typer.Exit(NEEDS_A_LOOK)


def summary_line(command: str, counts: Mapping[str, int]) -> str:
    """Say in one line what a run did.

    >>> summary_line("import", {"records": 3, "kept": 2, "rejected": 1, "rejected/import/no-text": 1, "joined": 1})
    'import: 3 records, 2 kept, 1 rejected (no-text 1); 1 joined'
    """
    return f"{command}: {', '.join(_parts(command, counts))}; {counts['joined']:,} joined"


def _parts(command: str, counts: Mapping[str, int]) -> Iterator[str]:
    if command == "rebuild":
        yield f"{plural(counts['judged'], 'article')} judged"
        return
    if command == "crawl":
        yield _sources(counts)
    yield plural(counts.get("records", 0), "record") if command == "import" else plural(counts["pages"], "page")
    yield f"{counts['kept']:,} kept"
    yield from (f"{counts[name]:,} {name}" for name in ("revised", "unchanged") if counts.get(name))
    if counts.get("rejected"):
        yield f"{counts['rejected']:,} rejected ({_reasons(counts)})"


def _sources(counts: Mapping[str, int]) -> str:
    names = {"not modified": "not_modified", "failed": "failed_sources", "interrupted": "unfinished"}
    special = ", ".join(f"{counts[name]:,} {words}" for words, name in names.items() if counts[name])
    return plural(counts["sources"], "source") + (f" ({special})" if special else "")


def _reasons(counts: Mapping[str, int]) -> str:
    found: Counter[str] = Counter()
    for name, count in counts.items():
        if name.startswith("rejected/"):
            found[name.rpartition("/")[2]] += count
    return ", ".join(f"{reason} {count:,}" for reason, count in found.most_common())
