"""Rows of the store as records: plain values under the names that programs read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import Any

from crawler.cli.output import Record
from crawler.exports.schema_org import camel
from dedupe.canonical import Choice, Score
from storage.types import Article, ArticleDetail, ClusterRow, Decision, MemberRow

_CANONICAL = ("id", "external_id", "url", "source", "headline", "date_published")
_MEMBER = (*_CANONICAL, "role", "relation", "jaccard", "containment", "edge_reason")

MEMBER_FIELDS = ("cluster_id", "canonical_reason", *_MEMBER, "decided")


def of_cluster(row: ClusterRow) -> dict[str, Any]:
    """Give a cluster with its canonical article and all its members."""
    return {
        "id": row.id,
        "canonical": _pick(row.canonical, _CANONICAL),
        "canonical_reason": row.canonical_reason,
        "members": [_pick(member, _MEMBER) for member in row.members],
        "decisions": [of_decision(decision) for decision in row.decisions],
    }


def of_decision(decision: Decision) -> dict[str, Any]:
    """Give a decision, and in one piece what it is about."""
    return asdict(decision) | {"subject": decision.subject}


def members(cluster: Record) -> Iterator[Record]:
    """Give the members of a cluster's record as flat rows, each with the decisions about it."""
    about = {"cluster_id": cluster["id"], "canonical_reason": cluster["canonical_reason"]}
    return (about | member | {"decided": _decided(member, cluster["decisions"])} for member in cluster["members"])


def _decided(member: Record, decisions: Iterable[Record]) -> str:
    own = (
        each
        for each in decisions
        if member["id"] in (each["article_a"], each["article_b"]) or member["source"] == each["source"]
    )
    return ", ".join(f"{each['id']} {each['kind']}" for each in own)


def of_detail(detail: ArticleDetail, choice: Choice | None = None) -> dict[str, Any]:
    """Give all about one article, with what spoke for and against the members of its cluster."""
    cluster = None if detail.cluster is None else of_cluster(detail.cluster)
    if cluster is not None and choice is not None:
        cluster |= {"canonical_margin": choice.margin, "signals": [_of_score(score) for score in choice.scores]}
    return asdict(detail) | {"cluster": cluster}


def _of_score(score: Score) -> dict[str, Any]:
    return {"id": score.article_id, "total": score.total, "points": score.spoken()}


def totals(stats: Record) -> Iterator[Record]:
    """Give the totals of a store as rows of a name and a value; ``rejected`` holds counts by "stage/reason"."""
    rejected = {f"rejected/{name}": count for name, count in stats["rejected"].items()}
    shown = {**stats, "rejected": sum(rejected.values()), **rejected}
    for name, value in shown.items():
        yield {"name": name, "value": value}


def explained(article: Article) -> dict[str, Any]:
    """Give each field with the rule that found it, and what was noticed on the way."""
    found = [
        (field.name, getattr(article, field.name)) for field in fields(article) if field.name in article.provenance
    ]
    return {
        "url": article.url,
        "fields": [{"field": camel(name), "value": value, "rule": article.provenance[name]} for name, value in found],
        "notes": article.notes,
    }


def _pick(row: MemberRow, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
