"""Where a request becomes a transaction and its answer goes out only after the commit.

@router.post("/v1/remittances", status_code=201, response_model=RemittanceState, tags=["remittances"])
async def post_remittance(request: Request, who: Annotated[Principal, allow(Role.ADAPTER, Role.BILLER)]) -> Response:
    body = await request.body()
    return await edge(request).write(request, who, body, lambda unit: handlers.receive_remittance(unit, body))

@router.get("/v1/claims/{claim_id}", response_model=ClaimView)
async def get_claim(request: Request, claim_id: UUID, who: Annotated[Principal, allow(Role.BILLER)]) -> Response:
    return await edge(request).read(request, who, lambda unit: handlers.show_claim(unit, claim_id), patient_data=True)
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel

from rcm.errors import RcmError
from rcm.identity import Principal, Role
from rcm.messaging.unit_of_work import UnitOfWork

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers: a pydantic model, JSON values, or bytes with their media type in `headers`."""

    body: BaseModel | Sequence[BaseModel] | Mapping[str, Any] | bytes | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Work = Callable[[UnitOfWork], Awaitable[Answer]]
GroupWork = Callable[[UnitOfWork, Sequence[Item]], Awaitable[Sequence[Answer | RcmError]]]


class Edge:
    """One per service: its database, its clock, its relay's bell."""

    async def write(self, request: Request, principal: Principal, body: bytes, work: Work) -> Response:
        """Runs `work` in one transaction of the principal's organisation and answers after the commit.

        Retries serialization failures; replays the stored answer for a known Idempotency-Key with the same body, refuses
        another body (422 idempotency-key-reused) and a key in flight (409); wakes the relay. A refusal (RcmError) rolls back
        and is rendered as problem+json, and a refusal is not stored under the key.
        """
        raise NotImplementedError

    async def write_grouped(
        self, request: Request, principal: Principal, body: bytes, item: Item, work: GroupWork[Item]
    ) -> Response:
        """Like `write`, but requests of one organisation that arrive together share one transaction (group commit).

        `work` takes all their items and answers one for each, in order: an RcmError refuses that item alone. If the
        shared transaction fails, each is tried alone.
        """
        raise NotImplementedError

    async def read(self, request: Request, principal: Principal, work: Work, *, patient_data: bool = False) -> Response:
        """Runs `work` in a read-only transaction of the principal's organisation.

        With `patient_data` who read what (path with ids, never a name) goes into the access log.
        """
        raise NotImplementedError


def edge(request: Request) -> Edge:
    """The service's edge."""
    found = request.app.state.edge
    assert isinstance(found, Edge)
    return found


def allow(*roles: Role) -> Any:
    """A dependency that answers the verified Principal, and refuses without a token (401) or for another role (403)."""
    raise NotImplementedError
