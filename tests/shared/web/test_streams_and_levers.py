"""The public stream in pages and as SSE, replay, the simulated clock: the levers of the admin."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from rcm import hosting
from rcm.clock import SimulatedClock
from rcm.identity import Role
from rcm.messaging.stream import News, Tail
from rcm.web.simulation import kept_ahead
from tests.shared.web.notebook.service import build
from tests.support.live import STRANGER, Live

NOTE = {"name": "first", "text": "Buy apples.", "number": 0}


async def post(client: httpx.AsyncClient, *names: str) -> None:
    for name in names:
        assert (await client.post("/v1/notes", json={**NOTE, "name": name})).status_code == 201


async def frames(response: httpx.Response, wanted: int) -> list[dict[str, str]]:
    """The next events of a stream; comments are passed over."""
    found: list[dict[str, str]] = []
    frame: dict[str, str] = {}
    async for line in response.aiter_lines():
        name, _, value = line.partition(": ")
        if line and name:
            frame[name] = value
        elif frame:
            found.append(frame)
            frame = {}
        if len(found) == wanted:
            break
    return found


async def test_pages_of_what_was_said_go_on_from_a_cursor(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr, it.client(Role.ADAPTER) as adapter:
        await post(ehr, "one", "two", "three")
        first = (await adapter.get("/v1/events", params={"limit": 2})).json()
        assert first["more"] is True
        event = first["events"][0]
        assert {"specversion", "id", "source", "type", "subject", "time", "data"} <= event.keys()
        assert event["source"] == "/notebook"
        assert event["data"]["external_id"] == "one"
        rest = (await adapter.get("/v1/events", params={"after": first["cursor"]})).json()
        assert ([e["data"]["external_id"] for e in rest["events"]], rest["more"]) == (["three"], False)
        nothing = (await adapter.get("/v1/events", params={"after": rest["cursor"]})).json()
        assert (nothing["events"], nothing["cursor"]) == ([], rest["cursor"])
        refused = await adapter.get("/v1/events", params={"after": "nonsense"})
        assert refused.status_code == 422
        async with it.client(Role.ADMIN) as admin:
            entries = (await admin.get("/v1/access-log")).json()["items"]
            assert len(entries) == 2, "an empty page shows nothing and is not noted"


async def test_a_stream_goes_on_where_it_broke_off_and_shows_one_organisation(live: Live) -> None:
    async with (
        live(build(), port=True) as it,
        it.client(Role.EHR) as ehr,
        it.client(Role.EHR, STRANGER) as other,
        it.client(Role.ADAPTER) as adapter,
    ):
        await post(ehr, "one")
        await post(other, "strange")
        start = (await adapter.get("/v1/events", params={"limit": 1})).json()["cursor"]
        async with adapter.stream("GET", "/v1/events/stream", params={"after": start}) as response:
            assert response.headers["content-type"] == "text/event-stream"
            await post(other, "stranger")
            await post(ehr, "two", "three")
            seen = await frames(response, 2)
        assert [json.loads(frame["data"])["data"]["external_id"] for frame in seen] == ["two", "three"]
        assert seen[0]["event"] == "rcm.encounters.EncounterCancelled.v1"
        async with adapter.stream("GET", "/v1/events/stream", headers={"Last-Event-ID": seen[0]["id"]}) as response:
            (frame,) = await frames(response, 1)
        assert json.loads(frame["data"])["data"]["external_id"] == "three"
        refused = await adapter.get("/v1/events/stream", params={"after": "nonsense"})
        assert refused.status_code == 422


async def test_a_stream_without_a_cursor_begins_before_its_answer(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when "now" is found out behind the answer's first byte: who has that, and says something, would never see it."""
    said = asyncio.Event()
    follow = Tail.follow

    async def later(*arguments: Any, **options: Any) -> AsyncIterator[News]:
        await said.wait()
        async for news in follow(*arguments, **options):
            yield news

    monkeypatch.setattr(Tail, "follow", later)
    async with live(build(), port=True) as it, it.client(Role.EHR) as ehr, it.client(Role.ADAPTER) as adapter:
        await post(ehr, "before")
        async with adapter.stream("GET", "/v1/events/stream") as response:
            await post(ehr, "after")
            said.set()
            (frame,) = await frames(response, 1)
    assert json.loads(frame["data"])["data"]["external_id"] == "after"


async def test_open_streams_do_not_hold_up_the_end(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "GRACEFUL_SECONDS", 600)
    async with asyncio.timeout(60), live(build(), port=True) as it:
        adapter = it.client(Role.ADAPTER)
        opened = asyncio.Event()

        async def follow() -> None:
            async with adapter.stream("GET", "/v1/events/stream") as response:
                opened.set()
                async for _ in response.aiter_bytes():
                    pass

        following = asyncio.create_task(follow())
        await opened.wait()
    await asyncio.wait_for(following, 60)
    await adapter.aclose()


