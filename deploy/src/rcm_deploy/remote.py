"""A running system seen from outside: its services' HTTP APIs, called as staff or programs would call them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import httpx
import orjson

from rcm.identity import Role
from rcm.tokens import issue_token, make_signing_key
from rcm.web.trust import trust

SERVICES = ("coding", "claims", "payments", "patient-billing")
RETRY_SECONDS = 0.2


class NotRunningError(Exception):
    """No system answers: it was never started here, or it did not come back in time."""


@dataclass(frozen=True, slots=True)
class Running:
    """What the launcher writes into `running.json` when the system is ready."""

    bus: str
    urls: Mapping[str, str]
    processes: Mapping[str, int]
    keys: str
    organisation_id: UUID

    @classmethod
    def read(cls, data_folder: Path) -> Self:
        """The running system of a data folder. Raises NotRunningError where none is ready."""
        try:
            values = orjson.loads((data_folder / "running.json").read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError) as error:
            raise NotRunningError(f"no system is running on {data_folder}") from error
        return cls(values["bus"], values["urls"], values["processes"], values["keys"], UUID(values["organisation_id"]))


class Remote:
    """Calls that outlast a restart: a refused connection or a 503 is tried again until `patience_seconds` have passed."""

    def __init__(self, running: Running, make_token: Callable[[Running, Role], str], *, patience_seconds: float = 60.0) -> None:
        self.running = running
        self.patience_seconds = patience_seconds
        self._tokens = {role: make_token(running, role) for role in Role}
        self._client = httpx.AsyncClient(
            timeout=60.0, limits=httpx.Limits(max_connections=64), verify=trust(*running.urls.values())
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def call(
        self,
        method: str,
        place: str,
        path: str,
        *,
        role: Role = Role.ADMIN,
        key: str = "",
        headers: Mapping[str, str] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """One request to a service, adapter or sandbox; `key` is its Idempotency-Key, so that trying again is safe."""
        sent = {"Authorization": f"Bearer {self._tokens[role]}", **({"Idempotency-Key": key} if key else {}), **(headers or {})}
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience_seconds
        while True:
            try:
                response = await self._client.request(method, self.running.urls[place] + path, headers=sent, **request)
                # 409 for a key in flight: the first try still runs, or died with its process and is soon forgotten.
                if response.status_code != 503 and not (key and response.status_code == 409):
                    return response
            except httpx.TransportError as error:
                if loop.time() > deadline:
                    raise NotRunningError(f"{place} does not answer at {self.running.urls[place]}") from error
            if loop.time() > deadline:
                return response
            await asyncio.sleep(RETRY_SECONDS)

    async def json(self, method: str, place: str, path: str, **request: Any) -> Any:
        """Like `call`, answering the body. Raises httpx.HTTPStatusError for a refusal."""
        response = await self.call(method, place, path, **request)
        if response.is_error:
            message = f"{method} {place}{path} answered {response.status_code}: {response.text[:2000]}"
            raise httpx.HTTPStatusError(message, request=response.request, response=response)
        return orjson.loads(response.content) if response.content else None

    async def pages(self, place: str, path: str, *, limit: int = 500, **query: str) -> AsyncIterator[dict[str, Any]]:
        """Every item of a cursor-paged list; `query` narrows it."""
        after: str | None = None
        while True:
            asked = {**query, "limit": limit, **({"after": after} if after else {})}
            page = await self.json("GET", place, path, params=asked)
            for item in page["items"]:
                yield item
            after = page["next"]
            if after is None:
                return


def local_token(running: Running, role: Role) -> str:
    """A token for the running system's organisation, signed with its local keys."""
    key = make_signing_key(Path(running.keys))
    return issue_token(key, organisation_id=running.organisation_id, role=role, subject=f"rcm {role}")


@asynccontextmanager
async def remote(data_folder: Path, *, patience_seconds: float = 60.0) -> AsyncIterator[Remote]:
    """The running system of a data folder."""
    connected = Remote(Running.read(data_folder), local_token, patience_seconds=patience_seconds)
    try:
        yield connected
    finally:
        await connected.close()
