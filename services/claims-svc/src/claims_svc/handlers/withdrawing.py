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
