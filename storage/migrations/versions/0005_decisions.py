"""What people decide: which articles belong together or apart, which is canonical, which sources are left aside."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url_a", sa.Text(), nullable=True),
        sa.Column("url_b", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["undoes"], ["decision.id"], name="fk_decision_undoes_decision"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    for column in ("url_a", "url_b", "source", "undoes"):
        op.create_index(f"ix_decision_{column}", "decision", [column])
