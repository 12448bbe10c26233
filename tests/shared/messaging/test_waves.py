"""Laws of grouping: nothing is lost, nothing repeated, every key keeps its order, and waves are few."""

from collections import defaultdict
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from rcm.messaging.direct import shuffled
from rcm.messaging.waves import plan
from rcm.messaging.wire import Envelope

TYPES = [f"rcm.claims.Event{letter}.v1" for letter in "ABCD"]
batches = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 5), st.sampled_from(["rcm.claims", "rcm.payments"])), max_size=60
)


def envelopes(batch: list[tuple[int, int, str]]) -> list[Envelope]:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Envelope(
            UUID(int=n),
            UUID(int=0),
            topic,
            TYPES[kind].replace("rcm.claims", topic),
            UUID(int=key),
            n,
            now,
            UUID(int=key),
            None,
            None,
            b"",
        )
        for n, (kind, key, topic) in enumerate(batch)
    ]


def by_key(found: list[Envelope]) -> dict[tuple[str, UUID], list[int]]:
    order: dict[tuple[str, UUID], list[int]] = defaultdict(list)
    for envelope in found:
        order[envelope.key].append(envelope.sequence)
    return order


@given(batches)
def test_waves_keep_every_keys_order_and_lose_nothing(batch: list[tuple[int, int, str]]) -> None:
    given = envelopes(batch)
    waves = plan(given)
    flat = [envelope for wave in waves for envelope in wave.envelopes]
    assert sorted(envelope.sequence for envelope in flat) == list(range(len(given)))
    assert by_key(flat) == by_key(given)
    for wave in waves:
        assert {envelope.type.rpartition(".v")[0] for envelope in wave.envelopes} == {wave.base}
        sequences = [envelope.sequence for envelope in wave.envelopes]
        assert sequences == sorted(sequences)


@given(batches)
def test_keys_that_go_singly_have_one_message_a_wave(batch: list[tuple[int, int, str]]) -> None:
    given = envelopes(batch)
    waves = plan(given, {envelope.key for envelope in given})
    assert by_key([envelope for wave in waves for envelope in wave.envelopes]) == by_key(given)
    assert all(len({envelope.key for envelope in wave.envelopes}) == len(wave.envelopes) for wave in waves)


@given(batches)
def test_there_are_no_more_waves_than_the_longest_change_of_kinds_on_any_key_allows(batch: list[tuple[int, int, str]]) -> None:
    given = envelopes(batch)
    assert len(plan(given)) <= len(given)
    alone = [envelope for envelope in given if envelope.type == TYPES[0]]
    assert len(plan(alone)) == min(len(alone), 1)


@given(batches, st.integers())
def test_chaos_changes_only_the_order_across_keys(batch: list[tuple[int, int, str]], seed: int) -> None:
    given = envelopes(batch)
    found = shuffled(given, Random(seed))
    assert sorted(envelope.sequence for envelope in found) == list(range(len(given)))
    assert by_key(found) == by_key(given)
