"""The notebook's one table."""

from uuid import UUID

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from rcm.database.tables import NAMING


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """The notebook's own registry."""


class Note(Base, table=True):
    """A note; its name is unique in an organisation."""

    __tablename__ = "note"

    organisation_id: UUID = Field(primary_key=True)
    note_id: UUID = Field(primary_key=True)
    version: int
    name: str
    text: str
    number: int = 0
