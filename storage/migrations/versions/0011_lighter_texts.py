"""PostgreSQL compresses texts and words by LZ4, which unpacks several times as fast; and it keeps blocks whole."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_HAS_LZ4 = "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"


def upgrade() -> None:
    """Choose it for what is stored from now on, unless the server was built without it; older rows stay as they are.

    Postings are as good as random: there is nothing to compress. Blocks longer than 2,000 bytes would be cut up.
    """
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    if connection.scalar(sa.text(_HAS_LZ4)):
        for column in ("article_body", "words"):
            op.execute(f"ALTER TABLE revision ALTER COLUMN {column} SET COMPRESSION lz4")
    op.execute("ALTER TABLE posting_block ALTER COLUMN postings SET STORAGE EXTERNAL, SET (toast_tuple_target = 8160)")
