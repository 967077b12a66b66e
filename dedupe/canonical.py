"""The canonical article of a cluster: named signals with weights, a margin, and a reason.

A page's rel=canonical cannot say who wrote first, but a page that points at another member says that it is not the
original. The choice is a function of the members' claims and their order of arrival, of no earlier choice; a member
that brings no evidence changes the points of no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

ONLY_COPY = "the only copy"
COULD_NOT_TELL = "could not tell which is the original; stored first"
EARLY_S = 300.0  # a lead of less than five minutes in published dates says nothing
# Members that are not further behind the best are level: half a point is a quarter of a text's length, or half of what
# a credit to somebody else weighs.
MARGIN = 0.5
MOST_PRIORITY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is known of one member. Ids ascend in order of arrival.

    Names are compared without case and punctuation. ``credits``: the agency, the credit line, the dateline's sign;
    ``points_at``: other URLs the page names as its original or canonical page. It was published between ``earliest``
    and ``latest``, in seconds since 1970: a day apart when only the day is known, None when nothing is. ``is_agency``:
    its publisher is a news agency. ``priority``: of its source, from -MOST_PRIORITY to MOST_PRIORITY.
    """

    article_id: int
    url: str
    names: tuple[str, ...]
    credits: tuple[str, ...]
    points_at: tuple[str, ...]
    earliest: float | None
    latest: float | None
    words: int
    is_agency: bool = False
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks for (or, with a negative weight, against) a member: a share of ``weight``.

    ``shares`` gives each member's, 0..1 (a priority's -1..1), in the order of the members.
    """

    weight: float
    shares: Callable[[Sequence[Claim]], list[float]]
    reason: str


@dataclass(frozen=True, slots=True)
class Score:
    """What the signals say of one member: ``points`` in the order of SIGNALS, and their sum."""

    article_id: int
    points: tuple[float, ...]
    total: float

    def spoken(self) -> dict[str, float]:
        """Return the points that are not nothing, by the signal's reason."""
        return {signal.reason: point for signal, point in zip(SIGNALS, self.points, strict=True) if point}


@dataclass(frozen=True, slots=True)
class Choice:
    """The canonical article, why, its lead over the next best, and the scores of all members in order of arrival.

    The margin is negative when a later member has more points, but not enough to tell.
    """

    article_id: int
    reason: str
    margin: float
    scores: tuple[Score, ...]


def choose(claims: Iterable[Claim]) -> Choice:
    """Choose the canonical article: the one with the most points, or the first to arrive of those that are level.

    The order of ``claims`` does not matter.
    """
    scores = score(claims)
    if len(scores) == 1:
        return Choice(scores[0].article_id, ONLY_COPY, 0.0, scores)
    totals = [scored.total for scored in scores]
    best = max(totals)
    level = [scored for scored in scores if scored.total > best - MARGIN]
    totals.remove(level[0].total)
    return Choice(level[0].article_id, _reason(level), round(level[0].total - max(totals), 6), scores)


def score(claims: Iterable[Claim]) -> tuple[Score, ...]:
    """Ask all signals about the members; returns them in order of arrival."""
    members = sorted(claims, key=lambda claim: claim.article_id)
    columns = [[signal.weight * share for share in signal.shares(members)] for signal in SIGNALS]
    rows = zip(*columns, strict=True)
    return tuple(
        Score(claim.article_id, points, round(sum(points), 6)) for claim, points in zip(members, rows, strict=True)
    )


def _reason(level: Sequence[Score]) -> str:
    """List what spoke for the one that leads."""
    if len(level) > 1:
        return COULD_NOT_TELL
    spoke = [reason for reason, points in level[0].spoken().items() if points > 0]
    return ", ".join(spoke) or "the others say of themselves that they are copies"


@lru_cache(maxsize=10_000)  # sources and agencies come again and again
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    folded = ("".join(filter(str.isalnum, name.lower())) for name in names)
    return frozenset(name for name in folded if len(name) >= 2)


def _same_name(a: str, b: str) -> bool:
    """Say whether two folded names are the same, or one, if it is long enough to be sure, is a part of the other."""
    return a == b or (min(len(a), len(b)) > 4 and (a in b or b in a))


def _holders(names: Iterable[frozenset[str]]) -> dict[str, set[int]]:
    """Say by name which members (by place) have it."""
    holders: dict[str, set[int]] = defaultdict(set)
    for place, held in enumerate(names):
        for name in held:
            holders[name].add(place)
    return holders


