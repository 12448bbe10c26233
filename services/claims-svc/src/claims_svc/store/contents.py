"""What claims are made of, kept in memory from their making until their file."""

from collections import OrderedDict
from uuid import UUID

from claims_svc.domain.claim import Claim
from claims_svc.domain.encounter import Encounter

KEPT_MAX = 2_000
"""Some 5 KB each."""


class Contents:
    """The encounters of claims that were made just now: their file, mostly a moment later, need not read them again.

    A claim that was changed since, as every claim of a changed encounter is, has another version and is read. What was kept in
    a transaction that failed is never asked for: its claims' ids are nowhere.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[int, Encounter]] = OrderedDict()

    def keep(self, claim: Claim, encounter: Encounter) -> None:
        """Keeps the content of a claim; the oldest one goes where there are too many."""
        self._kept[claim.claim_id] = (claim.version, encounter)
        if len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)

    def take(self, claim: Claim) -> Encounter | None:
        """The content of a claim as it is now, once; None where it is not here."""
        version, encounter = self._kept.pop(claim.claim_id, (0, None))
        return encounter if version == claim.version else None
