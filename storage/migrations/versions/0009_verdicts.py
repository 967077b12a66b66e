"""What is said of many edges stands once: it took nearly half of an edge's bytes."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

search = import_module("storage.migrations.versions.0007_search")

VIEWS = {
    "variant_copy": """
        SELECT variant.id AS article_id, coalesce(variant.address, variant.url) AS url, variant.source AS source,
            canonical.id AS canonical_id, coalesce(canonical.address, canonical.url) AS canonical_url,
            canonical.source AS canonical_source, relation, containment, reason,
            {hours} AS hours_after_canonical
        FROM article AS variant JOIN cluster ON cluster.id = variant.cluster_id
            JOIN article AS canonical ON canonical.id = canonical_id
            LEFT JOIN edge ON article_a = {least}(variant.id, canonical.id)
                AND article_b = {greatest}(variant.id, canonical.id)
            LEFT JOIN verdict ON verdict.id = verdict_id
        WHERE variant.role = 'variant'
    """,
    "edge_reason": """
        SELECT relation, reason, CASE WHEN joins THEN 1 ELSE 0 END AS joins, count(*) AS edges,
            avg(containment) AS mean_containment
        FROM edge JOIN verdict ON verdict.id = verdict_id
        GROUP BY relation, reason, joins
    """,
}
_SAID = "relation, reason, rules_version"
_KEPT = "article_a, article_b, joins, jaccard, containment, measures"


def upgrade() -> None:
    search.drop_views(VIEWS)
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verdict"),
        sa.UniqueConstraint("relation", "reason", "rules_version", name="uq_verdict_relation_reason_rules_version"),
    )
    op.execute(f"INSERT INTO verdict ({_SAID}) SELECT DISTINCT {_SAID} FROM edge")
    op.execute("CREATE TABLE former_edge AS SELECT * FROM edge")
    op.drop_table("edge")
    create_edge_table()
    op.execute(
        f"INSERT INTO edge ({_KEPT}, verdict_id) SELECT {_KEPT}, (SELECT id FROM verdict"
        f" WHERE ({_SAID}) = (former_edge.relation, former_edge.reason, former_edge.rules_version)) FROM former_edge"
    )
    op.drop_table("former_edge")
    search.create_views(VIEWS)


def create_edge_table() -> None:
    op.create_table(
        "edge",
        sa.Column("article_a", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("article_b", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("joins", sa.Boolean(), nullable=False),
        sa.Column("jaccard", sa.Double(), nullable=False),
        sa.Column("containment", sa.Double(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("article_a", "article_b", name="pk_edge"),
        sa.ForeignKeyConstraint(["article_a"], ["article.id"], name="fk_edge_article_a_article"),
        sa.ForeignKeyConstraint(["article_b"], ["article.id"], name="fk_edge_article_b_article"),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdict.id"], name="fk_edge_verdict_id_verdict"),
    )
    op.create_index("ix_edge_article_b", "edge", ["article_b"])
