"""What people decide holds at once, in later runs and after a rebuild, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler import jobs
from crawler.errors import DecisionError, RecordError
from crawler.jobs import dedupe
from crawler.jobs.deciding import Decided, Wanted, decide, import_decisions
from crawler.jobs.dedupe import deduplicate
from dedupe.judge import Relation
from storage.errors import NotFound
from storage.queries import Queries
from storage.store import Store
from storage.types import DecisionKind
from tests.dedupe import prose
from tests.jobs.test_dedupe import article, put, view
from tests.store.build import an_edge


@pytest.fixture
def five(store: Store) -> Iterator[Store]:
    """Give a store in which 1, 2 and 3 are copies, 4 and 5 are other articles; 3 is of another source than 1."""
    copies = [article(name, prose.text(1), f"{name}.example", hours) for hours, name in enumerate("abc")]
    put(store, [*copies, article("d", prose.text(2)), article("e", prose.text(3))])
    deduplicate(store, jobs.Silent())
    assert groups(store) == [[1, 2, 3], [4], [5]]
    yield store


def groups(store: Store) -> list[list[int]]:
    rows = Queries(store).clusters(min_size=1)
    return sorted(sorted(member.id for member in row.members) for row in rows)


def say(store: Store, kind: str, *subjects: object, **fields: Any) -> Decided:
    """Decide on articles by id, a source by name, or a decision by id."""
    names = {"ignore-source": ["source"], "undo": ["undoes"]}.get(kind, ["url_a", "url_b"])
    values = [subject if kind == "undo" else str(subject) for subject in subjects]
    about: dict[str, Any] = dict(zip(names, values, strict=False))
    return decide(store, Wanted(**{"kind": DecisionKind(kind), "decided_by": "kim", **about, **fields}))


def assert_it_lasts(store: Store) -> None:
    """Check that neither a later run nor a rebuild changes what holds now."""
    before = view(store)
    deduplicate(store, jobs.Silent())
    assert view(store) == before
    jobs.rebuild(store, jobs.Silent())
    assert view(store) == before


def test_a_copy_of_what_is_different_from_a_filled_in_template_is_judged(five: Store) -> None:
    five.save_edges([an_edge(3, 4, joins=False, relation=Relation.TEMPLATE)])
    say(five, "different", 3, 4)
    put(five, [article("f", prose.text(1), "f.example", 1)])
    deduplicate(five, jobs.Silent())
    assert groups(five) == [[1, 2, 3, 6], [4], [5]]


def test_articles_that_are_different_part_and_those_that_are_the_same_meet(five: Store) -> None:
    say(five, "different", 1, 3)
    assert [1, 3] not in [[i for i in group if i != 2] for group in groups(five)]
    say(five, "same", 4, 5)
    assert [4, 5] in groups(five)
    assert_it_lasts(five)


def test_articles_that_are_the_same_meet_though_they_are_judged_at_different_times(
    five: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dedupe, "_BATCH", 2)
    say(five, "same", 1, 5)
    say(five, "canonical-is", 5)
    assert [1, 2, 3, 5] in groups(five)
    assert_it_lasts(five)


def test_an_undo_gives_back_what_was_before(five: Store) -> None:
    before = view(five)
    for kind, subjects in (
        ("different", (1, 2)),
        ("same", (1, 4)),
        ("canonical-is", (2,)),
        ("ignore-source", ("a.example",)),
    ):
        put_it = say(five, kind, *subjects)
        assert view(five) != before
        say(five, "undo", put_it.decision.id)
        assert view(five) == before


def test_a_later_word_on_a_pair_ends_the_earlier_until_it_is_undone(five: Store) -> None:
    first = say(five, "different", 1, 2)
    later = say(five, "same", 2, 1)
    assert [each.id for each in later.ended] == [first.decision.id]
    assert groups(five) == [[1, 2, 3], [4], [5]]
    undone = say(five, "undo", later.decision.id)
    assert [each.id for each in undone.restored] == [first.decision.id]
    assert [each.id for each in undone.ended] == [later.decision.id]
    assert not any({1, 2} <= set(group) for group in groups(five))


def test_a_chain_that_contradicts_is_refused_and_named(five: Store) -> None:
    ids = [say(five, "same", *pair).decision.id for pair in ((1, 4), (4, 5), (2, 3))]
    before = view(five)
    with pytest.raises(DecisionError, match="undo one of them first") as refused:
        say(five, "different", 5, 1)
    text = str(refused.value)
    assert all(f"{decision_id}, same" in text for decision_id in ids[:2])
    assert f"{ids[2]}, same" not in text
    assert "the new different https://a.example/a https://a.example/e" in text
    assert view(five) == before
    assert len(five.decisions.read(ended=True)) == 3


def test_an_undo_that_would_bring_a_contradiction_back_is_refused(five: Store) -> None:
    say(five, "same", 1, 4)
    later = say(five, "different", 1, 4)
    say(five, "same", 1, 5)
    say(five, "different", 5, 4)
    with pytest.raises(DecisionError, match="contradict each other"):
        say(five, "undo", later.decision.id)
    assert_it_lasts(five)


def test_what_is_decided_to_be_canonical_is_so_while_it_is_in_the_cluster(five: Store) -> None:
    say(five, "canonical-is", 2, note="the reporter's own paper")
    row = Queries(five).cluster(1)
    assert row.canonical.id == 2
    assert row.canonical_reason.startswith("decided by kim on 20")
    assert row.canonical_reason.endswith(": the reporter's own paper")
    say(five, "canonical-is", 3)
    assert Queries(five).cluster(1).canonical.id == 3
    assert_it_lasts(five)
    say(five, "different", 3, 1)
    say(five, "different", 3, 2)
    assert {row.canonical.id for row in Queries(five).clusters(min_size=1)} == {2, 3, 4, 5}
    assert_it_lasts(five)


def test_the_last_of_several_said_to_be_canonical_is(five: Store) -> None:
    for article_id in (2, 3, 2):
        say(five, "canonical-is", article_id)
    assert Queries(five).cluster(1).canonical.id == 2


def test_articles_of_an_ignored_source_stand_alone_whatever_is_decided(five: Store) -> None:
    say(five, "same", 1, 4)
    ignored = say(five, "ignore-source", "a.example")
    assert groups(five) == [[1], [2, 3], [4], [5]]
    assert say(five, "same", 1, 2).ignored == {1}
    assert groups(five) == [[1], [2, 3], [4], [5]]
    put(five, [article("f", prose.text(1), "a.example", 9)], hours=9)
    deduplicate(five, jobs.Silent())
    assert [6] in groups(five)
    assert_it_lasts(five)
    say(five, "undo", ignored.decision.id)
    assert groups(five) == [[1, 2, 3, 4, 6], [5]]


def test_a_decision_outlives_a_revision_and_a_purge(five: Store) -> None:
    say(five, "same", 1, 4)
    say(five, "different", 1, 2)
    put(five, [article("a", prose.text(9), "a.example", 7)], hours=7)
    deduplicate(five, jobs.Silent())
    assert [1, 4] in groups(five)
    jobs.purge(five, ["https://a.example/a"], "wrong")
    put(five, [article("new", prose.text(1), "n.example", 8)], hours=8)
    deduplicate(five, jobs.Silent())
    assert [4] in groups(five)
    assert_it_lasts(five)


@pytest.mark.parametrize(
    ("kind", "subjects", "error", "says"),
    [
        ("same", (1, 1), DecisionError, "1 and 1 are one article"),
        ("same", (1, "https://nowhere.example/"), NotFound, "https://nowhere.example/"),
        ("canonical-is", (77,), NotFound, "article 77"),
        ("ignore-source", ("nobody",), DecisionError, "source nobody: the store has no article of it"),
        ("undo", (77,), NotFound, "decision 77"),
        ("undo", (1,), DecisionError, "decision 1 was undone already, by 2"),
        ("undo", (2,), DecisionError, "decision 2 is an undo"),
    ],
)
def test_what_cannot_be_decided_is_named(
    five: Store, kind: str, subjects: tuple[object, ...], error: type[Exception], says: str
) -> None:
    say(five, "same", 1, 4)
    say(five, "undo", 1)
    with pytest.raises(error, match=says):
        say(five, kind, *subjects)
    assert len(five.decisions.read(ended=True)) == 2


def write(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps({'decided_by': 'kim', **line})}\n" for line in lines))
    return path


A, B, C, D, E = (f"https://{site}.example/{name}" for site, name in ("aa", "bb", "cc", "ad", "ae"))


def test_a_file_of_decisions_is_kept_in_its_order(five: Store, tmp_path: Path) -> None:
    say(five, "canonical-is", 5)
    file = write(
        tmp_path / "d.jsonl",
        {"id": 41, "kind": "same", "url_a": D, "url_b": "https://www.a.example/e"},
        {"id": 42, "kind": "different", "url_a": A, "url_b": "2", "decided_at": "2026-03-01T12:00:00Z"},
        {"kind": "undo", "undoes": 42},
        {"kind": "canonical-is", "url_a": "https://gone.example/"},
        {"kind": "undo", "undoes": 43},
    )
    done = import_decisions(five, file)
    assert done.counts["decided"] == 3
    assert done.problems == [
        f"{file}:4: not in the store: article https://gone.example/",
        f"{file}:5: it undoes 43, which is not the id of a line before it",
    ]
    assert groups(five) == [[1, 2, 3], [4, 5]]
    assert five.decisions.get(3).decided_at.isoformat() == "2026-03-01T12:00:00+00:00"
    assert_it_lasts(five)


def test_a_file_with_a_bad_line_or_a_contradiction_changes_nothing(five: Store, tmp_path: Path) -> None:
    first = {"kind": "same", "url_a": A, "url_b": D}
    before = view(five)
    with pytest.raises(RecordError, match=r"d\.jsonl:2: same needs url_a and url_b"):
        import_decisions(five, write(tmp_path / "d.jsonl", first, {"kind": "same", "url_a": A}))
    chain = [{"kind": "same", "url_a": D, "url_b": E}, {"kind": "different", "url_a": E, "url_b": A}]
    with pytest.raises(DecisionError, match=r"the new same .*; the new same .*; the new different"):
        import_decisions(five, write(tmp_path / "d.jsonl", first, *chain))
    assert (view(five), five.decisions.read(ended=True)) == (before, [])
