"""Rows as the API shows them."""

from typing import TYPE_CHECKING

from patient_billing_svc import events
from patient_billing_svc.domain.payment import PatientPayment
from patient_billing_svc.domain.statement import account_number
from patient_billing_svc.store.rows import account_of
from patient_billing_svc.views import (
    AccountSummary,
    ApplicationView,
    EncounterFigures,
    HoldChangeView,
    PaymentView,
    ResponsibilityView,
    StatementSummary,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncpg import Record


def account_summary(row: "Record") -> AccountSummary:
    account = account_of(row)
    return AccountSummary(
        account_id=account.account_id,
        number=account_number(account.number),
        guarantor_name=events.guarantor_party(row["guarantor"]).name,
        state=account.state,
        hold=account.hold,
        balance_cents=account.open_cents,
        deposit_cents=account.deposit_cents,
        last_statement_at=account.last_statement_at,
        version=account.version,
    )


def responsibility(row: "Record") -> ResponsibilityView:
    bill = events.bill(row["assignment"])
    return ResponsibilityView(
        encounter_id=row["encounter_id"],
        date_of_service=row["date_of_service"],
        patient_name=bill.patient_name,
        provider_name=bill.provider.name,
        assigned_at=row["assigned_at"],
        responsibility_cents=row["total_cents"],
        applied_cents=row["applied_cents"],
        open_cents=row["total_cents"] - row["applied_cents"],
    )


def payment(found: PatientPayment, applications: "Sequence[Record]" = ()) -> PaymentView:
    return PaymentView(
        patient_payment_id=found.patient_payment_id,
        account_id=found.account_id,
        amount_cents=found.amount_cents,
        method=found.method,
        reference=found.reference,
        received_on=found.received_on,
        recorded_at=found.recorded_at,
        recorded_by=found.recorded_by,
        encounter_id=found.encounter_id,
        applied_cents=found.applied_cents,
        deposit_cents=found.amount_cents - found.applied_cents,
        applications=[
            ApplicationView(encounter_id=row["encounter_id"], applied_cents=row["applied_cents"], applied_at=row["applied_at"])
            for row in applications
        ],
    )


def statement_summary(row: "Record") -> StatementSummary:
    return StatementSummary(
        statement_id=row["statement_id"],
        account_id=row["account_id"],
        number=row["number"],
        guarantor_name=events.guarantor_party(row["guarantor"]).name,
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        balance_cents=row["balance_cents"],
    )


def hold_change(row: "Record") -> HoldChangeView:
    return HoldChangeView(hold=row["hold"], note=row["note"], changed_by=row["changed_by"], changed_at=row["changed_at"])


def figures(row: "Record") -> EncounterFigures:
    return EncounterFigures(
        encounter_id=row["encounter_id"],
        responsibility_cents=row["total_cents"],
        applied_cents=row["applied_cents"],
        open_cents=row["total_cents"] - row["applied_cents"],
    )
