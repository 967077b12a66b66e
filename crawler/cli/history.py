"""Commands about single addresses: what became of one, and forgetting one for good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli import records
from crawler.cli.choosing import judging_of
from crawler.cli.logs import log_to_stderr
from crawler.cli.opening import load_config, look_up, open_store
from crawler.cli.options import ConfigFile, LogForm, LogFormat, StoreUrl, Verbose, View, ViewFormat
from crawler.cli.output import moment, print_json
from crawler.cli.running import run_job
from crawler.reports.wording import brief

if TYPE_CHECKING:
    from crawler.jobs import Progress, Summary
    from storage.store import Store
    from storage.types import History


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: wirefold why https://www.example.com/news/ferry-sinks")(why)
    app.command(epilog='Example: wirefold purge https://www.example.com/news/ferry-sinks --reason "their request"')(
        purge
    )


def why(
    url: Annotated[str, typer.Argument(metavar="URL", help="Any address of a link, as listed or as kept.")],
    form: ViewFormat = View.TEXT,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Say what became of a link: who listed it, what each visit gave, why it was or was not kept, what comes next."""
    from crawler.reports.why import events, standing
    from storage.queries import Queries

    now = datetime.now(UTC)
    with open_store(store, load_config(config)) as opened:
        history = look_up(Queries(opened).why, url)
    if form is View.JSON:
        said = {"events": [asdict(event) for event in events(history)], "standing": standing(history, now)}
        print_json(_record(history) | said)
        return
    for line in _heading(history):
        print(line)
    for event in events(history):
        print(f"{moment(event.at)}  {event.text}")
    print("\n".join(["", *standing(history, now)]))


def purge(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Articles, by any of their addresses.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the one who asks later.")],
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
    log_format: LogFormat = LogForm.TEXT,
) -> None:
    """Forget articles for good: their texts go, and their addresses stay refused."""
    log_to_stderr(verbose=verbose, form=log_format)
    if not reason.strip():
        raise typer.BadParameter("say why: whoever asks later has nothing else.", param_hint="--reason")
    from crawler import jobs

    loaded = load_config(config)

    def job(opened: Store, _: Progress) -> Summary:
        return jobs.purge(opened, urls, reason, judging_of(loaded, opened))

    run_job(store, loaded, job, create=False)


def _heading(history: History) -> Iterator[str]:
    yield brief(history.address, 1_000)
    if history.url != history.address:
        yield f"  kept as    {brief(history.url, 1_000)}"
    for alias in history.aliases:
        yield f"  same as    {brief(alias, 1_000)}"
    yield ""


def _record(history: History) -> dict[str, Any]:
    return asdict(history) | {"article": None if history.article is None else records.of_detail(history.article)}
