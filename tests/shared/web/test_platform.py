"""What each service's app promises, on a real database."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from msgspec import structs

from rcm.contracts.encounters import EncounterCancelled
from rcm.identity import Role
from tests.shared.messaging.system import eventually
from tests.shared.web.notebook.service import build, gate
from tests.support.live import STRANGER, Live, LiveService

NOTE = {"name": "first", "text": "Buy apples.", "number": 0}


def note(name: str, **more: Any) -> dict[str, Any]:
    return {**NOTE, "name": name, **more}


async def test_a_write_is_committed_before_it_is_answered_and_said_in_its_trace(live: Live) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    async with live(build()) as it, it.client(Role.EHR, subject="ehr 7") as ehr:
        answer = await ehr.post("/v1/notes", json=NOTE, headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        assert answer.status_code == 201, answer.text
        assert answer.headers["traceparent"][3:35] == trace
        (said,) = await it.said(EncounterCancelled)
        assert str(said.data.encounter_id) == answer.json()["note_id"]
        assert said.traceparent == answer.headers["traceparent"]
        assert said.causation_id is not None
        assert said.organisation_id == it.organisation_id


async def test_a_trace_goes_on_from_event_to_the_next_service(live: Live) -> None:
    async with live(build()) as it:
        message = it.message(EncounterCancelled(encounter_id=it.organisation_id, external_id="x", was_coded=False, reason="x"))
        traced = structs.replace(message, traceparent="00-abc-def-01")
        await it.redeliver([traced])
        await it.redeliver([traced])
        rows = await it.rows("select text from note")
        assert [row["text"] for row in rows] == ["00-abc-def-01"]


async def test_who_is_not_let_in(live: Live) -> None:
    async with live(build()) as it:
        async with it.client(None) as nobody:
            refused = await nobody.post("/v1/notes", json=NOTE)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Bearer")
            assert refused.json()["code"] == "unauthenticated"
        async with it.client(Role.BILLER) as biller:
            refused = await biller.post("/v1/notes", json=NOTE)
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        for reader in (Role.DASHBOARD, Role.ADMIN, Role.BILLER):
            async with it.client(reader) as client:
                assert (await client.get("/v1/notes")).status_code == 200
        async with it.client(Role.CODER) as coder:
            assert (await coder.get("/v1/notes")).status_code == 403


async def test_what_one_organisation_wrote_is_not_there_for_another(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        written = (await ehr.post("/v1/notes", json=NOTE)).json()["note_id"]
        async with it.client(Role.BILLER, STRANGER) as stranger:
            assert (await stranger.get(f"/v1/notes/{written}")).status_code == 404
            assert (await stranger.get("/v1/notes")).json() == {"items": [], "next": None}
        async with it.client(Role.ADAPTER, STRANGER) as stranger:
            assert (await stranger.get("/v1/events")).json()["events"] == []
        async with it.client(Role.ADMIN, STRANGER) as stranger:
            assert (await stranger.get("/v1/access-log")).json()["items"] == []


async def test_refusals_say_what_where_and_how(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr, it.client(Role.BILLER) as biller:
        for body, place in ((b"{", ""), (b'{"name": "x"}', "/text"), (b'{"name": "x", "text": "", "nam": 1}', "/nam")):
            refused = await ehr.post("/v1/notes", content=body)
            assert refused.status_code == 422
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.json()["errors"][0]["pointer"] == place
            assert refused.json()["errors"][0]["fix"]
        expected: dict[str, tuple[int, str, str | None]] = {
            "/v1/nowhere": (404, "unknown-route", None),
            "/v1/notes/7": (422, "invalid-body", "{note_id}"),
            "/v1/notes?limit=0": (422, "invalid-body", "?limit"),
            "/v1/notes?after=xyz": (422, "invalid-body", "?after"),
            "/v1/notes?after=%00": (400, "bad-request", ""),
            "/v1/notes/0198f5d0-5c00-7000-8000-000000000001": (404, "not-found", None),
        }
        for path, (status, code, pointer) in expected.items():
            refused = await biller.get(path)
            problem = refused.json()
            assert (refused.status_code, problem["code"]) == (status, code), path
            assert pointer is None or problem["errors"][0]["pointer"] == pointer
            assert (await biller.get(problem["type"])).json()["code"] == code
        refused = await biller.delete("/v1/notes")
        assert (refused.status_code, refused.json()["code"]) == (405, "method-not-allowed")
        assert refused.headers["allow"] == "GET, POST"


async def test_a_defect_is_a_500_that_tells_nothing(live: Live, capfd: pytest.CaptureFixture[str]) -> None:
    async with live(build()) as it, it.client(Role.ADMIN) as admin:
        failed = await admin.get("/v1/broken")
        assert (failed.status_code, failed.json()["code"]) == (500, "internal")
        told = failed.text + "".join(capfd.readouterr())
        assert "Jane" not in told


async def test_what_no_column_can_hold_is_the_callers_mistake(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        refused = await ehr.post("/v1/notes", json=note("large", number=2**40))
        assert (refused.status_code, refused.json()["code"]) == (422, "unfit-value")
        assert (await ehr.post("/v1/notes", json=NOTE)).status_code == 201
        refused = await ehr.post("/v1/notes", json=NOTE)
        assert (refused.status_code, refused.json()["code"]) == (409, "already-there")


async def test_a_change_needs_the_version_that_was_read(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr, it.client(Role.BILLER) as biller:
        path = f"/v1/notes/{(await ehr.post('/v1/notes', json=NOTE)).json()['note_id']}"
        tag = (await biller.get(path)).headers["etag"]
        assert (await biller.patch(path, json=NOTE)).status_code == 428
        changed = await biller.patch(path, json=note("first", text="Pears."), headers={"If-Match": tag})
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        refused = await biller.patch(path, json=NOTE, headers={"If-Match": tag})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (412, "If-Match:")
        assert (await biller.get(path, headers={"If-None-Match": '"2"'})).status_code == 304


async def test_pages_go_on_to_the_end(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr, it.client(Role.BILLER) as biller:
        for number in range(5):
            await ehr.post("/v1/notes", json=note(f"note {number}"))
        names: list[str] = []
        after: str | None = ""
        while after is not None:
            page = (await biller.get("/v1/notes", params={"limit": 2, "after": after} if after else {"limit": 2})).json()
            names += [item["name"] for item in page["items"]]
            after = page["next"]
        assert names == [f"note {number}" for number in range(5)]


async def test_who_read_what_is_kept_and_nobody_can_change_it(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr, it.client(Role.ADMIN) as admin:
        written = (await ehr.post("/v1/notes", json=NOTE)).json()["note_id"]
        async with it.client(Role.BILLER, subject="pat") as biller:
            assert (await biller.get("/v1/notes/0198f5d0-5c00-7000-8000-000000000001")).status_code == 404
            await biller.get(f"/v1/notes/{written}")
            await biller.get("/v1/notes")
        entries = (await admin.get("/v1/access-log")).json()["items"]
        assert [(e["subject"], e["path"], e["shown"]) for e in entries] == [
            ("pat", "/v1/notes", [written]),
            ("pat", f"/v1/notes/{written}", []),
        ]
        assert len((await admin.get("/v1/access-log", params={"about": written})).json()["items"]) == 1
        async with it.client(Role.BILLER) as biller:
            assert (await biller.get("/v1/access-log")).status_code == 403
        for statement in ("update access_log set subject = ''", "delete from access_log", "truncate access_log"):
            with pytest.raises(Exception, match="permission denied"):
                await it.rows(statement)


async def test_probes_and_figures_need_no_token(live: Live) -> None:
    async with live(build(), port=True) as it, it.client(None) as probe, it.client(Role.EHR) as ehr:
        assert (await probe.get("/livez")).json() == {"ok": True}

        async def ready() -> bool:
            return (await probe.get("/readyz")).status_code == 200

        await eventually(ready)
        await ehr.post("/v1/notes", json=NOTE)
        await probe.get("/v1/notes/7")

        async def taken() -> bool:
            return "rcm_consumer_batch_events_sum 1.0" in (await probe.get("/metrics")).text

        await eventually(taken)
        text = (await probe.get("/metrics")).text
        assert 'rcm_http_request_seconds_count{method="POST",route="/v1/notes",status="201"} 1.0' in text
        assert 'route="/v1/notes/{note_id}"' in text
        assert "rcm_log_log_events 1.0" in text
        assert 'rcm_relay_lag_seconds_bucket{le="1800.0"}' in text
        assert "rcm_consumer_batch_seconds_count" in text


async def test_a_service_that_does_not_run_yet_is_alive_but_not_ready(live: Live) -> None:
    async with live(build()) as it, it.client(None) as probe:
        assert (await probe.get("/livez")).status_code == 200
        refused = await probe.get("/readyz")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")


async def flow(it: LiveService) -> dict[str, Any]:
    async with it.client(Role.ADMIN) as admin:
        found: dict[str, Any] = (await admin.get("/v1/admin/flow")).json()
        return found


async def test_dead_letters_are_listed_retried_and_dropped(live: Live) -> None:
    async with live(build()) as it, it.client(Role.ADMIN) as admin:
        one = EncounterCancelled(encounter_id=it.organisation_id, external_id="x", was_coded=False, reason="x")
        await it.deliver(one, one)
        assert (await flow(it))["dead_letters"] == 1
        (letter,) = (await admin.get("/v1/dead-letters")).json()["items"]
        assert letter["type"] == EncounterCancelled.type_name()
        async with it.client(Role.ADMIN, STRANGER) as stranger:
            assert (await stranger.get("/v1/dead-letters")).json()["items"] == []
            assert (await stranger.post(f"/v1/dead-letters/{letter['dead_letter_id']}/drop")).status_code == 404
        retried = await admin.post(f"/v1/dead-letters/{letter['dead_letter_id']}/retry")
        assert retried.json()["state"] == "retrying"
        while await it.consumer.sweep():
            pass
        (letter,) = (await admin.get("/v1/dead-letters")).json()["items"]
        assert (await admin.post(f"/v1/dead-letters/{letter['dead_letter_id']}/drop")).json()["state"] == "dropped"
        assert (await flow(it))["dead_letters"] == 0
        assert (await admin.post(f"/v1/dead-letters/{letter['dead_letter_id']}/drop")).status_code == 404
        assert (await admin.get("/v1/dead-letters")).json()["items"] == []


async def test_what_was_dropped_stays_with_who_and_when_and_can_be_taken_back(live: Live) -> None:
    async with live(build()) as it, it.client(Role.ADMIN, subject="pat") as admin:
        one = EncounterCancelled(encounter_id=it.organisation_id, external_id="x", was_coded=False, reason="x")
        await it.deliver(one, one)
        (letter,) = (await admin.get("/v1/dead-letters")).json()["items"]
        assert (letter["dropped_at"], letter["dropped_by"]) == (None, None)
        await admin.post(f"/v1/dead-letters/{letter['dead_letter_id']}/drop")
        (dropped,) = (await admin.get("/v1/dead-letters", params={"state": "dropped"})).json()["items"]
        assert dropped["dropped_by"] == "pat (admin)"
        assert dropped["dropped_at"] is not None
        assert dropped["reason"] == letter["reason"]
        await it.deliver(one)
        retried = await admin.post(f"/v1/dead-letters/{letter['dead_letter_id']}/retry")
        assert retried.json()["state"] == "retrying"
        while await it.consumer.sweep():
            pass
        (again,) = [
            found
            for found in (await admin.get("/v1/dead-letters")).json()["items"]
            if found["dead_letter_id"] == letter["dead_letter_id"]
        ]
        assert again["dropped_by"] is None


async def test_periodic_work_runs_until_nothing_is_left(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        await ehr.post("/v1/notes", json=note("countdown", number=3))
        await it.run_periodics()
        assert [row["number"] for row in await it.rows("select number from note")] == [0]


async def test_the_upload_limit_counts_what_comes_without_a_length(live: Live) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b" " * 1000

    async with live(build(), request_limit_bytes=10_000) as it, it.client(Role.EHR) as ehr:
        for refused in (await ehr.post("/v1/notes", content=b" " * 10_001), await ehr.post("/v1/notes", content=endless())):
            assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")


async def test_requests_at_once_share_a_transaction_and_each_has_its_answer(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        gate.groups.clear()
        posts = [ehr.post("/v1/notes/grouped", json=note(f"n{number}")) for number in range(20)]
        posts.append(ehr.post("/v1/notes/grouped", json=note("loud", text="LOUD")))
        answers = await asyncio.gather(*posts)
        assert [answer.status_code for answer in answers] == [201] * 20 + [409]
        assert answers[-1].json()["code"] == "too-loud"
        assert [answer.json()["name"] for answer in answers[:20]] == [f"n{number}" for number in range(20)]
        assert sum(gate.groups) == 21
        assert max(gate.groups) > 1
        said = await it.said(EncounterCancelled)
        assert len({message.causation_id for message in said}) == 20


async def test_what_fails_together_is_tried_alone(live: Live) -> None:
    gate.fail_together = True
    try:
        async with live(build()) as it, it.client(Role.EHR) as ehr:
            posts = [ehr.post("/v1/notes/grouped", json=note(f"n{number}")) for number in range(8)]
            posts.append(ehr.post("/v1/notes/grouped", json=note("n0")))
            statuses = [answer.status_code for answer in await asyncio.gather(*posts)]
            assert sorted(statuses) == [201] * 8 + [409]
            assert len(await it.said(EncounterCancelled)) == 8
    finally:
        gate.fail_together = False


async def test_organisations_never_share_a_transaction(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as one, it.client(Role.EHR, STRANGER) as other:
        posts = [client.post("/v1/notes/grouped", json=note(f"n{number}")) for number in range(6) for client in (one, other)]
        assert {answer.status_code for answer in await asyncio.gather(*posts)} == {201}
        counted = await it.rows("select organisation_id, count(*) as n from note group by 1")
        assert {row["n"] for row in counted} == {6}


async def test_a_refused_upload_reaches_a_client_over_a_real_connection(live: Live) -> None:
    async with live(build(), port=True, request_limit_bytes=1_000_000) as it, it.client(Role.EHR) as ehr:
        refused = await ehr.post("/v1/notes", content=b" " * 40_000_000)
        assert refused.status_code == 413
        assert refused.headers["connection"] == "close"
        assert (await ehr.post("/v1/notes", json=NOTE)).status_code == 201


async def test_a_database_that_is_gone_is_a_503_and_comes_back(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        kill = (
            "select pg_terminate_backend(pid, 15000) from pg_stat_activity"
            " where application_name = 'notebook api' and pid <> pg_backend_pid()"
        )
        gate.close()
        try:
            waiting = asyncio.create_task(ehr.post("/v1/notes", json=NOTE))
            await gate.reached()
            await it.runtime.api.pool.fetch(kill)
            gate.open()
            lost: httpx.Response = await waiting
        finally:
            gate.open()
        assert (lost.status_code, lost.json()["retryable"]) == (503, True)
        assert (await ehr.post("/v1/notes", json=NOTE)).status_code == 201


async def test_a_commit_that_fails_is_never_answered_as_success(live: Live) -> None:
    """The name's uniqueness is checked at the commit (deferred): the handler itself had nothing to complain about."""
    async with live(build()) as it, it.client(Role.EHR) as ehr:
        for path in ("/v1/notes", "/v1/notes/grouped"):
            await ehr.post(path, json=note(f"once {path}"))
            refused = await ehr.post(path, json=note(f"once {path}"))
            assert (refused.status_code, refused.json()["code"]) == (409, "already-there")
        assert len(await it.said(EncounterCancelled)) == 2


