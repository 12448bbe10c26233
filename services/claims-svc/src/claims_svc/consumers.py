"""Events in; each goes to one handler."""

from collections.abc import Sequence

from claims_svc.events import SaidEncounter, SaidPayment, read_coded, read_payment, read_recoded
from claims_svc.handlers import encounters, payments
from claims_svc.handlers.context import Context
from rcm.contracts.encounters import EncounterCancelled, EncounterCoded, EncounterRecoded
from rcm.contracts.envelope import Message
from rcm.contracts.payments import ClaimDenied, PaymentPosted, PaymentReversed
from rcm.messaging.subscription import AnySubscription, Subscription
from rcm.messaging.unit_of_work import UnitOfWork


def subscriptions(context: Context) -> tuple[AnySubscription, ...]:
    """Which handler takes which event."""
    setups, contents = context.setups, context.contents

    async def on_coded(unit: UnitOfWork, messages: Sequence[Message[SaidEncounter]]) -> None:
        await encounters.create_claims(unit, messages, setups, contents)

    async def on_recoded(unit: UnitOfWork, messages: Sequence[Message[SaidEncounter]]) -> None:
        await encounters.recode_claims(unit, messages, setups)

    async def on_cancelled(unit: UnitOfWork, messages: Sequence[Message[EncounterCancelled]]) -> None:
        await encounters.cancel_claims(unit, messages, setups)

    async def on_posted(unit: UnitOfWork, messages: Sequence[Message[SaidPayment]]) -> None:
        await payments.post_payments(unit, messages, setups)

    async def on_reversed(unit: UnitOfWork, messages: Sequence[Message[PaymentReversed]]) -> None:
        await payments.reverse_payments(unit, messages, setups)

    return (
        Subscription(EncounterCoded, on_coded, read_coded),
        Subscription(EncounterRecoded, on_recoded, read_recoded),
        Subscription(EncounterCancelled, on_cancelled),
        Subscription(PaymentPosted, on_posted, read_payment),
        Subscription(PaymentReversed, on_reversed),
        Subscription(ClaimDenied, payments.open_denials),
    )
