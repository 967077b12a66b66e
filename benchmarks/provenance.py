"""How often the parent of a copy, and the origin of a cluster, are found, beside two simple rules.

    .venv/bin/python -m benchmarks.provenance [SECTION ...]

    planted   planted-20k, in which every copy was made from the origin, and all are dated: its true clusters, and those
              that dedupe makes, where a copy that is in none, or not with its parent, is missed               2 min
    grown     copies of copies (see benchmarks.grown), with better and worse dates                             1 min

The rules: the first to appear is everyone's parent; a copy's is the most similar one before it.

A parent whose words another member has too cannot be told by its text: "or the same words" counts both as right. "told"
is the share that is not marked "could not tell", "of these" how many of those are right.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as parquet

from benchmarks.dedupe_quality import DATA, throw_away
from benchmarks.grown import Case, Parents, by_day, grown, often_timed, timed, undated
from crawler import jobs
from crawler.jobs.tracing import members
from dedupe.edits import runs
from dedupe.evidence import Member
from dedupe.provenance import trace
from dedupe.sets import overlap
from storage.queries import Queries

_TREES = 400
_LONG_WORDS = 150
_AT_ONCE = 500


@dataclass(frozen=True)
class Guess:
    """Parents, and the members (the origin, too) whose the evidence is said to tell."""

    parents: Parents
    told: frozenset[int]


def main() -> None:
    if not DATA.is_dir():
        sys.exit(f"skipped, the real texts are not here: no folder {DATA}")
    rows = parquet.read_table(DATA / "planted-20k.parquet").to_pylist()
    for name in sys.argv[1:] or ["planted", "grown"]:
        {"planted": planted, "grown": trees}[name](rows)


def planted(rows: Sequence[Mapping[str, Any]]) -> None:
    """Bring the articles into a store, which also finds what their sites repeat."""
    with throw_away() as store:
        jobs.import_file(store, DATA / "planted-20k.parquet", keep_id=True, progress=jobs.Silent())
        listed = [row for cluster in Queries(store).clusters(min_size=1) for row in cluster.members]
        ids = {row.external_id: row.id for row in listed}
        chunks = (listed[begin : begin + _AT_ONCE] for begin in range(0, len(listed), _AT_ONCE))
        known = {key: member for chunk in chunks for key, member in members(store, chunk).items()}
        made = [[member.id for member in cluster.members] for cluster in Queries(store).clusters()]
    true = {ids[str(row["id"])]: ids.get(str(row["parent"])) for row in rows if row["parent"] is not None}
    clusters: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        clusters[row["cluster"]].append(ids[str(row["id"])])
    cases = [[known[key] for key in group] for group in clusters.values() if len(group) > 1]
    report("planted-20k, true clusters", [Case(group, _truth(group, true)) for group in cases])
    found = [[known[key] for key in group] for group in made]
    report("planted-20k, our clusters", [Case(group, _truth(group, true)) for group in found], copies=len(true))


def _truth(group: Sequence[Member], parents: Parents) -> Parents:
    """Pick what is true of the members of a cluster; one without a parent is its origin."""
    return {member.claim.article_id: parents.get(member.claim.article_id) for member in group}


def trees(rows: Sequence[Mapping[str, Any]]) -> None:
    texts = [row["text"] for row in rows if row["kind"] == "root" and len(row["text"].split()) > _LONG_WORDS]
    for known in (timed, often_timed, by_day, undated):
        report(f"grown, {known.__name__}", list(grown(texts, _TREES, known)))


# -- methods ----------------------------------------------------------------------------------------------------------


def ours(members_: Sequence[Member]) -> Guess:
    found = trace(members_)
    told = [step.child for step in found.steps if step.is_told] + [found.origin] * found.is_told
    parents = {found.origin: None} | {step.child: step.parent for step in found.steps}
    return Guess(parents, frozenset(told))


def first(members_: Sequence[Member]) -> Guess:
    ordered = sorted(members_, key=_appeared)
    origin = ordered[0].claim.article_id
    return _sure({member.claim.article_id: origin if member is not ordered[0] else None for member in ordered})


def most_similar(members_: Sequence[Member]) -> Guess:
    ordered = sorted(members_, key=_appeared)
    sets = [runs(member.words) for member in ordered]
    parents: dict[int, int | None] = {ordered[0].claim.article_id: None}
    for place in range(1, len(ordered)):
        alike = max(range(place), key=lambda other: overlap(sets[place], sets[other])[0])
        parents[ordered[place].claim.article_id] = ordered[alike].claim.article_id
    return _sure(parents)


def _appeared(member: Member) -> tuple[float, int]:
    return member.span[1], member.claim.article_id


def _sure(parents: Parents) -> Guess:
    return Guess(parents, frozenset(parents))


# -- scores -----------------------------------------------------------------------------------------------------------


def report(name: str, cases: Sequence[Case], copies: int | None = None) -> None:
    """Print how often each method is right; ``copies`` are all there are, if some are in no cluster."""
    print(f"\n{name}: {len(cases)} clusters, {sum(len(case.members) for case in cases)} articles")
    for method, guess in METHODS.items():
        started = time.process_time()
        guesses = [guess(case.members) for case in cases]
        spent = time.process_time() - started
        counts: Counter[str] = Counter()
        for case, guessed in zip(cases, guesses, strict=True):
            counts.update(score(case, guessed))
        if copies is not None:
            counts["copies"] = copies
        print(f"  {method:27} {_rates(counts)}  {spent:.1f} s of CPU")
    print(
        f"  of the copies, {counts['twins'] / counts['copies']:.3f} have a parent whose words another member has, too"
    )


def score(case: Case, guess: Guess) -> Counter[str]:
    """Count the copies and the origin, how many of them are right, told, and both."""
    words = {member.claim.article_id: member.words.tobytes() for member in case.members}
    origin = Counter(key if parent is None else parent for key, parent in case.truth.items()).most_common(1)[0][0]
    counts: Counter[str] = Counter()
    for key, parent in guess.parents.items():
        true, is_told = case.truth[key], key in guess.told
        if parent is None:
            counts.update({"origins": 1, "origins right": key == origin, "origins told": is_told})
            counts["origins told right"] += is_told and key == origin
        if true is not None:
            is_right = parent == true
            counts.update({"copies": 1, "right": is_right, "told": is_told, "told right": is_told and is_right})
            counts["same words"] += parent is not None and words[parent] == words.get(true)
            counts["twins"] += sum(text == words.get(true) for other, text in words.items() if other != key) > 1
    return counts


def _rates(counts: Mapping[str, int]) -> str:
    copies, origins = counts["copies"], counts["origins"]
    return (
        f"parent {counts['right'] / copies:.3f} (or the same words {counts['same words'] / copies:.3f}; told"
        f" {counts['told'] / copies:.3f}, of these {counts['told right'] / max(1, counts['told']):.3f})"
        f"  origin {counts['origins right'] / origins:.3f} (told {counts['origins told'] / origins:.3f}, of these"
        f" {counts['origins told right'] / max(1, counts['origins told']):.3f})"
    )


METHODS: Mapping[str, Callable[[Sequence[Member]], Guess]] = {
    "wirefold": ours,
    "the first is the parent": first,
    "the most similar before it": most_similar,
}


if __name__ == "__main__":
    main()
