"""The use cases: the only place where fetching, extraction, dedupe and the store meet.

crawl, ingest and import_file bring articles into the store and then judge what is new; rebuild judges everything again;
reextract reads kept pages again by today's rules; purge and prune forget articles for good; decide keeps what people
say of articles and obeys it; copy moves a store; evaluate compares the clusters with what people say; backfill finds
the copies in an archive without a store.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler import urls
from crawler.jobs.archives import import_file, ingest
from crawler.jobs.backfill import Reading, backfill
from crawler.jobs.clustering import recluster
from crawler.jobs.crawl import CrawlRun, crawl, crawl_urls
from crawler.jobs.deciding import Decided, Wanted, decide, import_decisions
from crawler.jobs.dedupe import judged
from crawler.jobs.evaluating import Evaluation, evaluate
from crawler.jobs.judging import BY_DEFAULT, Judging
from crawler.jobs.keeping import Summary, keeping
from crawler.jobs.progress import Progress, Silent
from crawler.jobs.reextract import Choice, reextract
from crawler.jobs.upkeep import copy, prune
from dedupe.matching import SPEC
from storage.store import Store

__all__ = [
    "Choice", "CrawlRun", "Decided", "Evaluation", "Judging", "Progress", "Reading", "Silent", "Summary", "Wanted",
    "backfill", "copy", "crawl", "crawl_urls", "decide", "evaluate", "import_decisions", "import_file", "ingest",
    "prune", "purge", "rebuild", "reextract",
]  # fmt: skip


def rebuild(store: Store, progress: Progress, judging: Judging = BY_DEFAULT) -> Summary:
    """Throw away the index, all edges and clusters, and judge every article again, in order of arrival.

    What was site text when an article arrived stays so, whatever was pruned and purged since.
    """
    with keeping(store, "rebuild") as keeper:
        state = store.index.state()
        store.clear_dedupe(keep_sketches=state is not None and state.spec == SPEC)
        return judged(store, keeper, progress, judging)


def purge(store: Store, addresses: Sequence[str], reason: str, judging: Judging = BY_DEFAULT) -> Summary:
    """Forget articles for good: their texts go, their addresses stay known so that no crawl brings them back."""
    with keeping(store, "purge") as keeper:
        for address in addresses:
            url = urls.identity(address)
            with store.transaction():
                mates = keeper.purge(url, reason)
                recluster(store, mates or set(), judging.priorities)
            if mates is None:
                problem = "it was purged or pruned already" if store.is_purged(url) else "no such article"
                keeper.problems.append(f"{address}: {problem}")
            keeper.counts["purged"] += mates is not None
        return keeper.summary()
