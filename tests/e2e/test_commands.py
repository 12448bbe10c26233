"""Every command of `rcm` on a running system. If these fail, the person at the terminal at 3 a.m. has nothing to hold on to."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
from typer.testing import CliRunner, Result

from rcm.identity import Role
from rcm.ids import new_id
from rcm_deploy.children import wait_until
from rcm_deploy.cli.app import app
from rcm_deploy.demo.quiescence import settle
from rcm_deploy.remote import SERVICES, Running, local_token, remote
from rcm_deploy.samples.encounters import sample_encounters
from rcm_deploy.samples.practice import ORGANISATION_ID
from tests.support.postgres import temporary_folder

ROOT = Path(__file__).resolve().parents[2]
REST_SECONDS = 120.0
DAY_SECONDS = "0.2"
"""Of the sandbox payer: its last answers come after fourteen of its days."""


class System:
    """A system of this module's own, started as a person would: `rcm up`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.command = [sys.executable, "-m", "rcm_deploy.cli", "up", "--free-ports", "--samples", "0", "--json"]
        self.command += ["--data-folder", str(self.data)]
        with (folder / "complaints.log").open("wb") as complaints:
            self._process = subprocess.Popen(
                self.command,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env={**os.environ, "RCM_SANDBOX_DAY_SECONDS": DAY_SECONDS},
            )
        assert self._process.stdout is not None
        self.told: dict[str, Any] = json.loads(self._process.stdout.readline())

    def stop(self) -> int:
        with self._process:  # closes the pipe too
            self._process.send_signal(signal.SIGINT)
            return self._process.wait(90)

    def rcm(self, *arguments: str | Path, code: int = 0) -> Result:
        """A command on this system, which must end with that exit code."""
        result = CliRunner().invoke(app, [*map(str, arguments), "--data-folder", str(self.data)])
        assert result.exit_code == code, f"{arguments}: {result.output}\n{result.exception!r}"
        return result

    def json(self, *arguments: str | Path, code: int = 0) -> list[Any]:
        """The same with --json: each line of stdout is a value."""
        return [json.loads(line) for line in self.rcm(*arguments, "--json", code=code).stdout.splitlines()]

    def file(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content)
        return path

    def get(self, place: str, path: str) -> httpx.Response:
        token = local_token(Running.read(self.data), Role.ADMIN)
        return httpx.get(self.told["urls"][place] + path, headers={"Authorization": f"Bearer {token}"}, timeout=60)


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with temporary_folder() as folder:
        made = System(folder)
        yield made
        assert made.stop() == 0
        forgotten = made.json("clean")
        assert str(made.data) in forgotten[0]["removed"]
        assert "nothing" in made.rcm("clean").stdout


def encounters(first: int, count: int) -> list[dict[str, Any]]:
    return list(sample_encounters(count, 77, datetime.now(UTC).date(), first=first))


def test_up_tells_programs_where_everything_is(system: System) -> None:
    assert system.told == json.loads((system.data / "running.json").read_bytes())
    assert httpx.get(system.told["urls"]["console"] + "/livez", timeout=60).status_code == 200
    beside = subprocess.run(system.command, capture_output=True, text=True, check=False)
    assert (beside.returncode, beside.stdout) == (1, "")
    assert "runs on" in beside.stderr


def test_clean_leaves_a_running_system_alone(system: System) -> None:
    assert "Stop it first" in system.rcm("clean", code=1).stderr.replace("\n", " ")
    assert system.get("coding", "/livez").status_code == 200


def test_sign_in_links_open_the_page_once(system: System) -> None:
    link = system.json("sign-in")[0]["sign_in"]
    assert link.startswith(system.told["urls"]["console"])
    assert httpx.get(link, timeout=60).status_code in (200, 302, 303)
    assert system.rcm("sign-in", "--role", "biller").stdout.startswith(system.told["urls"]["console"])


def test_tokens_open_the_services(system: System) -> None:
    printed = system.rcm("token", "--role", "dashboard").stdout.strip()
    summary = system.told["urls"]["coding"] + "/v1/summary"
    assert httpx.get(summary, headers={"Authorization": f"Bearer {printed}"}, timeout=60).status_code == 200
    (told,) = system.json("token", "--role", "ehr", "--hours", "1")
    assert (told["role"], told["hours"], told["organisation"]) == ("ehr", 1, str(ORGANISATION_ID))


def test_the_readme_has_a_request_that_works(system: System) -> None:
    readme = (ROOT / "README.md").read_text()
    start = readme.index("curl -sS http://127.0.0.1:8101")
    command = readme[start : readme.index("```", start)]
    for written, here in (
        ("http://127.0.0.1:8101", system.told["urls"]["coding"]),
        (".venv/bin/rcm token", f"{sys.executable} -m rcm_deploy.cli token --data-folder {system.data}"),
        (".rcm/", f"{system.data}/"),
    ):
        assert command.count(written) == 1
        command = command.replace(written, here)
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert answer["state"] == "coded", answer


