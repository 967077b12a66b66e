"""Several runs may write at once, each asking other sites."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("lock", sa.Column("is_shared", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "lease",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("lock_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lock_id"], ["lock.id"], name="fk_lease_lock_id_lock", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("site", name="pk_lease"),
    )
    op.create_index("ix_lease_lock_id", "lease", ["lock_id"])
