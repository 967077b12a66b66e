"""The tables. Changing one needs a migration: a test holds the two together.

article ──< revision            every kept version of it; one of them is current
   │  ├──── alias               other URLs that led to it (by URL, not by id: the article may come later)
   │  └──── link ──< listing    what came of visiting a URL and when the next visit is due; which sources list it
   ├──── sketch, band           what dedupe keeps of its current revision, to find candidates
   ├──< edge >── article        verified candidates
   └──> cluster                 the view derived from edges

index_state, posting_run ──< posting_block, site_sample: the index that proposes candidates; what sites repeat.
run, rejection, lock ──< lease: what was done, what was lost, who is writing, and who asks which sites.
page: what extraction was given, kept for later rules; by URL, because some of it gave no article.
decision: what people said of articles (by URL) and sources; it outlives both.
source, source_state, host, archive: sources that are not in a file, where sources, hosts and archive files stand.
Full-text indexes are made by the migration alone (see ``storage.search``): they are not the same on the two databases.
"""

from __future__ import annotations

from storage.schema.articles import (
    ADDRESS,
    AGENCY,
    BY_RULES,
    DATE_LISTED,
    HAS_ADDRESS,
    HAS_AGENCY,
    HAS_LANGUAGE,
    HAS_SECTION,
    IS_PENDING,
    LANGUAGE,
    SECTION,
    AliasTable,
    ArticleTable,
    ClusterTable,
    PageTable,
    RejectionTable,
    RevisionTable,
    RunTable,
)
from storage.schema.base import Base
from storage.schema.crawling import (
    ArchiveTable,
    HostTable,
    LeaseTable,
    LinkTable,
    ListingTable,
    LockTable,
    SourceStateTable,
    SourceTable,
)
from storage.schema.decisions import DecisionTable
from storage.schema.dedupe import (
    BLOCK_BITS,
    EdgeTable,
    IndexStateTable,
    PostingBlockTable,
    PostingRunTable,
    SiteSampleTable,
    SketchTable,
    VerdictTable,
)

__all__ = [
    "ADDRESS",
    "AGENCY",
    "BLOCK_BITS",
    "BY_RULES",
    "DATE_LISTED",
    "HAS_ADDRESS",
    "HAS_AGENCY",
    "HAS_LANGUAGE",
    "HAS_SECTION",
    "IS_PENDING",
    "LANGUAGE",
    "SECTION",
    "AliasTable",
    "ArchiveTable",
    "ArticleTable",
    "Base",
    "ClusterTable",
    "DecisionTable",
    "EdgeTable",
    "HostTable",
    "IndexStateTable",
    "LeaseTable",
    "LinkTable",
    "ListingTable",
    "LockTable",
    "PageTable",
    "PostingBlockTable",
    "PostingRunTable",
    "RejectionTable",
    "RevisionTable",
    "RunTable",
    "SiteSampleTable",
    "SketchTable",
    "SourceStateTable",
    "SourceTable",
    "VerdictTable",
]
