"""CLPs into the ledger: matched, posted, taken back, or into suspense with a reason. One load, one decision, one save."""

from collections.abc import Callable, Sequence
from uuid import UUID

from payments_svc.domain.adjudication import Adjudication, adjudicate, settles_anew
from payments_svc.domain.adjustment_reasons import published_table
from payments_svc.domain.claim_payment import ClaimPayment
from payments_svc.domain.ledger import Entry, EntryKind, into_suspense, mirrored, of_payer
from payments_svc.domain.matching import (
    PostedPayment,
    SentClaim,
    answers_whole_claim,
    match_lines,
    original_of,
    unmatched_lines,
)
from payments_svc.domain.remittance import ClaimState, Reason
from payments_svc.domain.remittance_claim import RemittanceClaim
from payments_svc.events import said
from payments_svc.handlers.book import CausedBy
from payments_svc.handlers.posting_facts import Posting, Sent, held_answers, load_posting, load_standing
from payments_svc.handlers.responsibility import assign_responsibility
from payments_svc.store import remittance_claims, remittances
from rcm.errors import RcmError
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork

MATCH_AGAIN = "match again"
"""The periodic work that finds what a remittance and a submission, taken at the same moment, did not see of each other."""


class MissingAccount(RcmError):
    """A submitted claim without its encounter's account: a fault of ours."""

    code = "missing-account"
    title = "A claim was submitted for an encounter that has no account"


Cause = Callable[[RemittanceClaim], CausedBy]


async def post_claims(
    unit: UnitOfWork,
    claims: Sequence[RemittanceClaim],
    cause: Cause = lambda _: None,
    matched: Sent | None = None,
    *,
    named: bool = False,
) -> None:
    """Decides these CLPs and saves them, and besides the reversals that waited for what is posted now.

    New CLPs (state None) are inserted, stored ones updated. What still waits afterwards has its reason and its payment in
    suspense; the caller says so. `matched` is what patient control numbers stand for, as is known already, or as a person says:
    then they are `named`.
    """
    posting, found = await load_posting(unit, claims, matched or {}, named=named)
    deferred = [
        (claim, ours) for claim, ours in zip(claims, found, strict=True) if not _decide(posting, claim, ours, cause(claim))
    ]
    decided = list(claims)
    for claim, _ in [each for each in deferred if each[0].payment.is_reversal]:
        if not _take_back(posting, claim, cause(claim)):
            _wait(posting, claim, ClaimState.UNMATCHED, Reason.REVERSAL_WITHOUT_ORIGINAL)
    answers = [
        (claim, ours)
        for claim, ours in deferred
        if ours is not None and not claim.payment.is_reversal and claim.remittance_claim_id not in posting.fresh
    ]
    passing = await _taken_back_already(posting, [claim for claim, _ in answers])
    for claim, ours in answers:
        if not _post(posting, claim, ours, cause(claim), anew=claim.remittance_claim_id in passing):
            _wait(posting, claim, ClaimState.UNMATCHED, Reason.ANSWERED_BEFORE)
            # So that a reversal that is taken at the same moment does not miss it.
            posting.book.change(posting.book.accounts[claim.organisation_id, ours.encounter_id])
    decided += await _waiting_reversals(posting, claims, cause)
    decided += await _waiting_answers(posting, claims, cause)
    if posting.let_in:
        own = {claim.remittance_claim_id for claim in decided}
        decided += [claim for claim in posting.let_in if claim.remittance_claim_id not in own]
    await _save(posting, decided)


def _decide(posting: Posting, claim: RemittanceClaim, ours: SentClaim | None, cause: CausedBy) -> bool:
    """Posts a CLP or lets it wait; False where what it needs may still come in this very batch: a reversal's original, or the
    reversal of what was answered before.
    """
    payment = claim.payment
    informs = payment.is_information_only
    if claim.state is ClaimState.HELD or (claim.state is None and claim.reason):
        _wait(posting, claim, ClaimState.HELD, claim.reason)
    elif informs and payment.paid_cents:
        _wait(posting, claim, ClaimState.HELD, Reason.NOT_A_PAYMENT)
    elif informs and payment.is_predetermination:
        claim.become(ClaimState.INFORMATION)
    elif ours is None:
        _wait(posting, claim, ClaimState.UNMATCHED, Reason.UNMATCHED)
    else:
        _belongs_to(claim, ours)
        posting.found[claim.key] = ours
        if informs:
            _forwarded(posting, claim, cause)
        elif payment.is_reversal:
            return _take_back(posting, claim, cause)
        elif not _post(posting, claim, ours, cause):
            posting.hold(claim)
            return False
    return True


