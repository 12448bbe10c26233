"""Events in; each goes to one handler."""

from collections.abc import Sequence

from payments_svc.events import heard
from payments_svc.handlers.arrivals import WaitingRoom
from payments_svc.handlers.charges import post_charges, post_charges_anew, withdraw_cancelled, withdraw_voided
from payments_svc.handlers.patient_payments import receive_patient_payments
from payments_svc.handlers.responsibility import payers_completed, payers_reopened
from payments_svc.handlers.submissions import claims_submitted
from rcm.contracts.claims import ClaimSubmitted, ClaimVoided, PayerSequenceCompleted, PayerSequenceReopened
from rcm.contracts.encounters import EncounterCancelled, EncounterCoded, EncounterRecoded
from rcm.contracts.envelope import Message
from rcm.contracts.patient_accounts import PatientPaymentReceived
from rcm.messaging.subscription import AnySubscription, Subscription
from rcm.messaging.unit_of_work import UnitOfWork


def subscriptions(room: WaitingRoom) -> tuple[AnySubscription, ...]:
    """Which handler takes which event; who waits in the `room` is told how far submissions have been heard."""

    async def on_submitted(unit: UnitOfWork, messages: Sequence[Message[heard.SubmittedClaim]]) -> None:
        await claims_submitted(unit, messages)
        room.heard(max(message.time for message in messages))

    return (
        Subscription(EncounterCoded, post_charges, reads=heard.read_coded),
        Subscription(EncounterRecoded, post_charges_anew, reads=heard.read_coded),
        Subscription(EncounterCancelled, withdraw_cancelled),
        Subscription(ClaimSubmitted, on_submitted, reads=heard.read_submitted),
        Subscription(ClaimVoided, withdraw_voided),
        Subscription(PayerSequenceCompleted, payers_completed, reads=heard.read_payers_turn),
        Subscription(PayerSequenceReopened, payers_reopened, reads=heard.read_payers_turn),
        Subscription(PatientPaymentReceived, receive_patient_payments),
    )
