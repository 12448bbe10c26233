"""Makes what the tests of patient billing need: accounts, facts, statements."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from patient_billing_svc.domain.account import Account
from patient_billing_svc.domain.cycle import StatementPolicy
from patient_billing_svc.domain.responsibility import Assigned, Responsibility
from patient_billing_svc.domain.statement import Bill, Numbers, OwedFor, Party, Statement, StatementLine, write_statement
from rcm.contracts.payments import PatientResponsibilityAssigned
from rcm.contracts.values import Address, Guarantor, Patient, Provider, ResponsibilityLine, ResponsibilityPart

NOON = datetime(2025, 3, 2, 12, tzinfo=UTC)
ORGANISATION = UUID("0198f5d0-5c00-7000-8000-000000000001")
POLICY = StatementPolicy()
PRACTICE = Party(name="Maple Street Family Practice", address=("1 Maple Street", "Springfield, IL 62701-1234"))
DANA = Party(name="Dana Nguyễn-Żak", address=("12 Elm Street", "Apt 4", "Springfield, IL 62701"))


def account(**changes: object) -> Account:
    values: dict[str, object] = {
        "organisation_id": ORGANISATION,
        "account_id": uuid4(),
        "number": 12,
        "guarantor_external_id": "G-1001",
    }
    return Account(**{**values, **changes})  # type: ignore[arg-type]


def responsibility(of: Account, total_cents: int, **changes: object) -> Responsibility:
    values: dict[str, object] = {
        "organisation_id": of.organisation_id,
        "encounter_id": uuid4(),
        "account_id": of.account_id,
        "sequence": 1,
        "assigned_at": NOON,
        "date_of_service": date(2025, 2, 11),
        "total_cents": total_cents,
    }
    return Responsibility(**{**values, **changes})  # type: ignore[arg-type]


def line(number: int, charge: int, paid: int, adjusted: int, owed: int, *, description: str = "Office visit") -> StatementLine:
    return StatementLine(
        line_number=number,
        procedure=f"9921{number % 10}",
        description=description,
        date_of_service=date(2025, 2, 11),
        charge_cents=charge,
        insurance_paid_cents=paid,
        adjusted_cents=adjusted,
        insurance_pending_cents=charge - paid - adjusted - owed,
        owed_cents=owed,
    )


def bill(*lines: StatementLine, owed_for: tuple[OwedFor, ...] = ()) -> Bill:
    total = sum(each.owed_cents for each in lines)
    return Bill(
        patient_name="Sam Nguyễn-Żak",
        provider=PRACTICE,
        lines=lines,
        owed_for=owed_for or (OwedFor(reason="3", amount_cents=total),),
    )


def statement(of: Account, *billed: tuple[Responsibility, Bill], now: datetime = NOON) -> Statement:
    bills = {each.encounter_id: what for each, what in billed}
    return write_statement(of, DANA, [each for each, _ in billed], bills, numbers=Numbers(uuid4(), 31), policy=POLICY, now=now)


def assigned(guarantor: str, encounter_id: UUID, sequence: int, total_cents: int, at: datetime = NOON) -> Assigned:
    return Assigned(ORGANISATION, encounter_id, guarantor, sequence, at, date(2025, 2, 11), total_cents)


def responsibility_event(
    encounter_id: UUID, guarantor: str = "G-1001", *, copay: int = 2500, deductible: int = 0, charge: int = 20000
) -> PatientResponsibilityAssigned:
    """What payments-svc says of a visit with one line."""
    total = copay + deductible
    address = Address(line1="12 Elm Street", city="Springfield", state="IL", postal_code="627011234")
    return PatientResponsibilityAssigned(
        encounter_id=encounter_id,
        guarantor=Guarantor(external_id=guarantor, last_name="Rivers", first_name="Dana", address=address),
        patient=Patient(external_id="P-1", last_name="Rivers", first_name="Sam"),
        billing_provider=Provider(npi="1993999998", last_name="Maple Street Family Practice", address=address),
        date_of_service=date(2025, 2, 11),
        parts=tuple(
            ResponsibilityPart(reason=reason, amount_cents=amount)
            for reason, amount in (("3", copay), ("1", deductible))
            if amount
        ),
        lines=(
            ResponsibilityLine(
                line_number=1,
                procedure="99213",
                description="Office visit",
                date_of_service=date(2025, 2, 11),
                charge_cents=charge,
                insurance_paid_cents=charge - 5000 - total,
                adjusted_cents=5000,
                patient_cents=total,
            ),
        ),
        total_cents=total,
    )


def days(count: float) -> timedelta:
    return timedelta(days=count)
