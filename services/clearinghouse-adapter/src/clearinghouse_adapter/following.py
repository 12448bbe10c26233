"""Follows a service's public event stream from a durable cursor: pages first, then Server-Sent Events.

Only events of the wanted type are decoded; the others cost a comparison of bytes.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson

from clearinghouse_adapter.services import ServiceClient, not_now

PAGE = 500
CURSOR_EVERY = 200
"""Events of no interest after which the cursor is handed on, so that a restart does not read them all again."""


@dataclass(frozen=True, slots=True)
class Told:
    """Events of the wanted type in order, and the cursor behind them and everything before."""

    events: list[dict[str, Any]]
    cursor: str


async def catch_up(client: ServiceClient, after: str | None, wanted: str) -> AsyncIterator[Told]:
    """Everything that the log holds after a cursor, page by page. Raises Unreachable."""
    more = True
    while more:
        parameters: dict[str, str | int] = {"limit": PAGE, **({"after": after} if after else {})}
        response = await client.get("/v1/events", **parameters)
        if response.status_code != 200:
            raise not_now(response)
        page = orjson.loads(response.content)
        after, more = page["cursor"], page["more"]
        yield Told([event for event in page["events"] if event["type"] == wanted], page["cursor"])


async def follow(client: ServiceClient, after: str | None, wanted: str) -> AsyncIterator[Told]:
    """Whatever comes after a cursor (None: from the log's beginning), until the stream ends. Raises Unreachable."""
    if after is None:
        async for told in catch_up(client, None, wanted):
            yield told
            after = told.cursor
    assert after is not None
    marker = f"event: {wanted}\n".encode()
    passed = 0
    async with client.stream("/v1/events/stream", after=after) as pieces:
        async for frames in _frames(pieces):
            news = _told(frames, marker)
            passed += len(frames)
            if news is not None and (news.events or passed >= CURSOR_EVERY):
                passed = 0
                yield news


async def _frames(pieces: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    """Whole frames, as many as each piece completes."""
    rest = b""
    async for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n\n")
        if whole:
            yield whole


def _told(frames: list[bytes], marker: bytes) -> Told | None:
    """What some frames say; None for comments alone."""
    cursor = b""
    events: list[dict[str, Any]] = []
    for frame in frames:
        if not frame.startswith(b"id: "):
            continue
        end = frame.index(b"\n")
        cursor = frame[4:end]
        if frame.startswith(marker, end + 1):
            events.append(orjson.loads(frame[frame.index(b"\ndata: ", end) + 7 :]))
    return Told(events, cursor.decode()) if cursor else None
