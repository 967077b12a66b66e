"""What is wrong with a store is found and named, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from storage.checking import RULES, findings
from storage.errors import StoreLocked
from storage.store import Store
from storage.types import IndexState, Visited
from tests.store.build import NOON, a_cluster, an_article, an_edge, judge, put, put_many
from tests.store.test_links import a_link, visit

_BREAKING = {
    "an article has a current revision of its own": "UPDATE article SET revision_id = 2 WHERE id = 1",
    "a judged article has a sketch of that revision": "DELETE FROM sketch WHERE revision_id = 3",
    "a judged article is in a cluster": "UPDATE article SET cluster_id = NULL, role = NULL WHERE id = 2",
    "what the index has passed by is judged": "UPDATE index_state SET last_revision = 4",
    "the index ends where the revisions do, or before": "UPDATE index_state SET last_revision = 5",
    "an edge leads from the smaller id to the larger": "UPDATE edge SET article_a = 2, article_b = 1",
    "a cluster has as many members as it says": "UPDATE cluster SET size = 9 WHERE id = 1",
    "a cluster has the id of its smallest member": "UPDATE article SET cluster_id = 3 WHERE id = 1",
    "a cluster's canonical article is a member": "UPDATE cluster SET canonical_id = 4 WHERE id = 1",
    "a cluster has one canonical article": "UPDATE article SET role = 'canonical'",
    "an article has a role if it is in a cluster": "UPDATE article SET role = NULL WHERE id = 1",
    "what is listed is a link": "DELETE FROM link",
    "a link that was visited says when and what came of it": "UPDATE link SET last_outcome = NULL",
    "a link that gave an article is one": "UPDATE link SET url = 'https://daily.example/9'",
    "a link that gave none has a reason": "UPDATE link SET last_outcome = 'failed'",
    "a link that leads elsewhere says where": "UPDATE link SET last_outcome = 'moved'",
    "a link that was never visited is due, or known": (
        "UPDATE link SET url = 'https://daily.example/9', visits = 0, last_visit = NULL, last_outcome = NULL,"
        " next_visit = NULL"
    ),
}


@pytest.fixture
def full(store: Store) -> Store:
    """A sound store: a pair, one alone, one that is not judged; and a visited link."""
    put_many(store, 4)
    judge(store, [a_cluster(1, 2), a_cluster(3)], [an_edge(1, 2)])
    store.index.put_state(IndexState(spec="s", last_revision=3))
    store.put_links("daily", [a_link(1)], seen_at=NOON)
    visit(store, Visited.KEPT, 1)
    return store


def test_nothing_is_found_in_a_sound_store(full: Store) -> None:
    assert list(findings(full)) == []


def test_every_rule_can_be_broken() -> None:
    assert [*_BREAKING] == [*RULES]


@pytest.mark.parametrize("rule", RULES)
def test_what_breaks_a_rule_is_found(full: Store, rule: str) -> None:
    with full.transaction() as connection:
        connection.execute(text(_BREAKING[rule]))
    assert any(finding.startswith(f'not so: "{rule}", ') for finding in findings(full))


@pytest.fixture
def file(tmp_path: Path) -> Store:
    with Store.open(str(tmp_path / "store.db")) as store:
        put_many(store, 2)
    return store


def test_a_row_that_names_what_is_not_there_is_found(file: Store) -> None:
    with file.reading() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("INSERT INTO sketch (revision_id, size) VALUES (99, 1)")
    assert list(findings(file)) == ["foreign key: row 99 of sketch names what is not in revision"]


def test_full_text_that_does_not_fit_the_revisions_is_found(file: Store) -> None:
    with file.transaction() as connection:
        connection.exec_driver_sql("UPDATE revision SET article_body = 'Other words.' WHERE id = 1")
    assert list(findings(file)) == ["damaged: database disk image is malformed"]


def test_a_page_that_was_overwritten_is_found(file: Store) -> None:
    for article in (an_article(number, article_body=f"word{number} " * 500) for number in range(3, 40)):
        put(file, article)
    file.close()
    content = Path(file.url).read_bytes()
    place = content.index(b"word20 word20") // 4096 * 4096
    Path(file.url).write_bytes(content[:place] + b"\xff" * 4096 + content[place + 4096 :])
    with Store.open(file.url) as damaged:
        first, *_ = findings(damaged)
    assert first.startswith(("integrity_check: ", "damaged: "))


def test_full_text_is_not_compared_beside_a_run(file: Store) -> None:
    with file.lock(), Store.open(file.url) as second, pytest.raises(StoreLocked):
        list(findings(second))