async def test_of_two_changes_at_once_the_second_is_told_of_the_first(live: Live) -> None:
    async with live(build()) as it, it.client(Role.EHR) as ehr, it.client(Role.BILLER) as biller:
        path = f"/v1/notes/{(await ehr.post('/v1/notes', json=NOTE)).json()['note_id']}"
        changes = [biller.patch(path, json=note("first", text=f"t{n}"), headers={"If-Match": '"1"'}) for n in range(6)]
        statuses = sorted(answer.status_code for answer in await asyncio.gather(*changes))
        assert statuses == [200] + [412] * 5


async def test_no_cache_keeps_an_answer(live: Live) -> None:
    async with live(build()) as it, it.client(Role.BILLER) as biller:
        for path in ("/v1/notes", "/v1/notes/7", "/livez"):
            answer = await biller.get(path)
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_log_line_tells_the_template_and_ids_but_no_value(live: Live, capfd: pytest.CaptureFixture[str]) -> None:
    async with live(build(), log_requests=True) as it, it.client(Role.EHR, subject="ehr 7") as ehr:
        await ehr.post("/v1/notes?member=ABC123", json=note("Jane Doe", text="secret"))
        async with it.client(Role.BILLER) as biller:
            await biller.get("/v1/notes/0198f5d0-5c00-7000-8000-000000000001?name=Doe")
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines() if '"request"' in line]
    assert [(line["route"], line["status"]) for line in lines] == [("/v1/notes", 201), ("/v1/notes/{note_id}", 404)]
    about_itself = {"at", "level", "event", "service", "method", "route", "status", "ms"}
    assert lines[0].keys() == about_itself | {"trace_id", "request_id", "organisation_id", "role"}
    assert not any(word in json.dumps(lines) for word in ("Doe", "ABC123", "secret"))