def _forwarded(posting: Posting, claim: RemittanceClaim, cause: CausedBy) -> None:
    """CLP02 23 of a claim of ours: nothing moves, and claims-svc is told."""
    assert claim.encounter_id is not None
    account = posting.book.accounts[claim.organisation_id, claim.encounter_id]
    claim.become(ClaimState.INFORMATION)
    posting.book.say(account, said.claim_forwarded(claim), cause)


def _belongs_to(claim: RemittanceClaim, ours: SentClaim) -> None:
    claim.claim_id, claim.encounter_id = ours.claim_id, ours.encounter_id
    claim.rank, claim.payer_id = ours.rank, ours.payer_id


def _post(posting: Posting, claim: RemittanceClaim, ours: SentClaim, cause: CausedBy, *, anew: bool = False) -> bool:
    """Paid and adjusted amounts against insurance open; what is said of it.

    False where the claim was answered before (decision 0190), unless a person has named it, or it is to be posted `anew`.
    """
    book = posting.book
    account = book.accounts.get((claim.key[0], ours.encounter_id))
    if account is None:
        raise MissingAccount(f"claim {ours.claim_id}")
    claim.payment = payment = match_lines(claim.payment, ours.lines)
    adjudication = adjudicate(payment, published_table(), claim.payment_date, ours.payer_id)
    key = account.key
    standing = posting.standing.get(key)
    if standing and not anew and not posting.named and _answered_before(posting, standing, ours, payment, adjudication):
        return False
    if claim.suspended_cents:
        _release(posting, claim, cause)
    claim.become(ClaimState.POSTED)
    claim.entry_id = None
    if lines := adjudication.ledger_lines():
        entry = Entry(
            EntryKind.INSURANCE_PAYMENT, lines, f"CLP02 {payment.status}", ours.encounter_id, ours.claim_id, claim.remittance_id
        )
        claim.entry_id = book.post_answer(account, entry, cause)
    book.say(account, said.payment_posted(claim, payment, adjudication), cause)
    if adjudication.denied != "none":
        book.say(account, said.claim_denied(claim, adjudication), cause)
    if unmatched := unmatched_lines(payment):
        _task(posting, claim, "line-unmatched", f"{unmatched} of the payer's lines are none that we sent")
    posting.causes[key] = cause
    if ours.last_payer and answers_whole_claim(payment, ours.lines):
        account.payer_answered()
    if key in posting.alone and account.responsibility_is_known:
        posting.shares.assign(account, cause, [(ours.rank, adjudication)])
        return True
    if claim.entry_id is not None:
        posting.lines[claim.entry_id] = lines
    posting.fresh[claim.remittance_claim_id] = claim
    posting.adjudications[claim.remittance_claim_id] = adjudication
    if standing is not None:
        standing.append(_standing(claim))
    return True


def _answered_before(
    posting: Posting, standing: Sequence[PostedPayment], ours: SentClaim, payment: ClaimPayment, answer: Adjudication
) -> bool:
    """Whether this answer settles anew what stands of the claim by the payer's word in the same order: a crossed-over answer of
    the second payer is another's.
    """
    before = [
        posting.adjudications.get(each.remittance_claim_id)
        or adjudicate(each.payment, published_table(), each.payment_date, each.payer_id)
        for each in standing
        if each.claim_id == ours.claim_id and each.payment.payer_order == payment.payer_order
    ]
    return bool(before) and settles_anew(answer, before, sum([line.charge_cents for line in ours.lines]))


def _standing(claim: RemittanceClaim) -> PostedPayment:
    assert claim.claim_id is not None
    return PostedPayment(
        claim.remittance_claim_id,
        claim.remittance_id,
        claim.position,
        claim.payment_date,
        claim.claim_id,
        claim.rank,
        claim.payer_id,
        claim.entry_id,
        claim.payment,
    )


