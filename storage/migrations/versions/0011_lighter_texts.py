"""PostgreSQL compresses texts and their words by LZ4: they are unpacked several times as fast, and take as little."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_HAS_LZ4 = "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"


def upgrade() -> None:
    """Choose it for what is stored from now on, unless the server was built without it; older rows stay as they are."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql" and connection.scalar(sa.text(_HAS_LZ4)):
        for column in ("article_body", "words"):
            op.execute(f"ALTER TABLE revision ALTER COLUMN {column} SET COMPRESSION lz4")
