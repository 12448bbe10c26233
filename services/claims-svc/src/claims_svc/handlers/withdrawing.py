"""How a claim is withdrawn that no payer holds."""

from claims_svc.domain.claim import Act, Claim, close, void

PRIMARY = "P"
WITHDRAWN = "The claim is withdrawn"


def withdraw(claim: Claim, act: Act, reason: str) -> bool:
    """Voids the first payer's claim, with which the charges go: True, and it is to be said.

    A later payer's claim is closed: it never carried charges of its own.
    """
    if claim.rank == PRIMARY:
        void(claim, act, reason)
        return True
    close(claim, act, reason)
    return False


def lose_coverage(claim: Claim, act: Act) -> bool:
    """Closes a claim whose coverage is gone and that no payer holds, while the encounter's charges stand.

    True where the first payer's claim was out: that no payer is left is to be said, as its ClaimSubmitted stands no more.
    """
    close(claim, act, "The encounter has no coverage for this payer any more")
    claim.sequence_completed = claim.rank == PRIMARY and claim.submitted_at is not None
    return claim.sequence_completed
