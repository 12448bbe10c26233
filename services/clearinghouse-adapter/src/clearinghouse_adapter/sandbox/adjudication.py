"""Adjudicates one claim: pure, by its scenario and its content. Every line balances; 009 alone breaks its claim on purpose."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from clearinghouse_adapter.sandbox.scenarios import Content
from rcm.x12.professional_claim import ProfessionalClaim, ServiceLine
from rcm.x12.remittance import ClaimPayment, LinePayment, Person
from rcm.x12.values import Adjustment, Amount

COPAYS_CENTS = (1_500, 2_000, 2_500, 3_000, 4_000)
IMBALANCE_CENTS = 500
"""By so much scenario 009's CLP04 is over its lines."""
UNEXPLAINED_CENTS = 100
"""Scenario 007's OA-94 on its first line."""
SEQUESTRATION_PERCENT = 2
COINSURANCE_PERCENT = 20
_FILING = {"CI": "12", "BL": "12", "HM": "HM", "MB": "MB", "MC": "MC", "WC": "WC", "CH": "CH", "VA": "VA", "16": "16"}


class Decided(Struct, frozen=True, gc=False):
    """One line as decided."""

    line: ServiceLine
    adjustments: tuple[Adjustment, ...]
    paid_cents: int
    """What is left of its charge."""
    remarks: tuple[str, ...] = ()


Decision = Callable[[Sequence[ServiceLine], Content], list[Decided]]


def _decided(line: ServiceLine, *adjustments: tuple[str, str, int], remarks: tuple[str, ...] = ()) -> Decided:
    """The line with those adjustments that are not zero, and paid what they leave."""
    own = tuple([Adjustment(*item) for item in adjustments if item[2]])
    return Decided(line, own, line.charge_cents - sum([item[2] for item in adjustments]), remarks)


def _allowed(line: ServiceLine, place: int, content: Content) -> int:
    """60 to 90 percent of the charge, rounded down to the cent."""
    return line.charge_cents * (60 + content.draw(place % 12, 31)) // 100


def _paid(lines: Sequence[ServiceLine], content: Content) -> list[Decided]:
    """001: contractual adjustment, and the copay from the first lines' allowed amounts."""
    copay = COPAYS_CENTS[content.draw(13, len(COPAYS_CENTS))]
    decided: list[Decided] = []
    for place, line in enumerate(lines):
        allowed = _allowed(line, place, content)
        share = min(copay, allowed)
        copay -= share
        decided.append(_decided(line, ("CO", "45", line.charge_cents - allowed), ("PR", "3", share)))
    return decided


def _deductible(lines: Sequence[ServiceLine], content: Content) -> list[Decided]:
    """002."""
    decided: list[Decided] = []
    for place, line in enumerate(lines):
        allowed = _allowed(line, place, content)
        decided.append(_decided(line, ("CO", "45", line.charge_cents - allowed), ("PR", "1", allowed)))
    return decided


def _not_necessary(lines: Sequence[ServiceLine], _: Content) -> list[Decided]:
    """003."""
    return [_decided(line, ("CO", "50", line.charge_cents), remarks=("N115",)) for line in lines]


def _not_authorised(lines: Sequence[ServiceLine], _: Content) -> list[Decided]:
    """004."""
    return [_decided(line, ("CO", "197", line.charge_cents)) for line in lines]


def _last_bundled(lines: Sequence[ServiceLine], content: Content) -> list[Decided]:
    """005."""
    if len(lines) == 1:
        return _paid(lines, content)
    last = lines[-1]
    return [*_paid(lines[:-1], content), _decided(last, ("CO", "97", last.charge_cents), remarks=("M15",))]


def _short(lines: Sequence[ServiceLine], content: Content) -> list[Decided]:
    """007: the lines' part; `_claim_adjustments` adds the claim's."""
    decided: list[Decided] = []
    for place, line in enumerate(lines):
        allowed = _allowed(line, place, content)
        coinsurance = allowed * COINSURANCE_PERCENT // 100
        unexplained = min(UNEXPLAINED_CENTS, allowed - coinsurance) if not place else 0
        adjustments = (("CO", "45", line.charge_cents - allowed), ("OA", "94", unexplained), ("PR", "2", coinsurance))
        decided.append(_decided(line, *adjustments))
    return decided


