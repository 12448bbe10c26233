"""What a handler answers, and its bytes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from fastapi import Response
from msgspec import Struct
from pydantic import BaseModel

JSON = "application/json"


class Answer(Struct, frozen=True):
    """What a handler answers: a pydantic model, JSON values, or bytes with their media type in `headers`."""

    body: BaseModel | Sequence[BaseModel] | Mapping[str, Any] | bytes | None
    status: int = 200
    headers: Mapping[str, str] = {}
    shown: Sequence[str] | None = None
    """For the access log: the ids of the encounters, claims or accounts that a list shows. None: the path names the one thing
    that is shown; an empty list shows nothing and is not noted."""
    stored: bool = True
    """Whether the answer is kept under the request's Idempotency-Key; not, where it tells a refusal in a form of its own."""


class Rendered(Struct, frozen=True):
    """An answer as it goes over the wire, and as it is kept under an Idempotency-Key."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def response(self, extra: Mapping[str, str] | None = None) -> Response:
        """The HTTP response; the headers hold the content type."""
        headers = dict(self.headers)
        if extra:
            headers.update(extra)
        return Response(self.body, self.status, headers=headers)


def render(answer: Answer) -> Rendered:
    """The bytes of an answer. JSON unless the headers name another content type."""
    body = answer.body
    if body is None:
        return Rendered(answer.status, answer.headers, b"")
    named = any(name.lower() == "content-type" for name in answer.headers)
    headers = answer.headers if named else {**answer.headers, "content-type": JSON}
    if isinstance(body, bytes):
        content = body
    elif isinstance(body, BaseModel):
        content = body.__pydantic_serializer__.to_json(body)
    elif isinstance(body, Mapping):
        content = orjson.dumps(body, default=_plain)
    else:
        content = b"[" + b",".join(item.__pydantic_serializer__.to_json(item) for item in body) + b"]"
    return Rendered(answer.status, headers, content)


def _plain(value: object) -> object:
    """What orjson does not know by itself: models, and asyncpg's own kind of UUID."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"no JSON for {type(value).__name__}")
