"""Every door of the running system, tried without a token, with the wrong role, and by a stranger from another organisation."""

import asyncio

from rcm.identity import Role
from rcm_deploy.demo.quiescence import settle
from rcm_deploy.practice import connected
from tests.conformance.subjects import Operation
from tests.conformance.walk import ENCOUNTERS, STRANGER, Known, Walker, own, parsed

OPERATORS = frozenset({("put", "/v1/admin/clock"), ("get", "/v1/admin/flow")})
"""Levers of the whole service: for the administrators of the organisation that operates it, and no others."""
REST_SECONDS = 240.0
LONGEST_WAIT_SECONDS = 2.5
"""A claim waits two seconds for others that share its file; nothing else waits longer."""
NOTHING_THERE = frozenset({"dead_letter_id", "raw_input_id", "unmatched_id", "task_id"})
"""Path parameters of which this organisation may have none: a run without a failure leaves no dead letter."""


async def test_the_organisation_itself_finds_its_data(walker: Walker, known: Known) -> None:
    """Else the rest of this file would prove nothing."""
    missed = []
    for place, operation in walker.doors():
        path, real = known.path(operation)
        if operation.method != "get" or "stream" in operation.path:
            continue
        status, text = await own(walker, place, operation, path)
        if not real and not any(name in operation.path for name in NOTHING_THERE):
            missed.append(f"{place} {operation}: no value for its path")
        elif real and status != 200:
            missed.append(f"{place} {operation}: {status} {text[:200]}")
    assert not missed, "\n".join(missed)
    assert len(known.secrets) > 10 * ENCOUNTERS


async def test_without_a_token_every_door_is_shut(walker: Walker, known: Known) -> None:
    for place, operation in walker.doors():
        status, text = await walker.call(place, operation, known.path(operation)[0], None)
        assert (status, parsed(text)["code"]) == (401, "unauthenticated"), f"{place} {operation}"


async def test_for_another_role_every_door_is_shut(walker: Walker, known: Known) -> None:
    for place, operation in walker.doors():
        for role in Role:
            if str(role) not in operation.roles:
                token = walker.token(walker.running.organisation_id, role)
                status, text = await walker.call(place, operation, known.path(operation)[0], token)
                assert (status, parsed(text)["code"]) == (403, "forbidden"), f"{place} {operation} as {role}"


async def test_a_stranger_finds_nothing_and_changes_nothing(walker: Walker, known: Known) -> None:
    before = await at_rest(walker, known)
    wrong = []
    for place, operation in walker.doors():
        path, real = known.path(operation)
        for role in operation.roles:
            status, text = await walker.call(place, operation, path, walker.token(STRANGER, role))
            leaked = [secret for secret in known.secrets if secret in text and secret not in path]
            if leaked:
                wrong.append(f"{place} {operation} as {role}: {status} shows {leaked[:3]}")
            if (operation.method, operation.path) in OPERATORS and status != 403:
                wrong.append(f"{place} {operation} as {role}: {status}")
            if status >= 500:
                wrong.append(f"{place} {operation} as {role}: {status}")
            if "_id}" in path_of_ids(operation) and real and status not in (403, 404):
                wrong.append(f"{place} {operation} as {role}: {status} {text[:200]}")
    assert not wrong, "\n".join(wrong)
    assert await snapshot(walker, known) == before


def path_of_ids(operation: Operation) -> str:
    """The path, if its ids are made by us; a payer's id or an NPI is chosen by each organisation for itself."""
    return "" if any(name in operation.path for name in ("{payer_id}", "{receiver_id}", "{npi}")) else operation.path


async def at_rest(walker: Walker, known: Known) -> dict[str, str]:
    """What the organisation is shown when nothing moves any more of what other tests have posted."""
    found: dict[str, str] = {}
    async with connected(walker.running) as system, asyncio.timeout(REST_SECONDS):
        await settle(system)
        while (again := await snapshot(walker, known)) != found:
            found = again
            await asyncio.sleep(LONGEST_WAIT_SECONDS)
    return found


async def snapshot(walker: Walker, known: Known) -> dict[str, str]:
    """All that the organisation is shown of itself, but for what tells of the looking."""
    shown = {}
    for place, operation in walker.doors():
        quiet = ("/access-log", "/stream", "/admin/", "/flow", "/dead-letters")
        if operation.method == "get" and not any(part in operation.path for part in quiet):
            path, _ = known.path(operation)
            shown[f"{place} {operation}"] = (await own(walker, place, operation, path))[1]
    return shown
