"""The command that shows the versions of an article, and who carries which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.opening import load_config, look_up, open_store
from crawler.cli.options import ConfigFile, StoreUrl, View, ViewFormat
from crawler.cli.output import Record, moment, print_json
from crawler.cli.spans import print_spans
from crawler.reports.wording import brief, plural

if TYPE_CHECKING:
    from crawler.reports.difference import Difference
    from crawler.reports.revisions import Carried
    from dedupe.corrections import Change
    from storage.types import ArticleDetail, MemberRow

_COPY = ("id", "external_id", "url", "source", "headline")
_SHOWN_CHARS = 400


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold history https://www.example.com/news/ferry-sinks --copies")(history)


def history(
    ref: Annotated[str, typer.Argument(metavar="URL-or-ID", help="The article's URL, id or external id.")],
    copies: Annotated[
        bool, typer.Option("--copies", help="Say of each edit which copies have the new words, and which the old.")
    ] = False,
    form: ViewFormat = View.TEXT,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Show the versions of an article, and what each changed: taken out is red or in [- -], put in green or in {+ +}.

    With --copies, a wording counts as another article's if it has half or more of the runs of three words that are that
    wording's own; headlines are left aside, as copies have theirs.
    """  # fmt: skip
    from crawler.reports.revisions import carried, copies_of
    from storage.queries import Queries

    with open_store(store, load_config(config)) as opened:
        queries = Queries(opened)
        detail = look_up(queries.article, ref)
        texts = queries.texts(member.id for member in copies_of(detail)) if copies else {}
    who = carried(detail, {article_id: body for article_id, (_, body) in texts.items()}) if copies else None
    if form is View.JSON:
        print_json(_record(detail, who))
        return
    _print_versions(detail)
    if who is not None:
        print("\n".join(_copy_lines(who, len(texts))))


def _print_versions(detail: ArticleDetail) -> None:
    from crawler.reports.revisions import differences
    from crawler.reports.why import revised

    print(f"{brief(detail.article.address or detail.article.url, 1_000)}: {plural(len(detail.revisions), 'version')}")
    for event, (_, found) in zip(revised(detail.revisions), differences(detail), strict=True):
        print(f"\n{moment(event.at)}  {event.text}")
        if found is not None:
            _print_difference(found)


def _print_difference(found: Difference) -> None:
    for row in found.rows:
        if row.skipped:
            print(f"({plural(row.skipped, 'word')} as before)")
        print_spans(row.spans)
    if found.hidden:
        print(f"({plural(found.hidden, 'more place')} not shown)")
    if found.cut:
        print("(only the beginnings were compared)")


def _copy_lines(who: Sequence[Carried], count: int) -> Iterator[str]:
    yield f"\nWho has which wording, of {plural(count, 'copy', 'copies')}:"
    if not who:
        yield "  its publisher has edited nothing since"
    for each in who:
        yield f"\n{moment(each.revision.seen_at)}"
        yield from (f"  {sign} {brief(text, _SHOWN_CHARS)}" for sign, text in _signed(each) if text)
        yield from (f"    {wording:<9}{_copy(one)}" for wording, members in each.copies.items() for one in members)


def _copy(one: MemberRow) -> str:
    return f"{one.id:>7}  {brief(one.source, 30)}: {brief(one.headline, 100)}"


def _signed(each: Carried) -> tuple[tuple[str, str], ...]:
    return ("-", each.change.removed), ("+", each.change.added)


def _record(detail: ArticleDetail, who: Sequence[Carried] | None) -> Record:
    from crawler.reports.revisions import edits

    revisions = [asdict(row) | {"changes": [_edited(change) for change in found]} for row, found in edits(detail)]
    about = {"id": detail.id, "url": detail.article.url, "revisions": revisions}
    return about if who is None else about | {"carried": [_carried(each) for each in who]}


def _edited(change: Change) -> Record:
    return {"removed": change.removed, "added": change.added}


def _carried(each: Carried) -> Record:
    copies = [
        {name: getattr(member, name) for name in _COPY} | {"wording": wording}
        for wording, members in each.copies.items()
        for member in members
    ]
    return {"revision_id": each.revision.id, **_edited(each.change), "copies": copies}
