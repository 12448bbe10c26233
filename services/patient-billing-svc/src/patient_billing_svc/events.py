"""Between contract events and the domain: what payments-svc said, and what we say."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

from msgspec import Raw, Struct
from msgspec.json import Decoder

from patient_billing_svc.domain.payment import PatientPayment
from patient_billing_svc.domain.responsibility import Applied, Assigned
from patient_billing_svc.domain.statement import Bill, OwedFor, Party, Statement, StatementLine, insurance_pending_cents
from rcm.contracts.envelope import Message
from rcm.contracts.patient_accounts import PatientPaymentReceived, StatementIssued
from rcm.contracts.payments import PatientPaymentApplied
from rcm.contracts.values import Guarantor


class _Address(Struct, frozen=True, gc=False):
    line1: str
    city: str
    state: str
    postal_code: str
    line2: str = ""

    def lines(self) -> tuple[str, ...]:
        """As it stands in an envelope's window."""
        code = self.postal_code if len(self.postal_code) != _ZIP_PLUS_4 else f"{self.postal_code[:5]}-{self.postal_code[5:]}"
        return tuple(line for line in (self.line1, self.line2, f"{self.city}, {self.state} {code}") if line)


class _Named(Struct, frozen=True):
    """A person, or an organisation without a first name."""

    last_name: str
    first_name: str = ""
    middle_name: str = ""
    address: _Address | None = None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name) if part)

    def party(self) -> Party:
        """With its postal address."""
        return Party(name=self.name, address=self.address.lines() if self.address else ())


class _Guarantor(_Named, frozen=True, kw_only=True):
    external_id: str


class _Line(Struct, frozen=True, gc=False):
    line_number: int
    procedure: str
    date_of_service: date
    charge_cents: int
    insurance_paid_cents: int
    adjusted_cents: int
    patient_cents: int
    description: str = ""


class _Part(Struct, frozen=True, gc=False):
    reason: str
    amount_cents: int


class _Assigned(Struct, frozen=True):
    """What a bill needs of PatientResponsibilityAssigned, under its names there."""

    encounter_id: UUID
    guarantor: Raw
    patient: _Named
    billing_provider: _Named
    date_of_service: date
    parts: tuple[_Part, ...]
    lines: tuple[_Line, ...]
    total_cents: int


class Assignment(Struct, frozen=True):
    """What is taken of a PatientResponsibilityAssigned; `guarantor` and the whole event are kept as JSON (decision 0092)."""

    encounter_id: UUID
    guarantor_external_id: str
    guarantor: str
    date_of_service: date
    total_cents: int
    whole: str


_ZIP_PLUS_4 = 9
_read_assigned = Decoder(_Assigned).decode
_read_guarantor = Decoder(_Guarantor).decode


def read_assignment(data: str | bytes) -> Assignment:
    """PatientResponsibilityAssigned, with all in it that a bill will show. Raises ValueError."""
    said = _read_assigned(data)
    whole = data if isinstance(data, str) else data.decode()
    stated = bytes(said.guarantor).decode()
    owing = _read_guarantor(stated).external_id
    return Assignment(said.encounter_id, owing, stated, said.date_of_service, said.total_cents, whole)


def assigned(message: Message[Assignment]) -> Assigned:
    """The domain's view of a PatientResponsibilityAssigned."""
    data = message.data
    return Assigned(
        message.organisation_id,
        data.encounter_id,
        data.guarantor_external_id,
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


def bill(assignment: str) -> Bill:
    """What a kept PatientResponsibilityAssigned says for the bill."""
    said = _read_assigned(assignment)
    return Bill(
        patient_name=said.patient.name,
        provider=said.billing_provider.party(),
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


def guarantor(stated: Mapping[str, Any]) -> str:
    """A guarantor as the desk stated him, in the form that encounters carry and that is kept."""
    return Guarantor.model_validate(stated).model_dump_json()


def guarantor_party(kept: str) -> Party:
    """Whom the statement goes to."""
    return _read_guarantor(kept).party()


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
