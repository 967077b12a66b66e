"""What the rules say of texts made to show one thing each."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.judge import RULES, Relation, Verdict, judge
from dedupe.sentences import read
from dedupe.shingles import shingled
from dedupe.similarity import Measures, Text, measure
from dedupe.sites import nothing
from dedupe.text import words
from dedupe.thresholds import DEFAULT
from tests.dedupe import prose

DAY = 86_400.0


def side(body: str, headline: str = "", site: str = "a.example", day: float | None = 0.0) -> Text:
    published = None if day is None else day * DAY
    shingles = shingled(body)
    return Text(shingles, read(body), words(headline), site, published, nothing(len(shingles.sequence)).seen)


def verdict(a: Text, b: Text) -> Verdict:
    return judge(measure(a, b), b_later=True)


def other(body: str, headline: str = "", day: float | None = 0.5) -> Text:
    return side(body, headline, "b.example", day)


def edited(seed: int, keep: int) -> str:
    """The text of ``seed`` with every ``keep``-th sentence replaced."""
    strange = prose.sentences(seed + 1000, 40)
    return " ".join(strange[i] if i % keep == keep - 1 else s for i, s in enumerate(prose.sentences(seed, 40)))


def test_what_other_thresholds_may_join_is_measured_by_other_thresholds() -> None:
    a, b = side(edited(1, 99)), other(edited(1, 2))
    found = measure(a, b)
    assert found.containment >= DEFAULT.part and found.content is None  # a plain copy
    stricter = replace(DEFAULT, part=0.9)
    assert measure(a, b, stricter).aligned is not None
    assert measure(a, b, replace(stricter, translated_days=0.4, fresh_days=0.4)).aligned is None


def test_a_verbatim_copy_is_identical() -> None:
    assert verdict(side(prose.text(1)), other(prose.text(1))).relation is Relation.IDENTICAL


def test_a_copy_with_a_line_added_is_a_near_duplicate() -> None:
    found = verdict(side(prose.text(1)), other(prose.text(1) + "\nShare this article with your friends."))
    assert (found.relation, found.joins) == (Relation.NEAR_DUPLICATE, True)


def test_the_first_third_is_abridged_and_the_whole_is_extended() -> None:
    whole, third = " ".join(prose.sentences(1, 40)), " ".join(prose.sentences(1, 40)[:13])
    assert verdict(side(whole), other(third)).relation is Relation.ABRIDGED
    assert verdict(side(third), other(whole)).relation is Relation.EXTENDED


def test_an_edited_copy_on_the_next_day_is_an_update() -> None:
    found = verdict(side(edited(1, 99)), other(edited(1, 2), day=1.0))
    assert (found.relation, found.joins) == (Relation.UPDATED, True)
    assert judge(measure(side(edited(1, 99)), other(edited(1, 2))), b_later=False).relation is Relation.SUPERSEDED


def test_the_same_edited_copy_weeks_later_is_background() -> None:
    assert not verdict(side(edited(1, 99)), other(edited(1, 2), day=20)).joins


def test_even_a_copy_is_not_joined_after_the_window() -> None:
    assert not verdict(side(prose.text(1)), other(prose.text(1), day=40)).joins


def test_reports_that_share_only_quotations_are_not_joined() -> None:
    quotes = " ".join(f"“{sentence}”" for sentence in prose.sentences(5, 20))
    found = verdict(side(f"{prose.text(1, 12)}\n{quotes}"), other(f"{prose.text(2, 12)}\n{quotes}"))
    assert not found.joins
    assert found.reason == "all but a few words are quotations or site text" or "quotations" in found.reason


def test_a_commentary_that_block_quotes_an_article_is_not_joined() -> None:
    article = prose.sentences(1, 60)
    commentary = " ".join([*prose.sentences(2, 6), *article[20:40], *prose.sentences(3, 6)])
    found = verdict(side(" ".join(article)), other(commentary))
    assert (found.relation, found.joins) == (Relation.BLOCK_QUOTE, False)


def test_a_digest_that_carries_a_short_item_is_linked_not_joined() -> None:
    item = " ".join(prose.sentences(1, 8))
    digest = " ".join([*prose.sentences(2, 20), item, *prose.sentences(3, 20)])
    assert verdict(side(item), other(digest)).relation is Relation.DIGEST_CONTAINS
    assert verdict(side(digest), other(item)).relation is Relation.IN_DIGEST
    assert not verdict(side(item), other(digest)).joins


def report(seed: int) -> str:
    """A market report: one template, new figures."""
    frame = prose.sentences(77, 20)
    return " ".join(f"{sentence[:-1]} rose {seed * 37 + i * seed} points." for i, sentence in enumerate(frame, start=3))


def test_a_sites_template_with_new_figures_is_not_joined() -> None:
    found = verdict(side(report(5), "Markets on Monday"), side(report(8), "Markets on Tuesday", day=1))
    assert (found.relation, found.joins) == (Relation.TEMPLATE, False)


def test_new_figures_in_one_place_make_no_template_of_an_article() -> None:
    table = (" ".join(report(seed).split()[:90]) for seed in (5, 8))
    a, b = (f"{prose.text(1, 120)} {figures}" for figures in table)
    found = verdict(side(a), other(b))
    assert measure(side(a), other(b)).numbers < 0.5
    assert (found.relation, found.joins) == (Relation.NEAR_DUPLICATE, True)


def test_two_articles_of_one_site_need_more_than_half() -> None:
    assert not verdict(side(edited(1, 99), "One thing"), side(edited(1, 2), "Another matter")).joins
    assert verdict(side(edited(1, 99), "Fire kills five"), side(edited(1, 4), "Fire kills five, hurts ten")).joins


def test_the_same_headline_joins_texts_that_share_much() -> None:
    headline = "President vows not to change the name"
    quotes = [f"“{sentence}”" for sentence in prose.sentences(5, 12)]
    a = " ".join(x for pair in zip(prose.sentences(1, 12), quotes, strict=True) for x in pair)
    mixed = [
        own if i % 3 else kept
        for i, (own, kept) in enumerate(zip(prose.sentences(2, 12), prose.sentences(1, 12), strict=True))
    ]
    b = " ".join(x for pair in zip(mixed, quotes, strict=True) for x in pair)
    assert verdict(side(a, headline), other(b, headline)).joins


def test_short_texts_need_a_headline_that_agrees() -> None:
    stub = " ".join(prose.sentences(1, 3))
    assert not verdict(side(stub, "Rain is coming"), other(stub, "Please log in")).joins
    assert verdict(side(stub, "Rain is coming"), other(stub, "Rain is coming tomorrow")).joins


def test_strangers_share_nothing() -> None:
    found = measure(side(prose.text(1)), other(prose.text(2)))
    assert (found.raw_jaccard, found.containment, found.runs) == (0, 0, 0)


TEXTS = st.builds(
    side,
    st.lists(st.sampled_from(prose.sentences(3, 12)), max_size=12).map(" ".join),
    st.sampled_from(["", "Fire kills five", "Rain"]),
    st.sampled_from(["a.example", "b.example"]),
    st.one_of(st.none(), st.floats(0, 60)),
)


@given(TEXTS, TEXTS)
def test_measures_are_symmetric(a: Text, b: Text) -> None:
    there, back = measure(a, b), measure(b, a)
    assert replace(back, words_a=back.words_b, words_b=back.words_a) == there


@given(TEXTS, TEXTS, st.booleans())
def test_whether_a_pair_joins_does_not_depend_on_its_order(a: Text, b: Text, later: bool) -> None:
    there, back = judge(measure(a, b), b_later=later), judge(measure(b, a), b_later=not later)
    assert (there.joins, there.reason) == (back.joins, back.reason)


@given(TEXTS, TEXTS)
def test_shares_lie_between_nothing_and_all(a: Text, b: Text) -> None:
    m = measure(a, b)
    for name in ("raw_jaccard", "raw_containment", "jaccard", "containment", "longest_run", "coverage", "headline"):
        assert 0 <= getattr(m, name) <= 1
    for name in ("quotes", "names", "content", "aligned", "aligned_back", "order", "rest", "aligned_words"):
        assert getattr(m, name) is None or 0 <= getattr(m, name) <= 1 + 1e-9
    assert m.jaccard <= m.containment
    assert m.raw_jaccard <= m.raw_containment


def test_an_edge_stores_every_known_measure() -> None:
    stored = measure(side("a"), other("b", day=None)).as_dict()
    in_other_words = {"pair_jaccard", "aligned", "aligned_back", "order", "rest", "aligned_words"}
    known = {field.name for field in fields(Measures)} - {"days_apart", "anchored", "anchor_weight"}
    assert set(stored) == known - in_other_words
    part = measure(side(edited(1, 99)), other(edited(1, 2), day=None)).as_dict()
    assert set(part) == known


def test_every_rule_has_a_reason_of_its_own() -> None:
    assert len({rule.reason for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("relation", Relation)
def test_the_store_knows_how_to_turn_every_relation_around(relation: Relation) -> None:
    from storage.relations import inverse

    assert inverse(inverse(relation)) == relation
    assert inverse(relation) in set(Relation)
