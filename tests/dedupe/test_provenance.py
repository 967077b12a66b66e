"""Who had an article first, and who took it from whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import descent, provenance
from dedupe.canonical import Claim
from dedupe.evidence import Member
from dedupe.provenance import Credit, Provenance, Step, trace
from dedupe.text import words
from tests.dedupe import prose

HOUR = 3_600.0
SEEN = 1_000_000.0
TEXT = prose.text(1)
PARAGRAPH = prose.text(2, 6)
SHORT = TEXT[: len(TEXT) // 2]


def member(number: int, text: str = TEXT, at: float | None = 0.0, *, site_text: str = "", **claimed: Any) -> Member:
    """Make a member published so many hours after the beginning; ``site_text`` follows its text."""
    body = words(f"{text}\n{site_text}")
    claim = Claim(
        article_id=number,
        url=f"https://s{number}.example/",
        names=(f"Gazette of {prose.sentences(number, 1)[0]}",),
        credits=(),
        points_at=(),
        earliest=None if at is None else at * HOUR,
        latest=None if at is None else at * HOUR,
        words=len(body),
    )
    marks = np.arange(len(body)) >= len(words(text))
    return Member(replace(claim, **claimed), body.hashes, marks, SEEN + number)


def parents(found: Provenance) -> dict[int, int]:
    return {step.child: step.parent for step in found.steps}


def only(found: Provenance) -> Step:
    (step,) = found.steps
    return step


def reworded(text: str, seed: int) -> str:
    """Change every fourteenth word."""
    others = prose.text(seed).split()
    pairs = enumerate(zip(text.split(), others, strict=False))
    return " ".join(other if place % 14 == seed else word for place, (word, other) in pairs)


def test_what_only_two_have_tells_a_copy_of_a_copy() -> None:
    found = trace([member(1), member(2, reworded(TEXT, 3), 1), member(3, TEXT, 2), member(4, reworded(SHORT, 3), 3)])
    assert parents(found) == {2: 1, 3: 1, 4: 2}
    step = found.steps[-1]
    assert (step.child, step.reasons, step.is_told) == (4, (provenance.INHERITED,), True)
    assert step.inherited > 20


def test_a_copy_costs_the_same_from_the_whole_text_as_from_what_another_copy_left() -> None:
    found = trace([member(1), member(2, TEXT[: len(TEXT) * 3 // 4], 1), member(3, SHORT, 2)])
    assert parents(found) == {2: 1, 3: 1}
    assert not found.steps[1].is_told
    assert found.steps[1].reasons == (provenance.COULD_NOT_TELL,)


def test_of_the_same_words_the_text_tells_no_parent() -> None:
    found = trace([member(1), member(2, TEXT, 1), member(3, TEXT + PARAGRAPH, 2)])
    assert parents(found) == {2: 1, 3: 1}
    assert [step.is_told for step in found.steps] == [True, False]


def test_what_a_copy_of_it_has_of_a_text_leaves_no_doubt_where_that_comes_from() -> None:
    found = trace([member(1), member(2, TEXT + PARAGRAPH, 1), member(3, f"{TEXT}{PARAGRAPH} The end.", 2)])
    assert [(step.parent, step.is_told) for step in found.steps] == [(1, True), (2, True)]


def test_the_first_to_publish_is_the_origin() -> None:
    found = trace([member(1, SHORT, 5), member(2, TEXT + PARAGRAPH, 7), member(3, TEXT, 3)])
    assert (found.origin, found.reasons, found.is_told) == (3, ("published first",), True)


def test_without_dates_and_claims_the_origin_is_not_told() -> None:
    found = trace([member(1, reworded(TEXT, 3), None), member(2, TEXT, None)])
    assert (found.origin, found.is_told, found.reasons) == (1, False, (provenance.FIRST_SEEN,))


def test_without_dates_that_is_the_origin_of_which_the_others_are_edits() -> None:
    copies = [member(number, reworded(TEXT, number), None) for number in range(2, 10)]
    found = trace([*copies, member(10, TEXT, None)])
    assert (found.origin, found.reasons) == (10, (provenance.BEST_FIT,))


def test_the_agency_that_copies_credit_is_the_origin_though_dated_an_hour_later() -> None:
    agency = member(1, TEXT, 4, names=("Meridian Press",), is_agency=True)
    found = trace([agency, *(member(number, TEXT, 3, credits=("Meridian Press",)) for number in (2, 3))])
    assert found.origin == 1
    assert "other copies credit it" in found.reasons
    assert {step.credit for step in found.steps} == {Credit.PARENT}


def test_a_link_to_the_original_goes_before_likeness() -> None:
    linked = member(2, TEXT + PARAGRAPH, 1)
    found = trace([member(1), linked, member(3, TEXT, 2, points_at=(linked.claim.url,))])
    assert parents(found) == {2: 1, 3: 2}
    assert found.steps[1].reasons == (provenance.NAMES,)


def test_a_credit_that_is_gone_was_dropped() -> None:
    credited = member(1, credits=("Meridian Press",))
    assert only(trace([credited, member(2, at=1)])).credit is Credit.DROPPED
    assert only(trace([credited, member(2, at=1, credits=("MERIDIAN PRESS",))])).credit is Credit.KEPT
    assert only(trace([member(1), member(2, at=1)])).credit is Credit.NONE
    own = member(1, names=("Meridian Press",), is_agency=True)
    assert only(trace([own, member(2, at=1)])).credit is Credit.DROPPED
    assert only(trace([credited, member(2, at=1, names=credited.claim.names)])).credit is Credit.NONE


def test_whom_the_origin_credits_is_said_if_that_is_none_of_the_members() -> None:
    assert trace([member(1, credits=("Meridian Press",)), member(2, at=1)]).elsewhere == ("Meridian Press",)
    assert trace([member(1), member(2, at=1, credits=("Meridian Press",))]).elsewhere == ()


def test_lags_are_those_between_publications() -> None:
    assert only(trace([member(1, at=1), member(2, at=3.5)])).of_parent.lag_s == 2.5 * HOUR
    assert only(trace([member(1, at=1), member(2, at=None)])).of_parent.lag_s is None
    day = member(2, at=0, latest=24 * HOUR)
    assert only(trace([member(1, at=1), day])).of_parent.lag_s is None  # the same day: who knows
    later = member(2, at=48, latest=72 * HOUR)
    assert only(trace([member(1, at=1), later])).of_parent.lag_s == 47 * HOUR


def test_a_date_in_the_future_is_none() -> None:
    found = trace([member(1, reworded(TEXT, 3), at=None), member(2, at=SEEN)])
    assert only(found).of_parent.lag_s is None


def test_an_article_was_published_before_it_was_seen() -> None:
    seen_first = replace(member(2, at=5), seen=HOUR)  # its page says a later date by now
    assert trace([member(1, at=3), seen_first]).origin == 2


def test_what_a_site_repeats_was_taken_from_nobody() -> None:
    footer = prose.text(9, 3)
    one = member(2, TEXT, 1, site_text=footer)
    assert parents(trace([member(1), one, member(3, TEXT, 2, site_text=footer)])) == {2: 1, 3: 1}
    assert parents(trace([member(1), one, member(3, f"{TEXT}\n{footer}", 2)])) == {2: 1, 3: 2}


def test_one_article_has_nobody_else() -> None:
    found = trace([member(1)])
    assert (found.origin, found.steps, found.is_told) == (1, (), True)


def test_texts_that_share_nothing_and_empty_ones_have_a_place() -> None:
    found = trace([member(1), member(2, "", 1), member(3, prose.text(5), 2)])
    assert parents(found).keys() == {2, 3}
    assert [step.of_parent.edits.kept for step in found.steps] == [0, 0]


def test_those_that_came_last_in_a_large_cluster_are_nobodys_parents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descent, "MOST_PARENTS", 2)
    edited = reworded(TEXT, 3)
    found = trace([member(1), member(2, edited, 1), member(3, edited, 2), member(4, TEXT, 3), member(5, edited, 4)])
    assert parents(found) == {2: 1, 3: 2, 4: 1, 5: 2}


@given(st.permutations(range(6)))
def test_the_order_of_members_does_not_matter(order: list[int]) -> None:
    members = [member(number, reworded(TEXT, number % 3), number % 4 or None) for number in range(6)]
    assert trace(members[number] for number in order) == trace(members)
