"""When a link is visited again, so that updates become revisions. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from crawler.config import CrawlOptions
from storage.types import LinkState, Visited

_CHANGED = (Visited.KEPT, Visited.REVISED)
_UNCHANGED = (Visited.UNCHANGED, Visited.NOT_MODIFIED)
# A week in all, so that a link outlives a weekend without network, or a rule of robots.txt that is taken back.
_RETRIES = (timedelta(minutes=15), *(timedelta(hours=hours) for hours in (1, 4, 24, 48, 96)))
_SLOWER_THAN_AGE = 4
_LONGEST = 2
_OF_NO_ARTICLE = frozenset({"section-front", "video-page", "gallery-page", "not-html"})
_OVER_LIMITS = frozenset({"page-too-big", "too-many-tags", "too-many-attributes", "too-deep"})
_FINAL_REASONS = _OF_NO_ARTICLE | _OVER_LIMITS


def may_become_article(reason: str) -> bool:
    """Return whether a page rejected for this reason may hold an article later.

    A text may follow its headline, and a paywall, a bot check, a log-in or error page give way to the article. A front
    page, a gallery or a picture stays what it is.
    """
    return reason not in _FINAL_REASONS


def after_visit(
    link: LinkState, outcome: Visited, *, now: datetime, published: datetime | None, retry: bool, options: CrawlOptions
) -> LinkState:
    """Note what came of a visit and decide on the next.

    Args:
        published: when the article was published, as far as is known.
        retry: for FAILED, whether the failure may pass; for REJECTED, whether the page ``may_become_article``.
    """
    link = _counted(link, outcome, now)
    return replace(link, next_visit=_next_visit(link, outcome, now, published, retry, options))


def _counted(link: LinkState, outcome: Visited, now: datetime) -> LinkState:
    unchanged = 0 if outcome in _CHANGED else link.unchanged + (outcome in _UNCHANGED)
    return replace(
        link,
        visits=link.visits + 1,
        unchanged=unchanged,
        failures=link.failures + 1 if outcome is Visited.FAILED else 0,
        last_visit=now,
        last_change=now if outcome in _CHANGED else link.last_change,
        last_outcome=outcome,
    )


def _next_visit(
    link: LinkState, outcome: Visited, now: datetime, published: datetime | None, retry: bool, options: CrawlOptions
) -> datetime | None:
    if outcome is Visited.MOVED or (outcome in (Visited.FAILED, Visited.REJECTED) and not retry):
        return None
    if outcome is Visited.FAILED:
        return now + _RETRIES[link.failures - 1] if link.failures <= len(_RETRIES) else None
    steps = [timedelta(hours=hours) for hours in sorted(options.revisit_h)]
    if not steps or (outcome is not Visited.REVISED and _is_archived(link, published, steps[-1])):
        return None
    return _next_look(link, now, steps)


def _is_archived(link: LinkState, published: datetime | None, longest: timedelta) -> bool:
    """Return whether an article was old already when it was first seen: what is that old is hardly changed any more."""
    return published is not None and link.date_first_seen - published > longest


def _next_look(link: LinkState, now: datetime, steps: list[timedelta]) -> datetime | None:
    """Return the next step after the first fetch or the last change.

    A page that changes at every look would be fetched after the first step for ever: as it grows older, the near
    steps no longer count, and at twice the longest nothing is looked at any more.
    """
    start, age = link.last_change or link.date_first_seen, now - link.date_first_seen
    if age >= steps[-1] * _LONGEST:
        return None
    ahead = (start + step for step in steps if step * _SLOWER_THAN_AGE >= age or step == steps[-1])
    return next((time for time in ahead if time > now), None)
