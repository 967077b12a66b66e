"""The index that finds candidates: how far it has come, its runs of postings, sketches, samples of sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from storage.database import Database
from storage.rows import DOCUMENT_COLUMNS, all_values, chunked, insert_all, inserted_id, read_among, to_document
from storage.schema import (
    BLOCK_BITS,
    ArticleTable,
    IndexStateTable,
    PostingBlockTable,
    PostingRunTable,
    RevisionTable,
    SiteSampleTable,
    SketchTable,
)
from storage.types import Document, IndexState, PostingRun, SiteSample, Sketch

_DOCUMENTS = (
    select(*DOCUMENT_COLUMNS)
    .join(ArticleTable, ArticleTable.id == RevisionTable.article_id)
    .join(SketchTable, SketchTable.revision_id == RevisionTable.id, isouter=True)
)
_SAMPLE = [getattr(SiteSampleTable, name) for name in SiteSample._fields]
_BLOCKS = select(PostingBlockTable.id, PostingBlockTable.postings)
_NUMBER = (1 << BLOCK_BITS) - 1


def _in_run(run_id: int, first: int, last: int) -> ColumnElement[bool]:
    return PostingBlockTable.id.between(run_id << BLOCK_BITS | first, run_id << BLOCK_BITS | last)


class Index:
    """The index of a store, as `Store.index` gives it: each method is a transaction, or part of the store's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self) -> IndexState | None:
        """Say what the index holds; None when it holds nothing."""
        with self._database.reading() as connection:
            row = connection.execute(select(IndexStateTable.spec, IndexStateTable.last_revision)).one_or_none()
            return row and IndexState(**row._mapping)

    def put_state(self, state: IndexState) -> None:
        """Remember what the index holds."""
        with self._database.transaction() as connection:
            connection.execute(delete(IndexStateTable))
            connection.execute(insert(IndexStateTable), {"id": 1, **all_values(state)})

    def arrivals(self, after: int, limit: int) -> list[Document]:
        """Read the next revisions after one, superseded ones too, in order of arrival."""
        statement = _DOCUMENTS.where(RevisionTable.id > after).order_by(RevisionTable.id).limit(limit)
        with self._database.reading() as connection:
            return [to_document(row) for row in connection.execute(statement)]

    def documents(self, revision_ids: Iterable[int]) -> list[Document]:
        """Read those of these revisions that are current and judged; in no order."""
        judged = _DOCUMENTS.where(ArticleTable.is_pending.is_(False), SketchTable.revision_id.is_not(None))
        with self._database.reading() as connection:
            return [to_document(row) for row in read_among(connection, judged, RevisionTable.id, revision_ids)]

    def sizes(self, revision_ids: Iterable[int]) -> dict[int, int]:
        """Read the sizes of those of these revisions that have a sketch."""
        sizes = select(SketchTable.revision_id, SketchTable.size)
        with self._database.reading() as connection:
            found = read_among(connection, sizes, SketchTable.revision_id, revision_ids)
            return {number: size for number, size in found}

    def put_sketches(self, sketches: Sequence[Sketch]) -> None:
        """Keep the sketches of current revisions; their articles are judged now."""
        with self._database.transaction() as connection:
            for chunk in chunked(sketch.revision_id for sketch in sketches):
                judged = ArticleTable.revision_id.in_(chunk)
                connection.execute(update(ArticleTable).where(judged).values(is_pending=False))
                connection.execute(delete(SketchTable).where(SketchTable.revision_id.in_(chunk)))
            insert_all(connection, SketchTable, [all_values(sketch) for sketch in sketches])

    def runs(self, first_bucket: int, last_bucket: int) -> list[PostingRun]:
        """List the runs of some buckets, both ends included, in the order in which they were made."""
        statement = select(PostingRunTable.__table__).where(PostingRunTable.bucket.between(first_bucket, last_bucket))
        with self._database.reading() as connection:
            return [PostingRun(**row._mapping) for row in connection.execute(statement.order_by(PostingRunTable.id))]

    def buckets(self, last: int) -> list[int]:
        """List the buckets up to ``last`` that have runs, in order."""
        bucket = PostingRunTable.bucket
        with self._database.reading() as connection:
            return list(connection.scalars(select(bucket).where(bucket <= last).distinct().order_by(bucket)))

    def add_run(self, run: PostingRun) -> int:
        """Begin a run, whose id does not matter; returns the one it is given."""
        values = {name: value for name, value in all_values(run).items() if name != "id"}
        with self._database.transaction() as connection:
            return inserted_id(connection, insert(PostingRunTable), values)

    def add_blocks(self, run_id: int, blocks: Iterable[tuple[int, bytes]]) -> None:
        """Add blocks to a run, each with its number, which has at most BLOCK_BITS bits."""
        rows = [{"id": run_id << BLOCK_BITS | block, "postings": packed} for block, packed in blocks]
        with self._database.transaction() as connection:
            insert_all(connection, PostingBlockTable, rows)

    def remove_runs(self, run_ids: Sequence[int]) -> None:
        """Drop runs with their blocks."""
        with self._database.transaction() as connection:
            for run_id in run_ids:
                connection.execute(delete(PostingBlockTable).where(_in_run(run_id, 0, _NUMBER)))
            connection.execute(delete(PostingRunTable).where(PostingRunTable.id.in_(run_ids)))

    def blocks_between(self, run_id: int, first: int, last: int) -> list[tuple[int, bytes]]:
        """Read the blocks of a run from ``first`` to ``last``, in order."""
        statement = _BLOCKS.where(_in_run(run_id, first, last)).order_by(PostingBlockTable.id)
        with self._database.reading() as connection:
            return [(id_ & _NUMBER, packed) for id_, packed in connection.execute(statement).all()]

    def blocks(self, run_id: int, blocks: Sequence[int]) -> list[tuple[int, bytes]]:
        """Read some blocks of a run, in the order given, which must ascend; those without postings are left out."""
        ids = [run_id << BLOCK_BITS | block for block in blocks]
        with self._database.reading() as connection:
            found = read_among(connection, _BLOCKS.order_by(PostingBlockTable.id), PostingBlockTable.id, ids)
            return [(id_ & _NUMBER, packed) for id_, packed in found]

    def samples(self, sites: Sequence[str]) -> list[SiteSample]:
        """Read the samples kept of sites, by site, the oldest first."""
        statement = select(*_SAMPLE).order_by(SiteSampleTable.site, SiteSampleTable.revision_id)
        with self._database.reading() as connection:
            return [*map(SiteSample._make, read_among(connection, statement, SiteSampleTable.site, sites))]

    def put_samples(self, samples: Sequence[SiteSample], limit: int) -> None:
        """Keep samples of new revisions, and of each of their sites the last ``limit``, or a few more."""
        with self._database.transaction() as connection:
            insert_all(connection, SiteSampleTable, [sample._asdict() for sample in samples])
            for chunk in chunked({sample.site for sample in samples}):
                many = func.count() > limit + limit // 8  # now and then, as it costs a statement a site
                sites = select(SiteSampleTable.site).where(SiteSampleTable.site.in_(chunk))
                for site in connection.scalars(sites.group_by(SiteSampleTable.site).having(many)).all():
                    _drop_samples(connection, site, limit)


