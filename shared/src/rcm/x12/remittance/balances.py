"""The three balances of an 835 (DOMAIN 1): line, claim, transaction. Amounts in cents; nothing is ever rounded."""

from collections.abc import Iterable

from rcm.x12.remittance.values import ClaimPayment, Remittance
from rcm.x12.values import Difference


def claim_differences(claim: ClaimPayment) -> list[Difference]:
    """The balances of one CLP that fail, its lines' first; empty where it balances.

    Line: SVC02 - CAS = SVC03. Claim: CLP03 - all CAS = CLP04; with lines also sum(SVC02) = CLP03 and
    sum(SVC03) - CAS of 2100 = CLP04.
    """
    own = charged = paid = 0
    for adjustment in claim.adjustments:
        own += adjustment.amount_cents
    everything = own
    for line in claim.lines:
        adjusted = 0
        for adjustment in line.adjustments:
            adjusted += adjustment.amount_cents
        if line.charge_cents - adjusted != line.paid_cents:
            return _claim_differences(claim)
        everything += adjusted
        charged += line.charge_cents
        paid += line.paid_cents
    if claim.charge_cents - everything != claim.paid_cents:
        return _claim_differences(claim)
    if claim.lines and (charged != claim.charge_cents or paid - own != claim.paid_cents):
        return _claim_differences(claim)
    return []


def _claim_differences(claim: ClaimPayment) -> list[Difference]:
    """The same for a claim that does not balance."""
    differences: list[Difference] = []
    pcn, place = claim.patient_control_number, claim.segment_number
    own = sum(adjustment.amount_cents for adjustment in claim.adjustments)
    everything = own + sum(adjustment.amount_cents for line in claim.lines for adjustment in line.adjustments)
    for number, line in enumerate(claim.lines, 1):
        expected = line.charge_cents - sum(adjustment.amount_cents for adjustment in line.adjustments)
        if expected != line.paid_cents:
            differences.append(Difference("line", expected, line.paid_cents, line.segment_number, pcn, number, "line"))
    if (expected := claim.charge_cents - everything) != claim.paid_cents:
        differences.append(Difference("claim", expected, claim.paid_cents, place, pcn, 0, "claim-adjustments"))
    if claim.lines:
        charged = sum(line.charge_cents for line in claim.lines)
        if charged != claim.charge_cents:
            differences.append(Difference("claim", charged, claim.charge_cents, place, pcn, 0, "claim-charges"))
        if (expected := sum(line.paid_cents for line in claim.lines) - own) != claim.paid_cents:
            differences.append(Difference("claim", expected, claim.paid_cents, place, pcn, 0, "claim-payments"))
    return differences


def transaction_difference(*remittances: Remittance) -> Difference | None:
    """sum(CLP04) - sum(PLB) = sum(BPR02), over one transaction set or the several of one check; None where it holds."""
    expected = sum(claim.paid_cents for remittance in remittances for claim in remittance.claims)
    expected -= sum(item.amount_cents for remittance in remittances for item in remittance.provider_adjustments)
    found = sum(_signed_payment(remittance) for remittance in remittances)
    if expected == found:
        return None
    return Difference("transaction", expected, found, remittances[0].first_segment + 1, rule="transaction")


def differences(remittances: Iterable[Remittance]) -> list[Difference]:
    """All differences of each remittance by itself: its claims' in order, then its own."""
    found: list[Difference] = []
    for remittance in remittances:
        for claim in remittance.claims:
            found += claim_differences(claim)
        if (difference := transaction_difference(remittance)) is not None:
            found.append(difference)
    return found


def _signed_payment(remittance: Remittance) -> int:
    """BPR02 with the sign of BPR03: a debit takes money from the provider."""
    return -remittance.payment_cents if remittance.credit_or_debit == "D" else remittance.payment_cents
