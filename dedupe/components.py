"""Connected components of joined articles, in rounds that see one article and its pairs at a time.

So they can be found on many machines, of which none has all the pairs. A pair is (larger, smaller). A round of large
stars and one of small stars follow each other until nothing is `unsettled`: then each article but the smallest of a
component is paired with that one alone.

Source: Kiveris et al., "Connected components in MapReduce and beyond" (2014).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dedupe.clusters import Pair


def ends(pair: Pair) -> Pair:
    """Give both articles of a pair: what it is grouped by for large stars."""
    return pair


def larger(pair: Pair) -> Iterator[int]:
    """Give the larger article of a pair: what it is grouped by for small stars."""
    yield pair[0]


def large_star(article: int, pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Pair the neighbours that are larger than an article with the smallest of all."""
    near = _neighbours(article, pairs)
    smallest = min(article, *near)
    return ((each, smallest) for each in near if each > article)


def small_star(article: int, pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Pair an article, and its neighbours, which are smaller, with the smallest of them."""
    near = _neighbours(article, pairs)
    smallest = min(near)
    return ((each, smallest) for each in near | {article} if each != smallest)


def unsettled(article: int, pairs: Iterable[Pair]) -> Iterator[int]:
    """Give an article that is paired with several smaller ones, or with a smaller and a larger one."""
    near = _neighbours(article, pairs)
    if len(near) > 1 and min(near) < article:
        yield article


def _neighbours(article: int, pairs: Iterable[Pair]) -> set[int]:
    return {a + b - article for a, b in pairs}
