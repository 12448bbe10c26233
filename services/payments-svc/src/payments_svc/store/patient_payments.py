# ruff: noqa: S608 - the columns are this file's own constants
"""Patients' payments and their deposits."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from payments_svc.domain.patient_payments import PatientPayment as Payment
from payments_svc.models import PatientPayment
from rcm.database.rows import insert_rows, update_rows

if TYPE_CHECKING:
    from rcm.messaging.unit_of_work import Connection

_COLUMNS = """p.organisation_id, p.patient_payment_id, p.account_id, p.guarantor_external_id, p.received_on, p.amount_cents,
    p.deposit_cents, p.encounter_id"""


async def insert_payments(connection: "Connection", payments: Sequence[Payment]) -> None:
    """New payments, with what of them waits."""
    rows = [
        {
            "organisation_id": each.organisation_id,
            "patient_payment_id": each.patient_payment_id,
            "account_id": each.account_id,
            "guarantor_external_id": each.guarantor_external_id,
            "received_on": each.received_on,
            "amount_cents": each.amount_cents,
            "deposit_cents": each.deposit_cents,
            "encounter_id": each.encounter_id,
        }
        for each in payments
    ]
    await insert_rows(connection, PatientPayment, rows)


async def update_deposits(connection: "Connection", payments: Iterable[Payment]) -> None:
    """What of payments waits now."""
    rows = [
        {
            "organisation_id": each.organisation_id,
            "patient_payment_id": each.patient_payment_id,
            "deposit_cents": each.deposit_cents,
        }
        for each in payments
    ]
    await update_rows(connection, PatientPayment, rows, key=("organisation_id", "patient_payment_id"))


async def waiting_deposits(
    connection: "Connection", guarantors: Iterable[tuple[UUID, str]], encounters: Iterable[tuple[UUID, UUID]]
) -> list[Payment]:
    """Payments with a deposit, of these guarantors or named for these encounters, which are of the same organisations.

    Where the organisations have no more deposits in all than guarantors are asked for, all are read and looked through.
    """
    wanted = set(guarantors)
    every = await connection.fetch(
        f"select {_COLUMNS} from patient_payment p where p.organisation_id = any($1::uuid[]) and p.deposit_cents > 0 limit $2",
        list({organisation_id for organisation_id, _ in wanted}),
        len(wanted) + 1,
    )
    if not every:
        return []
    named = set(encounters)
    if len(every) <= len(wanted):
        payments = [Payment(*row) for row in every]
        return [each for each in payments if each.guarantor in wanted or (each.organisation_id, each.encounter_id) in named]
    rows = await connection.fetch(
        f"""select {_COLUMNS} from unnest($1::uuid[], $2::text[]) as w(organisation_id, guarantor_external_id)
        join patient_payment p using (organisation_id, guarantor_external_id) where p.deposit_cents > 0
        union
        select {_COLUMNS} from unnest($3::uuid[], $4::uuid[]) as w(organisation_id, encounter_id)
        join patient_payment p using (organisation_id, encounter_id)
        where p.deposit_cents > 0 and p.encounter_id is not null""",
        [org for org, _ in wanted],
        [name for _, name in wanted],
        [org for org, _ in named],
        [encounter for _, encounter in named],
    )
    return [Payment(*row) for row in rows]


async def free_beside_debts(connection: "Connection", limit: int) -> list[Payment]:
    """Payments, of all organisations, with a deposit that is kept for no encounter, whose guarantors owe something."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from patient_payment p
        left join encounter n on n.organisation_id = p.organisation_id and n.encounter_id = p.encounter_id
        where p.deposit_cents > 0
            and (p.encounter_id is null or n.completed or n.first_claim_voided or n.cancelled_self_pay or (
                n.self_pay and not exists (select from submitted_claim s
                    where s.organisation_id = n.organisation_id and s.encounter_id = n.encounter_id)
            ))
            and exists (select from encounter e where e.organisation_id = p.organisation_id
                and e.guarantor_external_id = p.guarantor_external_id and e.patient_open_cents > 0)
        order by p.received_on, p.patient_payment_id limit $1""",
        limit,
    )
    return [Payment(*row) for row in rows]


async def load_payments(connection: "Connection", keys: Iterable[tuple[UUID, UUID]]) -> dict[UUID, Payment]:
    """Payments by id; asked by (organisation, payment)."""
    wanted = list(keys)
    rows = await connection.fetch(
        f"""select {_COLUMNS} from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, patient_payment_id)
        join patient_payment p using (organisation_id, patient_payment_id)""",
        [org for org, _ in wanted],
        [payment for _, payment in wanted],
    )
    return {row[1]: Payment(*row) for row in rows}
