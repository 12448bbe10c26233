"""Killed at random moments, the system ends with the same cents. If this fails, a crash somewhere loses or doubles work."""

from typing import Any

from rcm_deploy.demo.chaos import VICTIMS
from rcm_deploy.demo.whole import run_demo
from tests.support.demo import outcome

KILLS_MIN = 20
ENCOUNTERS = 200
SEED = 6


async def test_the_embedded_process_dies_twenty_times_and_nothing_is_lost() -> None:
    undisturbed = await outcome(encounters=2_000, seed=5, bus="direct")
    result, kills = await run_demo(encounters=2_000, seed=5, bus="direct", chaos=("kill",), progress=lambda *_: None)
    assert kills.total() >= KILLS_MIN
    compare(result, undisturbed)


async def test_consumer_relay_kafka_and_postgresql_die_in_turn_and_nothing_is_lost(kafka_jars: None) -> None:
    undisturbed = await outcome(encounters=ENCOUNTERS, seed=SEED, bus="direct")
    result, kills = await run_demo(encounters=ENCOUNTERS, seed=SEED, bus="kafka", chaos=("kill",), progress=lambda *_: None)
    assert all(kills[victim] for victim in VICTIMS), kills
    compare(result, undisturbed)


def compare(result: dict[str, Any], undisturbed: dict[str, Any]) -> None:
    """Equal, cent by cent, in every field but `events` and `seconds`; and neither run merely failed in the same way."""
    assert {name: value for name, value in result.items() if name in undisturbed} == undisturbed
    for each in (result, undisturbed):
        assert each["identity_holds"]
        assert each["dead_letters"] == 0
