"""The command that shows what extraction makes of one page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli import records
from crawler.cli.logs import log_to_stderr
from crawler.cli.opening import load_config
from crawler.cli.options import NEEDS_A_LOOK, ConfigFile, UsageError, Verbose, View, ViewFormat
from crawler.cli.output import print_json
from crawler.cli.showing import extracted_lines
from storage.types import Article, Rejection

if TYPE_CHECKING:
    from crawler.extract import Page


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold extract page.html --url https://www.example.com/news/ferry-sinks")(extract)


def extract(
    page: Annotated[str, typer.Argument(metavar="FILE-or-URL", help="A saved page, or an address to fetch it from.")],
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where the saved page is from.")] = None,
    form: ViewFormat = View.JSON,
    config: ConfigFile = None,
    verbose: Verbose = False,
) -> None:
    """Show what extraction makes of one page, or why it is rejected; nothing is stored.

    A page is fetched as a crawl would: robots.txt is obeyed, private addresses are refused.
    """
    log_to_stderr(verbose=verbose)
    result = _extract(_page(page, url, config))
    if form is View.TEXT:
        print("\n".join(extracted_lines(result)))
    else:
        print_json(asdict(result) if isinstance(result, Rejection) else records.in_schema_org(result))
    if isinstance(result, Rejection):
        raise typer.Exit(NEEDS_A_LOOK)


def _page(page: str, url: str | None, config: Path | None) -> Page | Rejection:
    """Read a page from a file, or fetch it."""
    if Path(page).is_file():
        return _saved(Path(page), url)
    if not page.lower().startswith(("http://", "https://")):
        raise UsageError(f"{page!r} is neither a file nor an http or https address")
    if url is not None:
        raise UsageError("--url is for a saved page")
    from crawler.spiders.single import fetch_page

    return fetch_page(load_config(config), page)


def _saved(path: Path, url: str | None) -> Page:
    from crawler.extract import Page

    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    return Page(url=url or path.resolve().as_uri(), content=content, content_type=None, fetched_at=datetime.now(UTC))


def _extract(page: Page | Rejection) -> Article | Rejection:
    """Extract in a worker process, as every job does: a page that crashes or hangs is quarantined."""
    if isinstance(page, Rejection):
        return page
    from crawler.workers import WorkerPool

    with WorkerPool(1) as pool:
        return pool.extract(page).result()
