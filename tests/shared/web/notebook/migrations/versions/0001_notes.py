"""The notebook's table."""

import sqlalchemy as sa
from alembic import op

from rcm.database.migrations import create_platform_tables, secure

revision, down_revision = "0001", None


def upgrade() -> None:
    create_platform_tables(op)
    op.create_table(
        "note",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "note_id"),
        sa.UniqueConstraint("organisation_id", "name", deferrable=True, initially="DEFERRED"),
    )
    secure(op, "note", "mutable")
