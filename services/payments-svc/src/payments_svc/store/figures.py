"""Sums of the ledger: of the organisation, of each encounter, of each remittance."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from rcm.messaging.unit_of_work import Connection

Row = Mapping[str, Any]


async def summary(connection: "Connection", organisation_id: UUID) -> Row:
    """The organisation's balances, from the encounters' guarded rows; suspense from its entries."""
    row = await connection.fetchrow(
        """select
            coalesce(sum(charges_cents), 0)::bigint as charges_cents,
            coalesce(sum(insurance_paid_cents), 0)::bigint as insurance_paid_cents,
            coalesce(sum(contractual_cents), 0)::bigint as contractual_cents,
            coalesce(sum(other_adjustments_cents), 0)::bigint as other_adjustments_cents,
            coalesce(sum(patient_paid_cents), 0)::bigint as patient_paid_cents,
            coalesce(sum(patient_open_cents), 0)::bigint as patient_open_cents,
            coalesce(sum(insurance_open_cents), 0)::bigint as insurance_open_cents,
            count(*) filter (where charges_cents <> insurance_paid_cents + contractual_cents + other_adjustments_cents
                + patient_paid_cents + patient_open_cents + insurance_open_cents) as identity_breaks,
            (select coalesce(-sum(suspense_cents), 0)::bigint from ledger_entry
                where organisation_id = $1 and suspense_cents <> 0) as suspense_cents
        from encounter where organisation_id = $1""",
        organisation_id,
    )
    assert row is not None
    return dict(row)


async def trial_balance(connection: "Connection", organisation_id: UUID) -> list[Row]:
    """Each account's balance over all lines, debit positive."""
    rows = await connection.fetch(
        """select account, sum(amount_cents)::bigint as balance_cents
        from ledger_line where organisation_id = $1 group by account""",
        organisation_id,
    )
    return [dict(row) for row in rows]


async def page_of_encounters(connection: "Connection", organisation_id: UUID, after: UUID | None, limit: int) -> list[Row]:
    """Each encounter's balances as the sums of its ledger entries (not of its own row), by encounter id."""
    rows = await connection.fetch(
        """select e.encounter_id, e.external_id, said.*
        from (
            select organisation_id, encounter_id, external_id from encounter
            where organisation_id = $1 and ($2::uuid is null or encounter_id > $2) order by encounter_id limit $3
        ) e
        cross join lateral (
            select
                coalesce(-sum(charges_cents), 0)::bigint as charges_cents,
                coalesce(sum(insurance_paid_cents), 0)::bigint as insurance_paid_cents,
                coalesce(sum(contractual_cents), 0)::bigint as contractual_cents,
                coalesce(sum(other_adjustments_cents), 0)::bigint as other_adjustments_cents,
                coalesce(sum(patient_paid_cents), 0)::bigint as patient_paid_cents,
                coalesce(sum(patient_open_cents), 0)::bigint as patient_open_cents,
                coalesce(sum(insurance_open_cents), 0)::bigint as insurance_open_cents
            from ledger_entry l where l.organisation_id = e.organisation_id and l.encounter_id = e.encounter_id
        ) said
        order by e.encounter_id""",
        organisation_id,
        after,
        limit,
    )
    return [dict(row) for row in rows]


async def page_of_remittances(connection: "Connection", organisation_id: UUID, after: UUID | None, limit: int) -> list[Row]:
    """Each posted check's proof of balance, from its ledger entries: payment = posted + suspense - provider adjustments."""
    rows = await connection.fetch(
        """select r.remittance_id, r.trace_number, r.payment_cents, said.*
        from (
            select organisation_id, remittance_id, trace_number, payment_cents from remittance
            where organisation_id = $1 and state = 'posted' and ($2::uuid is null or remittance_id > $2)
            order by remittance_id limit $3
        ) r
        cross join lateral (
            select
                coalesce(sum(e.insurance_paid_cents), 0)::bigint as posted_cents,
                coalesce(-sum(e.suspense_cents) filter (where e.kind <> 'provider_adjustment'), 0)::bigint as suspense_cents,
                coalesce(sum(e.suspense_cents) filter (where e.kind = 'provider_adjustment'), 0)::bigint
                    as provider_adjustment_cents
            from ledger_entry e
            where e.organisation_id = r.organisation_id and e.remittance_id = r.remittance_id
        ) said
        order by r.remittance_id""",
        organisation_id,
        after,
        limit,
    )
    return [dict(row) for row in rows]
