"""Commands by which a person's word is kept, and goes before what the rules say."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from crawler.cli import records
from crawler.cli.choosing import judging_of
from crawler.cli.logs import note
from crawler.cli.opening import load_config, look_up, open_store
from crawler.cli.options import ConfigFile, Format, RowFormat, StoreUrl, UsageError
from crawler.cli.output import Layout, print_records
from crawler.cli.running import end, note_problems
from crawler.reports.wording import brief, plural
from storage.types import Decision, DecisionKind

if TYPE_CHECKING:
    from crawler.jobs import Decided

DECISIONS = Layout(
    fields=[field.name for field in fields(Decision)],
    titles={
        "ID": "id",
        "Decision": "kind",
        "About": "subject",
        "By": "decided_by",
        "When": "decided_at",
        "Note": "note",
        "Ended by": "ended_by",
    },
)
_LARGEST_ID = 2**31 - 1  # PostgreSQL has no larger

group = typer.Typer(no_args_is_help=True, help="Say what holds whatever the rules say: it lasts until it is undone.")

A: TypeAlias = Annotated[str, typer.Argument(metavar="A", help="An article's URL, id or external id.")]
B: TypeAlias = Annotated[str, typer.Argument(metavar="B", help="The same for the other one.")]
Note: TypeAlias = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, for the one who asks later.")]
By: TypeAlias = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides. Default: your user name.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="decide", epilog="Example: wirefold decide list")
    group.command("same", epilog="Example: wirefold decide same 12 15")(same)
    group.command("different", epilog='Example: wirefold decide different 12 15 --note "two fires"')(different)
    group.command("canonical", epilog="Example: wirefold decide canonical https://www.example.com/news/ferry-sinks")(
        canonical
    )
    group.command("ignore-source", epilog="Example: wirefold decide ignore-source copycat.example")(ignore_source)
    group.command("undo", epilog="Example: wirefold decide undo 3")(undo)
    group.command("list", epilog="Example: wirefold decide list --format jsonl > decisions.jsonl")(list_decisions)
    group.command("import", epilog="Example: wirefold decide import decisions.jsonl")(import_file)


def same(a: A, b: B, why: Note = "", by: By = None, store: StoreUrl = None, config: ConfigFile = None) -> None:
    """Keep two articles in one cluster."""
    _decide(store, config, by, kind=DecisionKind.SAME, url_a=a, url_b=b, note=why)


def different(a: A, b: B, why: Note = "", by: By = None, store: StoreUrl = None, config: ConfigFile = None) -> None:
    """Keep two articles in different clusters."""
    _decide(store, config, by, kind=DecisionKind.DIFFERENT, url_a=a, url_b=b, note=why)


def canonical(a: A, why: Note = "", by: By = None, store: StoreUrl = None, config: ConfigFile = None) -> None:
    """Make an article the canonical one of whatever cluster it is in."""
    _decide(store, config, by, kind=DecisionKind.CANONICAL_IS, url_a=a, note=why)


def ignore_source(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A source, as articles name it.")],
    why: Note = "",
    by: By = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Let all articles of a source stand alone, those to come too; they are kept, but are copies of nothing."""
    _decide(store, config, by, kind=DecisionKind.IGNORE_SOURCE, source=name, note=why)


def undo(
    decision: Annotated[int, typer.Argument(metavar="ID", min=1, max=_LARGEST_ID, help="A decision, as listed.")],
    why: Note = "",
    by: By = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Take a decision back; what it replaced holds again."""
    _decide(store, config, by, kind=DecisionKind.UNDO, undoes=decision, note=why)


def list_decisions(
    kind: Annotated[DecisionKind | None, typer.Option(help="Only of this kind.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Only by this person.")] = None,
    about: Annotated[
        str | None, typer.Option(metavar="URL-or-ID", help="Only about this article, or its source.")
    ] = None,
    ended: Annotated[bool, typer.Option("--all", help="Also what was undone or replaced, and the undoing.")] = False,
    form: RowFormat = Format.TABLE,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """List the decisions in force, in the order they were made."""
    from storage.queries import Queries

    with open_store(store, load_config(config)) as opened:
        article = None if about is None else look_up(Queries(opened).find, about)
        found = opened.decisions.read(kind=kind, decided_by=by, about=article, ended=ended)
        print_records(map(records.of_decision, found), form, DECISIONS)


def import_file(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="JSON Lines, as list writes them.", exists=True, dir_okay=False),
    ],
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Keep all decisions of a file, in its order, or none if they contradict each other.

    A line has kind, decided_by and what it is about: url_a and url_b for same and different, url_a for canonical-is,
    source for ignore-source; note and decided_at may be there. An undo has undoes, the id of a line before it.
    """
    from crawler import jobs

    loaded = load_config(config)
    with open_store(store, loaded) as opened:
        summary = jobs.import_decisions(opened, file, judging_of(loaded, opened))
    print(f"decide: {plural(summary.counts['decided'], 'decision')} kept")
    note_problems(summary.problems)
    end(summary)


def _decide(store: str | None, config: Path | None, by: str | None, **said: Any) -> None:
    """Keep one decision, and say what came of it."""
    from crawler import jobs
    from storage.columns import clean

    loaded = load_config(config)
    given = {"decided_by": who_decides(by), **said}
    clean_given = {name: clean(value) if isinstance(value, str) else value for name, value in given.items()}
    wanted = jobs.Wanted.model_validate(clean_given)
    with open_store(store, loaded) as opened:
        done = jobs.decide(opened, wanted, judging_of(loaded, opened))
    print(brief(f"decide: {done.decision.id}, {done.decision.kind} {done.decision.subject}; {_outcome(done)}", 5_000))
    for line in _consequences(done):
        note(line)


def who_decides(by: str | None) -> str:
    """Name who decides. Raises UsageError."""
    try:
        name = getpass.getuser() if by is None else by.strip()
    except (KeyError, OSError):  # a container's user may have no name
        name = ""
    if not name:
        raise UsageError("say who decides with --by NAME")
    return name


def _outcome(done: Decided) -> str:
    clusters = sorted({place.cluster_id for place in done.places.values() if place.cluster_id is not None})
    if not clusters:
        return "no article is touched"
    if len(clusters) > 2:
        return f"{plural(len(done.places), 'article')} in {plural(len(clusters), 'cluster')} now"
    return f"now in cluster{'s' if len(clusters) > 1 else ''} {' and '.join(map(str, clusters))}"


def _consequences(done: Decided) -> Iterator[str]:
    """Say what else a person should know."""
    for ended in done.ended:
        yield f"No longer in force: {ended}"
    for restored in done.restored:
        yield f"In force again: {restored}"
    for other in done.outranked:
        yield f"It goes before: {other}"
    if done.ignored and done.decision.kind is not DecisionKind.IGNORE_SOURCE:
        ids = ", ".join(map(str, sorted(done.ignored)[:10]))
        yield f"The source of {ids} is ignored: this has no effect before that is undone."
