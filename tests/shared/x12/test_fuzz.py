"""Damaged files of every kind, handed to everything that reads: read or refused by name. `make fuzz-x12` does it for longer."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared.x12.fuzz import READERS, damaged, failure, memory_failure, seeds


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**64))
def test_damage_crashes_nothing(seed: int) -> None:
    content = damaged(Random(seed))
    assert {name: found for name in READERS if (found := failure(name, content))} == {}


@pytest.mark.parametrize("name", ["report", "validate", "html", "835"])
def test_memory_stays_within_its_bounds(name: str) -> None:
    """What is asked of damaged files holds for a sound one too."""
    paid = seeds()[2]
    content = paid * (300_000 // len(paid))
    assert memory_failure(name, content) == ""
