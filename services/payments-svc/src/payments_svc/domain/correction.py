"""A corrected content of a check whose first content was posted: it may mend what is held, and nothing else."""

from collections.abc import Sequence

from payments_svc.domain.check import CheckedClaim
from payments_svc.domain.remittance import ClaimState
from payments_svc.domain.remittance_claim import RemittanceClaim
from rcm.errors import Conflict


class PostedClaimsDiffer(Conflict):
    """The new content changes claims of the check that are posted already; a reversal by the payer would do that."""

    code = "posted-claims-differ"
    title = "The content changes claims that are posted already"


def corrected_claims(
    stored: Sequence[RemittanceClaim], said: Sequence[CheckedClaim]
) -> list[tuple[RemittanceClaim, CheckedClaim]]:
    """The held CLPs, each with its new content, found by patient control number in order.

    All others must be said again word for word. Raises PostedClaimsDiffer.
    """
    left = list(said)
    for claim in stored:
        if claim.state is not ClaimState.HELD:
            as_said = claim.payment.without_line_numbers()
            same = next((each for each in left if each.payment == as_said), None)
            if same is None:
                raise PostedClaimsDiffer
            left.remove(same)
    pairs = []
    for claim in stored:
        if claim.state is ClaimState.HELD:
            number = claim.payment.patient_control_number
            corrected = next((each for each in left if each.payment.patient_control_number == number), None)
            if corrected is None:
                raise PostedClaimsDiffer
            left.remove(corrected)
            pairs.append((claim, corrected))
    if left:
        raise PostedClaimsDiffer
    return pairs
