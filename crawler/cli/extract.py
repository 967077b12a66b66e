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
from crawler.cli.options import NEEDS_A_LOOK, ConfigFile, Format, UsageError, Verbose, View
from crawler.cli.output import Layout, print_json, print_records
from crawler.cli.showing import extracted_lines, noticed_lines, rejected_lines, value_text
from crawler.exports.schema_org import in_schema_org
from storage.types import Article, Rejection

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.extract import Page

EXPLAINED = Layout(("field", "value", "rule"), {"Field": "field", "Value": "value", "Rule": "rule"})


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold extract page.html --url https://www.example.com/news/ferry-sinks")(extract)


def extract(
    page: Annotated[str, typer.Argument(metavar="FILE-or-URL", help="A saved page, or an address to fetch it from.")],
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where the saved page is from.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say which rule gave each field, and what was noticed.")
    ] = False,
    form: Annotated[
        View | None,
        typer.Option("--format", help="For a person, or for a program. Default: json; with --explain text."),
    ] = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
) -> None:
    """Show what extraction makes of one page, or why it is rejected; nothing is stored.

    A page is fetched as a crawl would: robots.txt is obeyed, private addresses are refused. Fixes for publishers hold:
    those that the configuration names, and those that come with Wirefold.
    """
    log_to_stderr(verbose=verbose)
    loaded = load_config(config)
    result = _extract(_page(page, url, loaded), loaded)
    form = form or (View.TEXT if explain else View.JSON)
    if isinstance(result, Rejection):
        _print_rejection(result, form)
        raise typer.Exit(NEEDS_A_LOOK)
    if explain:
        _print_explained(result, form)
    elif form is View.TEXT:
        print("\n".join(extracted_lines(result)))
    else:
        print_json(in_schema_org(result))


def _print_rejection(rejection: Rejection, form: View) -> None:
    if form is View.TEXT:
        print("\n".join(rejected_lines(rejection)))
    else:
        print_json(asdict(rejection))


def _print_explained(article: Article, form: View) -> None:
    explained = records.explained(article)
    if form is View.JSON:
        print_json(explained)
        return
    rows = ({**row, "value": value_text(row["value"])} for row in explained["fields"])
    print_records(rows, Format.TABLE, EXPLAINED)
    print("\n".join(noticed_lines(article)))


def _page(page: str, url: str | None, config: Config) -> Page | Rejection:
    """Read a page from a file, or fetch it."""
    if Path(page).is_file():
        return _saved(Path(page), url)
    if not page.lower().startswith(("http://", "https://")):
        raise UsageError(f"{page!r} is neither a file nor an http or https address")
    if url is not None:
        raise UsageError("--url is for a saved page")
    from crawler.spiders.single import fetch_page

    return fetch_page(config, page)


def _saved(path: Path, url: str | None) -> Page:
    from crawler.extract import Page

    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    return Page(url=url or path.resolve().as_uri(), content=content, content_type=None, fetched_at=datetime.now(UTC))


def _extract(page: Page | Rejection, config: Config) -> Article | Rejection:
    """Extract in a worker process, as every job does: a page that crashes or hangs is quarantined."""
    if isinstance(page, Rejection):
        return page
    from crawler.extract import overrides
    from crawler.workers import WorkerPool

    with WorkerPool(1, overrides=overrides.load(config.extract.overrides)) as pool:
        return pool.extract(page).result()
