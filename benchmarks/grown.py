"""Clusters of copies of copies: trees grown from given texts by plain edits, whose parents are known.

Each copy is made from the origin or, as often, from any earlier copy: cut at the end, a paragraph left out, words
changed, a paragraph added, a new opening, or nothing done. What is known of their dates is then made worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

import numpy as np

from dedupe.canonical import Claim
from dedupe.evidence import Member
from dedupe.text import split

Parents: TypeAlias = Mapping[int, int | None]
"""By member, what it was made from; None for the origin."""
Span: TypeAlias = tuple[float | None, float | None]
Text: TypeAlias = list[list[str]]  # words by paragraph

SIZES = (3, 30)
_DAY_S = 86_400.0
_LAG_S = 3 * 3_600.0
_SEEN_AFTER_S = 6 * 3_600.0


@dataclass(frozen=True)
class Case:
    """A cluster, and what is true of its members; those of which nothing is known do not count."""

    members: Sequence[Member]
    truth: Parents


def grown(texts: Sequence[str], count: int, known: Callable[[float, Random], Span], seed: int = 1) -> Iterator[Case]:
    """Grow so many trees, each from one of the texts; ``known`` says what is known of a date."""
    random = Random(seed)
    pool = [[paragraph.split() for paragraph in text.split("\n\n")] for text in texts]
    for number in range(count):
        yield _tree(pool[number % len(pool)], pool, known, random)


def timed(published: float, random: Random) -> Span:
    """Know the time."""
    return published, published


def by_day(published: float, random: Random) -> Span:
    """Know the day only."""
    day = published // _DAY_S * _DAY_S
    return day, day + _DAY_S


def often_timed(published: float, random: Random) -> Span:
    """Know the time of two in three, of the others nothing."""
    return timed(published, random) if random.random() < 2 / 3 else (None, None)


def undated(published: float, random: Random) -> Span:
    """Know nothing."""
    return None, None


def _tree(origin: Text, pool: Sequence[Text], known: Callable[[float, Random], Span], random: Random) -> Case:
    least, most = SIZES
    bodies, parents, published = [origin], [-1], [random.random() * _DAY_S]
    for number in range(1, int(least * (most / least) ** random.random())):
        parent = random.randrange(number) if random.random() < 0.5 else 0
        bodies.append(_edited(bodies[parent], random.choice(pool), random))
        parents.append(parent)
        published.append(published[parent] + random.expovariate(1 / _LAG_S))
    arrival = sorted((when + random.expovariate(1 / _SEEN_AFTER_S), number) for number, when in enumerate(published))
    ids = {number: place for place, (_, number) in enumerate(arrival)}
    words = split(["\n\n".join(map(" ".join, body)) for body in bodies])
    spans = [known(when, random) for when in published]
    members = [
        Member(
            Claim(
                article_id=ids[number],
                url=f"https://{ids[number]}.example/",
                names=(),
                credits=(),
                points_at=(),
                earliest=spans[number][0],
                latest=spans[number][1],
                words=len(words[number]),
            ),
            words[number].hashes,
            np.zeros(len(words[number]), dtype=np.bool_),
            seen,
        )
        for seen, number in arrival
    ]
    return Case(members, {ids[number]: ids.get(parent) for number, parent in enumerate(parents)})


def _edited(body: Text, other: Text, random: Random) -> Text:
    """Do one or two things to a text, which leave at least a paragraph of it."""
    for edit in random.sample(_EDITS, random.choice((1, 1, 2))):
        body = edit(body, other, random) or body
    return body


def _nothing(body: Text, other: Text, random: Random) -> Text:
    return body


def _cut(body: Text, other: Text, random: Random) -> Text:
    return body[: max(1, round(len(body) * random.uniform(0.3, 0.9)))]


def _leave_out(body: Text, other: Text, random: Random) -> Text:
    place = random.randrange(len(body))
    return body[:place] + body[place + 1 :]


def _reword(body: Text, other: Text, random: Random) -> Text:
    share = random.choice((0.01, 0.03, 0.1))
    words = [word for paragraph in other for word in paragraph]
    return [[random.choice(words) if random.random() < share else word for word in part] for part in body]


def _add(body: Text, other: Text, random: Random) -> Text:
    place = random.randrange(len(body) + 1)
    return [*body[:place], random.choice(other), *body[place:]]


def _open_anew(body: Text, other: Text, random: Random) -> Text:
    return [random.choice(other)[:25], body[0][random.randrange(15) :], *body[1:]]


_EDITS = (_nothing, _cut, _leave_out, _reword, _add, _open_anew)
