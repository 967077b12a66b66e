"""Languages can be listed and searched by, and the newest articles be compared with hits without reading them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_DATE = sa.text("coalesce(date_published, date_first_seen)")


def upgrade() -> None:
    op.drop_index("ix_article_date_listed", "article")
    op.create_index("ix_article_date_listed", "article", [_DATE, "id", "revision_id"])
    where = sa.column("in_language").is_not(None)
    op.create_index(
        "ix_article_language_date_listed",
        "article",
        [sa.text("lower(in_language)"), _DATE, "id"],
        sqlite_where=where,
        postgresql_where=where,
    )
