"""Somebody who knows our documents and nothing else can read our events from Kafka, and be the way to the payers."""

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import orjson
import pytest
import yaml
from aiokafka import AIOKafkaConsumer

from rcm.identity import Role
from rcm_deploy.demo.system import own_system
from rcm_deploy.remote import Running, local_token
from rcm_deploy.samples.encounters import sample_encounter

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ENCOUNTERS = 5
PATIENCE_SECONDS = 300.0


@pytest.fixture(scope="module")
def running(kafka_jars: None) -> Iterator[dict[str, Any]]:
    """The production shape with an EHR's encounters, and nobody who carries files."""
    with own_system(bus="kafka", without=("adapter", "sandbox", "console")) as system:
        system.start()
        told: dict[str, Any] = orjson.loads((system.data_folder / "running.json").read_bytes())
        assert set(told["urls"]) == {"coding", "claims", "payments", "patient-billing"}
        yield told


def token(running: dict[str, Any], role: Role) -> str:
    organisation = running["organisation_id"]
    return local_token(Running("kafka", running["urls"], {}, running["keys"], organisation), role)


def post_encounters(running: dict[str, Any]) -> int:
    """Posts insured encounters; answers their charges."""
    today = datetime.now(UTC).date()
    bodies = [sample_encounter(number, 99, "001", today, patient_number=number) for number in range(ENCOUNTERS)]
    for body in bodies:
        body["coverages"][0]["payer_id"] = "SBX01"
    headers = {"Authorization": f"Bearer {token(running, Role.EHR)}", "Content-Type": "application/x-ndjson"}
    content = b"\n".join(map(orjson.dumps, bodies))
    answer = httpx.post(
        running["urls"]["coding"] + "/v1/encounters/batch",
        content=content,
        headers={**headers, "Idempotency-Key": "stranger"},
        timeout=60,
    )
    assert answer.json()["accepted"] == ENCOUNTERS, answer.text
    return sum(line["charge_cents"] for body in bodies for line in body["lines"])


def test_its_script_imports_nothing_of_ours() -> None:
    imported = re.findall(r"^\s*(?:import|from)\s+(\w+)", (Path(__file__).parent / "stranger.py").read_text(), re.M)
    assert set(imported) <= set(sys.stdlib_module_names) | {"httpx"}


async def test_a_plain_consumer_and_a_plain_adapter_are_enough(running: dict[str, Any]) -> None:
    charges = await asyncio.to_thread(post_encounters, running)
    carrying = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(Path(__file__).parent / "stranger.py"),
        running["urls"]["claims"], running["urls"]["payments"], token(running, Role.ADAPTER), str(ENCOUNTERS),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    submitted = await claims_submitted(running["kafka_bootstrap"])
    printed, _ = await asyncio.wait_for(carrying.communicate(), PATIENCE_SECONDS)
    assert carrying.returncode == 0
    paid = json.loads(printed)
    assert {data["patient_control_number"] for data in submitted} == set(paid)
    assert sum(data["charge_cents"] for data in submitted) == charges
    await at_rest(running, {"charges_cents": charges, "insurance_paid_cents": sum(paid.values()), "insurance_open_cents": 0})


async def claims_submitted(bootstrap: str) -> list[dict[str, Any]]:
    """What a program in any language would do: the channel, headers and data as docs/asyncapi.yaml says."""
    document = yaml.safe_load((DOCS / "asyncapi.yaml").read_text())
    message = document["components"]["messages"]["ClaimSubmitted"]
    channel = next(each for each in document["channels"].values() if "ClaimSubmitted" in each["messages"])
    headers_schema = document["components"]["schemas"]["Headers"]
    schema = json.loads((DOCS / message["payload"]["schema"]["$ref"]).read_bytes())
    found: dict[str, dict[str, Any]] = {}
    consumer = AIOKafkaConsumer(channel["address"], bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found) < ENCOUNTERS:
                record = await consumer.getone()
                headers = {name: value.decode() for name, value in record.headers}
                jsonschema.validate(headers, headers_schema)
                if headers["ce_type"] != message["name"]:
                    continue
                data = json.loads(record.value)
                jsonschema.validate(data, schema)
                assert record.key.decode() == headers["ce_subject"] == data["claim_id"]
                assert headers["ce_dataschema"].removeprefix("./") in message["payload"]["schema"]["$ref"]
                found[headers["ce_id"]] = data
    finally:
        await consumer.stop()
    return list(found.values())


async def at_rest(running: dict[str, Any], expected: dict[str, int]) -> None:
    """The ledger comes to say what the stranger paid, and every claim is paid."""
    headers = {"Authorization": f"Bearer {token(running, Role.BILLER)}"}
    async with httpx.AsyncClient(headers=headers, timeout=20) as client, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            ledger = (await client.get(running["urls"]["payments"] + "/v1/summary")).json()
            claims = (await client.get(running["urls"]["claims"] + "/v1/summary")).json()["partition"]
            if {name: ledger[name] for name in expected} == expected and claims["paid"] == ENCOUNTERS:
                assert ledger["identity_breaks"] == 0
                return
            await asyncio.sleep(0.3)