def test_post_takes_all_three_forms(system: System) -> None:
    one = system.file("one.json", json.dumps(encounters(0, 1)[0]))
    lines = system.file("many.ndjson", "\n".join(json.dumps(each) for each in encounters(1, 3)))
    examples = ROOT / "services/coding-svc/examples"
    results = system.json("post", one, lines, examples / "visits.fhir.json", examples / "visit.hl7")
    assert [result["refused"] for result in results] == [0, 0, 0, 0]
    assert [result["status"] for result in results] == [201, 200, 200, 201]
    assert results[0]["answer"]["state"] == "coded"
    assert "MSA|AA" in results[3]["answer"]
    assert "one.json: 200" in system.rcm("post", one).stdout.replace("\n", "")
    read_by_people = system.rcm("post", examples / "visit.hl7").stdout
    assert any(line.startswith("MSA|AA") for line in read_by_people.splitlines()), "a segment on each line"
    assert "\r" not in read_by_people


def test_post_fails_where_anything_was_refused(system: System) -> None:
    good, bad = encounters(4, 2)
    bad["lines"][0]["charge_cents"] = -1
    (single,) = system.json("post", system.file("bad.json", json.dumps(bad)), code=1)
    assert (single["status"], single["refused"]) == (422, 1)
    (lines,) = system.json("post", system.file("some.ndjson", f"{json.dumps(good)}\n{json.dumps(bad)}"), code=1)
    assert (lines["status"], lines["refused"]) == (200, 1)
    assert "1 refused" in system.rcm("post", system.folder / "some.ndjson", code=1).stdout
    (bundle,) = system.json("post", system.file("some.fhir.json", json.dumps(half_good_bundle())), code=1)
    assert (bundle["status"], bundle["refused"]) == (200, 1)
    (cut,) = system.json("post", system.file("cut.hl7", "MSH|^~\\&|EHR"), code=1)
    assert cut["refused"] == 1


