"""A record's headers: an event comes back as it was said; what is no event of ours carries its fault with it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from msgspec.structs import asdict, replace

from rcm.messaging.headers import envelope_of_record, headers_of
from rcm.messaging.wire import Envelope

TOPIC = "rcm.claims"
SAID = Envelope(
    UUID(int=1), UUID(int=2), TOPIC, f"{TOPIC}.Claim.v1", UUID(int=3), 4, datetime(2026, 1, 31, 12, tzinfo=UTC),
    UUID(int=5), UUID(int=6), None, b"{}",
)  # fmt: skip


def test_an_event_comes_back_as_it_was_said() -> None:
    for said in (SAID, replace(SAID, causation_id=None)):
        assert asdict(envelope_of_record(TOPIC, "here", headers_of(said, "claims-svc"), b"{}")) == asdict(said)


def test_what_can_be_no_trace_is_left_out() -> None:
    for trace in (b"", b"00-1e\x1e", b"00-0\x00"):
        found = envelope_of_record(TOPIC, "here", [*headers_of(SAID, "claims-svc"), ("ce_traceparent", trace)], b"{}")
        assert found.fault is None
        assert found.traceparent is None


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce_time", b"2026-01-31T12:00:00"),  # no zone: the database would not take it, and its dead letter neither
        ("ce_time", b"yesterday"),
        ("ce_id", b"1"),
        ("ce_sequence", b"first"),
        ("ce_subject", None),
    ],
)
def test_what_is_no_event_of_ours_can_still_be_put_aside(header: str, value: bytes | None) -> None:
    headers = {**dict(headers_of(SAID, "claims-svc")), header: value}
    found = envelope_of_record(TOPIC, "here", [(name, told) for name, told in headers.items() if told is not None], b"{}")
    assert found.fault is not None
    assert found.time.tzinfo is not None
