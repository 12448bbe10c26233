"""What is known of a request while it runs: its trace, its id, its caller."""

import os
import re
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Request

from rcm.identity import Principal
from rcm.ids import new_id

SCOPE_KEY = "rcm"
_TRACEPARENT = re.compile(rb"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")
_NO_TRACE = b"0" * 32
_NO_SPAN = b"0" * 16


class RequestContext:
    """One request. `request_id` becomes the causation id of what it writes; `traceparent` goes with its events."""

    __slots__ = ("headers", "principal", "request_id", "started", "traceparent")

    def __init__(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self.started = time.perf_counter()
        self.headers: dict[bytes, bytes] = dict(reversed(headers))
        """By name in small letters; the first of those that came twice."""
        self.request_id: UUID = new_id()
        self.traceparent = child_of(self.headers.get(b"traceparent"))
        self.principal: Principal | None = None

    @property
    def trace_id(self) -> str:
        """The trace that this request belongs to."""
        return self.traceparent[3:35]


def child_of(incoming: bytes | None) -> str:
    """A W3C traceparent: our own span in the caller's trace, or in a new trace where none (or none that is valid) came."""
    span = os.urandom(8).hex()
    found = _TRACEPARENT.match(incoming) if incoming else None
    if found is None or found[1] == _NO_TRACE or found[2] == _NO_SPAN:
        return f"00-{os.urandom(16).hex()}-{span}-01"
    return f"00-{found[1].decode()}-{span}-{found[3].decode()}"


def context_of(request: Request) -> RequestContext:
    """The request's context, which `Front` made."""
    found: Any = request.scope[SCOPE_KEY]
    assert isinstance(found, RequestContext)
    return found
