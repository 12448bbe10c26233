"""What a posting works with: whose the CLPs are, the accounts they move, and what stands already."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from uuid import UUID

from payments_svc.domain.adjudication import Adjudication
from payments_svc.domain.ledger import Lines
from payments_svc.domain.matching import SentClaim
from payments_svc.domain.remittance import Reason
from payments_svc.domain.remittance_claim import RemittanceClaim
from payments_svc.handlers.book import Book, CausedBy, Key
from payments_svc.handlers.responsibility import Shares, Standing
from payments_svc.store import ledger, remittance_claims, submissions
from rcm.messaging.unit_of_work import UnitOfWork

Sent = dict[tuple[UUID, str], SentClaim]


@dataclass(slots=True)
class Posting:
    """What a posting works with and what it made."""

    book: Book
    sent: Sent
    by_payer_number: dict[tuple[UUID, str, str], SentClaim]
    found: Sent = field(default_factory=dict)
    """Whose the CLPs of this transaction are, by their own numbers, whatever they were found by."""
    standing: Standing = field(default_factory=dict)
    """By encounter: what stands in the ledger, only loaded where something is taken back or may be the last word."""
    adjudications: dict[UUID, Adjudication] = field(default_factory=dict)
    """Of what was posted in this transaction, by CLP."""
    lines: dict[UUID, Lines] = field(default_factory=dict)
    """Of the entries that posted it."""
    causes: dict[Key, CausedBy] = field(default_factory=dict)
    """The encounters whose money moved, each with its cause."""
    taken_back: dict[tuple[UUID, UUID], UUID] = field(default_factory=dict)
    fresh: dict[UUID, RemittanceClaim] = field(default_factory=dict)
    """Posted in this transaction, by id: one of them may be taken back in it."""
    tasks: list[dict[str, object]] = field(default_factory=list)
    named: bool = False
    """Whether a person has said whose the CLPs are: then an earlier answer is no reason to wait (decision 0190)."""
    held: dict[tuple[UUID, UUID], list[RemittanceClaim]] = field(default_factory=dict)
    """By organisation and claim: answers that wait because another stands; stored ones only where one is taken back."""
    let_in: list[RemittanceClaim] = field(default_factory=list)
    """Those of them that were posted to be taken back."""
    reversals_wait: bool = True
    """Whether any reversal waits for what may be posted now, in the organisations of these CLPs: mostly none."""
    alone: AbstractSet[Key] = frozenset()
    """Encounters of which nothing was posted, and that only one CLP of this transaction is about: when that is posted all is
    known of them, and their share is assigned at once, while they are in the processor's cache.
    """
    shares: Shares = field(init=False)

    def __post_init__(self) -> None:
        self.shares = Shares(self.book)

    def hold(self, claim: RemittanceClaim) -> None:
        """An answer that waits because the claim was answered before."""
        assert claim.claim_id is not None
        self.held.setdefault((claim.organisation_id, claim.claim_id), []).append(claim)

    def claim_sent(self, claim: RemittanceClaim) -> SentClaim | None:
        """Whose CLP it is: by our number, else by the payer's own."""
        found = self.sent.get(claim.key)
        if found is None and claim.payment.payer_claim_control_number:
            org, number = claim.organisation_id, claim.payment.payer_claim_control_number
            found = self.by_payer_number.get((org, claim.payer_identifier, number))
        return found


async def load_posting(
    unit: UnitOfWork, claims: Sequence[RemittanceClaim], matched: Sent, *, named: bool
) -> tuple[Posting, Sequence[SentClaim | None]]:
    """What the posting works with; and whose each of the CLPs is."""
    missing = [claim for claim in claims if claim.key not in matched]
    sent = matched
    if missing:
        sent = await submissions.by_control_number(unit.connection, {claim.key for claim in missing}) | matched
    unknown = {
        (claim.organisation_id, claim.payer_identifier, claim.payment.payer_claim_control_number)
        for claim in missing
        if claim.key not in sent and claim.payment.payer_claim_control_number
    }
    posting = Posting(Book(unit), sent, await _by_payer_number(unit, unknown), named=named)
    found = [sent.get(claim.key) or posting.claim_sent(claim) for claim in claims]
    named_by: Counter[Key] = Counter()
    last: set[Key] = set()
    others: set[Key] = set()
    reversals: set[Key] = set()
    taken_back: set[tuple[UUID, UUID]] = set()
    for claim, ours in zip(claims, found, strict=True):
        if ours is not None:
            key = (ours.organisation_id, ours.encounter_id)
            named_by[key] += 1
            (last if ours.last_payer else others).add(key)
            if claim.payment.is_reversal:
                reversals.add(key)
                taken_back.add((ours.organisation_id, ours.claim_id))
    answered = await posting.book.load_with_bills(last)
    await posting.book.load(others)
    untold = last - answered
    posting.standing.update({key: [] for key in untold})
    await load_standing(posting, answered | reversals | others)
    organisations = {claim.organisation_id for claim in claims}
    posting.reversals_wait = await remittance_claims.any_waits(unit.connection, organisations, Reason.REVERSAL_WITHOUT_ORIGINAL)
    if not posting.reversals_wait:
        posting.alone = {key for key in untold - reversals if named_by[key] == 1}
    if held := await held_answers(unit, taken_back):
        own = {claim.remittance_claim_id for claim in claims}
        for each in held:
            if each.remittance_claim_id not in own:
                posting.hold(each)
    return posting, found


async def held_answers(unit: UnitOfWork, claims: Collection[tuple[UUID, UUID]]) -> list[RemittanceClaim]:
    """The stored answers of these claims, as (organisation, claim), that wait because another one stands; oldest first."""
    reason, organisations = Reason.ANSWERED_BEFORE, {organisation_id for organisation_id, _ in claims}
    if not claims or not await remittance_claims.any_waits(unit.connection, organisations, reason):
        return []
    return await remittance_claims.waiting_of_claims(unit.connection, claims, reason)


async def _by_payer_number(unit: UnitOfWork, keys: Collection[tuple[UUID, str, str]]) -> dict[tuple[UUID, str, str], SentClaim]:
    """What a payer's own numbers stand for; one that stands for several claims answers none: a person decides."""
    if not keys:
        return {}
    known = await remittance_claims.claims_of_payer_numbers(unit.connection, keys)
    one = {key: (key[0], *next(iter(claims))) for key, claims in known.items() if len(claims) == 1}
    sent = await submissions.latest_of_claims(unit.connection, set(one.values()))
    return {key: sent[claim] for key, claim in one.items() if claim in sent}


async def load_standing(posting: Posting, encounters: Iterable[Key]) -> None:
    """What stands in the ledger for these encounters, with its entries' lines."""
    missing = [key for key in dict.fromkeys(encounters) if key not in posting.standing]
    if not missing:
        return
    connection = posting.book.unit.connection
    standing = await remittance_claims.posted_of_encounters(connection, missing)
    entries = [(org, each.entry_id) for (org, _), found in standing.items() for each in found if each.entry_id is not None]
    posting.lines.update(await ledger.lines_of(connection, entries))
    posting.standing.update(standing)
