"""Rows <-> domain objects."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from patient_billing_svc.domain.account import Account, Hold
from patient_billing_svc.domain.payment import Method, PatientPayment
from patient_billing_svc.domain.responsibility import Responsibility

if TYPE_CHECKING:
    from asyncpg import Record

ACCOUNT = """a.organisation_id, a.account_id, a.number, a.guarantor_external_id, a.version, a.hold, a.responsibility_cents,
 a.applied_cents, a.payments_cents, a.payments_applied_cents, a.last_statement_at, a.look_at"""
RESPONSIBILITY = """r.organisation_id, r.encounter_id, r.account_id, r.sequence, r.assigned_at, r.date_of_service,
 r.total_cents, r.applied_cents"""


def account_of(row: "Record") -> Account:
    return Account(
        row["organisation_id"],
        row["account_id"],
        row["number"],
        row["guarantor_external_id"],
        row["version"],
        Hold(row["hold"]) if row["hold"] else None,
        row["responsibility_cents"],
        row["applied_cents"],
        row["payments_cents"],
        row["payments_applied_cents"],
        row["last_statement_at"],
        row["look_at"],
    )


def responsibility_of(row: "Record") -> Responsibility:
    return Responsibility(
        row["organisation_id"],
        row["encounter_id"],
        row["account_id"],
        row["sequence"],
        row["assigned_at"],
        row["date_of_service"],
        row["total_cents"],
        row["applied_cents"],
    )


def payment_of(row: "Record") -> PatientPayment:
    return PatientPayment(
        organisation_id=row["organisation_id"],
        patient_payment_id=row["patient_payment_id"],
        account_id=row["account_id"],
        amount_cents=row["amount_cents"],
        method=Method(row["method"]),
        reference=row["reference"],
        received_on=row["received_on"],
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        encounter_id=row["encounter_id"],
        applied_cents=row["applied_cents"],
    )


def columns(keys: Iterable[tuple[UUID, Any]]) -> tuple[list[UUID], list[Any]]:
    pairs = list(keys)
    return [organisation_id for organisation_id, _ in pairs], [value for _, value in pairs]
