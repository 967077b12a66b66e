"""The canonical article of a cluster: named signals with weights, and a reason that lists what spoke for the winner.

A page's rel=canonical cannot say who wrote first, but a page that points at another member says that it is not the
original.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

ONLY_COPY = "the only copy"
EARLY_S = 300.0  # a lead of less than five minutes in published dates says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is known of one member. Ids ascend in order of arrival.

    Names are compared without case and punctuation. ``credits``: the agency, the credit line, the dateline's sign;
    ``points_at``: URLs the page names as its original or canonical page. It was published between ``earliest`` and
    ``latest``, in seconds since 1970: a day apart when only the day is known, None when nothing is.
    """

    article_id: int
    url: str
    names: tuple[str, ...]
    credits: tuple[str, ...]
    points_at: tuple[str, ...]
    earliest: float | None
    latest: float | None
    words: int


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks for (or, with a negative weight, against) a member: a share 0..1 of ``weight``."""

    weight: float
    value: Callable[[Claim, Sequence[Claim]], float]
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The canonical article, and why."""

    article_id: int
    reason: str


def choose(claims: Sequence[Claim]) -> Choice:
    """Choose the canonical article. The order of ``claims`` does not matter; the first to arrive wins a tie."""
    if len(claims) == 1:
        return Choice(claims[0].article_id, ONLY_COPY)
    scores = {claim.article_id: [signal.weight * signal.value(claim, claims) for signal in SIGNALS] for claim in claims}
    ranked = sorted(claims, key=lambda c: (-round(sum(scores[c.article_id]), 6), c.article_id))
    best, second = (scores[claim.article_id] for claim in ranked[:2])
    return Choice(ranked[0].article_id, _reason(best, second))


def _reason(best: Sequence[float], second: Sequence[float]) -> str:
    """List what spoke for the winner, if it leads."""
    spoke = [signal.reason for signal, score in zip(SIGNALS, best, strict=True) if score > 0]
    return ", ".join(spoke) if sum(best) > sum(second) and spoke else "nothing tells the copies apart; stored first"


def _fold(name: str) -> str:
    return "".join(ch for ch in name.lower() if ch.isalnum())


def _names_in(claim: Claim, texts: Sequence[str]) -> bool:
    """Say whether one of the texts is or holds one of the claim's names, or is a part of one."""
    names = [folded for name in claim.names if len(folded := _fold(name)) >= 2]
    return any(_same_name(name, text) for text in map(_fold, texts) for name in names)


def _same_name(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return short == long or (len(short) > 4 and short in long)


def _credited(claim: Claim, claims: Sequence[Claim]) -> float:
    """The share of the other members that credit this one's publisher."""
    others = [other for other in claims if other is not claim and not _same_house(claim, other)]
    return sum(_names_in(claim, other.credits) for other in others) / len(others) if others else 0.0


def _same_house(a: Claim, b: Claim) -> bool:
    return bool({_fold(name) for name in a.names} & {_fold(name) for name in b.names})


def _pointed_at(claim: Claim, claims: Sequence[Claim]) -> float:
    return float(any(claim.url in other.points_at for other in claims if other is not claim))


def _points_away(claim: Claim, claims: Sequence[Claim]) -> float:
    return float(any(other.url in claim.points_at for other in claims if other is not claim))


def _credits_other(claim: Claim, claims: Sequence[Claim]) -> float:
    """1 when the article credits somebody else than its own publisher: it says itself that it is a copy."""
    return float(bool(claim.credits) and not _names_in(claim, claim.credits))


def _earliest(claim: Claim, claims: Sequence[Claim]) -> float:
    """1 when it came before all others that have a date; some may have only the day, which it must not be after."""
    others = [other for other in claims if other is not claim and other.earliest is not None]
    return float(claim.latest is not None and bool(others) and all(_before(claim, other) for other in others))


def _before(a: Claim, b: Claim) -> bool:
    if a.latest is None or b.earliest is None or b.latest is None:
        return False
    on_the_day = a.earliest == a.latest <= b.latest and b.earliest < b.latest
    return on_the_day or a.latest + EARLY_S <= b.earliest


def _complete(claim: Claim, claims: Sequence[Claim]) -> float:
    """1 for a text at least nine tenths as long as the longest, less for shorter ones."""
    return min(1.0, claim.words / (0.9 * max(1, *(other.words for other in claims))))


SIGNALS: tuple[Signal, ...] = (
    Signal(4.0, _credited, "other copies credit it"),
    Signal(4.0, _pointed_at, "another copy names it as its original"),
    Signal(-4.0, _points_away, "it names another copy as its original"),
    Signal(-1.0, _credits_other, "it credits somebody else"),
    Signal(2.0, _earliest, "published first"),
    Signal(2.0, _complete, "a full text"),
)