def half_good_bundle() -> dict[str, Any]:
    """The example's bundle with a second visit that no day of the calendar holds."""
    bundle: dict[str, Any] = json.loads((ROOT / "services/coding-svc/examples/visits.fhir.json").read_bytes())
    visits = [entry for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Encounter"]
    spoilt = deepcopy(visits[-1])
    spoilt["resource"]["id"] = "spoilt"
    spoilt["resource"]["identifier"] = [{"system": "urn:test", "value": "SPOILT-1"}]
    spoilt["resource"]["period"] = {"start": "2026-02-31"}
    spoilt["fullUrl"] = "urn:uuid:0198f5d0-5c00-7000-8000-0000000000f1"
    bundle["entry"].append(spoilt)
    return bundle


def test_events_are_tailed_from_the_beginning(system: System) -> None:
    system.rcm("post", system.file("two.ndjson", "\n".join(json.dumps(each) for each in encounters(6, 2))))
    read = system.json("events", "tail", "--no-follow", "--service", "coding")
    coded = [event for event in read if event["type"].startswith("rcm.encounters.EncounterCoded")]
    assert len(coded) >= 2
    assert all(event["source"] == "/coding-svc" and event["specversion"] == "1.0" for event in read)
    everywhere = system.json("events", "tail", "--no-follow")
    assert {event["id"] for event in read} <= {event["id"] for event in everywhere}
    shown = system.rcm("events", "tail", "--no-follow", "--service", "coding", "--service", "claims").stdout
    assert coded[0]["subject"] in shown.replace("\n", "")


def test_following_events_shows_what_comes(system: System) -> None:
    command = [sys.executable, "-m", "rcm_deploy.cli", "events", "tail", "--service", "coding", "--json"]
    with subprocess.Popen([*command, "--data-folder", str(system.data)], stdout=subprocess.PIPE, text=True) as tail:
        try:
            assert tail.stdout is not None
            before = json.loads(tail.stdout.readline())
            (posted,) = system.json("post", system.file("late.json", json.dumps(encounters(8, 1)[0])))
            subjects = {before["subject"]}
            while posted["answer"]["encounter_id"] not in subjects:
                subjects.add(json.loads(tail.stdout.readline())["subject"])
            tail.send_signal(signal.SIGINT)
            assert tail.wait(60) == 0
        finally:
            tail.kill()  # one that does not end would never let this test end


def test_a_log_is_replayed_from_an_instant(system: System) -> None:
    since = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    (answer,) = system.json("events", "replay", "--service", "coding", "--since", since)
    assert answer["events"] > 0
    assert "replaying coding" in system.rcm("events", "replay", "--service", "coding", "--since", since).stdout


@pytest.mark.parametrize(
    "command",
    [
        ("events", "tail", "--service", "nope"),
        ("events", "replay", "--service", "nope", "--since", "2026-01-01"),
        ("dead-letters", "retry", "0198f5d0-5c00-7000-8000-00000000d001", "--service", "nope"),
    ],
)
def test_an_unknown_service_is_named(system: System, command: tuple[str, ...]) -> None:
    refused = system.rcm(*command, code=2).stderr
    assert "nope" in refused
    assert all(name in refused for name in SERVICES)


async def bury(system: System) -> str:
    """Puts an event that breaks its contract among claims-svc's dead letters; no consumer of ours makes one on demand."""
    parts = urlsplit(system.told["admin_database_url"])
    connection = await asyncpg.connect(urlunsplit(parts._replace(path="/rcm_claims")))
    letter = new_id()
    try:
        await connection.execute(
            """insert into parked_message (organisation_id, parked_id, state, attempts, code, reason, failed_at,
                topic, event_id, type, subject, sequence, "time", correlation_id, data)
            values ($1, $2, 'dead', 3, 'invalid-event', 'put there by a test', now(),
                'rcm.encounters', $3, 'rcm.encounters.EncounterCoded.v1', $3, 1, now(), $3, '{}')""",
            ORGANISATION_ID,
            letter,
            new_id(),
        )
    finally:
        await connection.close()
    return str(letter)


async def test_dead_letters_are_listed_retried_and_dropped(system: System) -> None:
    await bury(system)
    letter = await bury(system)

    def at_the_terminal() -> None:
        listed = system.json("dead-letters", "list")[0]
        assert {each["service"] for each in listed} == {"claims"}
        assert letter in {each["dead_letter_id"] for each in listed}
        shown = system.rcm("dead-letters", "list").stdout
        assert letter in shown
        assert "3 attempts" in shown
        (retried,) = system.json("dead-letters", "retry", letter, "--service", "claims")
        assert retried == {"dead_letter_id": letter, "state": "retrying"}
        came_back = wait_until(lambda: letter in system.rcm("dead-letters", "list").stdout, REST_SECONDS, step_seconds=0.2)
        assert came_back, "what breaks its contract can't succeed"
        (dropped,) = system.json("dead-letters", "drop", letter, "--service", "claims")
        assert dropped["state"] == "dropped"
        for each in listed:
            if each["dead_letter_id"] != letter:
                assert "drop of" in system.rcm("dead-letters", "drop", each["dead_letter_id"], "--service", "claims").stdout
        assert system.json("dead-letters", "list") == [[]]
        kept = {each["dead_letter_id"]: each for each in system.json("dead-letters", "list", "--dropped")[0]}
        assert kept.keys() == {each["dead_letter_id"] for each in listed}
        assert "rcm admin" in kept[letter]["dropped_by"]
        assert "by rcm" in system.rcm("dead-letters", "list", "--dropped").stdout
        assert "404" in system.rcm("dead-letters", "drop", str(new_id()), "--service", "claims", code=1).stderr

    await asyncio.to_thread(at_the_terminal)


def test_a_written_claim_file_is_read_and_found_valid(system: System) -> None:
    def written() -> list[Any]:
        found: list[Any] = system.get("claims", "/v1/submissions").json()["items"]
        return found

    assert wait_until(lambda: bool(written()), REST_SECONDS, step_seconds=0.2)
    file = system.file("claims.837", system.get("claims", f"/v1/submissions/{written()[0]['submission_id']}/file").text)
    for command in (("x12", "read", str(file)), ("x12", "validate", str(file))):
        plain = CliRunner().invoke(app, command)
        assert plain.exit_code == 0, plain.output
        told = CliRunner().invoke(app, [*command, "--json"])
        assert told.exit_code == 0
        assert len(told.stdout.splitlines()) == 1
        assert json.loads(told.stdout)


async def at_rest(system: System) -> None:
    """Until nothing moves and the payers have answered: while money moves, services asked one after the other differ."""
    async with remote(system.data) as connected, asyncio.timeout(REST_SECONDS):
        while (await settle(connected)).sandbox_pending:
            pass


async def test_books_are_reconciled_and_a_changed_cent_is_found(system: System) -> None:
    await at_rest(system)
    assert "Clean" in (await asyncio.to_thread(system.rcm, "reconcile")).stdout
    parts = urlsplit(system.told["admin_database_url"])
    connection = await asyncpg.connect(urlunsplit(parts._replace(path="/rcm_coding")))
    try:
        await connection.execute("update encounter set said_charge_cents = said_charge_cents + 1 where state = 'coded'")
    finally:
        await connection.close()
    (found,) = await asyncio.to_thread(system.json, "reconcile", code=1)
    assert not found["clean"]
    assert all(each["other_cents"] - each["ledger_cents"] == 1 for each in found["differences"])
    assert "differences" in (await asyncio.to_thread(system.rcm, "reconcile", code=1)).stdout


@pytest.mark.parametrize("command", [("reconcile",), ("events", "tail"), ("dead-letters", "list"), ("token",), ("sign-in",)])
def test_without_a_system_it_says_so(command: tuple[str, ...], tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [*command, "--data-folder", str(tmp_path)])
    assert result.exit_code == 1
    assert "no system is running" in result.stderr.replace("\n", " ")