_DECISIONS: Mapping[str, Decision] = {
    "001": _paid,
    "002": _deductible,
    "003": _not_necessary,
    "004": _not_authorised,
    "005": _last_bundled,
    "007": _short,
    "009": _paid,
}
ANSWERED = frozenset(_DECISIONS)
"""The scenarios that get a remittance."""


def adjudicate(claim: ProfessionalClaim, scenario: str, content: Content, number: str = "") -> ClaimPayment:
    """The claim's CLP; `number` is its payer's claim control number where that is known already."""
    decided = _DECISIONS[scenario](claim.lines, content)
    own = _claim_adjustments(scenario, decided)
    paid = charges_paid = responsibility = 0
    for item in decided:
        paid += item.paid_cents
        if item.paid_cents:
            charges_paid += item.line.charge_cents
        for adjustment in item.adjustments:
            if adjustment.group == "PR":
                responsibility += adjustment.amount_cents
    for adjustment in own:
        paid -= adjustment.amount_cents
    return ClaimPayment(
        patient_control_number=claim.patient_control_number,
        status="4" if scenario == "003" else "1",
        charge_cents=claim.charge_cents,
        paid_cents=paid + (IMBALANCE_CENTS if scenario == "009" else 0),
        patient_responsibility_cents=responsibility,
        filing_indicator=_FILING.get(claim.subscriber.filing_indicator, "ZZ"),
        payer_claim_control_number=number or payer_claim_control_number(claim, content),
        facility_code=claim.place_of_service,
        frequency=claim.frequency,
        adjustments=own,
        lines=tuple([_line(item) for item in decided]),
        persons=_persons(claim),
        amounts=(Amount("AU", charges_paid),) if paid > 0 else (),
        header_number=1,
    )


def reversal_of(payment: ClaimPayment) -> ClaimPayment:
    """The same CLP taken back: status 22, every amount negated."""
    return replace(
        payment,
        status="22",
        charge_cents=-payment.charge_cents,
        paid_cents=-payment.paid_cents,
        patient_responsibility_cents=-payment.patient_responsibility_cents,
        adjustments=_negated(payment.adjustments),
        lines=tuple(
            replace(
                line,
                charge_cents=-line.charge_cents,
                paid_cents=-line.paid_cents,
                adjustments=_negated(line.adjustments),
                amounts=(),
            )
            for line in payment.lines
        ),
        amounts=(),
    )


def _negated(adjustments: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(replace(item, amount_cents=-item.amount_cents) for item in adjustments)


def payer_claim_control_number(claim: ProfessionalClaim, content: Content) -> str:
    """By the content, and by the patient control number, so that two visits that are alike have two."""
    mixed = int.from_bytes(content.digest[:5]) ^ int.from_bytes(_digest_of(claim.patient_control_number))
    return f"SBX{mixed:013d}"


def _digest_of(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=5).digest()


def _claim_adjustments(scenario: str, decided: Sequence[Decided]) -> tuple[Adjustment, ...]:
    """007's CO-253: two percent of what the lines pay."""
    if scenario != "007":
        return ()
    withheld = sum(item.paid_cents for item in decided) * SEQUESTRATION_PERCENT // 100
    return (Adjustment("CO", "253", withheld),) if withheld else ()


def _line(decided: Decided) -> LinePayment:
    line = decided.line
    allowed = line.charge_cents
    for item in decided.adjustments:
        if item.group == "CO":
            allowed -= item.amount_cents
    return LinePayment(
        line.procedure,
        line.charge_cents,
        decided.paid_cents,
        line.modifiers,
        units=line.units,
        control_number=line.line_control_number,
        date_of_service=line.date_of_service,
        date_of_service_to=line.date_of_service_to,
        adjustments=decided.adjustments,
        amounts=(Amount("B6", allowed),) if allowed > 0 else (),
        remarks=decided.remarks,
    )


def _persons(claim: ProfessionalClaim) -> tuple[Person, ...]:
    """The patient, and the insured where that is another."""
    subscriber, patient = claim.subscriber, claim.patient
    if patient is None:
        return (Person("QC", subscriber.last_name, subscriber.first_name, subscriber.middle_name, "MI", subscriber.member_id),)
    return (
        Person("QC", patient.last_name, patient.first_name, patient.middle_name),
        Person("IL", subscriber.last_name, subscriber.first_name, subscriber.middle_name, "MI", subscriber.member_id),
    )
