"""Commands about where texts come from: the path of one cluster, and who runs whose text."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.logs import note
from crawler.cli.opening import load_config, look_up, open_store
from crawler.cli.options import ConfigFile, Format, RowFormat, StoreUrl, View, ViewFormat, parse_end, parse_moment
from crawler.cli.output import Layout, Record, console, print_json, print_records, whole_file
from crawler.reports.wording import brief, lapse, percent

if TYPE_CHECKING:
    from crawler.reports.path import Branch
    from crawler.reports.reuse import Running
    from dedupe.provenance import Made, Provenance, Step
    from storage.types import ClusterRow

_FIELDS = (
    "source", "origin_source", "copies", "origins", "told", "median_lag_s", "kept_share", "dropped",
)  # fmt: skip
_REUSE = Layout(
    fields=_FIELDS,
    titles={
        "Who runs it": "source",
        "Whose text": "origin_source",
        "Copies": "copies",
        "Of articles": "origins",
        "After": "after",
        "Kept": "kept",
        "Credit dropped": "dropped",
    },
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: wirefold provenance https://www.example.com/news/ferry-sinks")(provenance)
    app.command(epilog="Example: wirefold reuse --source example.com --since 30d --graphml reuse.graphml")(reuse)


def provenance(
    ref: Annotated[
        str, typer.Argument(metavar="CLUSTER-or-URL-or-ID", help="A cluster, or any article of it by URL or id.")
    ],
    form: ViewFormat = View.TEXT,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Show who had an article first, who took it from whom, when, and what each made of it.

    Where the evidence does not tell, it says so. A cluster has the number of its first article.
    """
    from crawler.jobs.tracing import trace_one
    from crawler.reports.path import path
    from storage.errors import NotFound
    from storage.queries import Queries

    with open_store(store, load_config(config)) as opened:
        detail = look_up(Queries(opened).article, ref)
        if detail.cluster is None:
            raise NotFound(f"cluster of article {detail.id}: it has not been judged yet")
        cluster, found = detail.cluster, trace_one(opened, detail.cluster)
    if form is View.JSON:
        print_json(_record(cluster, found))
        return
    tree = path(cluster, found)
    _print_tree(tree.branches)
    print(tree.said)


def _print_tree(branches: tuple[Branch, ...]) -> None:
    from rich.text import Text
    from rich.tree import Tree

    trees: list[Tree] = []
    for branch in branches:
        label = Text(_label(branch))
        trees.append(trees[branch.parent_row].add(label) if trees else Tree(label))
    console().print(trees[0])


def _label(branch: Branch) -> str:
    member = branch.member
    return f"{member.id}  {brief(member.source, 30)}: {brief(member.headline, 100)}\n{branch.said}"


def _record(cluster: ClusterRow, found: Provenance) -> Record:
    urls = {member.id: (member.url, member.source) for member in cluster.members}
    about = {"cluster_id": cluster.id, "origin": found.origin, "url": urls[found.origin][0]}
    told = {"margin": _finite(found.margin), "is_told": found.is_told, "reasons": found.reasons}
    steps = [_step(step) | dict(zip(("url", "source"), urls[step.child], strict=True)) for step in found.steps]
    return {**about, **told, "credits_elsewhere": found.elsewhere, "steps": steps}


def _step(step: Step) -> dict[str, Any]:
    told = {"margin": _finite(step.margin), "is_told": step.is_told, "reasons": step.reasons}
    made = {"of_parent": _made(step.of_parent), "of_origin": _made(step.of_origin)}
    return (
        {"article": step.child, "parent": step.parent, "credit": step.credit, "inherited": step.inherited} | made | told
    )


def _made(made: Made) -> Record:
    return {"lag_s": made.lag_s, "kept_share": round(made.edits.kept_share, 4), **asdict(made.edits)}


def _finite(margin: float) -> float | None:
    return None if margin == float("inf") else round(margin, 2)


def reuse(
    source: Annotated[str, typer.Option(metavar="NAME", help="The source that it is about.", show_default=False)],
    since: Annotated[
        datetime | None, typer.Option(parser=parse_moment, metavar="DATE", help="Copies of this time or later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(parser=parse_end, metavar="DATE", help="Copies of this day or before.")
    ] = None,
    graphml: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, show_default=False, help="Write it as a graph, too, in GraphML."),
    ] = None,
    form: RowFormat = Format.TABLE,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Say who runs a source's texts, how much of them and how fast; and whose texts it runs.

    A text is of the source that had it first, most likely (see provenance); a source's copies of its own do not count.
    """
    from crawler.jobs.tracing import reused
    from crawler.reports.reuse import running

    with open_store(store, load_config(config)) as opened:
        found = running(reused(opened, source), source, since=since, until=until)
    print_records([asdict(row) | (_in_words(row) if form is Format.TABLE else {}) for row in found], form, _REUSE)
    if graphml is not None:
        from crawler.exports.graphml import write_graph

        with whole_file(graphml) as file:
            write_graph(found, file)
        note(f"Graph: {graphml}")


def _in_words(row: Running) -> dict[str, str]:
    after = "" if row.median_lag_s is None else lapse(timedelta(seconds=row.median_lag_s))
    return {"after": after, "kept": percent(row.kept_share)}
