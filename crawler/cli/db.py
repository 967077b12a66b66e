"""Commands for the database itself: check, back up, upgrade, prune and copy a store."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.choosing import judging_of
from crawler.cli.logs import note
from crawler.cli.opening import load_config, open_store, store_at
from crawler.cli.options import NEEDS_A_LOOK, ConfigFile, StoreUrl, parse_moment
from crawler.cli.progress import progress
from crawler.cli.running import end, print_summary
from crawler.reports.wording import clean, plural

group = typer.Typer(no_args_is_help=True, help="Check, back up, upgrade and prune the store.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="db", epilog="Example: wirefold db check")
    group.command(epilog="Example: wirefold db check --store news.sqlite")(check)
    group.command(epilog="Example: wirefold db backup news-2026-03-01.sqlite")(backup)
    group.command(epilog="Example: wirefold db upgrade")(upgrade)
    group.command(epilog="Example: wirefold db prune --older-than 90d --dry-run")(prune)
    app.command(epilog="Example: wirefold copy --store news.sqlite --to postgresql://news@localhost/news")(copy)


def check(store: StoreUrl = None, config: ConfigFile = None) -> None:
    """Look for what is wrong with the store: damage to the file, and what does not fit together in it.

    Prints a line for each finding, and exits with 1 if there is any. It reads while others write; only the full text of
    an SQLite file is checked with other runs kept out.
    """
    from storage.checking import findings

    is_sound = True
    with open_store(store, load_config(config)) as opened:
        for finding in findings(opened):
            is_sound = False
            print(clean(finding))
    if not is_sound:
        raise typer.Exit(NEEDS_A_LOOK)
    print(f"check: {opened.url} is sound")


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", dir_okay=False, show_default=False, help="Where to; an older one goes.")
    ],
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Copy the SQLite store as it is at this moment into a file, while others read and write it.

    The file is there whole or not at all, and has been opened and looked into. PostgreSQL has pg_dump for this.
    """
    from storage.backup import back_up

    made = back_up(store_at(store, load_config(config)), file)
    size = f"{made.size_bytes / 1e6:,.1f} MB, schema {made.version}"
    print(f"backup: {plural(made.articles, 'article')} in {file} ({size})")


def upgrade(store: StoreUrl = None, config: ConfigFile = None) -> None:
    """Bring the store to the schema of this version, and say from which; any other command that opens it does, too."""
    from storage.migrations import HEAD

    with open_store(store, load_config(config)) as opened:
        url, before = opened.url, opened.version_found
    print(f"upgrade: {url} is at schema {HEAD}" + (f", was at {before}" if before != HEAD else " already"))


def prune(
    older_than: Annotated[
        datetime,
        typer.Option(
            parser=parse_moment,
            metavar="TIME",
            show_default=False,
            help="Clusters of which no member was seen for so long (90d, 12w) or since a date.",
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Forget the variants of old clusters: of each only the canonical article stays, with all its versions.

    The variants' addresses stay known, so that no crawl brings them back; "why" says of which article they were copies.
    """
    from crawler import jobs

    loaded = load_config(config)
    with open_store(store, loaded) as opened:
        judging = judging_of(loaded, opened)
        summary = jobs.prune(opened, older_than, progress(), dry_run=dry_run, judging=judging)
    print_summary(summary)
    if summary.counts["pruned"] and not dry_run:
        note(f"The space is for new articles; to have it back, run VACUUM on {opened.url}.")
    end(summary)


def copy(
    to: Annotated[
        str, typer.Option(metavar="URL", show_default=False, help="An empty store, or one that is not there yet.")
    ],
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Copy the whole store into another one, from SQLite to PostgreSQL or back; all ids stay the same.

    All of it is there at the end, or nothing; no run may write to the store meanwhile.
    """
    from crawler import jobs
    from storage.store import Store

    with open_store(store, load_config(config)) as opened, Store.open(to) as target:
        rows = jobs.copy(opened, target, progress())
    print(f"copy: {plural(rows, 'row')} from {opened.url} in {target.url}")
