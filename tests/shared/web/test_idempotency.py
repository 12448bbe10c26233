"""Idempotency-Key: one effect, one answer, whoever asks again and however fast."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from rcm.identity import Role
from rcm.messaging.unit_of_work import Cause
from rcm.web.app import build_app
from rcm.web.idempotency import forget
from tests.shared.web.notebook.service import build, gate
from tests.support.live import STRANGER, Live, LiveService

NOTE = {"name": "first", "text": "Buy apples.", "number": 0}
OTHER = {**NOTE, "name": "second"}
KEY = {"Idempotency-Key": "5d2e9eab"}
PATHS = pytest.mark.parametrize("path", ["/v1/notes", "/v1/notes/grouped"])


async def count(it: LiveService) -> int:
    return int((await it.rows("select count(*) as n from note"))[0]["n"])


@asynccontextmanager
async def other_process(it: LiveService) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a second app on the same database, which knows nothing of the first one's requests."""
    second = build_app(it.service, it.app.state.plumbing)
    headers = {"Authorization": f"Bearer {it.token(Role.EHR)}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(second), base_url="http://second", headers=headers) as client:
        yield client


@PATHS
async def test_the_answer_is_replayed_byte_by_byte(live: Live, path: str) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        first = await ehr.post(path, json=NOTE, headers=KEY)
        again = await ehr.post(path, json=NOTE, headers=KEY)
        assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
        assert again.headers["content-type"] == first.headers["content-type"]
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert await count(it) == 1
        async with other_process(it) as second:
            assert (await second.post(path, json=NOTE, headers=KEY)).content == first.content


@PATHS
async def test_another_body_under_the_same_key_is_refused(live: Live, path: str) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        await ehr.post(path, json=NOTE, headers=KEY)
        refused = await ehr.post(path, json=OTHER, headers=KEY)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency-key-reused")
        assert refused.json()["errors"][0]["pointer"] == "Idempotency-Key:"
        assert await count(it) == 1


@PATHS
async def test_a_key_in_flight_is_a_409_in_this_process_and_in_another(live: Live, path: str) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr, other_process(it) as second:
        gate.close()
        try:
            waiting = asyncio.create_task(ehr.post(path, json=NOTE, headers=KEY))
            await gate.reached()
            for client in (ehr, second):
                answer = await client.post("/v1/notes" if path == "/v1/notes" else path, json=NOTE, headers=KEY)
                assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-in-flight")
                assert answer.json()["retryable"] is True
        finally:
            gate.open()
        assert (await waiting).status_code == 201
        assert (await second.post(path, json=NOTE, headers=KEY)).status_code == 201
        assert await count(it) == 1


async def test_many_at_once_in_two_processes_have_one_effect(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr, other_process(it) as second:
        posts = [client.post("/v1/notes/grouped", json=NOTE, headers=KEY) for client in (ehr, second) * 8]
        answers = await asyncio.gather(*posts)
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
        assert await count(it) == 1


@PATHS
async def test_a_refusal_is_not_kept(live: Live, path: str) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        assert (await ehr.post(path, json={**NOTE, "text": "LOUD"}, headers=KEY)).status_code == 409
        assert (await ehr.post(path, json=NOTE, headers=KEY)).status_code == 201


async def test_a_key_belongs_to_its_organisation_and_path(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr, it.client(Role.EHR, STRANGER) as stranger:
        one = await ehr.post("/v1/notes", json=NOTE, headers=KEY)
        two = await stranger.post("/v1/notes", json=OTHER, headers=KEY)
        three = await ehr.post("/v1/notes/grouped", json=OTHER, headers=KEY)
        assert [one.status_code, two.status_code, three.status_code] == [201, 201, 201]
        assert await count(it) == 3


@pytest.mark.parametrize("key", ["", "x" * 256, "with space"])
async def test_a_key_has_a_form(live: Live, key: str) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        refused = await ehr.post("/v1/notes", json=NOTE, headers={"Idempotency-Key": key})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "Idempotency-Key:")


async def test_the_answer_is_stored_with_the_effect_or_not_at_all(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        await ehr.post("/v1/notes", json=NOTE)
        assert (await ehr.post("/v1/notes", json=NOTE, headers=KEY)).status_code == 409
        assert await it.rows("select 1 from idempotency_key") == []
        assert (await ehr.post("/v1/notes", json=OTHER, headers=KEY)).status_code == 201
        (kept,) = await it.rows("select xmin::text, status, body from idempotency_key")
        (written,) = await it.rows("select xmin::text from note where name = 'second'")
        assert kept["xmin"] == written["xmin"]


async def test_keys_are_forgotten_after_a_week(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        for number, name in enumerate(("old", "new")):
            await ehr.post("/v1/notes", json={**NOTE, "name": name}, headers={"Idempotency-Key": str(number)})
        await it.rows("update idempotency_key set created_at = now() - interval '8 days' where key = '0'")
        assert await it.runtime.run_worker(forget, cause=Cause()) is False
        assert [row["key"] for row in await it.rows("select key from idempotency_key")] == ["1"]
