"""Who may call an endpoint: `who: Annotated[Principal, allow(Role.BILLER)]`."""

from typing import Any

from fastapi import Depends, Request

from rcm.errors import Forbidden, Unauthenticated
from rcm.identity import STAFF, Principal, Role
from rcm.settings import PlatformSettings
from rcm.tokens import Verifier
from rcm.web.context import context_of

READING = frozenset({"GET", "HEAD"})


class Allowed:
    """The dependency behind `allow`; OpenAPI reads the roles from it."""

    def __init__(self, roles: frozenset[Role], *, operator: bool = False) -> None:
        self.operator = operator
        """Whether only the operating organisation may."""
        self._writers = roles
        self._readers = roles | {Role.DASHBOARD, Role.ADMIN} if roles & STAFF else roles

    def serves(self, method: str) -> frozenset[Role]:
        """The roles that may use the endpoint with this method."""
        return self._readers if method in READING else self._writers

    async def __call__(self, request: Request) -> Principal:
        """The verified bearer. Raises Unauthenticated or Forbidden."""
        context = context_of(request)
        authorization = context.headers.get(b"authorization", b"").decode("latin-1")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Send the header Authorization: Bearer TOKEN")
        verifier: Verifier = request.app.state.verifier
        principal = await verifier.verify(token.strip())
        context.principal = principal
        serves = self.serves(request.method)
        if principal.role not in serves:
            raise Forbidden(f"This is for {', '.join(sorted(serves))}; the token's role is {principal.role}")
        if self.operator:
            check_operator(request, principal)
        return principal


def check_operator(request: Request, principal: Principal) -> None:
    """Raises Forbidden for all but the organisation that operates this installation (RCM_OPERATOR_ORGANISATION)."""
    settings: PlatformSettings = request.app.state.plumbing.settings
    if principal.organisation_id != settings.operator_organisation:
        raise Forbidden("This concerns every organisation: it is for the one that operates this installation alone")


def allow(*roles: Role, operator: bool = False) -> Any:
    """A dependency that answers the verified Principal, and refuses without a token (401) or for another role (403).

    What biller or coder may read (GET), dashboard and admin may read too; it need not be said again.
    With `operator` the caller must besides belong to the organisation that operates this installation.
    """
    if not roles:
        raise ValueError("an endpoint names who may use it")
    return Depends(Allowed(frozenset(roles), operator=operator))
