"""Between contract events and the domain: what payments-svc said, and what we say."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from patient_billing_svc.domain.payment import PatientPayment
from patient_billing_svc.domain.responsibility import Applied, Assigned
from patient_billing_svc.domain.statement import Bill, OwedFor, Party, Statement, StatementLine, insurance_pending_cents
from rcm.contracts.envelope import Message
from rcm.contracts.patient_accounts import PatientPaymentReceived, StatementIssued
from rcm.contracts.payments import PatientPaymentApplied, PatientResponsibilityAssigned
from rcm.contracts.values import Address, Guarantor, Provider


def assigned(message: Message[PatientResponsibilityAssigned]) -> Assigned:
    """The domain's view of a PatientResponsibilityAssigned."""
    data = message.data
    return Assigned(
        message.organisation_id,
        data.encounter_id,
        data.guarantor.external_id,
        message.sequence,
        message.time,
        data.date_of_service,
        data.total_cents,
    )


def applied(message: Message[PatientPaymentApplied]) -> Applied:
    """The domain's view of a PatientPaymentApplied."""
    data = message.data
    return Applied(
        organisation_id=message.organisation_id,
        encounter_id=data.encounter_id,
        account_id=data.account_id,
        patient_payment_id=data.patient_payment_id,
        applied_cents=data.applied_cents,
        said_at=message.time,
    )


def bill(assignment: Mapping[str, Any]) -> Bill:
    """What a kept PatientResponsibilityAssigned says for the bill."""
    said = PatientResponsibilityAssigned.model_validate(assignment)
    return Bill(
        patient_name=_name(said.patient.first_name, said.patient.middle_name, said.patient.last_name),
        provider=provider_party(said.billing_provider),
        lines=tuple(
            StatementLine(
                line_number=line.line_number,
                procedure=line.procedure,
                description=line.description,
                date_of_service=line.date_of_service,
                charge_cents=line.charge_cents,
                insurance_paid_cents=line.insurance_paid_cents,
                adjusted_cents=line.adjusted_cents,
                insurance_pending_cents=insurance_pending_cents(
                    line.charge_cents, line.insurance_paid_cents, line.adjusted_cents, line.patient_cents
                ),
                owed_cents=line.patient_cents,
            )
            for line in said.lines
        ),
        owed_for=tuple(OwedFor(reason=part.reason, amount_cents=part.amount_cents) for part in said.parts),
    )


def guarantor(stated: Mapping[str, Any]) -> Guarantor:
    """A guarantor as the desk stated him, in the form that encounters carry."""
    return Guarantor.model_validate(stated)


def guarantor_party(stated: Mapping[str, Any]) -> Party:
    """Whom the statement goes to."""
    said = guarantor(stated)
    return Party(name=_name(said.first_name, said.middle_name, said.last_name), address=_address(said.address))


def provider_party(provider: Provider) -> Party:
    """Whom the payment goes to."""
    return Party(name=_name(provider.first_name, provider.last_name), address=_address(provider.address))


def statement_issued(statement: Statement) -> StatementIssued:
    """The event of an issued statement."""
    return StatementIssued(
        account_id=statement.account_id,
        statement_id=statement.statement_id,
        issued_on=statement.issued_on,
        due_on=statement.due_on,
        balance_cents=statement.balance_cents,
        encounter_ids=tuple(each.encounter_id for each in statement.encounters),
    )


def payment_received(payment: PatientPayment, guarantor_external_id: str) -> PatientPaymentReceived:
    """The event of a payment that was taken."""
    method: Literal["cash", "check"] = "check" if payment.method == "check" else "cash"
    return PatientPaymentReceived(
        account_id=payment.account_id,
        guarantor_external_id=guarantor_external_id,
        patient_payment_id=payment.patient_payment_id,
        amount_cents=payment.amount_cents,
        method=method,
        reference=payment.reference,
        received_on=payment.received_on,
        encounter_id=payment.encounter_id,
    )


def correlation(statement: Statement) -> UUID:
    """The encounter an issued statement is traced to where it holds one alone; else the account."""
    return statement.encounters[0].encounter_id if len(statement.encounters) == 1 else statement.account_id


def _name(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _address(address: Address | None) -> tuple[str, ...]:
    if address is None:
        return ()
    postal_code = address.postal_code
    if len(postal_code) == 9:
        postal_code = f"{postal_code[:5]}-{postal_code[5:]}"
    return tuple(line for line in (address.line1, address.line2, f"{address.city}, {address.state} {postal_code}") if line)
