"""Links and when to visit them, hosts, archives, sources in the store; one URL per article, whatever its address."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_AWARE = sa.DateTime(timezone=True)


def upgrade() -> None:
    add_article_columns()
    add_source_state_columns()
    create_link_table()
    create_listing_table()
    create_small_tables()
    op.create_index("ix_alias_article_url", "alias", ["article_url"])
    strip_www()
    if op.get_bind().dialect.name == "sqlite":
        forget_deleted_text()


def add_article_columns() -> None:
    op.add_column("article", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("article", sa.Column("opt_outs", sa.Text(), server_default="[]", nullable=False))
    has_address = sa.column("address", sa.Text()).is_not(None)
    op.create_index(
        "ix_article_address", "article", ["address"], sqlite_where=has_address, postgresql_where=has_address
    )
    # an import may have brought a name too long for PostgreSQL's indexes
    op.execute("UPDATE article SET source = substr(source, 1, 500) WHERE length(source) > 500")
    op.create_index("ix_article_source_date_first_seen", "article", ["source", "date_first_seen"])


def add_source_state_columns() -> None:
    for column in (
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("payload_digest", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_due", _AWARE, nullable=True),
        sa.Column("rhythm", sa.Text(), server_default="{}", nullable=False),
    ):
        op.add_column("source_state", column)


def create_link_table() -> None:
    op.create_table(
        "link",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("date_first_seen", _AWARE, nullable=False),
        sa.Column("headline", sa.Text(), nullable=True),
        sa.Column("date_published", _AWARE, nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("payload_digest", sa.Text(), nullable=True),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_visit", _AWARE, nullable=True),
        sa.Column("last_change", _AWARE, nullable=True),
        sa.Column("last_outcome", sa.Text(), nullable=True),
        sa.Column("next_visit", _AWARE, nullable=True),
        sa.PrimaryKeyConstraint("url", name="pk_link"),
    )
    is_visited_again = sa.column("next_visit", _AWARE).is_not(None)
    op.create_index(
        "ix_link_due",
        "link",
        ["source", "next_visit"],
        sqlite_where=is_visited_again,
        postgresql_where=is_visited_again,
    )


def create_listing_table() -> None:
    op.create_table(
        "listing",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("date_first_seen", _AWARE, nullable=False),
        sa.Column("date_last_seen", _AWARE, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "url", name="pk_listing"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_listing_url", "listing", ["url"])
    op.create_index("ix_listing_source_date_last_seen", "listing", ["source", "date_last_seen"])


def create_small_tables() -> None:
    op.create_table(
        "source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("added_at", _AWARE, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_source"),
    )
    op.create_table(
        "host",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("robots_txt", sa.LargeBinary(), nullable=False),
        sa.Column("robots_status", sa.Integer(), nullable=True),
        sa.Column("robots_fetched", _AWARE, nullable=True),
        sa.Column("blocked_until", _AWARE, nullable=True),
        sa.Column("blocked_reason", sa.Text(), nullable=True),
        sa.Column("backoffs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_host"),
    )
    op.create_table(
        "archive",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("modified", _AWARE, nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_archive"),
    )


def strip_www() -> None:
    """Take ``www.`` away where `crawler.urls.identity` does, unless another row has the shorter URL already.

    An alias follows what it led to: an article that kept its URL, else the shorter one.
    """
    op.execute(
        f"UPDATE article SET address = url, url = {_bare('url')} WHERE {_has_www('url')}"
        f" AND NOT EXISTS (SELECT 1 FROM article AS other WHERE other.url = {_bare('article.url')})"
    )
    op.execute(
        f"UPDATE rejection SET url = {_bare('url')} WHERE {_has_www('url')} AND NOT EXISTS"
        f" (SELECT 1 FROM rejection AS other WHERE other.url = {_bare('rejection.url')}"
        " AND other.stage = rejection.stage AND other.reason = rejection.reason)"
    )
    op.execute(
        f"UPDATE alias SET article_url = {_bare('article_url')} WHERE {_has_www('article_url')}"
        " AND NOT EXISTS (SELECT 1 FROM article WHERE article.url = alias.article_url)"
    )
    op.execute(
        f"UPDATE alias SET url = {_bare('url')} WHERE {_has_www('url')}"
        f" AND NOT EXISTS (SELECT 1 FROM alias AS other WHERE other.url = {_bare('alias.url')})"
    )
    op.execute("DELETE FROM alias WHERE url = article_url")


def _bare(column: str) -> str:
    return f"'https://' || substr({column}, 13)"


def _has_www(column: str) -> str:
    """Make the condition that the host is ``www.`` and at least two more labels."""
    place = "instr" if op.get_bind().dialect.name == "sqlite" else "strpos"
    rest = f"substr({column}, 13)"
    return f"({column} LIKE 'https://www.%' AND {place}({rest}, '.') BETWEEN 2 AND {place}({rest} || '/', '/'))"


def forget_deleted_text() -> None:
    """Take a revision that is deleted out of SQLite's full text; PostgreSQL's is a column of the revision."""
    op.execute(
        "CREATE TRIGGER revision_text_delete AFTER DELETE ON revision BEGIN "
        "INSERT INTO revision_text (revision_text, rowid, headline, article_body) "
        "VALUES ('delete', old.id, old.headline, old.article_body); END"
    )
