"""Documents that arrive are met with what came before, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.documents import Document, Skip
from dedupe.judge import Relation, Verdict
from dedupe.library import MemoryLibrary
from dedupe.matching import Judged, Matcher
from dedupe.similarity import Measures
from tests.dedupe import prose
from tests.examples import at_most


def a_document(
    number: int, text: str, site: str = "", day: float = 20_000.0, article_id: int = 0, *, is_dated: bool = True
) -> Document:
    return Document(
        number=number,
        article_id=article_id or number,
        site=site or f"s{number}.example",
        headline="Fire kills five in the old town",
        text=text,
        language="en",
        published=day * 86_400 if is_dated else None,
        day=day,
    )


def matched(documents: Sequence[Document], batch: int = 99) -> list[Judged]:
    library = MemoryLibrary()
    matcher = Matcher(library)
    found: list[Judged] = []
    for first in range(0, len(documents), batch):
        known = matcher.read(documents[first : first + batch])
        found += matcher.match(known, {each.document.number for each in known})
        library.keep(known)
    return found


def pairs(found: Sequence[Judged]) -> set[tuple[int, int]]:
    return {(each.a.number, each.b.number) for each in found if each.verdict.joins}


def by_pair(found: Sequence[Judged]) -> dict[tuple[int, int], tuple[Measures, Verdict]]:
    return {(each.a.number, each.b.number): (each.measures, each.verdict) for each in found}


def test_copies_are_found_and_strangers_are_not() -> None:
    texts = [prose.text(seed) for seed in (1, 2, 1, 3, 2)]
    assert pairs(matched([a_document(i, text) for i, text in enumerate(texts, 1)])) == {(1, 3), (2, 5)}


def test_a_teaser_and_an_extended_copy_are_found() -> None:
    whole = prose.sentences(1, 60)
    texts = [" ".join(whole), " ".join(whole[:8]), " ".join([*whole, *prose.sentences(2, 20)])]
    assert pairs(matched([a_document(i, text) for i, text in enumerate(texts, 1)])) >= {(1, 2), (1, 3)}


def test_what_appeared_before_the_window_is_not_a_candidate() -> None:
    for apart, expected in ((29.0, {(1, 2)}), (31.0, set()), (400.0, set())):
        documents = [a_document(1, prose.text(1)), a_document(2, prose.text(1), day=20_000 - apart)]
        assert pairs(matched(documents)) == expected


def test_an_article_without_a_date_is_met_with_those_of_all_times() -> None:
    undated, other = (a_document(number, prose.text(1), is_dated=False) for number in (2, 3))
    old, far = a_document(1, prose.text(1), day=9_000), a_document(4, prose.text(1), day=15_000)
    assert pairs(matched([old, undated, other, far])) == {(1, 2), (1, 3), (2, 3), (2, 4), (3, 4)}


def test_identical_texts_of_quotations_only_are_measured() -> None:
    speech = " ".join(f"“{sentence}”" for sentence in prose.sentences(1, 20))
    (found,) = matched([a_document(1, speech), a_document(2, speech), a_document(3, prose.text(2))])
    assert found.measures.identical


def test_a_text_without_enough_words_is_nobodys_candidate() -> None:
    documents = [a_document(number, "Please log in to read on.") for number in (1, 2)]
    assert matched(documents) == []
    (known, _) = Matcher(MemoryLibrary()).read(documents)
    assert known.skip is Skip.TOO_SHORT


def test_a_text_of_quotations_says_that_it_has_no_text_of_its_own() -> None:
    speech = " ".join(f"“{sentence}”" for sentence in prose.sentences(1, 20))
    assert [known.skip for known in Matcher(MemoryLibrary()).read([a_document(1, speech)])] == [Skip.NO_OWN_TEXT]


def test_a_superseded_revision_is_nobodys_candidate() -> None:
    matcher = Matcher(MemoryLibrary())
    known = matcher.read([a_document(1, prose.text(1)), a_document(2, prose.text(1))])
    assert matcher.match(known, {2}) == []


def test_site_text_is_left_out_of_what_is_judged() -> None:
    documents = [a_document(i, f"{prose.text(i, 9)}\n{prose.FOOTER}", site="one.example") for i in range(1, 6)]
    assert all(each.measures.containment < 0.1 for each in matched(documents)[3:])
    assert pairs(matched(documents)) == set()


def test_an_article_whose_date_has_changed_is_met_with_later_ones_too() -> None:
    library = MemoryLibrary()
    matcher = Matcher(library)
    known = matcher.read([a_document(1, prose.text(1), day=19_000.0), a_document(2, prose.text(1))])
    assert matcher.match(known, {1, 2}) == []
    library.keep(known)
    (dated, _) = matcher.read([a_document(1, prose.text(1)), a_document(3, prose.text(2))])
    assert pairs(matcher.match_again(dated)) == {(1, 2)}


def test_an_article_that_was_filed_by_two_dates_is_met_once() -> None:
    library = MemoryLibrary()
    matcher = Matcher(library)
    for day in (19_000.0, 20_000.0):
        known = matcher.read([a_document(1, prose.text(1), day=day)])
        library.keep(known)
        assert matcher.match_again(known[0]) == []
    undated = matcher.read([a_document(2, prose.text(1), is_dated=False)])
    assert len(matcher.match(undated, {2})) == 1


@settings(max_examples=at_most(40))
@given(
    arrivals=st.lists(
        st.tuples(prose.BODIES, st.sampled_from(["a.example", "b.example"]), st.booleans()), min_size=1, max_size=12
    ),
    batch=st.integers(1, 12),
)
def test_edges_do_not_depend_on_how_long_batches_are(arrivals: list[tuple[str, str, bool]], batch: int) -> None:
    documents = [a_document(i, body, site, is_dated=dated) for i, (body, site, dated) in enumerate(arrivals, 1)]
    assert by_pair(matched(documents)) == by_pair(matched(documents, batch))


def test_a_pair_is_named_in_order_of_articles_not_of_arrival() -> None:
    whole = prose.sentences(1, 60)
    first, second = a_document(1, " ".join(whole), article_id=9), a_document(2, " ".join(whole[:20]), article_id=4)
    (found,) = matched([first, second])
    assert (found.a, found.b, found.verdict.relation) == (second, first, Relation.EXTENDED)
