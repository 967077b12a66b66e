from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupe.sets import Hashes
from dedupe.shingles import shingled
from dedupe.sites import WINDOW, SiteText, SiteWindow, nothing, packed, restored, sample
from tests.dedupe import prose


def page(seed: int) -> Hashes:
    return shingled(prose.text(seed) + "\n" + prose.FOOTER).sequence


def bare(seed: int) -> Hashes:
    return shingled(prose.text(seed)).sequence


def window(*pages: Hashes) -> SiteWindow:
    made = SiteWindow()
    for article_id, shingles in enumerate(pages, start=1):
        made.push(article_id, sample(shingles))
    return made


def found(made: SiteWindow, shingles: Hashes, article_id: int = 0) -> SiteText:
    return made.site_text(article_id, shingles)


def share(marked: np.ndarray, shingles: Hashes, among: Hashes) -> float:
    """The marked share of those of ``shingles`` that are in ``among``."""
    return float(marked[np.isin(shingles, among)].mean())


def test_what_two_other_articles_have_is_repeated() -> None:
    text = found(window(page(1), page(2)), page(3))
    assert share(text.repeated, page(3), shingled(prose.FOOTER).sequence) > 0.9
    assert share(text.repeated, page(3), bare(3)) < 0.03


def test_what_one_other_article_has_is_only_seen() -> None:
    text = found(window(page(1)), page(2))
    assert not text.repeated.any()
    assert share(text.seen, page(2), shingled(prose.FOOTER).sequence) > 0.9


def test_copies_of_a_text_do_not_make_it_site_text() -> None:
    assert not found(window(page(1), page(1), page(1)), page(1)).seen.any()


def test_an_articles_own_revisions_do_not_count() -> None:
    made = SiteWindow()
    for seed in (1, 2):
        made.push(7, sample(page(seed)))
    assert not found(made, page(3), 7).seen.any()
    assert found(made, page(3)).repeated.any()


def test_the_window_forgets_what_is_long_past() -> None:
    later = range(3, 3 + WINDOW)
    assert not found(window(page(1), page(2), *map(bare, later)), page(500)).seen.any()
    assert found(window(page(1), page(2), *map(page, later)), page(500)).repeated.any()


def test_a_window_that_begins_with_articles_is_like_one_that_met_them() -> None:
    for count in (0, 5, WINDOW):
        pages = [page(seed) for seed in range(count + 5)]
        begun = SiteWindow(range(1, count + 1), [packed(each) for each in pages[:count]])
        for number, each in enumerate(pages[count:], start=count + 1):
            begun.push(number, sample(each))
        for number in range(count + 5):
            texts = found(begun, pages[number], number + 1), found(window(*pages), pages[number], number + 1)
            assert texts[0].as_bytes() == texts[1].as_bytes()


def test_an_empty_window_and_an_empty_text_have_no_site_text() -> None:
    none = np.empty(0, dtype=np.uint64)
    assert not found(SiteWindow(), page(1)).seen.any()
    assert not len(found(window(page(1), page(2)), none).seen)
    assert found(window(none, page(2), page(4)), page(3)).repeated.any()


@given(st.lists(st.sampled_from([0, 1, 2]), max_size=60))
def test_site_text_comes_back_from_its_bytes(levels: list[int]) -> None:
    others = np.array(levels, dtype=np.int64)
    text = SiteText(others >= 1, others >= 2)
    again = restored(text.as_bytes(), len(levels))
    assert np.array_equal(again.seen, text.seen)
    assert np.array_equal(again.repeated, text.repeated)
    assert bool(text.as_bytes()) == any(levels)


def test_nothing_cannot_be_written_to() -> None:
    assert not nothing(3).seen.flags.writeable
