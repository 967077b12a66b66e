"""Writing to a store, and what dedupe and crawl read back. Reading for people is ``storage.queries``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, update

from storage import articles, judged, locking, pages, purging, refs, states
from storage import links as link_rows
from storage.database import Database
from storage.decisions import Decisions
from storage.errors import StorageError
from storage.index import Index, documents_of
from storage.rows import inserted_id
from storage.schema import RunTable
from storage.search import settle
from storage.types import (
    ArchiveState,
    Article,
    Cause,
    Cluster,
    Document,
    Edge,
    HostState,
    KeptPage,
    LinkState,
    Listed,
    Outcome,
    Rejection,
    SourceState,
    Standing,
)

T = TypeVar("T")


class Store:
    """A store of articles. Each method is a transaction of its own, unless called inside `transaction`.

    A Store belongs to one thread. Any method may raise StoreUnavailable (disk full, server gone) or StoreLocked
    (SQLite: another program held the file for 30 s).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock_id = 0
        self._last_beat: datetime | None = None
        self.url = database.url
        self.version_found = database.version_found

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Store:
        """Open the store at a SQLAlchemy URL or a path, making it, its folders or a newer schema as needed.

        Args:
            create: without, a store that is not there yet is an error.

        Raises StoreUnavailable when it cannot be opened or is not Wirefold's, StoreTooNew when a newer one made it.
        """
        return cls(Database.open(url, create=create))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- runs -------------------------------------------------------------------------------------------------------

    @contextmanager
    def lock(self, *, shared: bool = False) -> Iterator[None]:
        """Be the one run that writes; on PostgreSQL, if ``shared``, one of those that share.

        Raises StoreLocked, naming pid, host and since when, while another is alive.
        """
        now = datetime.now(UTC)
        with self.transaction() as connection:
            is_shared = shared and connection.dialect.name == "postgresql"
            self._lock_id = locking.acquire(connection, now, shared=is_shared)
        self._last_beat = now
        try:
            yield
        finally:
            self._last_beat = None
            # the error that ended the run shall be the one that is seen; a dead pid's lock holds nobody up
            with suppress(StorageError), self.transaction() as connection:
                locking.release(connection, self._lock_id)

    def lease(self, sites: Sequence[str], limit: int | None = None) -> set[str]:
        """Take the first ``limit`` of the sites that no run has, for as long as this one has the lock; returns them."""
        with self.transaction() as connection:
            return locking.lease(connection, sites, self._lock_id, limit)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Keep everything inside together, or nothing of it; an inner one joins the outer."""
        outermost = not self._database.is_writing
        with self._database.transaction() as connection:
            if outermost:
                self._beat(connection)
            yield connection

    def retried(self, work: Callable[[], T]) -> T:
        """Do what is one transaction, again if the connection is lost: it must come to the same when done twice."""
        return self._database.retried(work)

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection to read from: the open transaction's, if there is one."""
        return self._database.reading()

    def snapshot(self) -> AbstractContextManager[Connection]:
        """Give a connection that reads everything as it is at one moment, whoever writes meanwhile."""
        return self._database.snapshot()

    def _beat(self, connection: Connection) -> None:
        now = datetime.now(UTC)
        if self._last_beat is not None and now - self._last_beat > locking.BEAT_EVERY:
            self._last_beat = now
            locking.beat(connection, self._lock_id, now)

    def start_run(self, command: str, now: datetime) -> int:
        """Note that a command begins; returns the run's id. Until `finish_run` it is seen to be unfinished."""
        with self.transaction() as connection:
            row = {"command": command, "started_at": now, "counts": {}}
            return inserted_id(connection, insert(RunTable), row)

    def finish_run(self, run_id: int, now: datetime, counts: Mapping[str, int]) -> None:
        """Note that a run ended, and what it counted ("pages" is what `Stats.fetched` sums)."""
        with self.transaction() as connection:
            values = {"finished_at": now, "counts": dict(counts)}
            connection.execute(update(RunTable).where(RunTable.id == run_id), values)
            settle(connection)

    # -- articles and losses ------------------------------------------------------------------------------------------

    def put_article(self, article: Article, *, run_id: int, seen_at: datetime) -> Outcome:
        """Keep an article as it was at ``seen_at``.

        UNCHANGED when headline and body are those of a revision seen at that time, of the last one before or of the
        first after; so pages put in order of time can be put again without changing anything. UNCHANGED also when the
        text is ONLY_THE_BEGINNING, by its note, of the last one before: a paywall takes nothing away. Otherwise a
        revision is added, unless the article was purged (REFUSED). When it is the newest, it becomes the current one:
        the article's other fields are replaced, and dedupe judges it again.
        """
        with self.transaction() as connection:
            return articles.put_article(connection, article, run_id, seen_at)

    def purge(self, url: str, reason: str, *, run_id: int, at: datetime) -> set[int] | None:
        """Forget an article, found by URL, address or alias, for good: its text, revisions, pages, sketch and edges.

        A final rejection "discovery/purged" with the ``reason`` stays, and no link to it is visited again. Returns the
        ids of those it shared a cluster with, who are in none now and must be clustered again, in the same transaction;
        None if there is no such article.
        """
        with self.transaction() as connection:
            return purging.purge(connection, url, reason, run_id, at)

    def is_purged(self, url: str) -> bool:
        """Say whether the article at a URL, or at what it is an alias of, was purged or pruned."""
        with self.reading() as connection:
            return refs.is_purged(connection, refs.end_of(connection, url))

    def put_rejection(self, rejection: Rejection, *, run_id: int, seen_at: datetime) -> bool:
        """Keep a loss, once per URL, stage and reason; returns whether it is a new one.

        Of one that comes again, ``detail`` and ``retry`` replace the former.
        """
        with self.transaction() as connection:
            return articles.put_rejection(connection, rejection, run_id, seen_at)

    def known_urls(self, urls: Iterable[str]) -> set[str]:
        """Pick the URLs, or aliases of them, that are articles or were rejected for good."""
        with self.reading() as connection:
            return refs.known_urls(connection, urls)

    def add_alias(self, url: str, article_url: str) -> None:
        """Note that ``url`` led to ``article_url``, which may be an article, a rejection or not there yet."""
        with self.transaction() as connection:
            refs.add_alias(connection, url, article_url)

    # -- pages for later rules of extraction --------------------------------------------------------------------------

    def put_page(self, page: KeptPage) -> None:
        """Keep a page, compressed, unless a newer one is kept for its URL, or that was purged.

        What gave an article and what gave none are kept side by side, until a newer page gives an article.
        """
        with self.transaction() as connection:
            pages.put_page(connection, page)

    def settle_page(self, page: KeptPage, now: KeptPage) -> None:
        """Note what extraction makes of a kept page now, which may move it to another URL."""
        with self.transaction() as connection:
            pages.settle_page(connection, page, now)

    def pages(self, *, source: str | None = None, site: str | None = None) -> Iterator[KeptPage]:
        """Read the pages that were kept when this began, a few at a time, in order of their ids.

        ``source`` also names pages without one, by their site.
        """
        with self.reading() as connection:
            after, last = 0, pages.last_page(connection)
        while after < last:
            with self.reading() as connection:
                found = pages.read_pages(connection, after, last, source, site)
            yield from found
            after = found[-1].id if found else last

    def count_pages(self, *, source: str | None = None, site: str | None = None) -> int:
        """Count what `pages` would give."""
        with self.reading() as connection:
            return pages.count_pages(connection, source, site)

    def is_kept(self, page: KeptPage) -> bool:
        """Say whether a page that was read is still kept."""
        with self.reading() as connection:
            return pages.is_kept(connection, page.id)

    def standing(self, url: str, at: datetime) -> Standing | None:
        """Read the article at a URL as a page fetched at that time meets it."""
        with self.reading() as connection:
            return articles.standing(connection, url, at)

    def replace_article(
        self, before: Standing, article: Article, *, run_id: int, seen_at: datetime, cause: Cause
    ) -> None:
        """Put what a page of ``seen_at`` gives now in place of what is known of that time.

        A changed text is a revision of that time; it and the other fields come to the front unless a newer text is
        known. Only a changed text makes dedupe judge the article again.
        """
        with self.transaction() as connection:
            articles.replace_article(connection, before, article, run_id, seen_at, cause)

    # -- links --------------------------------------------------------------------------------------------------------

    def put_links(self, source: str, links: Sequence[Listed], *, seen_at: datetime) -> set[str]:
        """Note that a source lists these links; returns the URLs of those that no source has listed before.

        A new link is due at once, unless its URL, or what that is an alias of, is an article or was rejected for good.
        A known link that was visited and did not fail is due again when the source dates it (modified, else published)
        after its last visit; one that never was visited, because its article was there, when after that was last seen.
        A date that has often been followed in vain makes it due once a day only: some sources always say "now".
        """
        with self.transaction() as connection:
            return link_rows.put_links(connection, source, links, seen_at)

    def due_links(self, source: str, now: datetime, limit: int) -> list[LinkState]:
        """Read the links to visit now: never visited ones first, of these the newest, then as they fell due."""
        with self.reading() as connection:
            return link_rows.due_links(connection, source, now, limit)

    def count_due(self, source: str, now: datetime) -> int:
        """Count the links that `due_links` would give without limit."""
        with self.reading() as connection:
            return link_rows.count_due(connection, source, now)

    def sources_with_due_links(self, now: datetime) -> set[str]:
        """Name the sources for which `due_links` would give any."""
        with self.reading() as connection:
            return link_rows.sources_with_due_links(connection, now)

    def link(self, url: str) -> LinkState | None:
        """Recall where a link stands."""
        with self.reading() as connection:
            return link_rows.link(connection, url)

    def put_link(self, state: LinkState) -> None:
        """Remember where a link stands."""
        with self.transaction() as connection:
            link_rows.put_link(connection, state)

    def site_urls(self, site: str, limit: int) -> tuple[list[str], list[str]]:
        """Read addresses of a site's articles, and URLs of it that extraction refused for good, the newest first."""
        with self.reading() as connection:
            return link_rows.site_urls(connection, site, limit)

    # -- sources, hosts, archives -------------------------------------------------------------------------------------

    def source_state(self, name: str) -> SourceState | None:
        """Recall where a configured source stands."""
        with self.reading() as connection:
            return states.read(connection, SourceState, name)

    def put_source_state(self, state: SourceState) -> None:
        """Remember where a configured source stands."""
        with self.transaction() as connection:
            states.put(connection, state)

    def host_state(self, host: str) -> HostState | None:
        """Recall what earlier requests left about a host."""
        with self.reading() as connection:
            return states.read(connection, HostState, host)

    def put_host_state(self, state: HostState) -> None:
        """Remember what later requests must know about a host."""
        with self.transaction() as connection:
            states.put(connection, state)

    def archive_state(self, path: str) -> ArchiveState | None:
        """Recall how far an archive file has been taken in."""
        with self.reading() as connection:
            return states.read(connection, ArchiveState, path)

    def put_archive_state(self, state: ArchiveState) -> None:
        """Remember how far an archive file has been taken in."""
        with self.transaction() as connection:
            states.put(connection, state)

    def stored_sources(self) -> dict[str, Mapping[str, Any]]:
        """Read the settings of the sources configured here, by name, in the order in which they were added."""
        with self.reading() as connection:
            return states.stored_sources(connection)

    def put_stored_source(self, name: str, fields: Mapping[str, Any]) -> None:
        """Configure a source here, in place of the former one of that name; ``fields`` must be JSON."""
        with self.transaction() as connection:
            states.put_stored_source(connection, name, fields, datetime.now(UTC))

    def remove_stored_source(self, name: str) -> bool:
        """Take a source out of the configuration here; what is remembered of it stays. Returns whether it was there."""
        with self.transaction() as connection:
            return states.remove_stored_source(connection, name)

    # -- dedupe -------------------------------------------------------------------------------------------------------

    @property
    def index(self) -> Index:
        """The index that finds candidates."""
        return Index(self._database)

    @property
    def decisions(self) -> Decisions:
        """What people have decided."""
        return Decisions(self._database)

    def count_pending(self) -> int:
        """Count the articles of which the current revision has not been judged."""
        with self.reading() as connection:
            return judged.count_pending(connection)

    def documents(self, article_ids: Iterable[int]) -> dict[int, Document]:
        """Read current revisions by article id."""
        with self.reading() as connection:
            return documents_of(connection, article_ids)

    def articles_by_id(self, article_ids: Iterable[int]) -> dict[int, Article]:
        """Read whole articles by article id."""
        with self.reading() as connection:
            return judged.articles_by_id(connection, article_ids)

    def save_edges(self, edges: Sequence[Edge]) -> None:
        """Keep edges, in place of the pairs' former ones."""
        with self.transaction() as connection:
            judged.save_edges(connection, edges)

    def forget_edges(self, article_id: int) -> None:
        """Drop the edges of an article."""
        with self.transaction() as connection:
            judged.forget_edges(connection, article_id)

    def component(self, article_ids: Iterable[int]) -> tuple[set[int], list[tuple[int, int, float]]]:
        """Follow joining edges, and decisions that articles are the same, as far as they go.

        Returns the articles reached, given ones included, and the edges: both articles, and the containment.
        """
        with self.reading() as connection:
            return judged.component(connection, article_ids)

    def pairs_within(self, article_ids: Iterable[int], relation: str, least: float) -> list[tuple[int, int]]:
        """Find the pairs (a, b), a < b, among articles, whose edge has a relation and ``least`` containment or more."""
        with self.reading() as connection:
            return judged.pairs_within(connection, article_ids, relation, least)

    def cluster_mates(self, article_ids: Iterable[int]) -> set[int]:
        """Find all articles that share a stored cluster with any of these, which are included."""
        with self.reading() as connection:
            return judged.cluster_mates(connection, article_ids)

    def replace_clusters(self, clusters: Sequence[Cluster]) -> None:
        """Put exactly these members into these clusters; a cluster left without members is gone."""
        with self.transaction() as connection:
            judged.replace_clusters(connection, clusters)

    def clear_dedupe(self, *, keep_sketches: bool = False) -> None:
        """Drop the index, but maybe not its sketches, all edges and clusters: every article is to be judged again."""
        with self.transaction() as connection:
            judged.clear_dedupe(connection, keep_sketches=keep_sketches)
