"""Claims and what they are made of, kept in memory from their making until their file."""

from collections import OrderedDict
from uuid import UUID

from claims_svc.domain.claim import Claim
from claims_svc.domain.encounter import Encounter

KEPT_MAX = 5_000
"""As many as the largest file takes: of more that wait at once the oldest, which go first, would be read. Some 6 KB each."""


class Contents:
    """Claims that were made just now, with their encounters: their file, mostly a moment later, need not read them again.

    A claim that was changed since, as every claim of a changed encounter is, has another version and is read. What was kept in
    a transaction that failed is never asked for: its claims' ids are nowhere.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[int, Claim, Encounter]] = OrderedDict()

    def keep(self, claim: Claim, encounter: Encounter) -> None:
        """Keeps a claim as its row is, and its content; the oldest one goes where there are too many."""
        self._kept[claim.claim_id] = (claim.version, claim, encounter)
        if len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)

    def take(self, claim_id: UUID, version: int) -> tuple[Claim, Encounter] | None:
        """A claim whose row is of this version, and its content, once; None where it is not here.

        Whoever takes it may change it: a transaction that is tried again reads it.
        """
        kept, claim, encounter = self._kept.pop(claim_id, (0, None, None))
        return (claim, encounter) if claim is not None and encounter is not None and kept == version else None
