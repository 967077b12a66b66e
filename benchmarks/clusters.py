"""How long clusters and the choice of canonical articles take, on one core.

Made-up edges: 50,000 between 20,000 articles in clusters of 2 to 60, nine tenths of the pairs within each, and as many
at random, which must not chain; made-up claims of clusters of 2, 60 and 1,000.

    .venv/bin/python -m benchmarks.clusters
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import combinations
from time import perf_counter

from dedupe.canonical import Claim, choose
from dedupe.clusters import Join, partition

ARTICLES, JOINS = 20_000, 50_000
SIZES = (2, 2, 2, 3, 4, 5, 8, 60)
ROUNDS = 5


def main() -> None:
    chance = random.Random(1)
    articles = list(range(ARTICLES))
    for name, joins in (("clusters", clustered(chance)), ("at random", scattered(chance))):
        found = partition(articles, joins)
        seconds = best_of(lambda joins=joins: partition(articles, joins))  # type: ignore[misc]
        print(f"partition, {name}: {len(joins):,} joins, {seconds:.3f} s, the largest of {max(map(len, found))}")
    for size in (2, 60, 1_000):
        clusters = [claims(chance, size) for _ in range(max(5, 2_000 // size))]
        seconds = best_of(lambda clusters=clusters: [choose(each) for each in clusters])  # type: ignore[misc]
        print(f"canonical of {size:,}: {seconds / len(clusters) * 1e6:,.0f} µs")


def best_of(work: Callable[[], object]) -> float:
    """Return the seconds of the fastest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        times.append(perf_counter() - begun)
    return min(times)


def clustered(chance: random.Random) -> list[Join]:
    ids = chance.sample(range(ARTICLES), ARTICLES)
    pairs: list[tuple[int, int]] = []
    while len(pairs) < JOINS and ids:
        members = [ids.pop() for _ in range(min(len(ids), chance.choice(SIZES)))]
        pairs += [(min(pair), max(pair)) for pair in combinations(members, 2) if chance.random() < 0.9]
    return joined(chance, pairs[:JOINS])


def scattered(chance: random.Random) -> list[Join]:
    pairs = [chance.sample(range(ARTICLES), 2) for _ in range(JOINS)]
    return joined(chance, sorted({(min(pair), max(pair)) for pair in pairs}))


def joined(chance: random.Random, pairs: Sequence[tuple[int, int]]) -> list[Join]:
    return [Join(chance.random(), a, b) for a, b in pairs]


def claims(chance: random.Random, size: int) -> list[Claim]:
    return [claim(chance, article_id, chance.randrange(3 * size)) for article_id in range(size)]


def claim(chance: random.Random, article_id: int, source: int) -> Claim:
    credits = chance.choice([(), ("Associated Press",), ("Reuters", f"By Reporter {article_id}, Associated Press")])
    published = chance.uniform(0, 86_400)
    return Claim(
        article_id=article_id,
        url=f"https://s{source}.example/{article_id}",
        names=(f"Source Number {source}", f"s{source}.example"),
        credits=credits,
        points_at=(),
        earliest=published,
        latest=published,
        words=chance.randint(100, 900),
    )


if __name__ == "__main__":
    main()
