"""The services' HTTP as the adapter uses it: connections kept open, a token on each call, answers sorted into three kinds."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any

import httpx
import orjson

from rcm.web.trust import trust

TIMEOUT_SECONDS = 60.0
_LATER = frozenset({401, 403, 408, 425, 429})
"""Refusals that pass: a token that is being renewed or was given the wrong role, too much at once."""
_CONFLICT = 409
"""Passes where the problem says so (a key in flight); else it is for good (transmitted already)."""


class Outcome(Enum):
    """What an answer means for the file at hand."""

    DONE = "done"
    LATER = "later"
    REFUSED = "refused"


class Unreachable(Exception):
    """The service does not answer now, or answers that it is to be asked again."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


def not_now(response: httpx.Response) -> Unreachable:
    """What can pass, as the reason to wait."""
    return Unreachable(reason_of(response), response.status_code)


def outcome_of(response: httpx.Response) -> Outcome:
    """2xx is done, what can pass is later, any other refusal is for good."""
    status = response.status_code
    if status < 300:
        return Outcome.DONE
    if status >= 500 or status in _LATER or (status == _CONFLICT and _problem(response).get("retryable") is True):
        return Outcome.LATER
    return Outcome.REFUSED


def reason_of(response: httpx.Response) -> str:
    """A problem's code and title, for the list of refusals: `not-x12: ...`."""
    problem = _problem(response)
    code, detail = problem.get("code") or problem.get("type", ""), problem.get("detail") or problem.get("title", "")
    return f"{code}: {detail}"[:500].strip(": ") or f"http-{response.status_code}"


def _problem(response: httpx.Response) -> dict[str, Any]:
    """The answer as problem+json; empty where it is none."""
    try:
        problem = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    return problem if isinstance(problem, dict) else {}


class ServiceClient:
    """One service for one organisation."""

    def __init__(self, name: str, http: httpx.AsyncClient, url: str, token: Callable[[], str]) -> None:
        self.name = name
        self._http = http
        self._url = url.rstrip("/")
        self._token = token

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"authorization": f"Bearer {self._token()}", **more}

    async def get(self, path: str, **parameters: str | int) -> httpx.Response:
        """Raises Unreachable."""
        return await self._send("GET", path, params=parameters)

    async def post(self, path: str, content: bytes, media_type: str, key: str) -> httpx.Response:
        """Idempotent by `key`. Raises Unreachable."""
        return await self._send("POST", path, {"content-type": media_type, "idempotency-key": key}, content=content)

    async def _send(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        try:
            return await self._http.request(method, self._url + path, headers=self._headers(headers or {}), **more)
        except httpx.TransportError as error:
            raise Unreachable(f"{self.name} does not answer") from error

    @asynccontextmanager
    async def stream(self, path: str, **parameters: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Pieces of a long answer. Raises Unreachable, also where the answer is a refusal or breaks off."""
        timeout = httpx.Timeout(TIMEOUT_SECONDS)
        try:
            async with self._http.stream(
                "GET", self._url + path, params=parameters, headers=self._headers({}), timeout=timeout
            ) as response:
                if response.status_code != 200:
                    await response.aread()
                    raise not_now(response)
                yield response.aiter_raw()
        except httpx.HTTPError as error:
            raise Unreachable(f"{self.name} broke off") from error


def http_client(*urls: str) -> httpx.AsyncClient:
    """Connections for the services at these addresses, kept open."""
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=60)
    return httpx.AsyncClient(timeout=TIMEOUT_SECONDS, limits=limits, verify=trust(*urls))
