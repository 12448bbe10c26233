"""The balances of a claim that other payers have seen (DOMAIN 4). Amounts in cents; nothing is ever rounded."""

from collections.abc import Sequence

from rcm.x12.claim.coordination import LineAdjudication, OtherPayer
from rcm.x12.claim.values import Claim, ClaimLine
from rcm.x12.values import Adjustment, Difference


def coordination_differences(claim: Claim, lines: Sequence[ClaimLine]) -> list[Difference]:
    """What does not balance, payer by payer in the claim's order; empty where all does.

    By payer: CLM02 = AMT*D of 2320 + all CAS of 2320 and 2430 (payer-claim); where it has decided line by line, AMT*D =
    sum(SVD02) - CAS of 2320 (payer-payments). By line that it has decided: the line's charge = sum(SVD02) + CAS of 2430
    (payer-line). `expected_cents` is what the other amounts make, `found_cents` CLM02, AMT*D or the charge. A payer of which
    no payment is told (no AMT*D) has decided nothing and is passed over.
    """
    found: list[Difference] = []
    for payer in claim.other_payers:
        if payer.paid_cents is not None:
            found += _of_payer(claim, lines, payer, payer.paid_cents)
    return found


def _of_payer(claim: Claim, lines: Sequence[ClaimLine], payer: OtherPayer, paid: int) -> list[Difference]:
    found: list[Difference] = []
    pcn, own, place = claim.patient_control_number, _sum(payer.adjustments), payer.segment_number
    adjusted, paid_by_line, decided_lines = own, 0, False
    for number, line in enumerate(lines, 1):
        decided = [one for one in line.adjudications if one.payer_id == payer.payer_id]
        if not decided:
            continue
        decided_lines = True
        line_paid = sum(one.paid_cents for one in decided)
        line_adjusted = sum(_sum(one.adjustments) for one in decided)
        paid_by_line += line_paid
        adjusted += line_adjusted
        if (expected := line_paid + line_adjusted) != line.charge_cents and not _bundled(decided):
            at = decided[0].segment_number
            found.append(Difference("line", expected, line.charge_cents, at, pcn, number, "payer-line", payer.payer_id))
    if (expected := paid + adjusted) != claim.charge_cents:
        found.append(Difference("claim", expected, claim.charge_cents, place, pcn, 0, "payer-claim", payer.payer_id))
    if decided_lines and (expected := paid_by_line - own) != paid:
        found.append(Difference("claim", expected, paid, place, pcn, 0, "payer-payments", payer.payer_id))
    return found


def _bundled(decided: Sequence[LineAdjudication]) -> bool:
    """A line that was bundled into another is balanced there."""
    return any(one.bundled_line for one in decided)


def _sum(adjustments: Sequence[Adjustment]) -> int:
    return sum(one.amount_cents for one in adjustments)
