"""Extracting kept pages again, by today's rules.

kept pages -> WorkerPool -> decide (crawler.jobs.changes) -> article, revision or rejection, with the page
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from crawler import urls
from crawler.extract.overrides import NO_OVERRIDES, Overrides
from crawler.jobs.changes import CHANGED, REJECTED, TEXTS, Change, Intent, decide
from crawler.jobs.dedupe import judged, reconsider
from crawler.jobs.judging import BY_DEFAULT, Judging
from crawler.jobs.keeping import Keeper, Summary, keeping
from crawler.jobs.pages import page_of, with_text_from
from crawler.jobs.progress import Progress
from crawler.workers import WorkerPool, read_ahead
from storage.store import Store
from storage.types import Article, KeptPage, Outcome, Rejection, Stage, Standing

_READ = "reextracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which kept pages: of one ``source``, of one ``site`` (a host without ``www.``), or all of them."""

    source: str | None = None
    site: str | None = None


def reextract(
    store: Store,
    choice: Choice,
    *,
    workers: int | None,
    progress: Progress,
    overrides: Overrides = NO_OVERRIDES,
    dry_run: bool = False,
    judging: Judging = BY_DEFAULT,
) -> Summary:
    """Extract kept pages again, store what they give now, then judge what is new; ``changes`` says what changed.

    ``counts`` has "reextracted" (pages read), "changed" and "changed/FIELD". With ``dry_run`` nothing is stored.
    """
    with WorkerPool(workers, overrides=overrides) as pool:
        if dry_run:
            return _rehearse(store, choice, pool, progress)
        return _reextract(store, choice, pool, progress, judging)


def _reextract(store: Store, choice: Choice, pool: WorkerPool, progress: Progress, judging: Judging) -> Summary:
    with keeping(store, "reextract") as keeper:
        keeper.counts.update({_READ: 0, CHANGED: 0})
        changes: dict[int, Change] = {}  # by page: a transaction that is interrupted is done again
        try:
            with closing(_extracted(store, choice, pool, progress)) as found:
                for kept, result in found:
                    keeper.counts[_READ] += 1
                    keeper.take(partial(_carry_out, store, keeper, changes, kept, result, judging))
        except KeyboardInterrupt:
            keeper.counts["unfinished"] = 1
        summary = judged(store, keeper, progress, judging)
        summary.changes.extend(changes.values())
        return summary


def _rehearse(store: Store, choice: Choice, pool: WorkerPool, progress: Progress) -> Summary:
    summary = Summary("reextract --dry-run", dict.fromkeys((_READ, CHANGED), 0), [])
    counts = Counter(summary.counts)
    for kept, result in _extracted(store, choice, pool, progress):
        counts[_READ] += 1
        intent = decide(kept, result, _before(store, kept, result))
        if intent is not None and intent.change is not None:
            counts.update(_names(intent.change))
            summary.changes.append(intent.change)
    summary.counts.update(counts)
    return summary


def _extracted(
    store: Store, choice: Choice, pool: WorkerPool, progress: Progress
) -> Generator[tuple[KeptPage, Article | Rejection]]:
    """Yield the pages with what they give now; a bounded number of them is held at a time."""
    pages = store.pages(source=choice.source, site=choice.site)
    total = store.count_pages(source=choice.source, site=choice.site)
    with progress.step("Extracting again", total) as advance:
        for kept, extracting in read_ahead((kept, pool.extract(page_of(kept))) for kept in pages):
            yield kept, with_text_from(extracting.result(), kept.text_from)
            advance(1)


def _before(store: Store, kept: KeptPage, result: Article | Rejection) -> Standing | None:
    """Find the article of a page: its identity stays, whatever later rules claim; a rejected page has none yet."""
    return store.standing(kept.url if kept.is_article else result.url, kept.fetched_at)


def _carry_out(
    store: Store,
    keeper: Keeper,
    changes: dict[int, Change],
    kept: KeptPage,
    result: Article | Rejection,
    judging: Judging,
) -> Iterable[str]:
    """Store what a page changes; returns the names under which it counts."""
    if not store.is_kept(kept):  # another one of this run has taken its place
        return ()
    intent = decide(kept, result, _before(store, kept, result))
    if intent is None:
        return ()
    if not kept.is_article and isinstance(intent.result, Article):
        for address in filter(None, (kept.requested_url, kept.address)):
            store.add_alias(urls.identity(address), intent.page.url)
    names = _store(store, keeper, intent, judging)
    store.settle_page(kept, intent.page)
    if intent.change is not None and Outcome.REFUSED not in names:
        changes[kept.id] = intent.change
    return names


def _store(store: Store, keeper: Keeper, intent: Intent, judging: Judging) -> tuple[str, ...]:
    """Store the article or the rejection; returns the names under which it counts."""
    before, seen_at = intent.before, intent.page.fetched_at
    if before is None or isinstance(intent.result, Rejection):
        return keeper.put(intent.result, seen_at)
    keeper.replace(before, intent.result, seen_at, intent.cause)
    if intent.change is None:
        return ()
    changed = intent.change.fields.keys()
    if before.is_current and not before.is_pending and changed.isdisjoint(TEXTS):
        reconsider(store, before.article_id, changed, judging)
    return _names(intent.change)


def _names(change: Change) -> tuple[str, ...]:
    """Give the names under which a change counts, as `Keeper.put` does."""
    if change.what == REJECTED:
        return REJECTED, f"{REJECTED}/{Stage.EXTRACT}/{change.fields['reason'][1]}"
    return change.what, *(f"{change.what}/{name}" for name in change.fields if change.what == CHANGED)
