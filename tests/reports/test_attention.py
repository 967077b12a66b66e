"""Which clusters need a look, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from crawler.reports import attention
from crawler.reports.attention import Reason, confirmed, urgency
from storage.types import ClusterRow, Edge
from tests.reports.rows import NOW, cluster, edge, member, same


def reasons(row: ClusterRow, edges: Sequence[Edge] = ()) -> tuple[Reason, ...]:
    return attention.reasons(row, edges, now=NOW)


def test_a_close_copy_of_the_same_day_needs_no_look() -> None:
    assert reasons(cluster(member(2))) == ()


def test_a_weak_match_is_named_with_its_source_and_share() -> None:
    (reason,) = reasons(cluster(member(2), member(3, containment=0.34)))
    assert reason.text == "Weak match: the copy at outlet3.example shares only 34 % of the shorter text."


def test_several_weak_matches_are_counted() -> None:
    (reason,) = reasons(cluster(member(2, containment=0.5), member(3, containment=0.34)))
    assert reason.text == "Weak match: 2 copies share little, one only 34 % of the shorter text."


def test_members_judged_different_are_counted() -> None:
    (reason,) = reasons(cluster(member(2), member(3)), [edge(1, 2), edge(1, 3), edge(2, 3, joins=False)])
    assert reason.text == "Members disagree: judged different in 1 of 3 comparisons."


def test_three_kinds_of_copies_are_named() -> None:
    kinds = ("abridged", "updated", "identical")
    (reason,) = reasons(cluster(*(member(number, relation=kind) for number, kind in enumerate(kinds, 2))))
    assert reason.text == "Mixed copies: a shortened copy, the same text, a later version."


def test_more_than_twelve_members_are_many() -> None:
    assert reasons(cluster(*(member(number) for number in range(2, 13)))) == ()
    (reason,) = reasons(cluster(*(member(number) for number in range(2, 14))))
    assert reason.text == "Large: 13 members, more than one article usually gets."


def test_only_dates_of_publication_can_be_far_apart() -> None:
    early = NOW - timedelta(days=900)
    assert reasons(cluster(member(2, date_published=None, date_first_seen=early))) == ()
    (reason,) = reasons(cluster(member(2, date_published=early)))
    assert reason.text == "Far apart: published over 2 years."


def test_a_date_in_the_future_is_not_far_apart() -> None:
    assert reasons(cluster(member(2, date_published=NOW + timedelta(days=900)))) == ()


def test_the_weightiest_reason_comes_first_and_each_adds() -> None:
    found = reasons(cluster(member(2, containment=0.1, date_published=NOW)))
    assert [reason.text.split(":")[0] for reason in found] == ["Weak match", "Far apart"]
    assert urgency(found) == found[0].weight + found[1].weight > urgency(found[:1]) > urgency(())


def test_the_weaker_of_two_matches_is_more_urgent() -> None:
    weak, weaker = (reasons(cluster(member(2, containment=share))) for share in (0.6, 0.3))
    assert urgency(weaker) > urgency(weak)


def test_a_cluster_is_confirmed_when_people_tied_all_its_members_together() -> None:
    row = cluster(member(2, containment=0.3), member(3))
    assert not confirmed(replace(row, decisions=(same(1, 2),)))
    chain = replace(row, decisions=(same(2, 3), same(1, 2)))
    assert confirmed(chain) and reasons(chain) == ()
    assert not confirmed(replace(row, decisions=(same(2, 3),)))


def test_what_people_said_is_the_same_is_no_reason_for_a_look() -> None:
    row = cluster(member(2, containment=0.3), member(3))
    disputed = [edge(1, 2, joins=False), edge(1, 3), edge(2, 3)]
    assert len(reasons(row, disputed)) == 2
    assert reasons(replace(row, decisions=(same(1, 2),)), disputed) == ()
