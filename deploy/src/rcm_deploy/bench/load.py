"""A load generator that costs less than what it measures: bare HTTP/1.1 over kept connections."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of requests took."""

    latencies_ms: Sequence[float]
    refused: int


class Connection:
    """One kept connection to one address."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        self._reader, self._writer, self._head = reader, writer, head

    @classmethod
    async def open(cls, url: str, path: str, token: str, content_type: str) -> "Connection":
        address = urlsplit(url)
        assert address.hostname is not None
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: {content_type}\r\n"
        )
        return cls(reader, writer, head.encode())

    async def post(self, body: bytes, key: str) -> int:
        """Posts one body; answers the status after reading the whole answer."""
        self._writer.write(
            b"%bIdempotency-Key: %b\r\nContent-Length: %d\r\n\r\n%b" % (self._head, key.encode(), len(body), body)
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        start = lower.find(b"content-length:")
        if start >= 0:
            length = int(lower[start + 15 : lower.index(b"\r", start)])
            await self._reader.readexactly(length)
        else:
            while (size := int((await self._reader.readline()).strip() or b"0", 16)) > 0:
                await self._reader.readexactly(size + 2)
            await self._reader.readline()
        return status

    def close(self) -> None:
        self._writer.close()


async def post_all(
    url: str, path: str, token: str, content_type: str, bodies: Sequence[bytes], *, clients: int, run: str
) -> Load:
    """Posts all bodies over so many connections at once; `run` makes the idempotency keys this run's own."""
    waiting = iter(enumerate(bodies))
    latencies: list[float] = []
    refused = 0

    async def client() -> None:
        nonlocal refused
        connection = await Connection.open(url, path, token, content_type)
        for number, body in waiting:
            began = time.perf_counter()
            status = await connection.post(body, f"{run}-{number}")
            latencies.append((time.perf_counter() - began) * 1000)
            refused += status >= 300
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return Load(latencies, refused)


async def until(reached: Callable[[], Awaitable[int]], wanted: int, *, patience_seconds: float = 300.0) -> None:
    """Waits until a count is reached. Raises TimeoutError when it never is.

    Counting many costs the system that is measured: between two looks nine times what the last one took goes by.
    """
    async with asyncio.timeout(patience_seconds):
        while True:
            began = time.perf_counter()
            if await reached() >= wanted:
                return
            await asyncio.sleep(max(0.05, 9 * (time.perf_counter() - began)))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
