"""Claims that left the house: kept so that remittances are recognised, also those that came first."""

from collections.abc import Sequence
from uuid import UUID

from payments_svc.domain.matching import normalised_control_number
from payments_svc.domain.remittance_claim import RemittanceClaim
from payments_svc.events import heard
from payments_svc.events.heard import SubmittedClaim
from payments_svc.handlers.book import Book, CausedBy
from payments_svc.handlers.payees import learn_payees
from payments_svc.handlers.posting import MATCH_AGAIN, post_claims
from payments_svc.handlers.responsibility import assign_responsibility
from payments_svc.store import encounters, remittance_claims, submissions
from rcm.contracts.envelope import Message
from rcm.messaging.unit_of_work import UnitOfWork

SWEEP_LIMIT = 500


async def claims_submitted(unit: UnitOfWork, messages: Sequence[Message[SubmittedClaim]]) -> None:
    """Keeps what was sent; CLPs that waited for it are posted."""
    connection = unit.connection
    named = {(message.organisation_id, message.data.encounter_id) for message in messages}
    payerless = await encounters.without_payer(connection, named)
    ready: dict[tuple[UUID, str], Message[SubmittedClaim]] = {}
    of_self_payers: list[Message[SubmittedClaim]] = []
    for message in messages:
        claim = message.data
        is_self_payers = payerless.get((message.organisation_id, claim.encounter_id))
        if is_self_payers is False:
            unit.wait_for(message, "encounter", claim.encounter_id)
            continue
        ready[message.organisation_id, normalised_control_number(claim.patient_control_number)] = message
        if is_self_payers:
            of_self_payers.append(message)
    await submissions.insert_submitted(connection, [(_kept(key, each), heard.sent_lines(each)) for key, each in ready.items()])
    waiting = await remittance_claims.waiting_for_numbers(connection, ready)

    def cause(claim: RemittanceClaim) -> CausedBy:
        return ready.get(claim.key)

    if waiting:
        matched = {claim.key: heard.sent_claim(ready[claim.key]) for claim in waiting}
        await post_claims(unit, waiting, cause, matched)
    await _hold_shares(unit, of_self_payers)
    providers = [(each.organisation_id, each.data.billing_npi, each.data.billing_tax_id) for each in ready.values()]
    await learn_payees(unit, heard.payees_of(providers))
    if ready:
        unit.wake(MATCH_AGAIN)


def _kept(key: submissions.Number, message: Message[SubmittedClaim]) -> submissions.Submitted:
    said = message.data
    return submissions.Submitted(
        *key,
        said.claim_id,
        said.encounter_id,
        said.rank,
        said.payer_id,
        said.asks_last_payer,
        said.member_id,
        said.date_of_service,
        said.charge_cents,
        message.time,
    )


async def _hold_shares(unit: UnitOfWork, messages: Sequence[Message[SubmittedClaim]]) -> None:
    """A self-payer's claim is with a payer all the same: what the patient owes is not known until the payer lets go."""
    if not messages:
        return
    book = Book(unit)
    await book.load((each.organisation_id, each.data.encounter_id) for each in messages)
    for account in book.accounts.values():
        book.change(account)
    await assign_responsibility(book, {(each.organisation_id, each.data.encounter_id): each for each in messages})
    await book.save()


async def match_again(unit: UnitOfWork) -> bool:
    """Posts what waits although its claim is known: a remittance and a submission that were taken at the same moment."""
    waiting = await remittance_claims.waiting_whose_claim_came(unit.connection, SWEEP_LIMIT)
    if waiting:
        await post_claims(unit, waiting)
    return len(waiting) == SWEEP_LIMIT
