"""Every event there is, by its CloudEvents type, and how old versions are read."""

from collections.abc import Mapping
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
BY_TYPE: Mapping[str, type[Event]] = {event.type_name(): event for event in EVENTS}
"""The newest version of each event by its type."""
NEWEST: Mapping[str, type[Event]] = {event.type_name().rpartition(".v")[0]: event for event in EVENTS}
"""The newest version by the type without its version."""
TOPICS: tuple[str, ...] = tuple(dict.fromkeys(event.TOPIC for event in EVENTS))


class UnknownEvent(ValueError):
    """A type that no contract of ours describes, or a version newer than ours."""


def event_class(type_name: str) -> type[Event]:
    """The newest class of the event that `type_name` names in any version we can read. Raises UnknownEvent."""
    known = BY_TYPE.get(type_name)
    if known is not None:
        return known
    base, _, version = type_name.rpartition(".v")
    newest = NEWEST.get(base)
    if newest is None or not version.isdigit() or not 1 <= int(version) < newest.VERSION:
        raise UnknownEvent(f"no contract for {type_name}")
    return newest


def decode(type_name: str, data: bytes | str) -> Event:
    """The event in its newest version; older data passes through the chain of upcasts.

    Raises UnknownEvent, or pydantic.ValidationError where the data breaks its contract.
    """
    newest = event_class(type_name)
    version = int(type_name.rpartition(".v")[2])
    if version == newest.VERSION:
        return newest.model_validate_json(data)
    older: Mapping[str, Any] = orjson.loads(data)
    for step in range(version, newest.VERSION):
        older = newest.upcast(older, step)
    return newest.model_validate(older)
