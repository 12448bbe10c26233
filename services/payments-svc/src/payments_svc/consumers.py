"""Events in; each goes to one handler."""

from payments_svc.events import heard
from payments_svc.handlers.charges import post_charges, post_charges_anew, withdraw_cancelled, withdraw_voided
from payments_svc.handlers.patient_payments import receive_patient_payments
from payments_svc.handlers.responsibility import payers_completed, payers_reopened
from payments_svc.handlers.submissions import claims_submitted
from rcm.contracts.claims import ClaimSubmitted, ClaimVoided, PayerSequenceCompleted, PayerSequenceReopened
from rcm.contracts.encounters import EncounterCancelled, EncounterCoded, EncounterRecoded
from rcm.contracts.patient_accounts import PatientPaymentReceived
from rcm.messaging.subscription import AnySubscription, Subscription

SUBSCRIPTIONS: tuple[AnySubscription, ...] = (
    Subscription(EncounterCoded, post_charges, reads=heard.read_coded),
    Subscription(EncounterRecoded, post_charges_anew, reads=heard.read_coded),
    Subscription(EncounterCancelled, withdraw_cancelled),
    Subscription(ClaimSubmitted, claims_submitted, reads=heard.read_submitted),
    Subscription(ClaimVoided, withdraw_voided),
    Subscription(PayerSequenceCompleted, payers_completed),
    Subscription(PayerSequenceReopened, payers_reopened),
    Subscription(PatientPaymentReceived, receive_patient_payments),
)
