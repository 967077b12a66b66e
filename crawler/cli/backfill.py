"""The command that finds the copies in a whole archive at once, without a store."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.logs import log_to_stderr
from crawler.cli.opening import load_config
from crawler.cli.options import ConfigFile, LogForm, LogFormat, Verbose
from crawler.cli.running import end, note_summary
from crawler.reports.wording import plural

if TYPE_CHECKING:
    from crawler.jobs.backfill.engines import LocalEngine
    from crawler.jobs.backfill.spark import SparkEngine


class EngineName(StrEnum):
    """What does the work."""

    LOCAL = "local"
    SPARK = "spark"


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold backfill --engine spark s3://archive/cc-news/2026 --out s3://archive/copies")(
        backfill
    )


def backfill(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="WARC, Parquet or JSON Lines files, or folders of them: paths, or addresses (s3://, gs://, hdfs://).",
            show_default=False,
        ),
    ],
    out: Annotated[str, typer.Option("--out", "-o", metavar="FOLDER", help="An empty or new folder, or its address.")],
    engine: Annotated[EngineName, typer.Option(help="Processes on this machine, or Apache Spark.")] = EngineName.LOCAL,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes of the local engine. Default: one per core.", show_default=False),
    ] = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
    log_format: LogFormat = LogForm.TEXT,
) -> None:
    """Find the copies in an archive: the edges and clusters that importing it would give, as Parquet, without a store.

    Articles arrive file by file in the order given, in folders by name. FOLDER gets the folders edges, clusters (a row
    for each article) and rejections.
    """
    log_to_stderr(verbose=verbose, form=log_format)
    from crawler import jobs
    from crawler.extract import overrides
    from crawler.jobs.judging import judging

    loaded = load_config(config)
    publishers = overrides.load(loaded.extract.overrides)
    reading = jobs.Reading(datetime.now(UTC), publishers, loaded.crawl.max_page_bytes)
    with _engine(engine, workers) as running:
        summary = jobs.backfill(inputs, out, running, reading, judging(loaded, loaded.sources))
    counts = summary.counts
    print(
        f"backfill: {plural(counts['records'], 'record')}, {plural(counts['articles'], 'article')}, "
        f"{counts['rejected']:,} rejected; {counts['joined']:,} of {plural(counts['edges'], 'edge')} joined, "
        f"{plural(counts['clusters'], 'cluster')}"
    )
    note_summary(summary)
    end(summary)


def _engine(name: EngineName, workers: int | None) -> LocalEngine | SparkEngine:
    if name is EngineName.LOCAL:
        from crawler.jobs.backfill.engines import LocalEngine

        return LocalEngine(workers or os.cpu_count() or 1)
    from crawler.jobs.backfill.spark import SparkEngine

    return SparkEngine()
