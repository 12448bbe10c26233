"""The calls that the adapter makes stand in the services' OpenAPI documents and are open to its role: it has no other door."""

import pytest
from fastapi.routing import APIRoute

from rcm.hosting import Program
from rcm.identity import Role
from rcm.service import Service
from rcm.web.app import build_app
from rcm.web.auth import Allowed
from rcm_deploy.programs import SERVICES

CALLS = (
    ("claims-svc", "GET", "/v1/events"),
    ("claims-svc", "GET", "/v1/events/stream"),
    ("claims-svc", "GET", "/v1/submissions/{submission_id}/file"),
    ("claims-svc", "POST", "/v1/submissions/{submission_id}/transmissions"),
    ("claims-svc", "POST", "/v1/acknowledgements"),
    ("payments-svc", "POST", "/v1/remittances"),
)


@pytest.mark.parametrize(("service", "method", "path"), CALLS)
def test_a_call_is_public(service: str, method: str, path: str) -> None:
    part = next(part for part in SERVICES if part.name == service)
    built = part.main.build(part.main.Settings())
    assert isinstance(built, Service)
    assert not isinstance(built, Program)
    app = build_app(built)
    assert method.lower() in app.openapi()["paths"][path]
    (route,) = [one for one in app.routes if isinstance(one, APIRoute) and one.path == path and method in (one.methods or ())]
    allowed = [one.call for one in route.dependant.dependencies if isinstance(one.call, Allowed)]
    assert any(Role.ADAPTER in one.serves(method) for one in allowed)
