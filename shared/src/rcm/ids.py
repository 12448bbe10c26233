"""Ids: UUIDv7, which sort by the time they were made and say nothing about a patient."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7."""
    return uuid7()
