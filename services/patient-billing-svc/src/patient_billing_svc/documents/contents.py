"""What a statement says, in words and formatted amounts: the one source of its web page and its PDF."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from patient_billing_svc.domain.statement import Party, Statement, StatementEncounter, StatementLine
from rcm.money import dollars

REASONS: Mapping[str, str] = {
    "1": "Deductible",
    "2": "Coinsurance",
    "3": "Copay",
    "self_pay": "Not insured",
}
"""Why a patient owes something: reasons of group PR (CARC 1, 2, 3), and our own for patients without a coverage."""

EXPLANATIONS: Mapping[str, str] = {
    "1": "Deductible: what you pay yourself each year before your plan begins to pay.",
    "2": "Coinsurance: your share, by percentage, of what your plan allows.",
    "3": "Copay: the fixed amount your plan asks of you for a visit.",
    "self_pay": "Not insured: we were given no coverage for this visit. If you had one, tell us and we will bill your plan.",
}

NOTES = (
    "Adjustment is what your plan's contract takes off our charge; nobody pays it.",
    "This bill holds only what your insurance has decided that you owe. What it still decides about is not billed here.",
    "If you think something is wrong, or can't pay this at once, write to us before the due date: while we look into a "
    "dispute no further bill is sent.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One service."""

    day: str
    procedure: str
    description: str
    charge: str
    insurance_paid: str
    adjusted: str
    pending: str
    owed: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit, with what is due for it and why."""

    title: str
    subtitle: str
    rows: tuple[Row, ...]
    beside_lines: str
    """What of the share belongs to no single service; empty where nothing does."""
    why: str
    share: str
    paid: str
    """What the patient paid already; empty where nothing."""
    due: str


@dataclass(frozen=True, slots=True)
class Term:
    """One amount of the equation at the top."""

    sign: str
    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole statement."""

    number: str
    account_number: str
    issued_on: str
    due_on: str
    remit_to: Party
    guarantor: Party
    amount_due: str
    equation: tuple[Term, ...]
    shows_pending: bool
    visits: tuple[Visit, ...]
    unapplied: str
    explanations: tuple[str, ...]
    notes: tuple[str, ...]


def contents(statement: Statement) -> Contents:
    """The statement in words."""
    reasons = dict.fromkeys(part.reason for each in statement.encounters for part in each.owed_for)
    return Contents(
        number=statement.number,
        account_number=statement.account_number,
        issued_on=long_date(statement.issued_on),
        due_on=long_date(statement.due_on),
        remit_to=statement.remit_to,
        guarantor=statement.guarantor,
        amount_due=dollars(statement.balance_cents),
        equation=equation(statement),
        shows_pending=statement.insurance_pending_cents != 0,
        visits=tuple(_visit(each) for each in statement.encounters),
        unapplied=less(statement.unapplied_cents) if statement.unapplied_cents else "",
        explanations=tuple(EXPLANATIONS[reason] for reason in reasons if reason in EXPLANATIONS),
        notes=NOTES,
    )


def equation(statement: Statement) -> tuple[Term, ...]:
    """Charges less everything else is what is owed; a term of zero is left out but for the first two and the last."""
    terms = [
        ("", "Charges", statement.charges_cents, True),
        ("−", "Insurance paid", statement.insurance_paid_cents, True),
        ("−", "Adjustments", statement.adjusted_cents, False),
        ("−", "Insurance pending", _pending(statement), False),
        ("−", "You paid", statement.patient_paid_cents + statement.unapplied_cents, False),
        ("=", "You owe", statement.balance_cents, True),
    ]
    return tuple(Term(sign, label, dollars(amount)) for sign, label, amount, always in terms if amount or always)


def _pending(statement: Statement) -> int:
    """What the lines leave open, less the shares that belong to no single line: with it the equation sums to the cent."""
    return statement.insurance_pending_cents - sum(each.beside_lines_cents for each in statement.encounters)


def long_date(day: date) -> str:
    """March 4, 2025."""
    return f"{day:%B} {day.day}, {day.year}"


def short_date(day: date) -> str:
    """03/04/2025."""
    return f"{day:%m/%d/%Y}"


def less(amount: int) -> str:
    """An amount that is taken off: $5.00 as −$5.00, nothing as $0.00, and what was added back with a plus."""
    if amount == 0:
        return dollars(0)
    return f"−{dollars(amount)}" if amount > 0 else f"+{dollars(-amount)}"


def _visit(encounter: StatementEncounter) -> Visit:
    beside = encounter.beside_lines_cents
    parts = [f"{REASONS.get(part.reason, 'Your share')} {dollars(part.amount_cents)}" for part in encounter.owed_for]
    return Visit(
        title=f"Visit of {long_date(encounter.date_of_service)}",
        subtitle=" · ".join(name for name in (encounter.patient_name, encounter.provider.name) if name),
        rows=tuple(_row(line) for line in encounter.lines),
        beside_lines=dollars(beside) if beside else "",
        why=", ".join(parts),
        share=dollars(encounter.responsibility_cents),
        paid=less(encounter.patient_paid_cents) if encounter.patient_paid_cents else "",
        due=dollars(encounter.due_cents),
    )


def _row(line: StatementLine) -> Row:
    return Row(
        day=short_date(line.date_of_service),
        procedure=line.procedure,
        description=line.description or "Service",
        charge=dollars(line.charge_cents),
        insurance_paid=less(line.insurance_paid_cents),
        adjusted=less(line.adjusted_cents),
        pending=less(line.insurance_pending_cents),
        owed=dollars(line.owed_cents),
    )
