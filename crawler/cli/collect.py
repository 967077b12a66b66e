"""Commands that bring articles into the store, and the one that judges them all again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from crawler.cli.choosing import judging_of
from crawler.cli.logs import log_to_stderr
from crawler.cli.opening import keeping_pages, load_config
from crawler.cli.options import ConfigFile, KeepPages, LogForm, LogFormat, StoreUrl, Verbose
from crawler.cli.running import run_job

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.jobs import Progress, Summary
    from storage.store import Store

Paths: TypeAlias = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH",
        help="WARC files, HTML files, folders of them, or lists of URLs.",
        exists=True,
        show_default=False,
    ),
]


def _existing(help_text: str) -> Any:
    """Make an argument that names a file to read."""
    return typer.Argument(metavar="FILE", help=help_text, exists=True, dir_okay=False, show_default=False)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: wirefold ingest news-2026-03.warc.gz crawl-data/CC-NEWS/2026")(ingest)
    app.command("import", epilog="Example: wirefold import articles.jsonl.gz --keep-id")(import_file)
    app.command(epilog="Example: wirefold rebuild --store news.sqlite")(rebuild)


def ingest(
    paths: Paths,
    again: Annotated[bool, typer.Option("--again", help="Read WARC files that were taken in before again.")] = False,
    base: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where a folder of HTML files was found, for pages that do not say it."),
    ] = None,
    keep_pages: KeepPages = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
    log_format: LogFormat = LogForm.TEXT,
) -> None:
    """Take pages that were fetched before through extraction into the store, and find copies.

    A path is a WARC file (plain or gzip), an HTML file, or a folder, of which all WARC files are read or, where there
    are none, all HTML files: what browsers, SingleFile or "wget -x" saved. A text file with a URL on each line is a
    list of pages to fetch. What a file is shows from its content.

    A WARC file that was taken in before is not read again; one that has grown is read on.
    """  # fmt: skip
    log_to_stderr(verbose=verbose, form=log_format)
    loaded = keeping_pages(load_config(config), keep_pages)
    lists = _lists(paths)
    if lists:
        _fetch(lists, store, loaded)
        return
    from crawler import jobs
    from crawler.extract import overrides
    from crawler.jobs.archives import Intake

    options, publishers = loaded.crawl, overrides.load(loaded.extract.overrides)
    intake = Intake(
        again=again, base=_address(base), keep_pages=options.keep_pages, max_page_bytes=options.max_page_bytes
    )
    run_job(
        store,
        loaded,
        lambda opened, shown: jobs.ingest(
            opened,
            paths,
            workers=options.workers,
            progress=shown,
            intake=intake,
            overrides=publishers,
            judging=judging_of(loaded, opened),
        ),
    )


def import_file(
    file: Annotated[Path, _existing("A JSON Lines or Parquet file.")],
    keep_id: Annotated[bool, typer.Option("--keep-id", help="Keep each record's id as its external id.")] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
    log_format: LogFormat = LogForm.TEXT,
) -> None:
    """Take articles that others have extracted (JSON Lines, plain or gzip, or Parquet) into the store, and find copies.

    Fields go by their schema.org names (url, headline, articleBody, datePublished, inLanguage, authors, publisher) or
    by short ones (id, title, text, published, lang, source or site). Without a url, an id is needed.
    """
    log_to_stderr(verbose=verbose, form=log_format)
    loaded = load_config(config)
    from crawler import jobs

    def job(opened: Store, shown: Progress) -> Summary:
        return jobs.import_file(opened, file, keep_id=keep_id, progress=shown, judging=judging_of(loaded, opened))

    run_job(store, loaded, job)


def rebuild(
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
    log_format: LogFormat = LogForm.TEXT,
) -> None:
    """Judge every article again: all clusters are made anew, from the texts alone."""
    log_to_stderr(verbose=verbose, form=log_format)
    from crawler import jobs

    loaded = load_config(config)

    def job(opened: Store, shown: Progress) -> Summary:
        return jobs.rebuild(opened, shown, judging_of(loaded, opened))

    run_job(store, loaded, job, create=False)


def _address(base: str | None) -> str | None:
    from crawler import urls

    if base is not None and not urls.absolute("", base):
        raise typer.BadParameter(f"{base!r} is not an http or https address.", param_hint="--base")
    return base


def _lists(paths: list[Path]) -> list[Path]:
    """Return the lists of URLs, which are fetched: so they cannot be named together with what is read."""
    from crawler.spiders.archive import Kind, kind_of

    lists = [path for path in paths if path.is_file() and kind_of(path) is Kind.URLS]
    if lists and len(lists) < len(paths):
        raise typer.BadParameter(f"{lists[0]} is a list of URLs: name it in a command of its own.", param_hint="PATH")
    return lists


def _fetch(lists: list[Path], store: str | None, config: Config) -> None:
    """Fetch the pages that are listed in files."""
    from crawler import jobs
    from crawler.spiders.archive import read_urls

    read = [read_urls(path) for path in lists]
    addresses = [address for found, _ in read for address in found]
    problems = [problem for _, bad in read for problem in bad]

    def job(opened: Store, shown: Progress) -> Summary:
        summary = jobs.crawl_urls(opened, config, addresses, shown, judging=judging_of(config, opened))
        return replace(summary, problems=[*problems, *summary.problems])

    run_job(store, config, job)
