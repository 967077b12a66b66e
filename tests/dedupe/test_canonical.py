"""The choice of a canonical article."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.canonical import COULD_NOT_TELL, MARGIN, SIGNALS, Claim, choose, score

AP = Claim(
    article_id=1, url="https://ap.example/1", names=("AP News", "Associated Press"), credits=("Associated Press",),
    points_at=(), earliest=1000.0, latest=1000.0, words=400,
)  # fmt: skip
PAPER = replace(AP, article_id=2, url="https://p.example/2", names=("Paper",))
TIMES = replace(PAPER, article_id=3, url="https://t.example/3", names=("Times",), earliest=900.0, latest=900.0)


def test_the_agency_that_the_copies_credit_is_canonical() -> None:
    choice = choose([PAPER, AP, TIMES])
    assert choice.article_id == AP.article_id
    assert "other copies credit it" in choice.reason


def test_the_page_that_another_names_as_its_original_is_canonical() -> None:
    a, b = replace(PAPER, credits=()), replace(TIMES, credits=(), earliest=None, latest=None, points_at=(PAPER.url,))
    assert choose([a, b]).article_id == a.article_id


def test_the_first_to_publish_is_canonical_among_equals() -> None:
    a, b = replace(PAPER, credits=()), replace(TIMES, credits=(), earliest=0.0, latest=0.0)
    assert choose([a, b]).article_id == b.article_id
    assert "published first" in choose([a, b]).reason


def test_a_minute_does_not_make_a_first() -> None:
    a, b = replace(PAPER, credits=()), replace(TIMES, credits=(), earliest=940.0, latest=940.0)
    assert choose([a, b]).reason == COULD_NOT_TELL


def test_a_mere_date_is_not_earlier_than_a_time_on_that_day() -> None:
    dated = replace(PAPER, credits=(), earliest=0.0, latest=86_400.0)
    timed = replace(TIMES, credits=())
    assert choose([dated, timed]).article_id == timed.article_id
    assert "published first" in choose([dated, timed]).reason
    next_day = replace(timed, earliest=90_000.0, latest=90_000.0)
    assert choose([dated, next_day]).article_id == dated.article_id


def test_an_agencys_sign_in_the_dateline_credits_it() -> None:
    agency = replace(AP, names=("Meridian Press Agency",), credits=())
    copies = [replace(PAPER, credits=("Meridian",)), replace(TIMES, credits=("Meridian",))]
    assert choose([agency, *copies]).article_id == agency.article_id


def test_a_teaser_is_not_canonical_for_being_early() -> None:
    teaser, whole = replace(PAPER, words=40, earliest=0.0, latest=0.0, credits=("Times",)), replace(TIMES, credits=())
    assert choose([teaser, whole]).article_id == whole.article_id


def test_a_cluster_of_one_needs_no_choice() -> None:
    assert choose([AP]).reason == "the only copy"


def test_the_agencys_own_text_goes_before_a_copy_that_was_dated_first() -> None:
    agency = replace(AP, credits=(), is_agency=True)
    paper = replace(PAPER, credits=(), words=360, earliest=None, latest=None)
    assert choose([paper, agency]).reason == "it is the agency's own text, a full text"
    carried = replace(agency, credits=("Reuters",))
    assert "it is the agency's own text" not in score([paper, carried])[0].spoken()


def test_a_source_with_priority_goes_first_in_degrees() -> None:
    a, b = (
        replace(PAPER, credits=(), earliest=None, latest=None),
        replace(TIMES, credits=(), earliest=None, latest=None),
    )
    assert choose([a, b]).reason == COULD_NOT_TELL
    assert choose([a, replace(b, priority=1)]).reason == "a full text, its source has priority"
    assert choose([replace(a, priority=-1), b]).article_id == b.article_id
    assert choose([replace(a, points_at=(b.url,)), replace(b, priority=-10)]).article_id == a.article_id


def test_one_credit_among_copies_that_credit_nobody_is_not_diluted() -> None:
    mute = [
        replace(TIMES, article_id=n, url=f"https://m{n}.example/", names=(f"Mute {n}",), credits=()) for n in (4, 5)
    ]
    few, many = score([AP, PAPER]), score([AP, PAPER, *mute])
    assert few[0].spoken()["other copies credit it"] == many[0].spoken()["other copies credit it"] == 4


def test_copies_of_one_house_do_not_credit_each_other() -> None:
    a, b = replace(AP, is_agency=False), replace(AP, article_id=2, url="https://ap.example/2")
    assert "other copies credit it" not in score([a, b])[0].spoken()


def test_a_small_lead_is_no_reason_and_the_margin_says_so() -> None:
    a, b = replace(PAPER, credits=(), words=350), replace(TIMES, credits=(), earliest=None, latest=None)
    choice = choose([a, b])
    assert (choice.article_id, choice.reason) == (a.article_id, COULD_NOT_TELL)
    assert -MARGIN < choice.margin < 0
    clear = choose([replace(a, words=100), b])
    assert (clear.article_id, clear.reason) == (b.article_id, "a full text")
    assert clear.margin == pytest.approx(2 - 2 * 100 / 360, abs=1e-6)


def test_a_choice_shows_what_each_member_has_of_every_signal() -> None:
    choice = choose([TIMES, AP, PAPER])
    assert [scored.article_id for scored in choice.scores] == [1, 2, 3]
    for scored in choice.scores:
        assert scored.total == pytest.approx(sum(scored.points))
        assert len(scored.points) == len(SIGNALS)


def test_where_all_speak_against_themselves_the_reason_says_so() -> None:
    empty = replace(PAPER, credits=(), words=0, earliest=None, latest=None)
    copy = replace(empty, article_id=1, url="https://q.example/1", credits=("Reuters",))
    assert choose([copy, empty]).reason == "the others say of themselves that they are copies"


NAMES = ("Meridian Press Agency", "Paper", "The Times", "AP", "Le Soir")


@st.composite
def clusters_of_claims(draw: st.DrawFn) -> list[Claim]:
    """Draw claims that credit, name and precede each other, or outsiders."""
    size = draw(st.integers(2, 7))
    urls = [f"https://s.example/{n}" for n in range(size)]
    days = st.one_of(st.none(), st.integers(0, 4).map(lambda n: n * 200.0))
    claims = []
    for n in range(size):
        earliest = draw(days)
        claims.append(
            Claim(
                article_id=n,
                url=urls[n],
                names=tuple(draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2))),
                credits=tuple(draw(st.lists(st.sampled_from((*NAMES, "Meridian", "Outsider")), max_size=2))),
                points_at=tuple(set(draw(st.lists(st.sampled_from(urls), max_size=1))) - {urls[n]}),
                earliest=earliest,
                latest=None if earliest is None else earliest + draw(st.sampled_from([0, 86_400])),
                words=draw(st.sampled_from([0, 100, 180, 190, 200])),
                is_agency=draw(st.booleans()),
                priority=draw(st.integers(-2, 2)),
            )
        )
    return claims


@given(clusters_of_claims(), st.randoms())
def test_the_choice_does_not_depend_on_the_order(claims: list[Claim], chance: Random) -> None:
    there = choose(claims)
    chance.shuffle(claims)
    assert choose(claims) == there


@given(clusters_of_claims(), st.integers(1, 3))
def test_members_that_bring_no_evidence_change_nobodys_points_and_only_with_more_the_choice(
    claims: list[Claim], count: int
) -> None:
    before = choose(claims)
    chosen = next(claim for claim in claims if claim.article_id == before.article_id)
    bare = [
        Claim(
            article_id=100 + n, url=f"https://b.example/{n}", names=(f"Bare {n}",), credits=("Nobody",), points_at=(),
            earliest=None, latest=None, words=chosen.words, priority=min(claim.priority for claim in claims),
        )
        for n in range(count)
    ]  # fmt: skip
    after = choose([*claims, *bare])
    assert after.scores[: len(claims)] == before.scores
    # Where all others speak against themselves, one that hardly does is rightly chosen.
    theirs = max(scored.total for scored in after.scores[len(claims) :])
    assert after.article_id == before.article_id or theirs > max(scored.total for scored in before.scores)


@given(clusters_of_claims())
def test_the_chosen_one_has_the_most_points_or_is_the_first_of_those_that_are_level(claims: list[Claim]) -> None:
    choice = choose(claims)
    best = max(scored.total for scored in choice.scores)
    level = [scored.article_id for scored in choice.scores if scored.total > best - MARGIN]
    assert choice.article_id == level[0]
    assert (choice.reason == COULD_NOT_TELL) == (len(level) > 1) == (choice.margin < MARGIN)


@given(clusters_of_claims())
def test_no_two_are_published_first(claims: list[Claim]) -> None:
    first = [scored for scored in score(claims) if "published first" in scored.spoken()]
    assert len(first) <= 1
    for scored in first:
        [me] = [claim for claim in claims if claim.article_id == scored.article_id]
        dated = [c for c in claims if c is not me and c.earliest is not None]
        assert dated and me.latest is not None
        assert all(c.latest is not None and me.latest <= c.latest for c in dated)
