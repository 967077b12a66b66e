"""What people decide: puts it into the store, draws the consequences at once, refuses what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from crawler.errors import DecisionError
from crawler.jobs.clustering import recluster, words
from crawler.jobs.judging import BY_DEFAULT, Judging
from crawler.jobs.keeping import Summary, keeping
from crawler.jobs.said import find, parse_line, read_lines
from dedupe.clusters import contradiction
from storage.errors import NotFound
from storage.queries import Queries
from storage.rows import chunked
from storage.store import Store
from storage.types import Decision, DecisionKind, Place

_NEEDS = {
    DecisionKind.SAME: ("url_a", "url_b"),
    DecisionKind.DIFFERENT: ("url_a", "url_b"),
    DecisionKind.CANONICAL_IS: ("url_a",),
    DecisionKind.IGNORE_SOURCE: ("source",),
    DecisionKind.UNDO: ("undoes",),
}
_SUBJECTS = ("url_a", "url_b", "source", "undoes")
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)

Moment: TypeAlias = Annotated[AwareDatetime, Field(ge=_FIRST, le=_LAST)]


class Wanted(BaseModel):
    """A decision as a person states it, or a line of a file does. ``url_a`` and ``url_b`` may be ids, too.

    ``id``, if not 0, is how an ``undoes`` of the same file names it. Without ``decided_at`` it is decided now.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    id: int = 0
    kind: DecisionKind
    url_a: str | None = None
    url_b: str | None = None
    source: str | None = None
    undoes: int | None = None
    decided_by: str = Field(min_length=1)
    decided_at: Moment | None = None
    note: str = ""

    @model_validator(mode="after")
    def _names_its_subjects(self) -> Wanted:
        needs = _NEEDS[self.kind]
        if needs != tuple(name for name in _SUBJECTS if getattr(self, name) is not None):
            raise ValueError(f"{self.kind} needs {' and '.join(needs)}, and nothing else of {', '.join(_SUBJECTS)}")
        return self


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and what it changed of others about the same subjects: those that it ended and that hold again.

    ``outranked`` are those that make another member of the cluster canonical. ``places`` says where the articles stand
    now that it is about; ``ignored`` are those whose source is ignored.
    """

    decision: Decision
    ended: list[Decision]
    restored: list[Decision]
    outranked: list[Decision]
    places: dict[int, Place]
    ignored: set[int]


def decide(store: Store, wanted: Wanted, judging: Judging = BY_DEFAULT) -> Decided:
    """Keep one decision, and bring the clusters in line with it, in one transaction.

    Raises:
        NotFound: there is no such article or decision.
        DecisionError: it contradicts others in force, or makes no sense.
    """
    with keeping(store, "decide") as keeper, store.transaction():
        decision = _resolved(store, wanted)
        subjects = _subjects(store, decision)
        before = store.decisions.about(subjects)
        put = store.decisions.put(decision)
        _obey(store, {put}, subjects, judging)
        after = store.decisions.about(subjects)
        keeper.counts["decided"] += 1
        return Decided(
            decision=store.decisions.get(put),
            ended=_without(before, after),
            restored=[each for each in _without(after, before) if each.id != put],
            outranked=_outranked(store, put, subjects) if decision.kind is DecisionKind.CANONICAL_IS else [],
            places=Queries(store).places(subjects),
            ignored=store.decisions.ignored(subjects),
        )


def import_decisions(store: Store, path: Path, judging: Judging = BY_DEFAULT) -> Summary:
    """Keep the decisions of a file (see `Wanted`) in its order, or none of them; those without article are problems.

    Raises:
        ArchiveError: the file cannot be read, or holds no records.
        RecordError: a line is no decision.
        DecisionError: they contradict each other, or others in force.
    """
    with keeping(store, "decide import") as keeper, store.transaction():
        renumbered: dict[int, int] = {}
        put: set[int] = set()
        touched: set[int] = set()
        for number, record in read_lines(path):
            wanted = parse_line(Wanted, record, path, number)
            try:
                decision = _resolved(store, _renumbered(wanted, renumbered))
            except (NotFound, DecisionError) as error:
                keeper.problems.append(f"{path}:{number}: {error}")
                continue
            renumbered[wanted.id] = store.decisions.put(decision)
            put.add(renumbered[wanted.id])
            touched |= _subjects(store, decision)
        _obey(store, put, touched, judging)
        keeper.counts["decided"] = len(put)
        return keeper.summary()


def _renumbered(wanted: Wanted, ids: Mapping[int, int]) -> Wanted:
    """Let an undo of a file name the decision by the id it has here. Raises DecisionError."""
    if wanted.undoes is None:
        return wanted
    if wanted.undoes == 0 or wanted.undoes not in ids:
        raise DecisionError(f"it undoes {wanted.undoes}, which is not the id of a line before it")
    return wanted.model_copy(update={"undoes": ids[wanted.undoes]})


def _resolved(store: Store, wanted: Wanted) -> Decision:
    """Find what a decision is about. Raises NotFound, DecisionError."""
    refs = [ref for ref in (wanted.url_a, wanted.url_b) if ref is not None]
    found = [find(Queries(store), ref) for ref in refs]
    if len(found) > len({*found}):
        raise DecisionError(f"{' and '.join(refs)} are one article ({found[0]})")
    if wanted.source is not None and not store.decisions.articles_of(wanted.source):
        raise DecisionError(f"source {wanted.source}: the store has no article of it")
    if wanted.undoes is not None:
        _check_undo(store, wanted.undoes)
    named = sorted((article.url, article_id) for article_id, article in store.articles_by_id(found).items())
    (url_a, article_a), (url_b, article_b) = [*named, *[(None, None)] * 2][:2]
    return Decision(
        kind=wanted.kind,
        url_a=url_a,
        url_b=url_b,
        source=wanted.source,
        undoes=wanted.undoes,
        decided_by=wanted.decided_by,
        decided_at=wanted.decided_at or datetime.now(UTC),
        note=wanted.note,
        article_a=article_a,
        article_b=article_b,
    )


def _check_undo(store: Store, decision_id: int) -> None:
    """Raise NotFound if there is no such decision, DecisionError if it cannot be undone."""
    undone = store.decisions.get(decision_id)
    if undone.kind is DecisionKind.UNDO:
        raise DecisionError(f"decision {decision_id} is an undo; decide again what it took back")
    if undone.ended_by and store.decisions.get(undone.ended_by).kind is DecisionKind.UNDO:
        raise DecisionError(f"decision {decision_id} was undone already, by {undone.ended_by}")


def _subjects(store: Store, decision: Decision) -> set[int]:
    """Find the articles that a decision is about."""
    if decision.undoes is not None:
        return _subjects(store, store.decisions.get(decision.undoes))
    if decision.source is not None:
        return {*store.decisions.articles_of(decision.source)}
    return decision.articles


def _obey(store: Store, put: Set[int], touched: Iterable[int], judging: Judging) -> None:
    """Cluster again what decisions are about, unless they leave a contradiction. Raises DecisionError."""
    for chunk in chunked(touched):
        _refuse_contradiction(store, put, chunk)
        recluster(store, chunk, judging.priorities)


def _refuse_contradiction(store: Store, put: Set[int], touched: Iterable[int]) -> None:
    reached, _ = store.component(touched)
    known = {each.id: each for each in store.decisions.about(reached)}
    against = contradiction(words(known.values()))
    if against:
        named = [known[word.number] for word in against]
        said = "; ".join(f"the new {each.kind} {each.subject}" if each.id in put else str(each) for each in named)
        raise DecisionError(f"these decisions contradict each other, undo one of them first: {said}")


def _outranked(store: Store, put: int, subjects: Set[int]) -> list[Decision]:
    near = store.decisions.about(store.cluster_mates(subjects))
    return [each for each in near if each.kind is DecisionKind.CANONICAL_IS and each.id != put]


def _without(these: Iterable[Decision], others: Iterable[Decision]) -> list[Decision]:
    ids = {each.id for each in others}
    return [each for each in these if each.id not in ids]
