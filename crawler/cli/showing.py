"""One article in words: its fields, its cluster and why, and the pairs that were judged and not joined. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from crawler.cli.output import moment
from crawler.reports.wording import brief, clean, percent, plural, relation
from dedupe.canonical import Choice
from storage.relations import relation_of, shared, weight
from storage.types import Article, ArticleDetail, Cause, ClusterRow, MemberRow, Rejection, RevisionRow, Role

Texts = Callable[[Iterable[int]], Mapping[int, tuple[str, str]]]

_NEAR_MISSES = 10
_TEXT_FIELDS = {"headline", "article_body"}
_SKIPPED = {
    "too-short": "Not compared with others: too little text to be compared.",
    "no-own-text": "Compared only with identical texts and translations: it has little but quotations and site text.",
}


def article_lines(detail: ArticleDetail, texts: Texts, choice: Choice | None) -> Iterator[str]:
    """Write all about one article. ``texts`` gives headline and body of others, ``choice`` what spoke for whom."""
    yield _headline(detail.article)
    yield from _fields(detail.article)
    yield _field("date_first_seen", detail.date_first_seen)
    yield _field("id", detail.id)
    yield _field("revisions", ", ".join(map(_revision, detail.revisions)))
    yield ""
    yield from _cluster_lines(detail)
    yield from _decision_lines(detail.cluster)
    yield from _signal_lines(choice)
    yield from _near_miss_lines(detail, texts)
    yield ""
    yield clean(detail.article.article_body)


def extracted_lines(article: Article) -> Iterator[str]:
    """Write what extraction made of a page."""
    yield from (_headline(article), *_fields(article), "", clean(article.article_body))


def rejected_lines(rejection: Rejection) -> Iterator[str]:
    """Write why a page is no article."""
    yield f"Rejected: {rejection.stage}/{rejection.reason}"
    yield clean(rejection.detail)


def noticed_lines(article: Article) -> Iterator[str]:
    """Write what was noticed while the page was read, overrides that lapsed or missed among it."""
    yield "Noticed:" if article.notes else "Nothing else was noticed."
    yield from (f"  {brief(note, 500)}" for note in article.notes)


def _headline(article: Article) -> str:
    return brief(article.headline) or "(no headline)"


def _fields(article: Article) -> Iterator[str]:
    for name, value in asdict(article).items():
        if name not in _TEXT_FIELDS and value not in (None, (), {}, ""):
            yield _field(name, value)


def _revision(row: RevisionRow) -> str:
    return moment(row.seen_at) + (" (by new rules of extraction)" if row.cause is Cause.RULES else "")


def _field(name: str, value: Any) -> str:
    return f"  {name.replace('_', ' '):<23}{brief(value_text(value), 500)}"


def value_text(value: Any) -> str:
    """Write a field's value for a person."""
    if isinstance(value, datetime):
        return f"{moment(value)} UTC"
    if isinstance(value, Mapping):
        return ", ".join(f"{field}: {rule}" for field, rule in value.items())
    if isinstance(value, tuple):
        return ("; " if any(", " in part for part in value) else ", ").join(value)
    return str(value)


def _cluster_lines(detail: ArticleDetail) -> Iterator[str]:
    if detail.skip_reason is not None:
        yield _SKIPPED.get(detail.skip_reason, f"Not compared with others: {detail.skip_reason}.")
    if detail.cluster is None:
        yield "No cluster: not judged yet."
    elif len(detail.cluster.members) == 1:
        yield f"Cluster {detail.cluster.id}: no other copy is known."
    else:
        yield from _why(detail.id, detail.cluster)
        yield f"Cluster {detail.cluster.id}, {plural(len(detail.cluster.members), 'article')}:"
        yield from (f"  {_member(member)}" for member in detail.cluster.members)


def _decision_lines(cluster: ClusterRow | None) -> Iterator[str]:
    if cluster is None or not cluster.decisions:
        return
    yield "Decided, about these articles:"
    for decision in cluster.decisions:
        yield f"  {brief(str(decision), 1_000)}"


def _signal_lines(choice: Choice | None) -> Iterator[str]:
    """Write the points of every member of a cluster, in order of arrival."""
    if choice is None:
        return
    yield f"What speaks for and against each (lead {choice.margin:+.2f}):"
    for score in choice.scores:
        points = ", ".join(f"{reason} {point:+.2f}" for reason, point in score.spoken().items())
        yield f"  {score.total:>+10.2f}{score.article_id:>7}  {points or 'nothing'}"


def _why(article_id: int, cluster: ClusterRow) -> Iterator[str]:
    """Say why an article is canonical, or why it is a variant."""
    me = next(member for member in cluster.members if member.id == article_id)
    if me.role is Role.CANONICAL:
        yield f"The canonical article of its cluster: {brief(cluster.canonical_reason)}."
    else:
        yield f"A variant: {_match(me)}."
        yield f"The canonical article is {cluster.canonical.id}: {brief(cluster.canonical_reason)}."


def _member(member: MemberRow) -> str:
    about = f"{member.role:<10}{member.id:>7}  {brief(member.source, 30)}: {brief(member.headline, 100)}"
    return about if member.role is Role.CANONICAL else f"{about} — {_match(member)}"


def _match(member: MemberRow) -> str:
    shares = "" if member.containment is None else f" ({percent(member.containment)} of the shorter text is shared)"
    reason = f": {member.edge_reason}" if member.edge_reason else ""
    return f"{relation(member.relation)}{shares}{reason}"


def _near_miss_lines(detail: ArticleDetail, texts: Texts) -> Iterator[str]:
    refused = sorted((edge for edge in detail.edges if not edge.joins), key=weight, reverse=True)
    if not refused:
        return
    yield f"Compared and not joined ({len(refused):,}):"
    others = [edge.article_b if edge.article_a == detail.id else edge.article_a for edge in refused[:_NEAR_MISSES]]
    known = texts(others)
    for edge, other in zip(refused, others, strict=False):
        headline, word = brief(known[other][0], 100), relation(relation_of(other, edge))
        yield f"  {other:>7}  {headline} — {word} ({percent(shared(edge))}): {edge.reason}"
