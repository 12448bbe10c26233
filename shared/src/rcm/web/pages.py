"""Cursor pages: `?limit=50&after=CURSOR` -> {"items": [...], "next": CURSOR or null}. A cursor is opaque."""

from typing import Generic, TypeVar

from pydantic import BaseModel

T = TypeVar("T")

LIMIT_DEFAULT = 50
LIMIT_MAX = 500


class Page(BaseModel, Generic[T]):
    """One page of a list, and the cursor of the next one."""

    items: list[T]
    next: str | None = None


def encode_cursor(*values: object) -> str:
    """An opaque cursor of the last item's sort key (ids, dates, numbers)."""
    raise NotImplementedError


def decode_cursor(cursor: str, size: int) -> list[str]:
    """The `size` values of a cursor as text. Raises InvalidBody (pointer `?after`) for one that is not ours."""
    raise NotImplementedError
