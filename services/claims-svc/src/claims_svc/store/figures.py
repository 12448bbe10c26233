"""Sums and comparisons, and which claims' edits are out of date."""

from typing import TYPE_CHECKING
from uuid import UUID

from claims_svc.domain.claim import Claim
from claims_svc.domain.encounter import Encounter
from claims_svc.store.claims import encounter_of
from claims_svc.store.rows import CLAIM, claim_of

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection


async def count_by_state(connection: "Connection") -> "list[Record]":
    """(state, claims, of them ever submitted) of the unit's organisation."""
    return await connection.fetch("select state, count(*), count(submitted_at) from claim group by state order by state")


async def reconciliation_page(connection: "Connection", limit: int, after: UUID | None) -> "list[Record]":
    """Each claim's figures; one more than `limit`."""
    return await connection.fetch(
        """select claim_id, encounter_id, state, charge_cents, insurance_paid_cents from claim
           where $2::uuid is null or claim_id > $2 order by claim_id limit $1""",
        limit + 1,
        after,
    )


async def history_of(connection: "Connection", organisation_id: UUID, claim_id: UUID) -> "list[Record]":
    """A claim's entries, in their order."""
    return await connection.fetch(
        """select entry_id, at, kind, actor, state, reason, details, cause_id from claim_entry
           where organisation_id = $1 and claim_id = $2 order by entry_id""",
        organisation_id,
        claim_id,
    )


async def organisations_behind(connection: "Connection", organisation_id: UUID | None = None) -> list[UUID]:
    """Organisations with waiting or held claims whose edits ran against an older set-up than the present one."""
    rows = await connection.fetch(
        """select r.organisation_id from setup_revision r
           where ($1::uuid is null or r.organisation_id = $1)
             and (exists (select from claim c where c.organisation_id = r.organisation_id
                            and c.worklist = 'EDIT_FAILED' and c.setup_revision < r.revision)
               or exists (select from claim c where c.organisation_id = r.organisation_id
                            and c.worklist = 'READY' and c.setup_revision < r.revision))
           order by r.organisation_id""",
        organisation_id,
    )
    return [row[0] for row in rows]


async def claims_edited_before(
    connection: "Connection", organisation_id: UUID, revision: int, limit: int
) -> list[tuple[Claim, Encounter]]:
    """Waiting and held claims whose edits ran against an older set-up than `revision`."""
    rows = await connection.fetch(
        f"""select {CLAIM}, e.content from claim c join encounter e using (organisation_id, encounter_id)
            where c.organisation_id = $1 and c.worklist in ('READY', 'EDIT_FAILED') and c.setup_revision < $2
            limit $3""",  # noqa: S608 - constants
        organisation_id,
        revision,
        limit,
    )
    return [(claim_of(row), encounter_of(row["content"])) for row in rows]
