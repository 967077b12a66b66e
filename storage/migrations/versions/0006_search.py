"""Indexes for searching by what articles say of themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"

_DATE = sa.text("coalesce(date_published, date_first_seen)")


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
