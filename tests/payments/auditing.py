"""What must be true of the ledger after every transaction, asked of the database and not of the code."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tests.support.live import LiveService

BROKEN_ENTRIES = """
select e.entry_id from ledger_entry e left join ledger_line l using (organisation_id, entry_id)
where e.organisation_id = $1 group by e.entry_id having count(l.line) = 0 or sum(l.amount_cents) <> 0
"""
BALANCES = """
select e.encounter_id, e.charges_cents, e.insurance_paid_cents, e.contractual_cents, e.other_adjustments_cents,
    e.patient_paid_cents, e.patient_open_cents, e.insurance_open_cents,
    coalesce(-sum(l.amount_cents) filter (where l.account = 'charges'), 0) as charges,
    coalesce(sum(l.amount_cents) filter (where l.account = 'insurance_paid'), 0) as insurance_paid,
    coalesce(sum(l.amount_cents) filter (where l.account = 'contractual'), 0) as contractual,
    coalesce(sum(l.amount_cents) filter (where l.account = 'other_adjustments'), 0) as other_adjustments,
    coalesce(sum(l.amount_cents) filter (where l.account = 'patient_paid'), 0) as patient_paid,
    coalesce(sum(l.amount_cents) filter (where l.account = 'patient_open'), 0) as patient_open,
    coalesce(sum(l.amount_cents) filter (where l.account = 'insurance_open'), 0) as insurance_open
from encounter e left join ledger_line l on l.organisation_id = e.organisation_id and l.encounter_id = e.encounter_id
where e.organisation_id = $1 group by e.organisation_id, e.encounter_id
"""
PARTS = ("insurance_paid", "contractual", "other_adjustments", "patient_paid", "patient_open", "insurance_open")
SUSPENSE = """
select coalesce(sum(amount_cents) filter (where account = 'suspense'), 0) as suspense,
    coalesce(sum(amount_cents) filter (where account = 'unapplied_cash'), 0) as unapplied,
    coalesce(sum(amount_cents), 0) as total
from ledger_line where organisation_id = $1
"""
DEAD = "select code, reason from parked_message where organisation_id = $1 and state = 'dead'"
DEPOSITS = "select coalesce(sum(deposit_cents), 0) from patient_payment where organisation_id = $1"
WAITING = """
select coalesce(sum(paid_cents), 0) from remittance_claim
where organisation_id = $1 and state in ('held', 'unmatched')
"""
FREE_DEPOSIT_BESIDE_DEBT = """
select p.patient_payment_id from patient_payment p
join encounter e on e.organisation_id = p.organisation_id and e.guarantor_external_id = p.guarantor_external_id
    and e.patient_open_cents > 0
left join encounter n on n.organisation_id = p.organisation_id and n.encounter_id = p.encounter_id
where p.organisation_id = $1 and p.deposit_cents > 0
    and (p.encounter_id is null or n.completed or n.first_claim_voided or n.cancelled_self_pay or (n.self_pay and not exists (
        select from submitted_claim s where s.organisation_id = n.organisation_id and s.encounter_id = n.encounter_id)))
"""

Figures = Mapping[UUID, Mapping[str, int]]


async def audit(it: LiveService, organisation_id: UUID) -> Figures:
    """Asserts all of it; answers each encounter's seven figures."""
    assert await it.rows(DEAD, organisation_id) == []
    assert await it.rows(BROKEN_ENTRIES, organisation_id) == []
    figures: dict[UUID, dict[str, int]] = {}
    for row in await it.rows(BALANCES, organisation_id):
        said = {name: int(row[name]) for name in ("charges", *PARTS)}
        assert said == {name: row[f"{name}_cents"] for name in said}, "the encounter's row is not the sum of its lines"
        assert said["charges"] == sum(said[part] for part in PARTS), "the identity"
        assert said["patient_open"] >= 0
        assert said["patient_paid"] >= 0
        figures[row["encounter_id"]] = said
    [sums] = await it.rows(SUSPENSE, organisation_id)
    assert sums["total"] == 0, "the trial balance"
    assert sums["suspense"] == -sums["unapplied"]
    assert await it.rows(FREE_DEPOSIT_BESIDE_DEBT, organisation_id) == []
    return figures


async def suspense(it: LiveService, organisation_id: UUID) -> int:
    """What is in suspense, credit positive."""
    [sums] = await it.rows(SUSPENSE, organisation_id)
    return -int(sums["suspense"])


async def deposits(it: LiveService, organisation_id: UUID) -> int:
    """What waits of patients' payments."""
    return int((await it.rows(DEPOSITS, organisation_id))[0][0])


async def waiting(it: LiveService, organisation_id: UUID) -> int:
    """What waits of CLPs."""
    return int((await it.rows(WAITING, organisation_id))[0][0])


def totals(figures: Figures) -> Mapping[str, Any]:
    """Over all encounters."""
    return {name: sum(each[name] for each in figures.values()) for name in ("charges", *PARTS)}
