"""Payments as they were taken, and where they went."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from patient_billing_svc import models
from patient_billing_svc.domain.book import Book, Key
from patient_billing_svc.domain.payment import PatientPayment, PaymentAlreadyRecorded
from patient_billing_svc.domain.responsibility import Applied
from patient_billing_svc.store.rows import columns
from rcm.database.rows import insert_rows, update_rows

if TYPE_CHECKING:
    from rcm.messaging.unit_of_work import Connection


async def known_payments(connection: "Connection", keys: Iterable[Key]) -> set[Key]:
    """Which of these payments are ours."""
    organisations, payments = columns(keys)
    rows = await connection.fetch(
        """select organisation_id, patient_payment_id from unnest($1::uuid[], $2::uuid[])
           as k (organisation_id, patient_payment_id) join patient_payment using (organisation_id, patient_payment_id)""",
        organisations,
        payments,
    )
    return {(row["organisation_id"], row["patient_payment_id"]) for row in rows}


async def load_kept(connection: "Connection", accounts: Sequence[Key]) -> dict[Key, int]:
    """By account, what is left of payments for encounters of which nothing is known yet (a copay at the desk)."""
    if not accounts:
        return {}
    organisations, account_ids = columns(accounts)
    rows = await connection.fetch(
        """select p.organisation_id, p.account_id, sum(p.amount_cents - p.applied_cents)::bigint as kept_cents
           from unnest($1::uuid[], $2::uuid[]) as k (organisation_id, account_id)
           join patient_payment p using (organisation_id, account_id)
           where p.encounter_id is not null and p.amount_cents > p.applied_cents and not exists (
             select from responsibility r where r.organisation_id = p.organisation_id and r.encounter_id = p.encounter_id)
           group by p.organisation_id, p.account_id""",
        organisations,
        account_ids,
    )
    return {(row["organisation_id"], row["account_id"]): row["kept_cents"] for row in rows}


async def insert_payment(connection: "Connection", payment: PatientPayment) -> None:
    """Keeps a payment. Raises PaymentAlreadyRecorded for a check's number that the account has."""
    row = {
        "organisation_id": payment.organisation_id,
        "patient_payment_id": payment.patient_payment_id,
        "account_id": payment.account_id,
        "amount_cents": payment.amount_cents,
        "method": payment.method.value,
        "reference": payment.reference,
        "received_on": payment.received_on,
        "recorded_at": payment.recorded_at,
        "recorded_by": payment.recorded_by,
        "encounter_id": payment.encounter_id,
        "applied_cents": payment.applied_cents,
    }
    try:
        await insert_rows(connection, models.PatientPayment, [row])
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "uq_patient_payment_check":
            raise
        raise PaymentAlreadyRecorded(f"check number {payment.reference} was recorded before") from error


async def save_applications(connection: "Connection", book: Book, applications: Sequence[tuple[UUID, Applied]]) -> None:
    """Writes where payments went (by event id), and the sums at encounters and payments."""
    await insert_rows(
        connection,
        models.Application,
        [
            {
                "organisation_id": said.organisation_id,
                "event_id": event_id,
                "patient_payment_id": said.patient_payment_id,
                "encounter_id": said.encounter_id,
                "applied_cents": said.applied_cents,
                "applied_at": said.said_at,
            }
            for event_id, said in applications
        ],
    )
    changed = [book.responsibilities[key] for key in book.changed_responsibilities]
    await update_rows(
        connection,
        models.Responsibility,
        [
            {"organisation_id": each.organisation_id, "encounter_id": each.encounter_id, "applied_cents": each.applied_cents}
            for each in changed
        ],
        key=("organisation_id", "encounter_id"),
    )
    sums: dict[Key, int] = {}
    for _, said in applications:
        key = (said.organisation_id, said.patient_payment_id)
        sums[key] = sums.get(key, 0) + said.applied_cents
    organisations, payments = columns(sums)
    await connection.execute(
        """update patient_payment p set applied_cents = p.applied_cents + k.applied_cents
           from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as k (organisation_id, patient_payment_id, applied_cents)
           where p.organisation_id = k.organisation_id and p.patient_payment_id = k.patient_payment_id""",
        organisations,
        payments,
        list(sums.values()),
    )
