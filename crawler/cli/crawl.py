"""The command for cron: fetch what is due."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from crawler.cli.choosing import choose_sources, judging_of
from crawler.cli.logs import log_to_stderr
from crawler.cli.measuring import measuring
from crawler.cli.opening import keeping_pages, load_config, open_store
from crawler.cli.options import ConfigFile, Format, KeepPages, LogForm, LogFormat, StoreUrl, Verbose, parse_duration
from crawler.cli.output import Layout, print_records
from crawler.cli.progress import progress
from crawler.cli.running import end, print_summary

if TYPE_CHECKING:
    from crawler.jobs import Summary

HOSTS = Layout(
    fields=("host", "requests", "bytes", "not_modified", "waited_s", "refused"),
    titles={
        "Host": "host",
        "Requests": "requests",
        "Bytes": "bytes",
        "Not modified": "not_modified",
        "Waited (s)": "waited_s",
        "Refused": "refused",
    },
)

OnlyFrom: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only this source, due or not; may be given several times."),
]
TimeLimit: TypeAlias = Annotated[
    float | None,
    typer.Option(
        parser=parse_duration,
        metavar="TIME",
        help="Begin nothing new after this time (90s, 10m, 2h); the next run goes on.",
    ),
]
MaxSites: TypeAlias = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Ask so many sites at most, and leave the others to crawls beside this one."),
]
WarcFolder: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="DIR", file_okay=False, help="Write all that is fetched into WARC files in this folder."),
]
Metrics: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", dir_okay=False, help="Write the state of things for Prometheus at its end."),
]
Hosts: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--hosts",
        help='Print a table of what was asked of each host, and what came of it. "Waited" adds up the waits of all '
        'requests, "Refused" counts what our own rules did not send or, rarely, did not read.',
    ),
]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold crawl --time-limit 10m --metrics wirefold.prom")(crawl)


def crawl(
    source: OnlyFrom = None,
    due_only: Annotated[
        bool, typer.Option("--due-only/--all", help="Ask only the sources that are due, or all of them.")
    ] = True,
    time_limit: TimeLimit = None,
    max_sites: MaxSites = None,
    warc: WarcFolder = None,
    keep_pages: KeepPages = False,
    hosts: Hosts = False,
    metrics: Metrics = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
    log_format: LogFormat = LogForm.TEXT,
) -> None:
    """Fetch what is due: new links of the sources and articles to look at again. Find copies; print one line.

    A source is due when it is expected to have something new; the summary says how many of them were.
    """
    log_to_stderr(verbose=verbose, form=log_format)
    with measuring(metrics) as run:
        loaded = keeping_pages(load_config(config), keep_pages)
        with open_store(store, loaded, create=True) as opened, run.of(loaded, opened):
            specs = choose_sources(loaded, opened, source or [])
            from crawler import jobs

            judging = judging_of(loaded, opened)
            asked = jobs.CrawlRun(
                due_only=due_only and not source,
                max_sites=max_sites,
                time_limit_s=time_limit,
                warc_dir=warc,
                judging=judging,
            )
            run.summary = jobs.crawl(opened, loaded, specs, progress(), asked)
        print_summary(run.summary)
        if hosts and run.summary.hosts:
            _print_hosts(run.summary)
        end(run.summary)


def _print_hosts(summary: Summary) -> None:
    rows = ({"host": host} | asdict(counts) for host, counts in sorted(summary.hosts.items()))
    print_records(rows, Format.TABLE, HOSTS)
