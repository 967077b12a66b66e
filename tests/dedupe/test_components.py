"""Components: rounds of stars come to what following all pairs comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from dedupe.clusters import Pair
from dedupe.components import ends, large_star, larger, small_star, unsettled

PAIRS = st.sets(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda pair: pair[0] > pair[1]), max_size=40)
CHAIN = {(number + 1, number) for number in range(200)}


def grouped(
    pairs: Iterable[Pair],
    keys: Callable[[Pair], Iterable[int]],
    function: Callable[[int, list[Pair]], Iterable[Pair] | Iterable[int]],
) -> Iterator[Pair | int]:
    groups: defaultdict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        for key in keys(pair):
            groups[key].append(pair)
    return (made for key, rows in groups.items() for made in function(key, rows))


def in_rounds(pairs: Iterable[Pair]) -> tuple[set[Pair], int]:
    """Return the pairs of the end, and after how many rounds it came."""
    now, rounds = set(pairs), 0
    while any(True for _ in grouped(now, ends, unsettled)):
        stars = grouped(now, ends, large_star)
        now = set(grouped(stars, larger, small_star))  # type: ignore[arg-type]
        rounds += 1
    return now, rounds


def followed(pairs: Iterable[Pair]) -> set[Pair]:
    root = {article: article for pair in pairs for article in pair}
    for _ in root:
        for a, b in pairs:
            root[a] = root[b] = min(root[a], root[b])
    return {(article, smallest) for article, smallest in root.items() if article != smallest}


@given(PAIRS)
def test_each_article_is_paired_with_the_smallest_of_its_component(pairs: set[Pair]) -> None:
    assert in_rounds(pairs)[0] == followed(pairs)


def test_a_long_chain_takes_few_rounds() -> None:
    pairs, rounds = in_rounds(CHAIN)
    assert pairs == {(number, 0) for number in range(1, 201)}
    assert rounds <= 8
