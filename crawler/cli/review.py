"""Commands for looking clusters over: the list of them, the difference of two copies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli import records
from crawler.cli.opening import load_config, look_up, open_store
from crawler.cli.options import ConfigFile, Format, RowFormat, StoreUrl, View, ViewFormat
from crawler.cli.output import Layout, print_json, print_records
from crawler.cli.spans import print_spans
from crawler.reports.wording import clean
from dedupe.diff import compare

CLUSTERS = Layout(
    fields=records.MEMBER_FIELDS,
    titles={
        "ID": "id",
        "Role": "role",
        "Published": "date_published",
        "Source": "source",
        "Headline": "headline",
        "Relation": "relation",
        "Shared": "containment",
        "Decided": "decided",
    },
    flatten=records.members,
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(epilog="Example: wirefold clusters --min-size 3 --format jsonl")(clusters)
    app.command(epilog="Example: wirefold diff 12 https://www.example.com/news/ferry-sinks")(diff)


def clusters(
    min_size: Annotated[int, typer.Option(min=1, help="Only clusters of so many articles or more.")] = 2,
    form: RowFormat = Format.TABLE,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """List clusters, the largest first: the canonical article, its variants, and what each is to it."""
    from storage.queries import Queries

    with open_store(store, load_config(config)) as opened:
        print_records(map(records.of_cluster, Queries(opened).clusters(min_size=min_size)), form, CLUSTERS)


def diff(
    a: Annotated[str, typer.Argument(help="An article's URL, id or external id; or a text file.")],
    b: Annotated[str, typer.Argument(help="The same for the other one.")],
    form: ViewFormat = View.TEXT,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Show what two copies share and where they differ, word by word; two text files if A and B are such.

    What only A has is red or in [- -], what only B has is green or in {+ +}.
    """
    text_a, text_b = _file_texts(a, b) or _article_texts(a, b, store, config)
    if form is View.JSON:
        spans = [{"kind": span.kind, "text": span.text} for span in compare(text_a, text_b)]
        print_json({"a": a, "b": b, "spans": spans})
    else:
        print_spans(compare(clean(text_a), clean(text_b)))


def _file_texts(a: str, b: str) -> tuple[str, str] | None:
    """Read two text files; None unless both are there."""
    paths = Path(a), Path(b)
    if not all(path.is_file() for path in paths):
        return None
    text_a, text_b = (path.read_text(encoding="utf-8", errors="replace") for path in paths)
    return text_a, text_b


def _article_texts(a: str, b: str, store: str | None, config: Path | None) -> tuple[str, str]:
    """Read headline and body of two articles. Raises NotFound."""
    from storage.queries import Queries

    with open_store(store, load_config(config)) as opened:
        queries = Queries(opened)
        found = [look_up(queries.article, ref).article for ref in (a, b)]
    text_a, text_b = (f"{article.headline}\n\n{article.article_body}" for article in found)
    return text_a, text_b