def _take_back(posting: Posting, claim: RemittanceClaim, cause: CausedBy) -> bool:
    """Mirrors the entries of what a reversal takes back; False where nothing known can be meant."""
    assert claim.encounter_id is not None
    book, payment = posting.book, claim.payment
    account = book.accounts[claim.organisation_id, claim.encounter_id]
    standing = posting.standing[account.key]
    original = _meant(claim, standing)
    if original is None or not payment.negates(original.payment):
        original = _let_in(posting, claim, cause) or original
    if original is None:
        return False
    standing.remove(original)
    if claim.suspended_cents:
        _release(posting, claim, cause)
    claim.become(ClaimState.REVERSAL)
    claim.claim_id, claim.rank, claim.payer_id = original.claim_id, original.rank, original.payer_id
    claim.entry_id = None
    if original.entry_id is not None:
        lines = mirrored(of_payer(posting.lines[original.entry_id]))
        place = (account.encounter_id, original.claim_id, claim.remittance_id)
        entry = Entry(EntryKind.INSURANCE_REVERSAL, lines, "CLP02 22", *place, reverses=original.entry_id)
        claim.entry_id = book.post_answer(account, entry, cause)
    book.say(account, said.payment_reversed(claim, original.remittance_id, original.payment.paid_cents), cause)
    _note_difference(posting, claim, original, cause)
    taken = posting.fresh.get(original.remittance_claim_id)
    if taken is not None:
        taken.become(ClaimState.REVERSED)
    posting.taken_back[claim.organisation_id, original.remittance_claim_id] = claim.remittance_claim_id
    posting.causes[account.key] = cause
    return True


def _meant(reversal: RemittanceClaim, candidates: Sequence[PostedPayment]) -> PostedPayment | None:
    """Which of these a reversal takes back, if any: by their numbers, dates and places."""
    return original_of(
        reversal.payment,
        candidates,
        remittance_id=reversal.remittance_id,
        position=reversal.position,
        payment_date=reversal.payment_date,
    )


def _let_in(posting: Posting, reversal: RemittanceClaim, cause: CausedBy) -> PostedPayment | None:
    """What a reversal takes back exactly, where that is an answer that waits behind another: it is posted, to be taken back."""
    ours = posting.claim_sent(reversal) or posting.found.get(reversal.key)
    if ours is None:
        return None
    for held in posting.held.get((ours.organisation_id, ours.claim_id), ()):
        is_open = held.state is None or held.waits
        if is_open and reversal.payment.negates(held.payment) and _meant(reversal, [_standing(held)]) is not None:
            _post(posting, held, ours, cause, anew=True)
            posting.let_in.append(held)
            return posting.standing[ours.organisation_id, ours.encounter_id][-1]
    return None


def _note_difference(posting: Posting, claim: RemittanceClaim, original: PostedPayment, cause: CausedBy) -> None:
    """Where a reversal takes back another amount than was paid, the difference stands in suspense, with a task."""
    if claim.payment.negates(original.payment):
        return
    difference = claim.payment.paid_cents + original.payment.paid_cents
    if lines := into_suspense(difference):
        reason = "A reversal of another amount than was paid"
        entry = Entry(
            EntryKind.REVERSAL_DIFFERENCE, lines, reason, claim_id=original.claim_id, remittance_id=claim.remittance_id
        )
        posting.book.write(claim.organisation_id, entry, cause)
    _task(posting, claim, "reversal-differs", "The reversal's amounts are not those of what it takes back", difference)


def _wait(posting: Posting, claim: RemittanceClaim, state: ClaimState, reason: str) -> None:
    """The CLP waits, its payment in suspense."""
    if claim.state is None and reason == Reason.UNMATCHED:
        posting.book.unit.wake(MATCH_AGAIN)
    claim.become(state, str(reason))
    if lines := into_suspense(claim.payment.paid_cents - claim.suspended_cents):
        entry = Entry(EntryKind.HELD_PAYMENT, lines, claim.reason, claim_id=claim.claim_id, remittance_id=claim.remittance_id)
        claim.entry_id = posting.book.write(claim.organisation_id, entry, None)
        claim.suspended_cents = claim.payment.paid_cents


def _release(posting: Posting, claim: RemittanceClaim, cause: CausedBy) -> None:
    """Takes the payment of a CLP that waited out of suspense."""
    entry = Entry(
        EntryKind.HELD_PAYMENT_RELEASE,
        mirrored(into_suspense(claim.suspended_cents)),
        "It can be posted now",
        claim_id=claim.claim_id,
        remittance_id=claim.remittance_id,
        reverses=claim.entry_id,
    )
    posting.book.write(claim.organisation_id, entry, cause)
    claim.suspended_cents = 0


