"""The versions of an article: what each changed, and which copies have the new wording or still the old one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from crawler.reports.difference import Difference, difference
from dedupe.corrections import Change, Wording, changes, runs, wording
from storage.types import ArticleDetail, Cause, MemberRow, RevisionRow


@dataclass(frozen=True, slots=True)
class Carried:
    """A place that the publisher edited in a version, and the copies, by the wording that they have of it."""

    revision: RevisionRow
    change: Change
    copies: Mapping[Wording, list[MemberRow]]


def copies_of(detail: ArticleDetail) -> list[MemberRow]:
    """List the other members of an article's cluster."""
    return [] if detail.cluster is None else [member for member in detail.cluster.members if member.id != detail.id]


def differences(detail: ArticleDetail) -> Iterator[tuple[RevisionRow, Difference | None]]:
    """Give each version with how headline and text differ from those before; there is nothing before the first."""
    yield from ((row, None) for row in detail.revisions[:1])
    for before, after in pairwise(detail.revisions):
        yield after, difference(_whole(before), _whole(after))


def edits(detail: ArticleDetail) -> Iterator[tuple[RevisionRow, list[Change]]]:
    """Give each version with the places of its text that differ from the one before."""
    yield from ((row, []) for row in detail.revisions[:1])
    for before, after in pairwise(detail.revisions):
        yield after, changes(before.article_body, after.article_body)


def carried(detail: ArticleDetail, bodies: Mapping[int, str]) -> list[Carried]:
    """Say of each place that the publisher edited who has which wording; ``bodies`` are the copies' texts by id."""
    known = [(member, runs(bodies[member.id])) for member in copies_of(detail)]
    return [
        Carried(row, change, _by_wording((wording(change, of), member) for member, of in known))
        for row, found in edits(detail)
        if row.cause is Cause.PUBLISHER
        for change in found
    ]


def _by_wording(found: Iterable[tuple[Wording, MemberRow]]) -> dict[Wording, list[MemberRow]]:
    copies: dict[Wording, list[MemberRow]] = {each: [] for each in Wording}
    for each, member in found:
        copies[each].append(member)
    return copies


def _whole(row: RevisionRow) -> str:
    return f"{row.headline}\n\n{row.article_body}"
