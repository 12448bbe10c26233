"""What was sent, what was fetched, how far the stream is read."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from rcm.database.migrations import create_platform_tables, secure

revision, down_revision = "0001", None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_platform_tables(op)
    _stream_cursor()
    _outgoing_file()
    _incoming_file()


def _column(name: str, kind: sa.types.TypeEngine[Any], *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def _stream_cursor() -> None:
    op.create_table(
        "stream_cursor",
        _column("organisation_id", sa.Uuid()),
        _column("service", sa.String()),
        _column("cursor", sa.String()),
        _column("updated_at", INSTANT),
        sa.PrimaryKeyConstraint("organisation_id", "service", name="pk_stream_cursor"),
    )
    secure(op, "stream_cursor", "mutable")


def _outgoing_file() -> None:
    op.create_table(
        "outgoing_file",
        _column("organisation_id", sa.Uuid()),
        _column("submission_id", sa.Uuid()),
        _column("receiver_id", sa.String()),
        _column("remote_name", sa.String()),
        _column("sha256", sa.String()),
        _column("size_bytes", sa.BigInteger()),
        _column("state", sa.String()),
        _column("intended_at", INSTANT),
        _column("sent_at", INSTANT, nullable=True),
        _column("recorded_at", INSTANT, nullable=True),
        _column("status", sa.Integer(), nullable=True),
        _column("reason", sa.String()),
        sa.PrimaryKeyConstraint("organisation_id", "submission_id", name="pk_outgoing_file"),
        sa.UniqueConstraint("organisation_id", "remote_name", name="uq_outgoing_file_remote_name"),
    )
    op.create_index(
        "ix_outgoing_file_open",
        "outgoing_file",
        ["organisation_id"],
        postgresql_where=sa.text("state <> 'recorded'"),
    )
    secure(op, "outgoing_file", "mutable")


def _incoming_file() -> None:
    op.create_table(
        "incoming_file",
        _column("organisation_id", sa.Uuid()),
        _column("sha256", sa.String()),
        _column("remote_name", sa.String()),
        _column("kind", sa.String()),
        _column("service", sa.String()),
        _column("state", sa.String()),
        _column("size_bytes", sa.BigInteger()),
        _column("fetched_at", INSTANT),
        _column("answered_at", INSTANT, nullable=True),
        _column("status", sa.Integer(), nullable=True),
        _column("reason", sa.String()),
        _column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "sha256", "remote_name", name="pk_incoming_file"),
    )
    op.create_index(
        "ix_incoming_file_open",
        "incoming_file",
        ["organisation_id"],
        postgresql_where=sa.text("state <> 'accepted'"),
    )
    secure(op, "incoming_file", "mutable")
