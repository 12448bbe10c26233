"""Readers pause the garbage collector together: whichever ends first or last, it runs again when nobody reads."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from rcm.x12.reading import COLLECTOR
from tests.shared.x12.fuzz import READERS, failure, seeds


def test_it_goes_on_when_the_last_reader_has_ended() -> None:
    """If this fails a service that reads two remittances in two threads never collects garbage again."""
    assert gc.isenabled()
    first, second = ExitStack(), ExitStack()
    first.enter_context(COLLECTOR.paused())
    second.enter_context(COLLECTOR.paused())
    first.close()
    assert not gc.isenabled()
    second.close()
    assert gc.isenabled()


@pytest.mark.parametrize("name", [name for name in READERS if name != "split"])
def test_a_reader_leaves_nothing_to_it(name: str) -> None:
    """What is read one by one is let go at once: memory is the same however rarely a program lets the collector look."""
    found = [seed for seed in seeds() if len(seed) < 20_000]
    for content in (*found[:3], *found[3::20]):
        failure(name, content)
        with paused():
            failure(name, content)
            assert gc.collect() == 0


@contextmanager
def paused() -> Iterator[None]:
    """Without what was there before, and nothing collected meanwhile."""
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()
