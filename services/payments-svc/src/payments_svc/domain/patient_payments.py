"""Where a patient's payment goes: to the encounter it names, else to the oldest date of service; the rest is a deposit.

A payment that names an encounter whose responsibility is not known yet is kept for it. Once that is known, what it does not
need is free for the other encounters of the same guarantor. So a free deposit and an open balance never stand beside each
other, and what is applied in sum does not depend on the order in which payments and responsibilities became known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from payments_svc.domain.encounter_account import EncounterAccount
from payments_svc.domain.ledger import Account, Entry, EntryKind, into_suspense, mirrored


@dataclass(slots=True)
class PatientPayment:
    """A payment as it was taken, and what of it waits as a deposit."""

    organisation_id: UUID
    patient_payment_id: UUID
    account_id: UUID
    guarantor_external_id: str
    received_on: date
    amount_cents: int
    deposit_cents: int
    encounter_id: UUID | None = None
    """The encounter that the payment names."""

    @property
    def guarantor(self) -> tuple[UUID, str]:
        return self.organisation_id, self.guarantor_external_id

    def deposit_entry(self) -> Entry:
        """The whole payment, in suspense until it is applied."""
        reason = "A patient's payment, in suspense until it is applied"
        lines = into_suspense(self.amount_cents)
        return Entry(EntryKind.PATIENT_DEPOSIT, lines, reason, patient_payment_id=self.patient_payment_id)


@dataclass(frozen=True, slots=True)
class Application:
    """An amount that goes from a payment's deposit to an encounter; negative where it comes back."""

    payment: PatientPayment
    account: EncounterAccount
    applied_cents: int
    deposit_left_cents: int

    def entry(self) -> Entry:
        """Out of suspense, and off the patient's open balance; or the other way."""
        back = self.applied_cents < 0
        lines = (
            *mirrored(into_suspense(self.applied_cents)),
            (Account.PATIENT_PAID, self.applied_cents),
            (Account.PATIENT_OPEN, -self.applied_cents),
        )
        return Entry(
            EntryKind.PATIENT_PAYMENT_RETURN if back else EntryKind.PATIENT_PAYMENT,
            lines,
            "The patient owes less than was paid: the rest is a deposit again" if back else "A patient's payment is applied",
            encounter_id=self.account.encounter_id,
            patient_payment_id=self.payment.patient_payment_id,
        )


def apply_deposits(payments: Iterable[PatientPayment], accounts: Iterable[EncounterAccount]) -> list[Application]:
    """Applies what waits: each payment to the encounter it names, then what is free to the oldest open encounters.

    Changes the payments' deposits and the accounts' balances; older payments go first. All are of one organisation.
    """
    by_id = {account.encounter_id: account for account in accounts}
    waiting = sorted(
        (each for each in payments if each.deposit_cents > 0), key=lambda each: (each.received_on, each.patient_payment_id)
    )
    applications = []
    for payment in waiting:
        named = by_id.get(payment.encounter_id) if payment.encounter_id else None
        if named is not None:
            applications += _apply(payment, named)
    oldest_first = sorted(by_id.values(), key=lambda account: (account.date_of_service, account.encounter_id))
    for payment in waiting:
        named = by_id.get(payment.encounter_id) if payment.encounter_id else None
        if payment.encounter_id and (named is None or not named.responsibility_is_known):
            continue
        for account in oldest_first:
            if account.guarantor_external_id == payment.guarantor_external_id:
                applications += _apply(payment, account)
    return applications


def return_excess(account: EncounterAccount, applied: Sequence[tuple[PatientPayment, int]]) -> list[Application]:
    """Takes back what was applied beyond what the patient owes now, from the payment applied last first.

    `applied` is what each payment has in this encounter, in the order in which it was applied.
    """
    applications = []
    for payment, amount in reversed(applied):
        excess = min(-account.balances[Account.PATIENT_OPEN], amount)
        if excess > 0:
            applications.append(_moved(payment, account, -excess))
    return applications


def _apply(payment: PatientPayment, account: EncounterAccount) -> list[Application]:
    amount = min(payment.deposit_cents, account.balances[Account.PATIENT_OPEN])
    return [_moved(payment, account, amount)] if amount > 0 else []


def _moved(payment: PatientPayment, account: EncounterAccount, amount: int) -> Application:
    payment.deposit_cents -= amount
    application = Application(payment, account, amount, payment.deposit_cents)
    account.take(application.entry().lines)
    return application
