"""The command that compares clusters with what people say, and previews other thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from crawler.cli.opening import load_config, open_store
from crawler.cli.options import NEEDS_A_LOOK, ConfigFile, Format, StoreUrl, UsageError, View, ViewFormat
from crawler.cli.output import Layout, Record, print_json, print_records
from crawler.cli.running import note_problems
from crawler.reports.wording import brief, percent, plural, relation

if TYPE_CHECKING:
    from crawler.jobs import Evaluation
    from dedupe.evaluate import Counts, Found, Report
    from storage.store import Store
    from storage.types import Article, Edge

SCORES = Layout(
    fields=("kind", "value", "pairs", "right", "wrong", "missed", "precision", "recall", "f1"),
    titles={
        "Of": "kind",
        "": "value",
        "Pairs": "pairs",
        "Right": "right",
        "Wrong": "wrong",
        "Missed": "missed",
        "Precision": "precision",
        "Recall": "recall",
        "F1": "f1",
    },
)
_MEASURES = (
    "containment",
    "jaccard",
    "raw_containment",
    "coverage",
    "runs",
    "longest_run",
    "headline",
    "numbers",
    "days_apart",
)

Labels: TypeAlias = Annotated[
    Path | None,
    typer.Argument(
        metavar="PAIRS.jsonl",
        help="Labelled pairs, or articles with their true clusters.",
        exists=True,
        dir_okay=False,
        show_default=False,
    ),
]
WhatIf: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", dir_okay=False, help="Preview the thresholds of this TOML file; nothing is changed."),
]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: wirefold evaluate pairs.jsonl --rules what-if.toml")(evaluate)


def evaluate(
    file: Labels = None,
    decisions: Annotated[
        bool,
        typer.Option("--decisions", help="Instead of a file: what was decided same or different, see decide."),
    ] = False,
    rules: WhatIf = None,
    errors: Annotated[int, typer.Option(min=0, max=10_000, help="List so many errors to read, the worst first.")] = 20,
    form: ViewFormat = View.TEXT,
    store: StoreUrl = None,
    config: ConfigFile = None,
) -> None:
    """Compare the clusters with what people say: precision, recall and F1 of pairs, ARI and B-cubed of clusters.

    A line of the file is a pair (id_a, id_b and cluster: yes, no or unclear; optionally label, subtype, set and
    reason), or an article and its true cluster (id and cluster). An id is an article's, or the external id it was
    imported with; url, url_a and url_b name articles by address. Pairs that are unclear or not in the store are
    counted, and left out. With --decisions, the clusters that the rules alone would make are compared.
    """  # fmt: skip
    from crawler import jobs
    from crawler.jobs.judging import read_thresholds

    if (file is not None) == decisions:
        raise UsageError("give either a file of labels or --decisions")
    name = str(file or "decisions")
    thresholds = None if rules is None else read_thresholds(rules)
    with open_store(store, load_config(config)) as opened:
        found = jobs.evaluate(opened, file, thresholds=thresholds, errors=errors)
        _check(found, name)
        details = _Details(opened, found.after or found.before)
    if form is View.JSON:
        print_json(_record(found, name, details))
    else:
        _print(found, details)
    note_problems(found.labels.not_found)
    if found.labels.not_found:
        raise typer.Exit(NEEDS_A_LOOK)


def _check(found: Evaluation, name: str) -> None:
    labels = found.labels
    if not labels.lines:
        raise UsageError(f"{name}: there is nothing that was labelled or decided same or different")
    if not labels.pairs and not labels.clusters:
        why = f"{len(labels.not_found):,} are not in this store, {labels.unclear:,} are unclear"
        raise UsageError(f"{name}: none of {plural(labels.lines, 'line')} can be judged: {why}")


class _Details:
    """What there is to read about the errors of a report."""

    def __init__(self, store: Store, report: Report) -> None:
        from storage.queries import Queries

        ids = {end for error in report.errors for end in (error.label.a, error.label.b)}
        self._articles = store.articles_by_id(ids)
        self._edges = {(edge.article_a, edge.article_b): edge for edge in Queries(store).edges_of(ids)}

    def article(self, article_id: int) -> Article:
        return self._articles[article_id]

    def edge(self, error: Found) -> Edge | None:
        a, b = error.label.a, error.label.b
        return self._edges.get((min(a, b), max(a, b)))


def _print(found: Evaluation, details: _Details) -> None:
    labels = found.labels
    judged = [plural(len(labels.pairs), "pair")] if labels.pairs else []
    judged += [f"the true clusters of {plural(len(labels.clusters), 'article')}"] if labels.clusters else []
    print(f"{' and '.join(judged)}; {labels.unclear:,} unclear, {len(labels.not_found):,} not in the store")
    if found.after is not None:
        print(
            f"Preview: {plural(found.changed, 'edge')} would join or part; "
            f"{found.clusters_before:,} -> {plural(found.clusters_after, 'cluster')}. Nothing was changed."
        )
    print_records(_rows(found), Format.TABLE, SCORES)
    for line in (*_agreement_lines(found), *_error_lines(found.after or found.before, details)):
        print(line)


def _rows(found: Evaluation) -> Iterator[Record]:
    reports = _reports(found)
    yield _row("all", "", [report.pairs for report in reports])
    for kind in found.before.groups:
        for value in dict.fromkeys(value for report in reports for value in report.groups[kind]):
            yield _row(kind, value, [report.groups[kind].get(value) for report in reports])


def _reports(found: Evaluation) -> list[Report]:
    return [found.before] if found.after is None else [found.before, found.after]


def _row(kind: str, value: str, counts: Sequence[Counts | None]) -> Record:
    """Write the scores of one kind of pairs; of several reports, each after the one before."""
    from dedupe.evaluate import Counts

    known = [one or Counts() for one in counts]
    numbers = {
        name: _steps([f"{getattr(one, name):,}" for one in known]) for name in ("pairs", "right", "wrong", "missed")
    }
    shares = {name: _steps([_share(getattr(one, name)) for one in known]) for name in ("precision", "recall", "f1")}
    if len(known) == 1:
        shares["precision"] += _interval(known[0].precision, known[0].precision_interval)
        shares["recall"] += _interval(known[0].recall, known[0].recall_interval)
    return {"kind": kind, "value": value, **numbers, **shares}


def _steps(values: Sequence[str]) -> str:
    """Write a value and what becomes of it.

    >>> _steps(["3"]), _steps(["3", "3"]), _steps(["3", "4"])
    ('3', '3', '3 -> 4')
    """
    return " -> ".join(dict.fromkeys(values))


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _interval(share: float | None, ends: tuple[float, float]) -> str:
    return "" if share is None else f" ({ends[0]:.2f}-{ends[1]:.2f})"


def _agreement_lines(found: Evaluation) -> Iterator[str]:
    """Write how clusters agree, where true ones are given."""
    known = [report.clusters for report in _reports(found) if report.clusters is not None]
    if known:
        yield f"Clusters of {plural(known[0].articles, 'article')}:"
        yield f"  adjusted Rand index {_steps([f'{one.ari:.4f}' for one in known])}"
        names = ("precision", "recall", "f1")
        shares = [f"{name} {_steps([_share(getattr(one, name)) for one in known])}" for name in names]
        yield f"  B-cubed {', '.join(shares)}"
        largest = _steps([f"{one.largest:,}" for one in known])
        yield f"  the largest has {largest} articles, the largest true one {known[0].largest_true:,}"
        yield ""


def _error_lines(report: Report, details: _Details) -> Iterator[str]:
    total = report.pairs.wrong + report.pairs.missed
    if not report.errors:
        yield "No errors." if not total else f"{plural(total, 'error')}."
        return
    yield f"Errors to read first ({len(report.errors):,} of {total:,}):"
    for error in report.errors:
        yield from ("", *_error(error, details))


def _error(error: Found, details: _Details) -> Iterator[str]:
    label, edge = error.label, error.edge
    said = "never compared, or next to nothing is shared"
    if edge is not None:
        said = f"{relation(edge.relation)} ({percent(edge.strength)} of the shorter text is shared): {edge.reason}"
    yield f"  {error.outcome}: {said}"
    for article_id in (label.a, label.b):
        article = details.article(article_id)
        yield f"  {article_id:>9}  {brief(article.source, 30)}: {brief(article.headline, 100)}"
    kinds = ", ".join(f"{name} {value}" for name, value in label.kinds.items())
    if kinds or label.reason:
        yield f"      label  {brief('; '.join(filter(None, (kinds, label.reason))), 300)}"
    stored = details.edge(error)
    if stored is not None:
        shown = (f"{name} {stored.measures[name]:g}" for name in _MEASURES if name in stored.measures)
        yield f"   measures  {', '.join(shown)}"


def _record(found: Evaluation, name: str, details: _Details) -> Record:
    labels = found.labels
    return {
        "file": name,
        "lines": labels.lines,
        "pairs": len(labels.pairs),
        "articles_with_cluster": len(labels.clusters),
        "unclear": labels.unclear,
        "not_found": labels.not_found,
        "before": _report_record(found.before),
        "after": None if found.after is None else _report_record(found.after),
        "preview": None if found.after is None else _preview_record(found),
        "errors": [_error_record(error, details) for error in (found.after or found.before).errors],
    }


def _preview_record(found: Evaluation) -> Record:
    return {
        "edges_changed": found.changed,
        "clusters_before": found.clusters_before,
        "clusters_after": found.clusters_after,
    }


def _report_record(report: Report) -> Record:
    return {
        "pairs": _counts_record(report.pairs),
        "groups": {
            kind: {value: _counts_record(counts) for value, counts in groups.items()}
            for kind, groups in report.groups.items()
        },
        "clusters": None if report.clusters is None else asdict(report.clusters),
    }


def _counts_record(counts: Counts) -> Record:
    names = ("pairs", "precision", "precision_interval", "recall", "recall_interval", "f1")
    return asdict(counts) | {name: getattr(counts, name) for name in names}


def _error_record(error: Found, details: _Details) -> Record:
    stored = details.edge(error)
    return {
        "outcome": error.outcome,
        "relation": error.relation,
        "reason": None if error.edge is None else error.edge.reason,
        "articles": [_article_record(article_id, details) for article_id in (error.label.a, error.label.b)],
        "label": {**error.label.kinds, "same": error.label.same, "reason": error.label.reason},
        "measures": None if stored is None else stored.measures,
    }


def _article_record(article_id: int, details: _Details) -> Record:
    article = details.article(article_id)
    return {
        "id": article_id,
        "external_id": article.external_id,
        "url": article.url,
        "source": article.source,
        "headline": article.headline,
    }
