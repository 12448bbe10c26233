"""Events in; each goes to one handler."""

from collections.abc import Sequence

from patient_billing_svc.domain.cycle import StatementPolicy
from patient_billing_svc.events import Assignment, read_assignment
from patient_billing_svc.handlers import facts
from rcm.contracts.envelope import Message
from rcm.contracts.payments import PatientPaymentApplied, PatientResponsibilityAssigned
from rcm.messaging.subscription import AnySubscription, Subscription
from rcm.messaging.unit_of_work import UnitOfWork


def subscriptions(policy: StatementPolicy) -> tuple[AnySubscription, ...]:
    """Which handler takes which event; `policy` times the statements that follow."""

    async def on_assigned(unit: UnitOfWork, messages: Sequence[Message[Assignment]]) -> None:
        await facts.assign_responsibility(unit, messages, policy)

    async def on_applied(unit: UnitOfWork, messages: Sequence[Message[PatientPaymentApplied]]) -> None:
        await facts.apply_payments(unit, messages, policy)

    return (
        Subscription(PatientResponsibilityAssigned, on_assigned, reads=read_assignment),
        Subscription(PatientPaymentApplied, on_applied),
    )
