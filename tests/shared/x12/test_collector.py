"""Readers pause the garbage collector together: whichever ends first or last, it runs again when nobody reads."""

import gc
from contextlib import ExitStack

from rcm.x12.reading import COLLECTOR


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
