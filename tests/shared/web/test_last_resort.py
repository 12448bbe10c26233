"""What no other place has named. If this fails, an outage looks like a defect of ours, or a defect like an outage."""

import asyncpg
import pytest

from rcm.web.front import _last_resort


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (asyncpg.CannotConnectNowError("starting"), 503),
        (asyncpg.InterfaceError("connection is closed"), 503),
        (ConnectionRefusedError(), 503),
        (TimeoutError(), 503),
        (asyncpg.UndefinedColumnError("no such column"), 500),
        (KeyError("a defect"), 500),
    ],
)
def test_an_outage_can_be_tried_again_and_a_defect_not(error: Exception, status: int) -> None:
    refusal = _last_resort(error)
    assert refusal.status == status
    assert refusal.retryable == (status == 503)
