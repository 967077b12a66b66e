"""Indexes for searching by what articles say of themselves, and views for those who ask in SQL.

The views are documented in docs/reference/sql-views.md. A later migration that changes a column they read must drop and
create them again: see `drop_views`.
"""

import re
from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_DATE = sa.text("coalesce(date_published, date_first_seen)")
_LATER = "coalesce(variant.date_published, variant.date_first_seen)"
_EARLIER = "coalesce(canonical.date_published, canonical.date_first_seen)"
_DIALECTS: Mapping[str, Mapping[str, str]] = {
    "sqlite": {
        "iso": "strftime('%Y-%m-%dT%H:%M:%SZ', {})",
        "day": "date({})",
        "hours": f"round((julianday({_LATER}) - julianday({_EARLIER})) * 24, 2)",
        "least": "min",
        "greatest": "max",
    },
    "postgresql": {
        "iso": """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""",
        "day": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        "hours": f"round(extract(epoch FROM {_LATER} - {_EARLIER}) / 3600, 2)",
        "least": "least",
        "greatest": "greatest",
    },
}
# what is in braces is written as the database wants it
VIEWS: Mapping[str, str] = {
    "canonical_article": """
        SELECT article.id AS id, coalesce(address, url) AS url, headline, source, article.site,
            source_organization AS agency, article_section AS section, in_language AS language,
            {iso:date_published} AS published, {iso:date_first_seen} AS first_seen,
            {iso:coalesce(date_published, date_first_seen)} AS dated, cluster_id, coalesce(size, 1) AS copies
        FROM article JOIN revision ON revision.id = revision_id LEFT JOIN cluster ON cluster.id = cluster_id
        WHERE role = 'canonical' OR role IS NULL
    """,
    "cluster_member": """
        SELECT cluster_id, article.id AS article_id, role, coalesce(address, url) AS url, headline, source,
            article.site, source_organization AS agency, {iso:coalesce(date_published, date_first_seen)} AS dated
        FROM article JOIN revision ON revision.id = revision_id
        WHERE cluster_id IS NOT NULL
    """,
    "cluster_size": """
        SELECT cluster.id AS cluster_id, canonical_id, min(size) AS articles, count(DISTINCT article.source) AS sources,
            min({iso:coalesce(date_published, date_first_seen)}) AS first_dated,
            max({iso:coalesce(date_published, date_first_seen)}) AS last_dated
        FROM cluster JOIN article ON article.cluster_id = cluster.id
        GROUP BY cluster.id, canonical_id
    """,
    "variant_copy": """
        SELECT variant.id AS article_id, coalesce(variant.address, variant.url) AS url, variant.source AS source,
            canonical.id AS canonical_id, coalesce(canonical.address, canonical.url) AS canonical_url,
            canonical.source AS canonical_source, relation, containment, reason,
            {hours} AS hours_after_canonical
        FROM article AS variant JOIN cluster ON cluster.id = variant.cluster_id
            JOIN article AS canonical ON canonical.id = canonical_id
            LEFT JOIN edge ON article_a = {least}(variant.id, canonical.id)
                AND article_b = {greatest}(variant.id, canonical.id)
        WHERE variant.role = 'variant'
    """,
    "source_reuse": """
        SELECT variant.source AS source, canonical.source AS canonical_source, count(*) AS copies
        FROM article AS variant JOIN cluster ON cluster.id = variant.cluster_id
            JOIN article AS canonical ON canonical.id = canonical_id
        WHERE variant.role = 'variant'
        GROUP BY variant.source, canonical.source
    """,
    "article_day": """
        SELECT {day:coalesce(date_published, date_first_seen)} AS day, source, count(*) AS copies,
            sum(CASE WHEN role = 'variant' THEN 0 ELSE 1 END) AS canonical
        FROM article GROUP BY {day:coalesce(date_published, date_first_seen)}, source
    """,
    "article_revision": """
        SELECT article_id, revision.id AS revision_id, {iso:seen_at} AS seen, cause, headline,
            length(article_body) AS characters, CASE WHEN revision.id = revision_id THEN 1 ELSE 0 END AS is_current
        FROM revision JOIN article ON article.id = article_id
    """,
    "edge_reason": """
        SELECT relation, reason, CASE WHEN joins THEN 1 ELSE 0 END AS joins, count(*) AS edges,
            avg(containment) AS mean_containment
        FROM edge GROUP BY relation, reason, joins
    """,
    "rejection_count": """
        SELECT stage, reason, source, count(*) AS rejections, {iso:min(date_first_seen)} AS first_seen,
            {iso:max(date_last_seen)} AS last_seen
        FROM rejection GROUP BY stage, reason, source
    """,
}


def upgrade() -> None:
    op.create_index("ix_article_revision_id", "article", ["revision_id"])
    for column in ("source", "site"):
        op.create_index(f"ix_article_{column}_date_listed", "article", [column, _DATE, "id"])
    for name, column in (("agency", "source_organization"), ("section", "article_section")):
        where = sa.column(column).is_not(None)
        lowered = sa.text(f"lower({column})")
        op.create_index(
            f"ix_article_{name}_date_listed",
            "article",
            [lowered, _DATE, "id"],
            sqlite_where=where,
            postgresql_where=where,
        )
    create_views()


def create_views(views: Mapping[str, str] = VIEWS) -> None:
    words = _DIALECTS[op.get_bind().dialect.name]
    for name, query in views.items():
        written = re.sub(r"{(\w+):?([^}]*)}", lambda found: words[found[1]].format(found[2]), query)
        op.get_bind().exec_driver_sql(f"CREATE VIEW {name} AS {written}")


def drop_views(views: Mapping[str, str] = VIEWS) -> None:
    for name in views:
        op.execute(f"DROP VIEW {name}")
