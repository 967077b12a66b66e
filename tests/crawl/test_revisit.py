from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config import CrawlOptions
from crawler.sources import revisit
from storage.types import LinkState, Visited

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINK = LinkState(url="https://a.example/1", address="https://a.example/1", source="a", date_first_seen=NOW)


def visit(
    link: LinkState,
    outcome: Visited,
    now: datetime = NOW,
    *,
    published: datetime | None = NOW,
    retry: bool = True,
    options: CrawlOptions = CrawlOptions(),  # noqa: B008  # it is frozen
) -> LinkState:
    return revisit.after_visit(link, outcome, now=now, published=published, retry=retry, options=options)


def looks_h(outcomes: list[Visited], last: Visited) -> list[float]:
    """Visit whenever it is due; returns after how many hours each look was, until there are no more."""
    link, hours = visit(LINK, Visited.KEPT), []
    while link.next_visit is not None:
        now = link.next_visit
        hours.append((now - NOW) / HOUR)
        link = visit(link, outcomes.pop(0) if outcomes else last, now)
    return hours


def test_an_unchanged_article_is_looked_at_after_each_step_and_then_no_more() -> None:
    assert looks_h([], Visited.NOT_MODIFIED) == [1, 4, 24, 96]
    assert looks_h([], Visited.UNCHANGED) == [1, 4, 24, 96]


def test_a_change_brings_the_next_look_nearer() -> None:
    looks = looks_h([Visited.NOT_MODIFIED, Visited.REVISED], Visited.NOT_MODIFIED)
    assert looks[:4] == [1, 4, 5, 8]


def test_an_article_that_changes_at_every_look_is_looked_at_ever_less_and_not_for_ever() -> None:
    looks = looks_h([], Visited.REVISED)
    gaps = [after - before for before, after in pairwise(looks)]
    assert gaps == sorted(gaps)
    assert len(looks) < 20 and looks[-1] <= 2 * 96 + 96


def test_a_run_once_a_day_skips_the_steps_that_have_passed() -> None:
    link = visit(visit(LINK, Visited.KEPT), Visited.NOT_MODIFIED, NOW + 25 * HOUR)
    assert link.next_visit == NOW + 96 * HOUR


def test_an_article_that_was_old_when_first_seen_is_not_looked_at_again() -> None:
    assert visit(LINK, Visited.KEPT, published=NOW - 97 * HOUR).next_visit is None
    assert visit(LINK, Visited.KEPT, published=NOW - 95 * HOUR).next_visit is not None
    assert visit(LINK, Visited.KEPT, published=None).next_visit is not None


def test_an_old_article_that_has_changed_is_looked_at_again() -> None:
    assert visit(LINK, Visited.REVISED, published=NOW - 999 * HOUR).next_visit == NOW + HOUR


def test_no_steps_mean_no_second_look() -> None:
    assert visit(LINK, Visited.KEPT, options=CrawlOptions(revisit_h=())).next_visit is None


def test_a_passing_failure_is_tried_again_for_a_week() -> None:
    link, waits = LINK, []
    while link.next_visit or not link.visits:
        now = link.next_visit or NOW
        link = visit(link, Visited.FAILED, now)
        waits.append(link.next_visit and (link.next_visit - now) / HOUR)
    assert waits == [0.25, 1, 4, 24, 48, 96, None] and link.failures == 7


def test_a_success_forgets_failures() -> None:
    link = visit(visit(LINK, Visited.FAILED), Visited.KEPT, NOW + HOUR)
    assert (link.failures, link.visits, link.next_visit) == (0, 2, NOW + 2 * HOUR)


@pytest.mark.parametrize("outcome", [Visited.FAILED, Visited.REJECTED])
def test_what_is_lost_for_good_is_never_visited_again(outcome: Visited) -> None:
    assert visit(LINK, outcome, retry=False).next_visit is None


def test_an_address_that_leads_to_another_article_is_never_visited_again() -> None:
    assert visit(LINK, Visited.MOVED).next_visit is None


def test_a_page_that_may_become_an_article_is_looked_at_while_fresh() -> None:
    link = visit(LINK, Visited.REJECTED)
    assert link.next_visit == NOW + HOUR
    link = visit(link, Visited.REJECTED, NOW + 24 * HOUR)
    assert link.next_visit == NOW + 96 * HOUR
    assert visit(link, Visited.REJECTED, NOW + 96 * HOUR).next_visit is None


def test_reasons_that_may_pass_are_told_from_those_that_stay() -> None:
    passing = ("too-short", "login-page", "error-page", "consent-page", "empty", "paywall-stub", "blocked-page")
    assert all(map(revisit.may_become_article, passing))
    assert not any(map(revisit.may_become_article, ("section-front", "gallery-page", "video-page", "not-html")))


def test_a_visit_is_noted() -> None:
    kept = visit(LINK, Visited.KEPT)
    assert (kept.visits, kept.unchanged, kept.last_visit, kept.last_change) == (1, 0, NOW, NOW)
    again = visit(kept, Visited.NOT_MODIFIED, NOW + HOUR)
    assert (again.visits, again.unchanged, again.last_change) == (2, 1, NOW)
    assert again.last_outcome is Visited.NOT_MODIFIED


@given(st.lists(st.tuples(st.sampled_from(Visited), st.booleans(), st.floats(0, 2000)), max_size=30))
def test_the_next_visit_is_always_ahead_and_visits_come_to_an_end(steps: list[tuple[Visited, bool, float]]) -> None:
    link, now = LINK, NOW
    for outcome, retry, hours in steps:
        now += timedelta(hours=hours)
        link = visit(link, outcome, now, retry=retry)
        assert link.next_visit is None or now < link.next_visit <= now + 96 * HOUR
