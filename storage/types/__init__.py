"""The shared vocabulary: what travels between crawler, dedupe results and the store. No SQLAlchemy here.

Times are aware ``datetime`` values in UTC. Identifiers given by the store are positive ``int``.
"""

from storage.types.answers import (
    ArticleDetail,
    ArticleQuery,
    ArticleRow,
    ClusterRow,
    History,
    ListingRow,
    MemberRow,
    RejectionRow,
    RevisionRow,
    SourceHealth,
    Stats,
    Totals,
    Window,
)
from storage.types.records import (
    TEXT_FROM,
    Article,
    Cluster,
    Document,
    Edge,
    Outcome,
    Rejection,
    Role,
    Sketch,
    Stage,
)
from storage.types.states import (
    ArchiveState,
    HostState,
    LinkState,
    Listed,
    SourceState,
    Visited,
)

__all__ = [
    "TEXT_FROM",
    "ArchiveState",
    "Article",
    "ArticleDetail",
    "ArticleQuery",
    "ArticleRow",
    "Cluster",
    "ClusterRow",
    "Document",
    "Edge",
    "History",
    "HostState",
    "LinkState",
    "Listed",
    "ListingRow",
    "MemberRow",
    "Outcome",
    "Rejection",
    "RejectionRow",
    "RevisionRow",
    "Role",
    "Sketch",
    "SourceHealth",
    "SourceState",
    "Stage",
    "Stats",
    "Totals",
    "Visited",
    "Window",
]
