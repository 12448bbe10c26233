"""Whose CLP is this, which of our lines does each of its lines answer, and what does a reversal take back (DOMAIN.md 1)."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from payments_svc.domain.claim_payment import ClaimPayment, LinePayment

FINAL = frozenset({"1", "2", "3", "4"})
"""CLP02 of a payer that is done: processed as primary, secondary or tertiary, denied; 19 to 21 went on to another payer."""


class SentLine(Struct, frozen=True, gc=False, omit_defaults=True):
    """A line as it was sent to the payer, under the names that ClaimSubmitted gives it."""

    line_number: int
    control_number: str = field(name="line_control_number")
    procedure: str
    date_of_service: date
    charge_cents: int
    modifiers: tuple[str, ...] = ()


class SentClaim(Struct, frozen=True):
    """A claim in one submission: what its patient control number stands for."""

    organisation_id: UUID
    patient_control_number: str
    claim_id: UUID
    encounter_id: UUID
    rank: str
    payer_id: str
    last_payer: bool
    """claims-svc said that no coverage of the encounter comes after this one."""
    lines: tuple[SentLine, ...]


class PostedPayment(Struct, frozen=True):
    """A CLP that stands in the ledger: posted, no reversal itself, not taken back."""

    remittance_claim_id: UUID
    remittance_id: UUID
    position: int
    payment_date: date
    claim_id: UUID
    rank: str
    payer_id: str
    entry_id: UUID | None
    """None where nothing moved."""
    payment: ClaimPayment


def normalised_control_number(text: str) -> str:
    """A patient control number as we compare it: payers pad it and change its case."""
    return text.strip().upper()


def match_lines(payment: ClaimPayment, sent: Sequence[SentLine]) -> ClaimPayment:
    """The payment with its `line_numbers` set: by REF*6R, then code, modifiers, date and charge, then SVC06.

    A line that no rule finds keeps None, which is a task for a person. A control number may answer several lines (split by
    the payer); the other rules take each of our lines once.
    """
    if not payment.lines:
        return payment
    by_control_number = {line.control_number: line.line_number for line in sent if line.control_number}
    found = [by_control_number.get(line.control_number) for line in payment.lines]
    if None in found:
        _find_by_service(payment, sent, found)
    return replace(payment, line_numbers=tuple(found))


def _find_by_service(payment: ClaimPayment, sent: Sequence[SentLine], found: list[int | None]) -> None:
    """Looks for lines that have no number in `found`, among those that were sent and are not found yet."""
    free = [line for line in sent if line.line_number not in found]
    for rule in (_same_service, _same_billed_service):
        for place, line in enumerate(payment.lines):
            if found[place] is not None:
                continue
            ours = next((candidate for candidate in free if rule(line, candidate)), None)
            if ours is not None:
                free.remove(ours)
                found[place] = ours.line_number


def answers_whole_claim(payment: ClaimPayment, sent: Sequence[SentLine]) -> bool:
    """Whether this payer has said all: it processed or denied the claim, every line that was sent, and forwarded nothing.

    `payment` has its lines matched. One whose payer answers without lines, or in pieces, is for claims-svc to judge.
    """
    answered = payment.line_numbers
    return payment.status in FINAL and None not in answered and set(answered).issuperset([line.line_number for line in sent])


def unmatched_lines(payment: ClaimPayment) -> int:
    """How many of the payment's lines are no line of ours."""
    return payment.line_numbers.count(None)


def original_of(
    reversal: ClaimPayment, candidates: Iterable[PostedPayment], *, remittance_id: UUID, position: int, payment_date: date
) -> PostedPayment | None:
    """The posted payment that a reversal takes back: CLP01 (the candidates' own) and CLP07.

    What was said after the reversal can't be meant: a later date, or the same remittance further down, where the corrected
    claim follows its reversal. The exact opposite wins over a payment of another amount, then the latest wins.
    """
    known = [
        posted
        for posted in candidates
        if _same_claim_number(reversal, posted.payment)
        and posted.payment_date <= payment_date
        and (posted.remittance_id != remittance_id or posted.position < position)
    ]
    if not known:
        return None
    return max(known, key=lambda posted: (reversal.negates(posted.payment), posted.payment_date, posted.position))


def _same_claim_number(reversal: ClaimPayment, posted: ClaimPayment) -> bool:
    if normalised_control_number(reversal.patient_control_number) != normalised_control_number(posted.patient_control_number):
        return False
    mine, theirs = reversal.payer_claim_control_number, posted.payer_claim_control_number
    return not mine or not theirs or mine == theirs


def _same_service(line: LinePayment, sent: SentLine) -> bool:
    return (
        line.procedure == sent.procedure
        and line.modifiers == sent.modifiers
        and line.charge_cents == sent.charge_cents
        and line.date_of_service in {None, sent.date_of_service}
    )


def _same_billed_service(line: LinePayment, sent: SentLine) -> bool:
    return (
        bool(line.original_procedure)
        and line.original_procedure == sent.procedure
        and line.original_modifiers in {(), sent.modifiers}
        and line.date_of_service in {None, sent.date_of_service}
    )
