"""Every event there is, by its CloudEvents type, and how old versions are read."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from rcm.contracts import claims, encounters, patient_accounts, payments
from rcm.contracts.envelope import Event

EVENTS: tuple[type[Event], ...] = (
    encounters.EncounterCoded,
    encounters.EncounterRecoded,
    encounters.EncounterHeld,
    encounters.EncounterCancelled,
    claims.ClaimHeld,
    claims.SubmissionReady,
    claims.ClaimSubmitted,
    claims.ClaimAccepted,
    claims.ClaimRejected,
    claims.ClaimVoided,
    claims.PayerSequenceCompleted,
    claims.PayerSequenceReopened,
    payments.RemittanceQuarantined,
    payments.ClaimRemittanceHeld,
    payments.PaymentPosted,
    payments.ClaimDenied,
    payments.PaymentReversed,
    payments.PatientResponsibilityAssigned,
    payments.PatientPaymentApplied,
    payments.ProviderAdjustmentRecorded,
    patient_accounts.StatementIssued,
    patient_accounts.PatientPaymentReceived,
)


class UnknownEvent(ValueError):
    """A type that no contract of ours describes, or a version newer than ours."""


class Registry:
    """Events by type, each in its newest version, with the older versions that can be read as it."""

    def __init__(self, events: Iterable[type[Event]]) -> None:
        self.events = tuple(events)
        self.by_type = {event.type_name(): event for event in self.events}
        self.newest = {event.type_name().rpartition(".v")[0]: event for event in self.events}
        if len(self.newest) != len(self.events):
            raise ValueError("an event stands in the registry once, in its newest version")

    def event_class(self, type_name: str) -> type[Event]:
        """The newest class of the event that `type_name` names in any version we can read. Raises UnknownEvent."""
        known = self.by_type.get(type_name)
        if known is not None:
            return known
        base, _, version = type_name.rpartition(".v")
        newest = self.newest.get(base)
        if newest is None or not version.isdigit() or not 1 <= int(version) < newest.VERSION:
            raise UnknownEvent(f"no contract for {type_name}")
        return newest

    def decode(self, type_name: str, data: bytes | str) -> Event:
        """The event in its newest version. Raises UnknownEvent, or pydantic.ValidationError where data breaks its contract."""
        return self.event_class(type_name).model_validate_json(self.newest_json(type_name, data))

    def newest_json(self, type_name: str, data: bytes | str) -> bytes | str:
        """The data as the newest version has it; older data passes through the chain of upcasts. Raises UnknownEvent."""
        if type_name in self.by_type:
            return data
        newest = self.event_class(type_name)
        older: Mapping[str, Any] = orjson.loads(data)
        for step in range(int(type_name.rpartition(".v")[2]), newest.VERSION):
            older = newest.upcast(older, step)
        return orjson.dumps(older)


REGISTRY = Registry(EVENTS)
BY_TYPE: Mapping[str, type[Event]] = REGISTRY.by_type
"""The newest version of each event by its type."""
NEWEST: Mapping[str, type[Event]] = REGISTRY.newest
"""The newest version by the type without its version."""
TOPICS: tuple[str, ...] = tuple(dict.fromkeys(event.TOPIC for event in EVENTS))
event_class = REGISTRY.event_class
decode = REGISTRY.decode
newest_json = REGISTRY.newest_json
