"""Between the typed 835 of `rcm.x12` and the domain."""

from collections.abc import Sequence
from datetime import date

from payments_svc.domain.check import Check, CheckedClaim, Identity, ProviderAdjustment, checks_of_file
from payments_svc.domain.claim_payment import Adjustment, ClaimPayment, LinePayment
from payments_svc.domain.remittance import Reason
from rcm.errors import Fault, InvalidBody
from rcm.x12.problems import Problem
from rcm.x12.remittance import ClaimPayment as X12Claim
from rcm.x12.remittance import LinePayment as X12Line
from rcm.x12.remittance import Remittance, claim_differences, convert_remittances
from rcm.x12.values import Adjustment as X12Adjustment

_MONEY_AT_RISK = frozenset({"not-an-amount", "missing-element", "missing-segment", "misplaced-segment", "missing-se"})
"""Problems after which an amount may be wrong or missing; all others were read around."""
_Read = tuple[CheckedClaim, int, int]
"""A claim with the numbers of its first and last segment."""
_PERIOD_START = "232"
_NAME_MAX = 80
"""Longer than any identifier of the guide (50 at most): what is longer is cut, and what it names is not posted."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PADDING = b"\0\x1a \t\r\n"


class NotARemittance(InvalidBody):
    """The file is X12 but holds no 835."""

    code = "no-remittance"
    title = "The file holds no remittance advice (835)"


def read_checks(content: bytes) -> list[Check]:
    """The checks of a file. Raises NotX12, WrongTransaction or NotARemittance for another one, InvalidBody for NUL inside."""
    if b"\0" in content.strip(_PADDING) and not content.startswith(_UTF_16):
        fault = Fault("", "nul-character", "A NUL character (U+0000) stands in the file", "Remove it; no element needs it.")
        raise InvalidBody("The file holds a NUL character", faults=[fault])
    sets = [_check(read, claims, place) for place, (read, claims) in enumerate(convert_remittances(content, _claim))]
    if not sets:
        fault = Fault(
            "ST, element 1", "no-remittance", "No transaction set of the file is an 835", "Send acknowledgements to claims."
        )
        raise NotARemittance(faults=[fault])
    return checks_of_file(sets)


def _check(remittance: Remittance, read: Sequence[_Read], place: int) -> Check:
    at_risk = [problem for problem in remittance.problems if problem.code in _MONEY_AT_RISK]
    claims, elsewhere = _claims(read, at_risk)
    payee = remittance.payee
    tax_ids = {payee.identifier} if payee.qualifier == "FI" else set()
    tax_ids |= {reference.value for reference in payee.references if reference.qualifier == "TJ"}
    signed = -remittance.payment_cents if remittance.credit_or_debit == "D" else remittance.payment_cents
    names = (remittance.payer_trace_id, remittance.trace_number)
    return Check(
        identity=Identity(names[0][:_NAME_MAX], names[1][:_NAME_MAX], remittance.payment_date, signed),
        payer_name=remittance.payer.name,
        payee_npi=payee.identifier if payee.qualifier == "XX" else "",
        payee_tax_ids=tuple(sorted(tax_id.replace("-", "") for tax_id in tax_ids if tax_id)),
        claims=claims,
        provider_adjustments=tuple(
            ProviderAdjustment(each.code, each.reference, each.amount_cents) for each in remittance.provider_adjustments
        ),
        content_sha256=remittance.content_sha256,
        places=(place,),
        unreadable=elsewhere or max(map(len, names)) > _NAME_MAX,
    )


def _claims(read: Sequence[_Read], at_risk: Sequence[Problem]) -> tuple[tuple[CheckedClaim, ...], bool]:
    """The claims, each with its verdict; and whether a problem stands outside of all claims."""
    if not at_risk:
        return tuple([claim for claim, _, _ in read]), False
    numbers = {problem.segment_number for problem in at_risk}
    checked = []
    for claim, first, last in read:
        own = {number for number in numbers if first <= number <= last}
        numbers -= own
        checked.append(CheckedClaim(claim.payment, Reason.UNREADABLE) if own else claim)
    return tuple(checked), bool(numbers)


def _claim(claim: X12Claim) -> _Read:
    """A claim with the verdict of its balances, and where it stands: whether all of it could be read is known at the end."""
    return _checked(claim), claim.segment_number, claim.last_segment_number


def _checked(claim: X12Claim) -> CheckedClaim:
    payment = _payment(claim)
    if max(len(claim.patient_control_number), len(claim.payer_claim_control_number)) > _NAME_MAX:
        return CheckedClaim(payment, Reason.UNREADABLE)
    differences = claim_differences(claim)
    if not differences:
        return CheckedClaim(payment)
    fault = Reason.LINE_UNBALANCED if differences[0].level == "line" else Reason.CLAIM_UNBALANCED
    return CheckedClaim(payment, fault, differences[0].difference_cents)


def _payment(claim: X12Claim) -> ClaimPayment:
    lines = tuple([_line(line) for line in claim.lines])
    days = [line.date_of_service for line in lines if line.date_of_service]
    if days:
        first_day: date | None = min(days)
    else:
        first_day = next((each.first for each in claim.dates if each.qualifier == _PERIOD_START), None)
    return ClaimPayment(
        claim.patient_control_number[:_NAME_MAX],
        claim.status,
        claim.charge_cents,
        claim.paid_cents,
        claim.patient_responsibility_cents,
        claim.payer_claim_control_number[:_NAME_MAX],
        _adjustments(claim.adjustments),
        lines,
        claim.remarks,
        claim.member_id,
        first_day,
    )


def _line(line: X12Line) -> LinePayment:
    return LinePayment(
        line.procedure,
        line.charge_cents,
        line.paid_cents,
        line.modifiers,
        line.original_procedure,
        line.original_modifiers,
        line.date_of_service,
        line.control_number,
        _adjustments(line.adjustments),
        line.remarks,
    )


def _adjustments(adjustments: Sequence[X12Adjustment]) -> tuple[Adjustment, ...]:
    return tuple([Adjustment(each.group, each.reason, each.amount_cents) for each in adjustments])
