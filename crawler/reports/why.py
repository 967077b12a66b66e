"""What became of a link, from the day it was first seen: rows in, sentences out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.reports.wording import brief, loss, moment, plural, relation
from storage.types import (
    TEXT_FROM,
    ArticleDetail,
    Cause,
    History,
    LinkState,
    ListingRow,
    RejectionRow,
    RevisionRow,
    Role,
    Stage,
    Visited,
)

_VISITED = {
    Visited.KEPT: "kept as an article",
    Visited.REVISED: "the article has changed",
    Visited.UNCHANGED: "fetched, and the article is the same",
    Visited.NOT_MODIFIED: "the server says that it has not changed",
    Visited.MOVED: "it led to an article of another address",
    Visited.REJECTED: "fetched, and rejected",
    Visited.FAILED: "it could not be fetched",
}
_LOST = {
    Stage.DISCOVERY: "skipped",
    Stage.FETCH: "failed",
    Stage.EXTRACT: "rejected",
    Stage.IMPORT: "rejected",
}

_REVISED = {
    Cause.PUBLISHER: ("revised", "revised"),
    Cause.RULES: ("reextracted", "read again by new rules of extraction, not revised by its publisher"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: ``what`` is a fixed word for programs, ``text`` a line for a person."""

    at: datetime
    what: str
    text: str


def events(history: History) -> list[Event]:
    """List what happened to a link, in order of time."""
    found = [
        *(event for listing in history.listings for event in _listed(listing)),
        *(event for rejection in history.rejections for event in _lost(rejection)),
        *(revised(history.article.revisions) if history.article else ()),
        *(_visited(history.link) if history.link else ()),
    ]
    return sorted(found, key=lambda event: event.at)


def standing(history: History, now: datetime) -> list[str]:
    """Say what holds now: what it is, where its copies are, and whether it will be fetched again."""
    return [*_state(history), _next_visit(history, now)]


def _listed(row: ListingRow) -> Iterator[Event]:
    source = brief(row.source, 60)
    yield Event(row.date_first_seen, "listed", f"listed by {source}")
    if row.times > 1:
        yield Event(row.date_last_seen, "listed", f"listed by {source} for the last time so far, {row.times:,} in all")


def _lost(row: RejectionRow) -> Iterator[Event]:
    what, reason = _LOST[Stage(row.stage)], loss(f"{row.stage}/{row.reason}")[1]
    detail = f" ({brief(row.detail)})" if row.detail else ""
    final = "" if row.retry else ", for good"
    yield Event(row.date_first_seen, what, f"{what}{final}: {reason}{detail} [run {row.run_id}, {row.command}]")
    if row.date_last_seen > row.date_first_seen:
        yield Event(row.date_last_seen, what, f"{what} again, the last time so far: {reason}")


def revised(revisions: Sequence[RevisionRow]) -> Iterator[Event]:
    """Say of each version how it came."""
    for number, row in enumerate(revisions):
        what, words = _REVISED[row.cause] if number else ("kept", "kept as an article")
        text = f"{words}: {brief(row.headline) or '(no headline)'} [run {row.run_id}, {row.command}]"
        yield Event(row.seen_at, what, text)


def _visited(link: LinkState) -> Iterator[Event]:
    if link.last_visit is None or link.last_outcome is None:
        return
    many = "the only visit" if link.visits == 1 else f"the last of {link.visits:,} visits"
    yield Event(link.last_visit, "visited", f"{many}: {_VISITED[link.last_outcome]}")


def _state(history: History) -> Iterator[str]:
    if history.article is not None:
        yield f"Article {history.article.id}: {_place(history.article)}."
        if TEXT_FROM in history.article.article.extra:
            yield "Its page gave no article: the text is that of the feed."
    elif any(not row.retry for row in history.rejections):
        yield "No article, and the address stays refused."
    else:
        yield "No article yet."


def _place(detail: ArticleDetail) -> str:
    """Say where an article stands among its copies."""
    cluster = detail.cluster
    if cluster is None:
        return "not compared with others yet"
    if len(cluster.members) == 1:
        return f"the only one in cluster {cluster.id}"
    me = next(member for member in cluster.members if member.id == detail.id)
    size = plural(len(cluster.members), "article")
    if me.role is Role.CANONICAL:
        return f"canonical in cluster {cluster.id} of {size}: {brief(cluster.canonical_reason)}"
    return f"variant in cluster {cluster.id} of {size}, {relation(me.relation)}; canonical is {cluster.canonical.id}"


def _next_visit(history: History, now: datetime) -> str:
    link = history.link
    if link is None:
        return "No source lists it, so that it is not visited."
    if link.next_visit is None:
        return "It will not be visited again."
    when = "now" if link.next_visit <= now else f"at {moment(link.next_visit)} UTC"
    return (
        f"{'Its next' if link.visits else 'Its first'} visit is due {when}, when {brief(link.source, 60)} is crawled."
    )
