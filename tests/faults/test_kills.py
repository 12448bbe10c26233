"""Killed at random moments, the system ends with the same cents. If this fails, a crash somewhere loses or doubles work."""

from rcm_deploy.demo.whole import run_demo
from tests.support.demo import outcome

KILLS_MIN = 20


async def test_the_embedded_process_dies_twenty_times_and_nothing_is_lost() -> None:
    undisturbed = await outcome(encounters=2_000, seed=5, bus="direct")
    result, kills = await run_demo(encounters=2_000, seed=5, bus="direct", chaos=("kill",), progress=lambda *_: None)
    assert kills >= KILLS_MIN
    assert {name: value for name, value in result.items() if name in undisturbed} == undisturbed
    assert undisturbed["identity_holds"]
    assert undisturbed["dead_letters"] == 0


async def test_consumer_relay_kafka_and_postgresql_die_in_turn_and_nothing_is_lost(kafka_jars: None) -> None:
    undisturbed = await outcome(encounters=500, seed=6, bus="direct")
    result, kills = await run_demo(encounters=500, seed=6, bus="kafka", chaos=("kill",), progress=lambda *_: None)
    assert kills > 0
    assert {name: value for name, value in result.items() if name in undisturbed} == undisturbed