def _task(posting: Posting, claim: RemittanceClaim, kind: str, message: str, amount_cents: int = 0) -> None:
    posting.tasks.append(
        {
            "organisation_id": claim.organisation_id,
            "task_id": new_id(),
            "kind": kind,
            "remittance_id": claim.remittance_id,
            "remittance_claim_id": claim.remittance_claim_id,
            "claim_id": claim.claim_id,
            "message": message,
            "amount_cents": amount_cents,
            "opened_at": posting.book.unit.clock.now(),
            "closed_by": "",
            "note": "",
        }
    )


async def _taken_back_already(posting: Posting, answers: Sequence[RemittanceClaim]) -> set[UUID]:
    """Which of these answers a reversal waits for: they are posted beside what stands, and taken back at once."""
    if not answers:
        return set()
    of_number = {claim.key: claim for claim in answers}
    reason = Reason.REVERSAL_WITHOUT_ORIGINAL
    passing = set()
    for each in await remittance_claims.waiting_for_numbers(posting.book.unit.connection, of_number, reason):
        claim = of_number[each.key]
        if _meant(each, [_standing(claim)]) is not None:
            passing.add(claim.remittance_claim_id)
    return passing


async def _waiting_reversals(posting: Posting, claims: Sequence[RemittanceClaim], cause: Cause) -> list[RemittanceClaim]:
    """Reversals that came before what they take back, which may be posted now."""
    if not posting.reversals_wait:
        return []
    reason, connection = Reason.REVERSAL_WITHOUT_ORIGINAL, posting.book.unit.connection
    keys = {claim.key for claim in claims if claim.state is ClaimState.POSTED}
    found = await remittance_claims.waiting_for_numbers(connection, keys, reason)
    own = {claim.remittance_claim_id for claim in claims}
    waiting = []
    for each in found:
        ours = posting.claim_sent(each) or posting.found.get(each.key)
        if each.remittance_claim_id not in own and ours is not None:
            _belongs_to(each, ours)
            waiting.append(each)
    if not waiting:
        return []
    causes = {claim.key: cause(claim) for claim in claims}
    await load_standing(posting, [(each.organisation_id, each.encounter_id) for each in waiting if each.encounter_id])
    fresh = [claim for claim in posting.fresh.values() if claim.state is ClaimState.POSTED]
    for claim in fresh:
        assert claim.encounter_id is not None
        standing = posting.standing.get((claim.organisation_id, claim.encounter_id))
        if standing is not None and all(each.remittance_claim_id != claim.remittance_claim_id for each in standing):
            standing.append(_standing(claim))
    return [each for each in waiting if _take_back(posting, each, causes[each.key])]


async def _waiting_answers(posting: Posting, claims: Sequence[RemittanceClaim], cause: Cause) -> list[RemittanceClaim]:
    """Answers that came before the reversal of the one that stood, which may be posted now."""
    causes = {
        (claim.organisation_id, claim.claim_id): cause(claim)
        for claim in claims
        if claim.state is ClaimState.REVERSAL and claim.claim_id is not None
    }
    if not causes:
        return []
    own = {claim.remittance_claim_id for claim in (*claims, *posting.let_in)}
    sent = {(ours.organisation_id, ours.claim_id): ours for ours in posting.found.values()}
    posted = []
    for each in await held_answers(posting.book.unit, causes):
        assert each.claim_id is not None, "it was held as this claim's"
        key = (each.organisation_id, each.claim_id)
        ours = sent.get(key)
        if each.remittance_claim_id not in own and ours is not None and _post(posting, each, ours, causes[key]):
            posted.append(each)
    return posted


async def _save(posting: Posting, decided: Sequence[RemittanceClaim]) -> None:
    book, connection = posting.book, posting.book.unit.connection
    await remittance_claims.insert_claims(connection, [claim for claim in decided if not claim.is_stored])
    await remittance_claims.update_claims(connection, [claim for claim in decided if claim.is_stored])
    await remittance_claims.mark_reversed(connection, posting.taken_back)
    await remittances.insert_tasks(connection, posting.tasks)
    await assign_responsibility(book, posting.causes, posting.standing, posting.adjudications, posting.shares)
    await book.save()
