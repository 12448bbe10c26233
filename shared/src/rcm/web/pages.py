"""Cursor pages: `?limit=50&after=CURSOR` -> {"items": [...], "next": CURSOR or null}. A cursor is opaque."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

import orjson
from fastapi import Query
from pydantic import BaseModel, Field

from rcm.errors import Fault, InvalidBody

T = TypeVar("T")
Row = TypeVar("Row")

LIMIT_DEFAULT = 50
LIMIT_MAX = 500

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many items at most")]
"""An endpoint's parameter: `limit: Limit = LIMIT_DEFAULT`."""
After = Annotated[str | None, Query(max_length=500, description="The `next` of the page before")]
"""An endpoint's parameter: `after: After = None`."""


class Page(BaseModel, Generic[T]):
    """One page of a list, and the cursor of the next one."""

    items: list[T]
    next: str | None = Field(default=None, description="Hand it in as `after` for the next page; null: this is the last one")


def encode_cursor(*values: object) -> str:
    """An opaque cursor of the last item's sort key (ids, dates, numbers)."""
    packed = orjson.dumps([str(value) for value in values])
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def decode_cursor(cursor: str, size: int) -> list[str]:
    """The `size` values of a cursor as text. Raises InvalidBody (pointer `?after`) for one that is not ours."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise foreign_cursor() from error
    if not isinstance(values, list) or len(values) != size or any(not isinstance(v, str) or "\0" in v for v in values):
        raise foreign_cursor()
    return values


def decode_cursor_as(cursor: str, *kinds: Callable[[str], T]) -> list[T]:
    """Like `decode_cursor`, each value read by its kind: `decode_cursor_as(after, date.fromisoformat, UUID)`."""
    try:
        return [kind(value) for kind, value in zip(kinds, decode_cursor(cursor, len(kinds)), strict=True)]
    except ValueError as error:
        raise foreign_cursor() from error


def page_of(rows: Sequence[Row], limit: int, show: Callable[[Row], T], key: Callable[[Row], Sequence[object]]) -> Page[T]:
    """A page from `limit + 1` rows: the one too many tells that there is a next page."""
    kept = rows[:limit]
    following = encode_cursor(*key(kept[-1])) if len(rows) > limit else None
    return Page(items=[show(row) for row in kept], next=following)


def foreign_cursor() -> InvalidBody:
    """The refusal of a cursor that is not ours."""
    fault = Fault("?after", "foreign-cursor", "The cursor is not one of ours", "Use the `next` of a page, unchanged.")
    return InvalidBody("The cursor can't be read", faults=[fault])
