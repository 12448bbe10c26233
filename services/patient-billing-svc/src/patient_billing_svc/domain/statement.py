"""The statement: an immutable document that says what was charged, who paid what, and what the guarantor owes and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from patient_billing_svc.domain.account import Account
from patient_billing_svc.domain.cycle import StatementPolicy, owed_cents, unapplied_cents
from patient_billing_svc.domain.responsibility import Responsibility


class Part(BaseModel):
    """A part of a document that never changes."""

    model_config = ConfigDict(frozen=True)


class Party(Part):
    """A name and the lines of a postal address, as they stand in an envelope's window."""

    name: str
    address: tuple[str, ...] = ()


class OwedFor(Part):
    """What is owed for one reason: 1 deductible, 2 coinsurance, 3 copay (CARC, group PR), or `self_pay`."""

    reason: str
    amount_cents: int


class StatementLine(Part):
    """One service of a visit: charge less insurance paid, less adjustment, less insurance pending is `owed_cents`."""

    line_number: int
    procedure: str
    description: str
    date_of_service: date
    charge_cents: int
    insurance_paid_cents: int
    adjusted_cents: int
    insurance_pending_cents: int
    """Not billed here: the insurance still decides about it."""
    owed_cents: int
    """The patient's share before payments of their own."""


class Bill(Part):
    """What the bill of one encounter says, before the patient's payments."""

    patient_name: str
    provider: Party
    lines: tuple[StatementLine, ...]
    owed_for: tuple[OwedFor, ...]


class StatementEncounter(Part):
    """One visit on a statement: `due_cents` is the patient's share less what the patient paid for it."""

    encounter_id: UUID
    date_of_service: date
    patient_name: str
    provider: Party
    lines: tuple[StatementLine, ...]
    owed_for: tuple[OwedFor, ...]
    responsibility_cents: int
    patient_paid_cents: int
    due_cents: int

    @property
    def beside_lines_cents(self) -> int:
        """Of the patient's share, what the insurance assigned to the visit as a whole and not to one service."""
        return self.responsibility_cents - sum(line.owed_cents for line in self.lines)


class Statement(Part):
    """One bill to one guarantor. `balance_cents` is the sum of its visits' `due_cents` less `unapplied_cents`."""

    statement_id: UUID
    number: str
    """The organisation's own count, eight digits."""
    account_id: UUID
    account_number: str
    issued_on: date
    due_on: date
    remit_to: Party
    guarantor: Party
    encounters: tuple[StatementEncounter, ...]
    charges_cents: int
    insurance_paid_cents: int
    adjusted_cents: int
    insurance_pending_cents: int
    patient_paid_cents: int
    unapplied_cents: int
    """Money of the guarantor that we hold and that is not applied to a visit yet."""
    balance_cents: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """The names a new statement gets."""

    statement_id: UUID
    statement_number: int


def insurance_pending_cents(charge_cents: int, insurance_paid_cents: int, adjusted_cents: int, patient_cents: int) -> int:
    """What of a line's charge is neither paid, adjusted nor the patient's: the insurance still owes an answer about it."""
    return charge_cents - insurance_paid_cents - adjusted_cents - patient_cents


def statement_number(number: int) -> str:
    """A statement's number as people write it."""
    return f"{number:08d}"


def account_number(number: int) -> str:
    """An account's number as people write it: it names no patient."""
    return f"A{number:07d}"


def visit(responsibility: Responsibility, bill: Bill) -> StatementEncounter:
    """One encounter as it stands on a statement."""
    return StatementEncounter(
        encounter_id=responsibility.encounter_id,
        date_of_service=responsibility.date_of_service,
        patient_name=bill.patient_name,
        provider=bill.provider,
        lines=bill.lines,
        owed_for=bill.owed_for,
        responsibility_cents=responsibility.total_cents,
        patient_paid_cents=responsibility.applied_cents,
        due_cents=responsibility.open_cents,
    )


def write_statement(
    account: Account,
    guarantor: Party,
    responsibilities: Sequence[Responsibility],
    bills: Mapping[UUID, Bill],
    *,
    numbers: Numbers,
    policy: StatementPolicy,
    now: datetime,
    kept_cents: int = 0,
) -> Statement:
    """The statement of everything that is open on the account; only where `not_due` says nothing against it.

    `responsibilities` are all encounters with a balance other than zero, `bills` theirs by encounter; `kept_cents` of the
    guarantor's money is for visits that are not billed yet. The remittance goes to the billing provider of the latest visit.
    """
    visits = [visit(each, bills[each.encounter_id]) for each in sorted(responsibilities, key=_by_date)]
    lines = [line for each in visits for line in each.lines]
    return Statement(
        statement_id=numbers.statement_id,
        number=statement_number(numbers.statement_number),
        account_id=account.account_id,
        account_number=account_number(account.number),
        issued_on=now.date(),
        due_on=(now + policy.term).date(),
        remit_to=visits[-1].provider,
        guarantor=guarantor,
        encounters=tuple(visits),
        charges_cents=sum(line.charge_cents for line in lines),
        insurance_paid_cents=sum(line.insurance_paid_cents for line in lines),
        adjusted_cents=sum(line.adjusted_cents for line in lines),
        insurance_pending_cents=sum(line.insurance_pending_cents for line in lines),
        patient_paid_cents=sum(each.patient_paid_cents for each in visits),
        unapplied_cents=unapplied_cents(account, kept_cents),
        balance_cents=owed_cents(account, responsibilities, kept_cents),
    )


def _by_date(responsibility: Responsibility) -> tuple[date, UUID]:
    return responsibility.date_of_service, responsibility.encounter_id
