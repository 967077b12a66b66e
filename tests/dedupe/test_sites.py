from __future__ import annotations

import numpy as np

from dedupe.sets import Hashes
from dedupe.shingles import shingled
from dedupe.sites import WINDOW, SiteWindow
from tests.dedupe import prose

FOOTER = prose.text(999, 6)


def page(seed: int) -> Hashes:
    return shingled(prose.text(seed) + "\n" + FOOTER).unique


def window(*pages: Hashes) -> SiteWindow:
    made = SiteWindow()
    for article_id, shingles in enumerate(pages, start=1):
        made.push(article_id, shingles)
    return made


def found(made: SiteWindow, shingles: Hashes, *own: int, others: int = 2) -> Hashes:
    return made.site_text(shingles, own=frozenset(own), others=others)


def test_what_two_other_articles_have_is_site_text() -> None:
    text = found(window(page(1), page(2)), page(3))
    assert np.isin(shingled(FOOTER).unique, text).all()
    assert not np.isin(shingled(prose.text(3)).unique, text).any()


def test_what_one_other_article_has_is_not_yet_site_text() -> None:
    assert not len(found(window(page(1)), page(2)))
    assert len(found(window(page(1)), page(2), others=1))


def test_copies_of_a_text_do_not_make_it_site_text() -> None:
    assert not len(found(window(page(1), page(1), page(1)), page(1)))


def test_an_articles_own_revisions_do_not_count() -> None:
    made = SiteWindow()
    for seed in (1, 2):
        made.push(7, page(seed))
    assert not len(found(made, page(3), 7))
    assert len(found(made, page(3)))


def test_the_window_forgets_what_is_long_past() -> None:
    later = [page(seed) for seed in range(3, 3 + WINDOW)]
    bare = [shingled(prose.text(seed)).unique for seed in range(3, 3 + WINDOW)]
    assert not len(found(window(page(1), page(2), *bare), page(500)))
    assert len(found(window(page(1), page(2), *later), page(500)))


def test_an_empty_window_and_an_empty_text_have_no_site_text() -> None:
    nothing = np.empty(0, dtype=np.uint64)
    assert not len(found(SiteWindow(), page(1)))
    assert not len(found(window(page(1), page(2)), nothing))
    assert not len(found(window(nothing, page(2)), page(3), others=2))
