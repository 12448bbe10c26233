"""One CLP on its way: received, posted, held, waiting for its claim, taken back."""

from datetime import date
from uuid import UUID

from msgspec import Struct

from payments_svc.domain.check import CheckedClaim
from payments_svc.domain.claim_payment import ClaimPayment
from payments_svc.domain.remittance import CLAIM_TRANSITIONS, WAITING, ClaimState, NotPossibleNow, move


class RemittanceClaim(Struct, gc=False):
    """The working copy of one CLP."""

    key: tuple[UUID, str]
    """Organisation and patient control number, as it is compared."""
    remittance_claim_id: UUID
    remittance_id: UUID
    position: int
    """Within its remittance, from 1."""
    payer_identifier: str
    """TRN03 of its remittance."""
    payment_date: date
    payment: ClaimPayment
    state: ClaimState | None = None
    """None until it is decided for the first time."""
    reason: str = ""
    difference_cents: int = 0
    claim_id: UUID | None = None
    encounter_id: UUID | None = None
    rank: str = ""
    payer_id: str = ""
    entry_id: UUID | None = None
    """The entry that posted it, or put its payment in suspense."""
    is_stored: bool = False
    """It is in the database already: it waited."""
    suspended_cents: int = 0
    """What of its payment is in suspense now."""
    decided_by: str = ""
    note: str = ""

    @property
    def organisation_id(self) -> UUID:
        return self.key[0]

    @property
    def waits(self) -> bool:
        return self.state in WAITING

    def reconsider(self, corrected: CheckedClaim) -> None:
        """Takes a corrected content in place of a held one, to be decided anew. Raises NotPossibleNow where nothing is held."""
        if self.state is not ClaimState.HELD:
            raise NotPossibleNow("Only a held claim takes a corrected content")
        self.payment, self.state = corrected.payment, None
        self.reason, self.difference_cents = corrected.fault.value if corrected.fault else "", corrected.difference_cents

    def become(self, state: ClaimState, reason: str = "") -> None:
        """Its next state. Raises NotPossibleNow; the first state is free, and what waits may wait for another reason."""
        if self.state is not None and not (self.waits and state in WAITING):
            move(CLAIM_TRANSITIONS, self.state, state)
        self.state, self.reason = state, reason