async def test_the_clock_is_set_in_simulation_only_and_only_ahead(live: Live) -> None:
    async with live(build()) as it, it.client(Role.ADMIN) as admin:
        refused = await admin.put("/v1/admin/clock", json={"ahead_seconds": 60})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    async with live(build(), clock=SimulatedClock(), simulation=True) as it, it.client(Role.ADMIN) as admin:
        ahead = (await admin.put("/v1/admin/clock", json={"ahead_seconds": 86400})).json()
        assert ahead["ahead_seconds"] == 86400.0
        assert it.clock.now() - datetime.now(UTC) > timedelta(hours=23)
        then = (datetime.now(UTC) + timedelta(days=3)).isoformat()
        assert (await admin.put("/v1/admin/clock", json={"now": then})).status_code == 200
        assert (await kept_ahead(it.runtime)).days in (2, 3), "a restart goes on from here"
        refused = await admin.put("/v1/admin/clock", json={"ahead_seconds": 1})
        assert refused.status_code == 409
        bad: list[Any] = [
            {},
            {"now": then, "ahead_seconds": 1},
            {"ahead_seconds": -1},
            {"ahead_seconds": 1e12},
        ]
        for setting in bad:
            assert (await admin.put("/v1/admin/clock", json=setting)).status_code == 422, setting
        far = await admin.put("/v1/admin/clock", json={"now": "9999-12-31T23:59:59Z"})
        assert far.status_code == 422
        async with it.client(Role.BILLER) as biller:
            assert (await biller.put("/v1/admin/clock", json={"ahead_seconds": 1})).status_code == 403


async def test_replay_publishes_again_and_nothing_happens_twice(live: Live) -> None:
    async with live(build(), port=True) as it, it.client(Role.EHR) as ehr, it.client(Role.ADMIN) as admin:
        since = (it.clock.now() - timedelta(hours=1)).isoformat()
        async with it.runtime.worker.transaction() as older:
            await older.fetchval("select pg_current_xact_id()::text")  # nobody reads in the log what is said from here on
            await post(ehr, "one", "two")
            answer = await admin.post("/v1/admin/replay", json={"since": since})
        assert answer.json() == {"events": 2}
        refused = await admin.post("/v1/admin/replay", json={"since": "2999-01-01T00:00:00Z"})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/since")
        assert (await admin.post("/v1/admin/replay", json={"since": "2025-01-01T00:00:00"})).status_code == 422


@pytest.mark.parametrize("path", ["/v1/admin/flow", "/v1/admin/clock"])
async def test_the_admins_levers_are_the_admins(live: Live, path: str) -> None:
    async with live(build()) as it, it.client(Role.ADMIN) as admin, it.client(Role.EHR) as ehr:
        assert (await admin.get(path)).status_code == 200
        assert (await ehr.get(path)).status_code == 403


async def test_levers_of_the_whole_service_are_the_operators(live: Live) -> None:
    async with live(build(), clock=SimulatedClock(), simulation=True) as it, it.client(Role.ADMIN, STRANGER) as stranger:
        everybody = {"since": "2025-01-01T00:00:00Z", "every_organisation": True}
        for refused in (
            await stranger.get("/v1/admin/flow"),
            await stranger.put("/v1/admin/clock", json={"ahead_seconds": 60}),
            await stranger.post("/v1/admin/replay", json=everybody),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    async with live(build(), operator_organisation=None) as it, it.client(Role.ADMIN) as admin:
        assert (await admin.get("/v1/admin/flow")).status_code == 403, "without the setting nobody operates"


async def test_an_administrator_replays_what_the_own_organisation_said(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr, it.client(Role.EHR, STRANGER) as other:
        await post(ehr, "one", "two")
        await post(other, "strange")
        since = {"since": (it.clock.now() - timedelta(hours=1)).isoformat()}
        async with it.client(Role.ADMIN, STRANGER) as stranger, it.client(Role.ADMIN) as operator:
            assert (await stranger.post("/v1/admin/replay", json=since)).json() == {"events": 1}
            everybody = await operator.post("/v1/admin/replay", json={**since, "every_organisation": True})
            assert everybody.json() == {"events": 3}


@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/stream"])
async def test_who_may_read_the_stream_is_the_services_to_say(live: Live, path: str) -> None:
    async with live(replace(build(), readers=(Role.CODER,))) as it:
        for role in Role:
            async with it.client(role) as client:
                answer = await client.get(path, params={"after": "nonsense"})
            may = role in (Role.CODER, Role.DASHBOARD, Role.ADMIN)
            assert answer.status_code == (422 if may else 403), role
