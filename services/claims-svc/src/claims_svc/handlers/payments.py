"""What payments-svc says: claims paid, denied, reversed, and who is asked next."""

from collections.abc import Sequence
from uuid import UUID

from claims_svc import events, store
from claims_svc.domain.claim import Act
from claims_svc.domain.tasks import CLOSED_BY_REVERSAL, Task, TaskKind, close_task
from claims_svc.events import SaidPayment
from claims_svc.handlers.answers import Answered, say_answered
from claims_svc.store.setup import Setups
from rcm.contracts.envelope import Message
from rcm.contracts.payments import ClaimDenied, PaymentReversed
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork

POSTED = "payments-svc PaymentPosted"
REVERSED = "payments-svc PaymentReversed"


async def post_payments(unit: UnitOfWork, messages: Sequence[Message[SaidPayment]], setups: Setups) -> None:
    """Each posted CLP moves its claim and may end its payer's turn. A claim that is not here yet is waited for."""
    answers = await _answers(unit, messages)
    now = unit.clock.now()
    for message in messages:
        answer = answers.get(message.data.claim_id)
        if answer is None:
            unit.wait_for(message, "claim", message.data.claim_id)
            continue
        act = Act(now, POSTED, message.event_id)
        answer.hear(events.posted_fact(message), act)
        answer.act, answer.cause = act, message
    await say_answered(unit, setups, list(answers.values()))


async def reverse_payments(unit: UnitOfWork, messages: Sequence[Message[PaymentReversed]], setups: Setups) -> None:
    """Each reversal takes postings back and closes the work that they opened."""
    answers = await _answers(unit, messages)
    now = unit.clock.now()
    for message in messages:
        answer = answers.get(message.data.claim_id)
        if answer is None:
            unit.wait_for(message, "claim", message.data.claim_id)
            continue
        act = Act(now, REVERSED, message.event_id)
        answer.hear(events.reversed_fact(message), act)
        answer.act, answer.cause = act, message
    await say_answered(unit, setups, list(answers.values()))
    await _close_reversed(unit, messages)


async def _answers(
    unit: UnitOfWork, messages: Sequence[Message[SaidPayment]] | Sequence[Message[PaymentReversed]]
) -> dict[UUID, Answered]:
    keys = {(message.organisation_id, message.data.claim_id) for message in messages}
    claims = await store.claims.claims_by_id(unit.connection, keys)
    known = await store.claims.known_about(unit.connection, claims.values())
    act = Act(unit.clock.now(), "payments-svc")
    return {claim_id: Answered(claim, known[claim_id], act) for claim_id, claim in claims.items()}


async def _close_reversed(unit: UnitOfWork, messages: Sequence[Message[PaymentReversed]]) -> None:
    keys = {(message.organisation_id, message.data.claim_id) for message in messages}
    reversed_remittances = {(message.data.claim_id, message.data.reversed_remittance_id) for message in messages}
    tasks = [
        task
        for task in await store.tasks.open_tasks_of_claims(unit.connection, keys, CLOSED_BY_REVERSAL)
        if (task.claim_id, task.source_id) in reversed_remittances
    ]
    for task in tasks:
        close_task(task, unit.clock.now(), REVERSED, "The payer took its remittance back")
    await store.tasks.save_tasks(unit.connection, tasks)


async def open_denials(unit: UnitOfWork, messages: Sequence[Message[ClaimDenied]]) -> None:
    """A task for each denial; the money and the claim's state come with PaymentPosted."""
    await store.tasks.open_tasks(unit.connection, [_denial(message, unit) for message in messages])


def _denial(message: Message[ClaimDenied], unit: UnitOfWork) -> Task:
    event = message.data
    lines = list(event.line_numbers)
    return Task(
        organisation_id=message.organisation_id,
        task_id=new_id(),
        claim_id=event.claim_id,
        encounter_id=event.encounter_id,
        kind=TaskKind.DENIAL,
        source_id=event.remittance_id,
        title=f"Denied: {event.category}" + (f", lines {', '.join(map(str, lines))}" if lines else ""),
        details={
            "category": event.category,
            "line_numbers": lines,
            "reasons": [
                {"group": reason.group, "reason": reason.reason, "amount_cents": reason.amount_cents}
                for reason in event.reasons
            ],
        },
        opened_at=unit.clock.now(),
    )
