"""Pages kept for later rules of extraction; where each field comes from; whether publisher or rules changed a text."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_AWARE = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("article", sa.Column("provenance", sa.Text(), server_default="{}", nullable=False))
    op.add_column("article", sa.Column("notes", sa.Text(), server_default="[]", nullable=False))
    op.add_column("revision", sa.Column("cause", sa.Text(), server_default="publisher", nullable=False))
    by_rules = sa.column("cause", sa.Text()) == sa.literal_column("'rules'")
    op.create_index("ix_revision_by_rules", "revision", ["id"], sqlite_where=by_rules, postgresql_where=by_rules)
    create_page_table()


def create_page_table() -> None:
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("is_article", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("fetched_at", _AWARE, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("requested_url", sa.Text(), nullable=True),
        sa.Column("headline_listed", sa.Text(), nullable=True),
        sa.Column("date_listed", _AWARE, nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("opt_outs", sa.Text(), nullable=False),
        sa.Column("text_from", sa.Text(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("url", "is_article", name="uq_page_url_is_article"),
    )
