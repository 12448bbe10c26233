"""Each service's README says what its code does: endpoints and roles, events in and out, states. Drift fails here."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi.routing import APIRoute, APIRouter

from rcm.contracts.registry import EVENTS
from rcm.hosting import Program
from rcm.service import Service
from rcm.web.auth import Allowed
from rcm_deploy.programs import Part
from tests.architecture.services import PROGRAMS, SERVICES, built, house
from tests.architecture.tables import event_name, section, tables, words

PLATFORM = {"/livez", "/readyz", "/metrics", "/docs", "/openapi.json", "/docs/oauth2-redirect"}
PLATFORM_PREFIXES = ("/problems",)


@pytest.mark.parametrize("part", SERVICES, ids=lambda part: part.name)
def test_http(part: Part) -> None:
    service = built(part)
    assert isinstance(service, Service)
    assert told_endpoints(part) == dict(endpoints(service.routers))


@pytest.mark.parametrize("part", PROGRAMS, ids=lambda part: part.name)
def test_http_of_programs(part: Part) -> None:
    program = built(part)
    assert isinstance(program, Program)
    ours = {
        f"{method} {route.path}"
        for route in program.app.routes
        if isinstance(route, APIRoute) and route.path not in PLATFORM and not route.path.startswith(PLATFORM_PREFIXES)
        for method in (route.methods or set()) - {"HEAD"}
    }
    told = set(told_endpoints(part))
    assert ours <= told, "endpoints that the README does not name"


@pytest.mark.parametrize("part", SERVICES, ids=lambda part: part.name)
def test_events_in(part: Part) -> None:
    service = built(part)
    assert isinstance(service, Service)
    assert told_events(part, "Events in") == sorted(each.event.__name__ for each in service.subscriptions)


@pytest.mark.parametrize("part", SERVICES, ids=lambda part: part.name)
def test_events_out(part: Part) -> None:
    service = built(part)
    assert isinstance(service, Service)
    assert told_events(part, "Events out") == sorted(event.__name__ for event in EVENTS if service.topic == event.TOPIC)


@pytest.mark.parametrize("part", SERVICES, ids=lambda part: part.name)
def test_states(part: Part) -> None:
    told = [states(rows) for rows in tables(section(house(part).readme, "States"))]
    ours = [
        {name(state): {name(to) for to in after} for state, after in transitions.items()}
        for transitions in transition_tables(house(part).package)
    ]
    assert sorted(told, key=sorted) == sorted(ours, key=sorted)


def told_endpoints(part: Part) -> dict[str, set[str]]:
    """Method and path -> roles, as the README says."""
    rows = [row for table in tables(section(house(part).readme, "HTTP")) for row in table]
    return {row[0].strip("`"): set(words(row[1])) for row in rows}


def told_events(part: Part, heading: str) -> list[str]:
    """The events of a section's tables."""
    return sorted(event_name(row[0]) for table in tables(section(house(part).readme, heading)) for row in table)


def endpoints(routers: "tuple[APIRouter, ...] | Any") -> Iterator[tuple[str, set[str]]]:
    """Method and path -> the roles that each endpoint serves."""
    for router in routers:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            allowed = [each.call for each in route.dependant.dependencies if isinstance(each.call, Allowed)]
            for method in (route.methods or set()) - {"HEAD"}:
                yield f"{method} {route.path}", {str(role) for each in allowed for role in each.serves(method)}


def states(rows: list[list[str]]) -> dict[str, set[str]]:
    """A README's table of states."""
    return {words(row[0])[0]: set(words(row[1])) for row in rows}


def name(state: Any) -> str:
    """A state's word; None is what is not yet there."""
    return "new" if state is None else str(state.value)


def transition_tables(package: str) -> list[Mapping[Any, Any]]:
    """Every table of transitions that the domain declares, once."""
    domain = importlib.import_module(f"{package}.domain")
    found: dict[int, Mapping[Any, Any]] = {}
    for info in pkgutil.walk_packages(domain.__path__, f"{package}.domain."):
        for label, value in vars(importlib.import_module(info.name)).items():
            if label.endswith("TRANSITIONS") and isinstance(value, Mapping):
                found[id(value)] = value
    return list(found.values())
