"""The program ``wirefold``: its commands, and the exit code and the one line for what is known to go wrong."""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

import typer.main

from crawler.cli import (
    backfill,
    collect,
    crawl,
    db,
    decide,
    evaluate,
    export,
    extract,
    history,
    provenance,
    query,
    reextract,
    report,
    review,
    revisions,
    serve,
    sources,
    trend,
)
from crawler.cli.logs import note
from crawler.cli.options import NEEDS_A_LOOK
from crawler.errors import CrawlerError, SourceError
from dedupe.errors import DedupeError
from storage.errors import StorageError, StoreLocked

_UNUSABLE = 2
_LOCKED = 75
_INTERRUPTED = 130
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_KNOWN = (StorageError, CrawlerError, DedupeError)

app = typer.Typer(
    name="wirefold",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog="Example: wirefold init, then wirefold sources add, wirefold crawl, wirefold clusters",
)
sources.register(app)
crawl.register(app)
collect.register(app)
backfill.register(app)
reextract.register(app)
query.register(app)
trend.register(app)
export.register(app)
history.register(app)
review.register(app)
provenance.register(app)
report.register(app)
decide.register(app)
revisions.register(app)
evaluate.register(app)
serve.register(app)
extract.register(app)
db.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"wirefold {version('wirefold')}")
        raise typer.Exit


@app.callback()
def wirefold(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Crawl news and keep one canonical version of each article, with its variants and the reasons.

    Exit codes: 0 fine; 1 finished, but something needs a look; 2 usage, configuration, or a store or file that cannot
    be opened; 75 another run holds the lock; 130 interrupted.
    """
    context.call_on_close(sys.stdout.flush)  # here, where Typer minds a pipe that is closed at its other end


def main() -> None:
    """Run the command that the process was started with, and end the process with its exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what Ctrl-C does: finish what must be, then end
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; what is known to go wrong is one line on stderr."""
    try:
        code: int | None = _program()(arguments, standalone_mode=False)
    except typer.TyperException as error:
        _complain(error.format_message() or "say which command")
        return error.exit_code
    except _KNOWN as error:
        _complain(str(error))
        return _exit_code(error)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        _complain(f"{error.filename or 'output or temporary files'}: {error.strerror}")
        _forget_output()
        return _UNUSABLE
    if code == _INTERRUPTED:
        note("Interrupted. What is stored stays; run the command again to go on.")
    return code or 0


@cache
def _program() -> Callable[..., int | None]:
    """Build the commands, once for all that this process runs."""
    return typer.main.get_command(app)


def _complain(message: str) -> None:
    note(f"wirefold: {message}", level=logging.ERROR)


def _forget_output() -> None:
    """Let go of what stdout could not take: the process would try once more at its end, and complain again."""
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())


def _exit_code(error: Exception) -> int:
    if isinstance(error, StoreLocked):
        return _LOCKED
    return NEEDS_A_LOOK if isinstance(error, (SourceError, DedupeError)) else _UNUSABLE
