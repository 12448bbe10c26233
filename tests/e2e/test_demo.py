"""The promise of the whole: encounters go in, and every cent of them is accounted for when the system is at rest.

If this fails, some service lost, doubled or misplaced money, or a scenario of the sandbox payer went unanswered.
"""

import json
import os
import signal
import subprocess
import sys
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from rcm_deploy.children import is_alive, wait_until
from rcm_deploy.cli.app import app
from rcm_deploy.demo.whole import run_demo
from tests.support.demo import NOTHING, outcome
from tests.support.postgres import temporary_folder

ENCOUNTERS = 200
SEED = 11
DEMO = (sys.executable, "-m", "rcm_deploy.cli", "demo")


@pytest.fixture(scope="module")
async def undisturbed() -> dict[str, Any]:
    return await outcome(encounters=ENCOUNTERS, seed=SEED, bus="direct")


def test_every_encounter_is_coded_or_held(undisturbed: dict[str, Any]) -> None:
    assert undisturbed["encounters"] == ENCOUNTERS
    assert undisturbed["coded"] + undisturbed["held"] == ENCOUNTERS
    assert undisturbed["held"] == 10


def test_claims_are_a_partition_by_last_state(undisturbed: dict[str, Any]) -> None:
    claims = undisturbed["claims"]
    assert claims["submitted"] == claims["rejected"] + claims["paid"] + claims["denied"] + claims["open"]
    # Of each hundred encounters of the deck: 4 refused in the 277CA, 2 in the 999, 2 in the TA1; 8 denied; 3 never answered
    # and 2 held for their balance.
    assert claims == {"submitted": 178, "rejected": 16, "paid": 136, "denied": 16, "open": 10}


def test_the_identity_holds_and_no_money_account_is_unused(undisturbed: dict[str, Any]) -> None:
    money = undisturbed["money_cents"]
    assert undisturbed["identity_holds"]
    assert money["charges"] == sum(amount for name, amount in money.items() if name != "charges")
    assert all(money.values()), money


def test_statements_went_out_and_nothing_died(undisturbed: dict[str, Any]) -> None:
    assert undisturbed["statements"] > 0
    assert undisturbed["dead_letters"] == 0


async def test_kafka_gives_the_same_as_the_direct_bus(undisturbed: dict[str, Any], kafka_jars: None) -> None:
    assert await outcome(encounters=ENCOUNTERS, seed=SEED, bus="kafka") == undisturbed


async def test_delivering_everything_twice_and_shuffled_changes_nothing(undisturbed: dict[str, Any]) -> None:
    disturbed = await outcome(encounters=ENCOUNTERS, seed=SEED, bus="direct", chaos=("duplicate", "reorder"))
    assert disturbed == undisturbed


async def test_publishing_everything_again_on_kafka_changes_nothing(undisturbed: dict[str, Any], kafka_jars: None) -> None:
    assert await outcome(encounters=ENCOUNTERS, seed=SEED, bus="kafka", chaos=("duplicate",)) == undisturbed


async def test_progress_is_told_from_start_to_end() -> None:
    shares: list[float] = []
    await run_demo(encounters=1, seed=1, bus="direct", chaos=NOTHING, progress=lambda _, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[0] == 0.0


def test_the_last_line_is_exactly_the_result() -> None:
    done = subprocess.run([*DEMO, "--encounters", "2", "--json"], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("}\n")
    result = json.loads(done.stdout.splitlines()[-1])
    assert list(result) == [
        "encounters", "coded", "held", "claims", "statements", "money_cents", "identity_holds",
        "events", "dead_letters", "seconds",
    ]  # fmt: skip
    assert list(result["claims"]) == ["submitted", "rejected", "paid", "denied", "open"]
    assert list(result["money_cents"]) == [
        "charges", "insurance_paid", "contractual", "other_adjustments", "patient_paid", "patient_open", "insurance_open",
    ]  # fmt: skip
    assert done.stdout.splitlines()[-1] == orjson.dumps(result).decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--bus", "kafka", "--chaos", "reorder"),
        ("--chaos", "flood"),
        ("--bus", "pigeon"),
        ("--encounters", "0"),
    ],
)
def test_what_it_can_not_do_is_refused(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["demo", *arguments])
    assert result.exit_code == 2
    assert result.stdout == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_nothing_behind(number: signal.Signals) -> None:
    with temporary_folder() as folder:
        environment = {**os.environ, "TMPDIR": str(folder)}
        with subprocess.Popen([*DEMO, "--encounters", "400"], env=environment, stderr=subprocess.PIPE) as process:
            assert wait_until(lambda: bool(list(folder.glob("rcm-demo-*/data/running.json"))), 300, step_seconds=0.02)
            (told,) = folder.glob("rcm-demo-*/data/running.json")
            pids = set(json.loads(told.read_bytes())["processes"].values())
            process.send_signal(number)
            process.communicate(timeout=120)
            assert process.returncode != 0
        assert not any(is_alive(pid) for pid in pids)
        assert not list(folder.iterdir())
