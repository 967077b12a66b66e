"""An index of packed postings in place of one row a band; samples of the latest texts of each site."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    create_tables()
    # judged under another spec: dedupe asks for a rebuild
    op.execute(
        "INSERT INTO index_state (id, spec, last_revision) SELECT 1, max(spec), 0 FROM sketch HAVING count(*) > 0"
    )
    op.drop_table("band")
    op.drop_table("sketch")
    op.create_table(
        "sketch",
        sa.Column("revision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("site_text", sa.LargeBinary(), nullable=True),
        sa.Column("skip_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_sketch_revision_id_revision"),
        sa.PrimaryKeyConstraint("revision_id", name="pk_sketch"),
    )


def create_tables() -> None:
    op.create_table(
        "index_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("last_revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_index_state"),
    )
    op.create_table(
        "posting_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("bits", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("postings", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_posting_run"),
    )
    op.create_index("ix_posting_run_bucket_level", "posting_run", ["bucket", "level"])
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "posting_block",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("postings", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_posting_block"),
    )
    op.create_table(
        "site_sample",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("revision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("shingles", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "revision_id", name="pk_site_sample"),
        sqlite_with_rowid=False,
    )