def _drop_samples(connection: Connection, site: str, limit: int) -> None:
    """Drop all but a site's last ``limit`` samples."""
    own = select(SiteSampleTable.revision_id).where(SiteSampleTable.site == site)
    oldest_kept = own.order_by(SiteSampleTable.revision_id.desc()).offset(limit - 1).limit(1).scalar_subquery()
    past = (SiteSampleTable.site == site) & (SiteSampleTable.revision_id < oldest_kept)
    connection.execute(delete(SiteSampleTable).where(past))


def documents_of(connection: Connection, article_ids: Iterable[int]) -> dict[int, Document]:
    """Read current revisions by article id."""
    current = _DOCUMENTS.where(RevisionTable.id == ArticleTable.revision_id)
    found = read_among(connection, current, ArticleTable.id, set(article_ids))
    return {row.article_id: to_document(row) for row in found}


def step_back(connection: Connection) -> None:
    """Let the index end at the last revision there is: SQLite gives the id of a purged newest one to the next."""
    newest = select(func.coalesce(func.max(RevisionTable.id), 0)).scalar_subquery()
    connection.execute(
        update(IndexStateTable).where(IndexStateTable.last_revision > newest).values(last_revision=newest)
    )


def forget_samples(connection: Connection, article_id: int) -> None:
    """Drop what is kept of an article's revisions to know its sites' text by."""
    revisions = select(RevisionTable.site, RevisionTable.id).where(RevisionTable.article_id == article_id)
    for site, revision_id in connection.execute(revisions).all():
        own = (SiteSampleTable.site == site) & (SiteSampleTable.revision_id == revision_id)
        connection.execute(delete(SiteSampleTable).where(own))


def clear_index(connection: Connection, *, keep_sketches: bool) -> None:
    """Drop all that finds candidates; sketches too, unless they are to be kept for the site text in them."""
    for table in (PostingBlockTable, PostingRunTable, SiteSampleTable):
        connection.execute(delete(table))
    if keep_sketches:
        connection.execute(update(IndexStateTable).values(last_revision=0))
    else:
        connection.execute(delete(SketchTable))
        connection.execute(delete(IndexStateTable))
