"""Ids: UUIDv7, which sort by the time they were made and say nothing about a patient."""

from uuid import UUID

from asyncpg.pgproto import pgproto
from uuid_utils import uuid7


def new_id() -> UUID:
    """A new UUIDv7.

    Of the class in which ids come back from the database: a UUID whose making, hash and text are C, a fifth of Python's own
    cost. Each encounter needs about twenty of them.
    """
    return pgproto.UUID(uuid7().bytes)


def id_of(text: str) -> UUID:
    """The id that is written so, in the same class. Raises ValueError where it is none."""
    return pgproto.UUID(text)
