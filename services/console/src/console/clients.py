"""The services from outside: their public HTTP, with the signed-in person's token."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx

from console.settings import ConsoleSettings
from rcm.errors import RcmError, Unavailable
from rcm.web.trust import trust

Json = dict[str, Any]
TIMEOUT = httpx.Timeout(10, connect=2)


class ServiceRefused(RcmError):
    """A service refused: its own status, title and detail are shown."""

    code = "service-refused"
    status = 502

    def __init__(self, service: str, status: int, title: str, detail: str) -> None:
        super().__init__(f"{title}: {detail}" if detail and detail != title else title)
        self.service = service
        self.status_code = status


class ServiceAway(Unavailable):
    """A service does not answer."""

    code = "service-away"

    def __init__(self, service: str) -> None:
        super().__init__(f"{service} does not answer just now")
        self.service = service


class Api:
    """One service for one person."""

    def __init__(self, name: str, client: httpx.AsyncClient, token: str) -> None:
        self.name, self._client, self._token = name, client, token

    async def get(self, path: str, **query: object) -> Json:
        """The JSON of a GET; parameters that are None or empty are left out. Raises ServiceRefused or ServiceAway."""
        answer = await self._send("GET", path, query=query)
        found: Json = answer.json()
        return found

    async def find(self, path: str, **query: object) -> Json | None:
        """Like `get`; None where the service knows no such thing or does not show it to this role."""
        try:
            return await self.get(path, **query)
        except ServiceRefused as error:
            if error.status_code in (403, 404):
                return None
            raise

    async def content(self, path: str, accept: str) -> tuple[bytes, str]:
        """The bytes of a GET and their content type."""
        answer = await self._send("GET", path, headers={"accept": accept})
        return answer.content, answer.headers.get("content-type", "application/octet-stream")

    async def post(self, path: str, body: Json, key: str) -> Json:
        """The JSON of a POST; `key` is the form's own, so that sending it twice has one effect."""
        answer = await self._send("POST", path, json=body, headers={"idempotency-key": key})
        found: Json = answer.json() if answer.content else {}
        return found

    async def put(self, path: str, body: Json, version: str) -> Json:
        """The JSON of a PUT on the version that was read."""
        answer = await self._send("PUT", path, json=body, headers={"if-match": f'"{version}"'})
        found: Json = answer.json()
        return found

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Json | None = None,
    ) -> httpx.Response:
        parameters = {name: str(value) for name, value in (query or {}).items() if value not in (None, "")}
        sent = {"authorization": f"Bearer {self._token}", **(headers or {})}
        try:
            answer = await self._client.request(method, path, params=parameters, headers=sent, json=json)
        except httpx.TransportError as error:
            raise ServiceAway(self.name) from error
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise ServiceAway(self.name)
        if answer.is_error:
            raise _refused(self.name, answer)
        return answer


class Services:
    """Connections to all services; `for_token` names who asks."""

    def __init__(self, settings: ConsoleSettings, transports: Mapping[str, httpx.AsyncBaseTransport] | None = None) -> None:
        addresses = {
            "coding-svc": settings.coding_url,
            "claims-svc": settings.claims_url,
            "payments-svc": settings.payments_url,
            "patient-billing-svc": settings.patient_billing_url,
        }
        self._clients = {
            name: httpx.AsyncClient(base_url=url, timeout=TIMEOUT, verify=trust(url), transport=(transports or {}).get(name))
            for name, url in addresses.items()
        }

    def for_token(self, token: str) -> "Desk":
        """The services as one person may use them."""
        return Desk({name: Api(name, client, token) for name, client in self._clients.items()})

    async def close(self) -> None:
        """Ends the connections."""
        for client in self._clients.values():
            await client.aclose()


class Desk:
    """What a signed-in person has before him."""

    def __init__(self, services: Mapping[str, Api]) -> None:
        self.all = services
        self.coding = services["coding-svc"]
        self.claims = services["claims-svc"]
        self.payments = services["payments-svc"]
        self.billing = services["patient-billing-svc"]


def identifier(text: str) -> str:
    """An id from an address of ours, safe to stand in a path; anything else is passed on as what nobody has."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(UUID(int=0))


def _refused(service: str, answer: httpx.Response) -> ServiceRefused:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    told = problem if isinstance(problem, dict) else {}
    detail = str(told.get("detail", ""))
    faults = told.get("errors") or []
    said = " ".join(f"{fault.get('message', '')} {fault.get('fix', '')}".strip() for fault in faults if isinstance(fault, dict))
    return ServiceRefused(
        service, answer.status_code, str(told.get("title", f"{service} answered {answer.status_code}")), said or detail
    )
