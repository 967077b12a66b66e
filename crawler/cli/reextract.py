"""The command that reads kept pages again by today's rules, and says what that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.choosing import judging_of
from crawler.cli.logs import log_to_stderr
from crawler.cli.opening import load_config, open_store
from crawler.cli.options import ConfigFile, LogForm, LogFormat, StoreUrl, UsageError, Verbose, View
from crawler.cli.output import moment, print_json
from crawler.cli.progress import progress
from crawler.cli.running import end, note_summary, print_summary
from crawler.reports.wording import brief, plural

if TYPE_CHECKING:
    from crawler import jobs
    from crawler.jobs import Summary
    from crawler.jobs.changes import Change
    from storage.store import Store

_VALUE_CHARS = 60
_FIELD = "changed/"


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold reextract --site www.example.com --dry-run --format text")(reextract)


def reextract(
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only pages of this source.")] = None,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="Only pages of this site: www.example.com.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    form: Annotated[
        View | None,
        typer.Option("--format", help="Print what changed in each article, too: a line for each, or all as JSON."),
    ] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
    log_format: LogFormat = LogForm.TEXT,
) -> None:
    """Read the pages that --keep-pages kept by today's rules of extraction, store what they give now, find copies.

    A text that this changes is a new version of its article, which says that rules changed it and not its publisher;
    other fields are replaced. An article whose page would be rejected now stays, and is reported. A second run changes
    nothing.
    """
    log_to_stderr(verbose=verbose, form=log_format)
    loaded = load_config(config)
    with open_store(store, loaded) as opened:
        from crawler import jobs
        from crawler.extract import overrides

        choice = jobs.Choice(source=source, site=_host(site))
        _check(opened, choice)
        summary = jobs.reextract(
            opened,
            choice,
            workers=loaded.crawl.workers,
            progress=progress(),
            overrides=overrides.load(loaded.extract.overrides),
            dry_run=dry_run,
            judging=judging_of(loaded, opened),
        )
    _print(summary, form)
    end(summary)


def _host(site: str | None) -> str | None:
    from crawler import urls

    if site is None:
        return None
    host = urls.site_of(site if "://" in site else f"https://{site}/")
    if not host:
        raise typer.BadParameter(f"{site!r} is not a host like www.example.com.", param_hint="--site")
    return host


def _check(store: Store, choice: jobs.Choice) -> None:
    """Refuse a choice that no kept page fits: it is a slip of the pen, or nothing has been kept yet."""
    if not store.count_pages(source=choice.source, site=choice.site):
        chosen = "".join(f" of {name} {value!r}" for name, value in asdict(choice).items() if value is not None)
        raise UsageError(f"no page{chosen} is kept; crawl and ingest keep them with --keep-pages")


def _print(summary: Summary, form: View | None) -> None:
    if form is View.JSON:
        print_json({"counts": summary.counts, "changes": [_record(change) for change in summary.changes]})
        note_summary(summary)
        return
    print_summary(summary)
    for line in _counted(summary.counts):
        print(line)
    for change in summary.changes if form is View.TEXT else ():
        print(_line(change))


def _record(change: Change) -> dict[str, Any]:
    fields = {name: {"before": before, "after": after} for name, (before, after) in change.fields.items()}
    return asdict(change) | {"fields": fields}


def _counted(counts: Mapping[str, int]) -> Iterator[str]:
    """Say in how many articles each field changed, the most frequent first."""
    found = {name.removeprefix(_FIELD): count for name, count in counts.items() if name.startswith(_FIELD)}
    for name, count in sorted(found.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"  {name} changed in {plural(count, 'article')}"


def _line(change: Change) -> str:
    """Say in one line what changed.

    >>> from crawler.jobs.changes import Change
    >>> _line(Change(url="https://a.example/1", what="changed", fields={"article_body": (12, 9), "authors": ("", "A")}))
    'https://a.example/1: article_body 12 -> 9 words; authors nothing -> A'
    """
    before, after = change.fields.get("reason", (None, None))
    if change.what == "rejected":
        said = f"rejected now ({after}); the article stays" if before is None else f"rejected: {before} -> {after}"
    elif change.what == "kept":
        said = f"an article now, was rejected ({before})"
    else:
        said = "; ".join(_field(name, *values) for name, values in change.fields.items())
    return f"{brief(change.url, 1_000)}{'' if change.is_current else ' (an older version)'}: {said}"


def _field(name: str, before: Any, after: Any) -> str:
    return f"{name} {_shown(before)} -> {_shown(after)}{' words' if name == 'article_body' else ''}"


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return brief(str(value), _VALUE_CHARS) if value not in (None, "") else "nothing"
