"""First tables, and full text over revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_run_tables()
    create_cluster_table()
    create_article_table()
    create_revision_table()
    create_link_tables()
    create_index_tables()
    create_edge_table()
    if op.get_bind().dialect.name == "sqlite":
        create_sqlite_full_text()
    else:
        create_postgresql_full_text()


def create_run_tables() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_table(
        "lock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lock"),
    )


def create_cluster_table() -> None:
    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("canonical_id", sa.Integer(), nullable=False),
        sa.Column("canonical_reason", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cluster"),
    )
    op.create_index("ix_cluster_size_id", "cluster", ["size", "id"])


def create_article_table() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("date_first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("date_last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_pending", sa.Boolean(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("source_organization", sa.Text(), nullable=True),
        sa.Column("credit_text", sa.Text(), nullable=True),
        sa.Column("dateline", sa.Text(), nullable=True),
        sa.Column("date_published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("date_published_raw", sa.Text(), nullable=True),
        sa.Column("date_modified", sa.DateTime(timezone=True), nullable=True),
        sa.Column("date_modified_raw", sa.Text(), nullable=True),
        sa.Column("in_language", sa.Text(), nullable=True),
        sa.Column("article_section", sa.Text(), nullable=True),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("main_image", sa.Text(), nullable=True),
        sa.Column("is_accessible_for_free", sa.Boolean(), nullable=True),
        sa.Column("is_based_on", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("url", name="uq_article_url"),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name="fk_article_cluster_id_cluster"),
    )
    op.create_index("ix_article_cluster_id", "article", ["cluster_id"])
    op.create_index("ix_article_external_id", "article", ["external_id"])
    op.create_index("ix_article_date_listed", "article", [sa.text("coalesce(date_published, date_first_seen)"), "id"])
    is_pending = sa.column("is_pending", sa.Boolean()).is_(True)
    op.create_index(
        "ix_article_pending", "article", ["revision_id"], sqlite_where=is_pending, postgresql_where=is_pending
    )


def create_revision_table() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("article_body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_revision_article_id_article"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_revision_run_id_run"),
    )
    op.create_index("ix_revision_article_id_seen_at_id", "revision", ["article_id", "seen_at", "id"])
    op.create_index("ix_revision_site_id", "revision", ["site", "id"])


def create_link_tables() -> None:
    op.create_table(
        "alias",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("article_url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_alias"),
    )
    op.create_table(
        "rejection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("retry", sa.Boolean(), nullable=False),
        sa.Column("date_first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("date_last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rejection"),
        sa.UniqueConstraint("url", "stage", "reason", name="uq_rejection_url_stage_reason"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_rejection_run_id_run"),
    )
    op.create_table(
        "source_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("last_fetched", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_source_state"),
    )


def create_index_tables() -> None:
    op.create_table(
        "sketch",
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("skip_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("article_id", name="pk_sketch"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_sketch_article_id_article"),
    )
    op.create_table(
        "band",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "article_id", name="pk_band"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_band_article_id_article"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_band_article_id", "band", ["article_id"])


def create_edge_table() -> None:
    op.create_table(
        "edge",
        sa.Column("article_a", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("article_b", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("joins", sa.Boolean(), nullable=False),
        sa.Column("jaccard", sa.Double(), nullable=False),
        sa.Column("containment", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("article_a", "article_b", name="pk_edge"),
        sa.ForeignKeyConstraint(["article_a"], ["article.id"], name="fk_edge_article_a_article"),
        sa.ForeignKeyConstraint(["article_b"], ["article.id"], name="fk_edge_article_b_article"),
    )
    op.create_index("ix_edge_article_b", "edge", ["article_b"])


def create_sqlite_full_text() -> None:
    """Index each revision as it is inserted; the text itself stays in ``revision`` alone (external content)."""
    op.execute(
        "CREATE VIRTUAL TABLE revision_text USING fts5("
        "headline, article_body, content='revision', content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
    )
    op.execute(
        "CREATE TRIGGER revision_text_insert AFTER INSERT ON revision BEGIN "
        "INSERT INTO revision_text (rowid, headline, article_body) VALUES (new.id, new.headline, new.article_body); END"
    )


def create_postgresql_full_text() -> None:
    """Index each revision in a generated column.

    Punctuation becomes spaces first, else the parser takes "and/or" for a file and "example.com" for a host, whose
    parts nobody finds. A text is indexed up to 200,000 characters: a tsvector holds 1 MB and anything more is an error.
    """
    op.execute(
        r"""
        CREATE FUNCTION wirefold_words(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
        translate(left(value, 200000), E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~’‘“”„«»–—…', repeat(' ', 42))
        """
    )
    op.execute(
        "ALTER TABLE revision ADD COLUMN words tsvector GENERATED ALWAYS AS "
        "(to_tsvector('simple', wirefold_words(headline || ' ' || article_body))) STORED"
    )
    op.create_index("ix_revision_words", "revision", ["words"], postgresql_using="gin")
