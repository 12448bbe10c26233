"""Follows events of one type in a service's public stream from a durable cursor: pages first, then Server-Sent Events."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson

from clearinghouse_adapter.services import ServiceClient, not_now

PAGE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """Events of the wanted type in order, and the cursor behind them and everything before."""

    events: list[dict[str, Any]]
    cursor: str


async def catch_up(client: ServiceClient, after: str | None, wanted: str) -> AsyncIterator[Told]:
    """Everything that the log holds after a cursor, page by page. Raises Unreachable."""
    more = True
    while more:
        parameters: dict[str, str | int] = {"limit": PAGE, "type": wanted, **({"after": after} if after else {})}
        response = await client.get("/v1/events", **parameters)
        if response.status_code != 200:
            raise not_now(response)
        page = orjson.loads(response.content)
        after, more = page["cursor"], page["more"]
        yield Told(page["events"], page["cursor"])


async def follow(client: ServiceClient, after: str | None, wanted: str) -> AsyncIterator[Told]:
    """Whatever comes after a cursor (None: from the log's beginning), until the stream ends. Raises Unreachable."""
    if after is None:
        async for told in catch_up(client, None, wanted):
            yield told
            after = told.cursor
    assert after is not None
    async with client.stream("/v1/events/stream", after=after, type=wanted) as pieces:
        async for frames in _frames(pieces):
            news = _told(frames)
            if news is not None:
                yield news


async def _frames(pieces: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    """Whole frames, as many as each piece completes."""
    rest = b""
    async for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n\n")
        if whole:
            yield whole


def _told(frames: list[bytes]) -> Told | None:
    """What some frames say; None for those that name no place."""
    cursor = b""
    events: list[dict[str, Any]] = []
    for frame in frames:
        for line in frame.split(b"\n"):
            name, _, value = line.partition(b": ")
            if name == b"id":
                cursor = value
            elif name == b"data":
                events.append(orjson.loads(value))
    return Told(events, cursor.decode()) if cursor else None
