"""A check as a remittance tells it: who pays whom how much, for which claims; and whether its parts make the whole."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from msgspec import Struct

from payments_svc.domain.claim_payment import ClaimPayment
from payments_svc.domain.remittance import Reason


class Identity(NamedTuple):
    """TRN03, TRN02, BPR16, BPR02: the same for every resending of one check (DOMAIN.md 1)."""

    payer_identifier: str
    trace_number: str
    payment_date: date | None
    payment_cents: int


class ProviderAdjustment(Struct, frozen=True, gc=False):
    """One pair of a PLB segment; a positive amount lowers the payment."""

    code: str
    reference: str
    amount_cents: int


class CheckedClaim(Struct, frozen=True, gc=False):
    """A CLP with the verdict of its own balances."""

    payment: ClaimPayment
    fault: Reason | None = None
    """line-unbalanced, claim-unbalanced or unreadable: it is held by itself."""
    difference_cents: int = 0


@dataclass(frozen=True)
class Check:
    """One remittance: a transaction set, or the several that carry one check and balance only together.

    What is summed over its claims is summed once, however often its transaction is tried.
    """

    identity: Identity
    payer_name: str
    payee_npi: str
    payee_tax_ids: tuple[str, ...]
    claims: tuple[CheckedClaim, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...]
    content_sha256: str
    """Of the normalised content without envelopes, ST and SE."""
    places: tuple[int, ...]
    """Where its transaction sets stand among the file's 835s, from 0."""
    unreadable: bool = False
    """Its own segments, not a claim's, could not be read whole: amounts may be missing."""

    @cached_property
    def difference_cents(self) -> int:
        """The third balance: sum(CLP04) - sum(PLB) less BPR02; zero where it holds."""
        claims = sum([each.payment.paid_cents for each in self.claims])
        return claims - sum([each.amount_cents for each in self.provider_adjustments]) - self.identity.payment_cents

    @cached_property
    def responsibility_differences(self) -> tuple[tuple[int, ClaimPayment, int], ...]:
        """The CLPs whose CLP05 is not the sum of their PR adjustments: place from 1, the CLP, by how many cents."""
        differences = [each.payment.stated_responsibility_differs_by() for each in self.claims]
        return tuple([(place, self.claims[place - 1].payment, cents) for place, cents in enumerate(differences, 1) if cents])

    def faults(self, known_payees: Iterable[str]) -> list[Reason]:
        """Why nothing of it may be posted; empty where all is well. `known_payees` are our NPIs and tax ids."""
        reasons = []
        if self.unreadable or not self.identity.trace_number:
            reasons.append(Reason.UNREADABLE)
        if not {self.payee_npi, *self.payee_tax_ids} & (set(known_payees) - {""}):
            reasons.append(Reason.PAYEE_UNKNOWN)
        if self.difference_cents:
            reasons.append(Reason.TRANSACTION_UNBALANCED)
        return reasons


def checks_of_file(transaction_sets: Sequence[Check]) -> list[Check]:
    """The file's checks in order: sets of one identity that balance only together are one check."""
    of_identity: defaultdict[Identity, list[Check]] = defaultdict(list)
    for each in transaction_sets:
        of_identity[each.identity].append(each)
    checks = []
    for sets in of_identity.values():
        together = combined(sets)
        if len(sets) > 1 and not together.difference_cents and any(each.difference_cents for each in sets):
            checks.append(together)
        else:
            checks += sets
    return sorted(checks, key=lambda check: check.places)


def combined(sets: Sequence[Check]) -> Check:
    """Several transaction sets as one check; payer and payee are the first's."""
    first = sets[0]
    if len(sets) == 1:
        return first
    return Check(
        identity=first.identity,
        payer_name=first.payer_name,
        payee_npi=first.payee_npi,
        payee_tax_ids=first.payee_tax_ids,
        claims=tuple(claim for each in sets for claim in each.claims),
        provider_adjustments=tuple(item for each in sets for item in each.provider_adjustments),
        content_sha256=sha256("".join(each.content_sha256 for each in sets).encode()).hexdigest(),
        places=tuple(place for each in sets for place in each.places),
        unreadable=any(each.unreadable for each in sets),
    )
