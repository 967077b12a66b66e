"""Commands that look into the store: listings, one article, totals."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli import records
from crawler.cli.choosing import judging_of
from crawler.cli.filters import Roles, WhichRole, narrowing
from crawler.cli.logs import note
from crawler.cli.opening import load_config, look_up, open_store
from crawler.cli.options import ConfigFile, Format, RowFormat, StoreUrl, View, ViewFormat
from crawler.cli.output import Layout, print_json, print_records
from crawler.cli.showing import article_lines
from storage.types import ArticleDetail, ArticleQuery, ArticleRow, Sort

if TYPE_CHECKING:
    from crawler.config import Config
    from dedupe.canonical import Choice
    from storage.store import Store

ARTICLES = Layout(
    fields=[field.name for field in fields(ArticleRow)],
    titles={
        "ID": "id",
        "Published": "date_published",
        "Source": "source",
        "Headline": "headline",
        "Copies": "cluster_size",
    },
)
STATS = Layout(fields=["name", "value"], titles={"Name": "name", "Value": "value"}, flatten=records.totals)
SNIPPETS = replace(ARTICLES, titles={**ARTICLES.titles, "Text": "snippet"})
_MOST_LISTED = 10_000


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog='Example: wirefold articles ferry "north sea" --since 7d --format csv')(articles)
    app.command(epilog="Example: wirefold show https://www.example.com/news/ferry-sinks")(show)
    app.command(epilog="Example: wirefold stats --format json")(stats)


@narrowing
def articles(
    asked: ArticleQuery,
    role: WhichRole = Roles.CANONICAL,
    sort: Annotated[Sort, typer.Option(help="The newest first, or what matches the words best.")] = Sort.NEWEST,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Go on after the article of this cursor.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST_LISTED, help="List at most so many.")] = 20,
    snippets: Annotated[bool, typer.Option("--snippets", help="Show the text around the first hit.")] = False,
    form: RowFormat = Format.TABLE,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """List canonical articles, the newest first; with words, those that have them all."""
    page = replace(asked, role=role.role, sort=sort, after=after, limit=limit, with_snippets=snippets)
    from storage.queries import Queries

    with open_store(store, load_config(config)) as opened:
        found = Queries(opened).articles(page)
    print_records(map(asdict, found), form, SNIPPETS if snippets else ARTICLES)
    if form is Format.TABLE and len(found) == limit:
        note(f"More: --after {found[-1].cursor}")


def show(
    ref: Annotated[str, typer.Argument(metavar="URL-or-ID", help="The article's URL, id or external id.")],
    form: ViewFormat = View.TEXT,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Show one article with its cluster, why it is in it, and what it was compared with and not joined to."""
    from storage.queries import Queries

    loaded = load_config(config)
    with open_store(store, loaded) as opened:
        queries = Queries(opened)
        detail = look_up(queries.article, ref)
        choice = _choice(detail, loaded, opened)
        if form is View.JSON:
            print_json(records.of_detail(detail, choice))
            return
        for line in article_lines(detail, queries.texts, choice):
            print(line)


def stats(form: RowFormat = Format.TABLE, store: StoreUrl = None, config: ConfigFile = None) -> None:
    """Say what is in the store, and what was rejected for which reasons."""
    from storage.queries import Queries

    with open_store(store, load_config(config)) as opened:
        totals = asdict(Queries(opened).stats())
    if form is Format.JSON:
        print_json(totals)
    else:
        print_records([totals], form, STATS)


def _choice(detail: ArticleDetail, config: Config, store: Store) -> Choice | None:
    """Ask again what speaks for and against the members of a cluster of several."""
    if detail.cluster is None or len(detail.cluster.members) == 1:
        return None
    from crawler.jobs.clustering import choice_of

    members = [member.id for member in detail.cluster.members]
    return choice_of(store, members, judging_of(config, store).priorities)