def _matches(names: Iterable[str], credits: Iterable[str]) -> set[tuple[str, str]]:
    """Find the names and credits that are the same: whole lists are searched first, as hardly any are."""
    all_names, all_credits = "\n".join(names), "\n".join(credits)
    in_credits = [name for name in names if name in all_credits]
    in_names = [credit for credit in credits if credit in all_names]
    found = {(name, credit) for name in in_credits for credit in credits if _same_name(name, credit)}
    return found | {(name, credit) for credit in in_names for name in names if _same_name(name, credit)}


def creditors(claims: Sequence[Claim]) -> tuple[list[set[int]], list[set[int]]]:
    """Say of each member who credits its publisher, and who is of its house; by place, none is among both."""
    names = [_folded(claim.names) for claim in claims]
    holders, crediting = _holders(names), _holders(_folded(claim.credits) for claim in claims)
    by_name: dict[str, set[int]] = defaultdict(set)
    for name, credit in _matches(holders.keys(), crediting.keys()) if crediting else ():
        by_name[name] |= crediting[credit]
    houses = [set().union(*(holders[name] for name in held)) for held in names]
    credited = [set().union(*(by_name.get(name, ()) for name in held)) - houses[i] for i, held in enumerate(names)]
    return credited, houses


def _credited(claims: Sequence[Claim]) -> list[float]:
    """The share of those that credit any member, and are not of this one's house, which credit this one's publisher."""
    return _shares(*creditors(claims))


def _shares(credited: Sequence[set[int]], houses: Sequence[set[int]]) -> list[float]:
    creditors: set[int] = set().union(*credited)
    return [len(by) / len(creditors - house) if by else 0.0 for by, house in zip(credited, houses, strict=True)]


def _pointed_at(claims: Sequence[Claim]) -> list[float]:
    named = {url for claim in claims for url in claim.points_at if url != claim.url}
    return [float(claim.url in named) for claim in claims]


def _points_away(claims: Sequence[Claim]) -> list[float]:
    urls = {claim.url for claim in claims}
    return [float(any(url in urls for url in claim.points_at if url != claim.url)) for claim in claims]


def _credits_other(claims: Sequence[Claim]) -> list[float]:
    """1 when the article credits somebody else than its own publisher: it says itself that it is a copy."""
    return [float(names_another(claim)) for claim in claims]


def names_another(claim: Claim) -> bool:
    """Say whether an article credits somebody else than its own publisher."""
    return bool(claim.credits) and not name_the_same(claim.credits, claim.names)


def name_the_same(names: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Say whether any of some names is one of some others."""
    return any(_same_name(name, other) for name in _folded(names) for other in _folded(others))


def is_agencys_own(claim: Claim) -> bool:
    """Say whether it is a news agency's own text: an agency may carry another's, and then credits it."""
    return claim.is_agency and not names_another(claim)


def _agency(claims: Sequence[Claim]) -> list[float]:
    return [float(is_agencys_own(claim)) for claim in claims]


def _earliest(claims: Sequence[Claim]) -> list[float]:
    """1 when it came before all others that have a date; some may have only the day, which it must not be after.

    Of two members at most one is before the other. So one pass leaves who may be before all, a second makes sure.
    """
    shares = [0.0] * len(claims)
    dated = [place for place, claim in enumerate(claims) if claim.earliest is not None]
    if len(dated) > 1:
        first = dated[0]
        for place in dated:
            if not _before(claims[first], claims[place]):
                first = place
        shares[first] = float(all(place == first or _before(claims[first], claims[place]) for place in dated))
    return shares


def _before(a: Claim, b: Claim) -> bool:
    if a.latest is None or b.earliest is None or b.latest is None:
        return False
    on_the_day = a.earliest == a.latest <= b.latest and b.earliest < b.latest
    return on_the_day or a.latest + EARLY_S <= b.earliest


def _complete(claims: Sequence[Claim]) -> list[float]:
    """1 for a text at least nine tenths as long as the longest, less for shorter ones."""
    longest = max(1, *(claim.words for claim in claims))
    return [min(1.0, claim.words / (0.9 * longest)) for claim in claims]


def _priority(claims: Sequence[Claim]) -> list[float]:
    return [claim.priority / MOST_PRIORITY for claim in claims]


WHENCE: tuple[Signal, ...] = (
    Signal(4.0, _credited, "other copies credit it"),
    Signal(4.0, _pointed_at, "another copy names it as its original"),
    Signal(-4.0, _points_away, "it names another copy as its original"),
    Signal(-1.0, _credits_other, "it credits somebody else"),
    Signal(2.0, _agency, "it is the agency's own text"),
    Signal(2.0, _earliest, "published first"),
)
"""The signals of where a text comes from."""

SIGNALS: tuple[Signal, ...] = (
    *WHENCE,
    Signal(2.0, _complete, "a full text"),
    Signal(10.0, _priority, "its source has priority"),
)
