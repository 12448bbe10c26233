"""The tables: what was sent, what was fetched, and how far the event stream is read. No business state."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, MetaData, UniqueConstraint, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from rcm.database.tables import NAMING

INSTANT: Any = DateTime(timezone=True)


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """The base of the adapter's tables, on a registry of its own."""


class StreamCursor(Base, table=True):
    """How far a service's public event stream is dealt with."""

    __tablename__ = "stream_cursor"

    organisation_id: UUID = Field(primary_key=True)
    service: str = Field(primary_key=True)
    cursor: str
    updated_at: datetime = Field(sa_type=INSTANT)


class OutgoingFile(Base, table=True):
    """A submission on its way: intended (before it is put), sent (it lies there), recorded (claims-svc knows), refused."""

    __tablename__ = "outgoing_file"
    __table_args__ = (
        UniqueConstraint("organisation_id", "remote_name", name="uq_outgoing_file_remote_name"),
        Index("ix_outgoing_file_open", "organisation_id", postgresql_where=text("state <> 'recorded'")),
    )

    organisation_id: UUID = Field(primary_key=True)
    submission_id: UUID = Field(primary_key=True)
    receiver_id: str
    remote_name: str
    sha256: str
    size_bytes: int = Field(sa_type=BigInteger)
    state: str
    intended_at: datetime = Field(sa_type=INSTANT)
    sent_at: datetime | None = Field(default=None, sa_type=INSTANT)
    recorded_at: datetime | None = Field(default=None, sa_type=INSTANT)
    status: int | None = None
    reason: str = ""


class IncomingFile(Base, table=True):
    """A file from a payer: fetched, accepted (a service took it), archived, refused (kept with its reason)."""

    __tablename__ = "incoming_file"
    __table_args__ = (Index("ix_incoming_file_open", "organisation_id", postgresql_where=text("state <> 'accepted'")),)

    organisation_id: UUID = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    remote_name: str = Field(primary_key=True)
    kind: str
    service: str
    state: str
    size_bytes: int = Field(sa_type=BigInteger)
    fetched_at: datetime = Field(sa_type=INSTANT)
    answered_at: datetime | None = Field(default=None, sa_type=INSTANT)
    status: int | None = None
    reason: str = ""
    content: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The bytes of a refused file."""
