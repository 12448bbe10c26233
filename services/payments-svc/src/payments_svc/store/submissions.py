# ruff: noqa: S608 - the columns are this file's own constants
"""What was sent to payers, so that what comes back is recognised."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from payments_svc.domain.matching import SentClaim, SentLine
from payments_svc.models import SubmittedClaim
from rcm.database.rows import insert_rows

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

_LINES = msgspec.json.Decoder(tuple[SentLine, ...])
_COLUMNS = """s.organisation_id, s.patient_control_number, s.claim_id, s.encounter_id, s.rank, s.payer_id, s.last_payer,
    s.lines"""


def _sent(row: "Record") -> SentClaim:
    organisation_id, number, claim_id, encounter_id, rank, payer_id, last_payer, lines = tuple(row)[-8:]
    return SentClaim(organisation_id, number, claim_id, encounter_id, rank, payer_id, last_payer, _LINES.decode(lines))


async def insert_submitted(connection: "Connection", rows: Sequence[dict[str, object]]) -> None:
    """Submitted claims; a patient control number that is there already stays as it is."""
    await insert_rows(connection, SubmittedClaim, rows, on_conflict="do nothing")


async def by_control_number(connection: "Connection", keys: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], SentClaim]:
    """What these patient control numbers stand for, by organisation and number."""
    wanted = list(keys)
    rows = await connection.fetch(
        f"""select {_COLUMNS} from unnest($1::uuid[], $2::text[]) as w(organisation_id, patient_control_number)
        join submitted_claim s using (organisation_id, patient_control_number)""",
        [org for org, _ in wanted],
        [number for _, number in wanted],
    )
    return {(row[0], row[1]): _sent(row) for row in rows}


async def by_payer_claim_number(
    connection: "Connection", keys: Iterable[tuple[UUID, str, str]]
) -> dict[tuple[UUID, str, str], SentClaim]:
    """The claims that a payer's own numbers stand for, learned from its earlier remittances.

    Asked by (organisation, TRN03, CLP07). A number that stands for several claims answers none: a person decides.
    """
    wanted = list(keys)
    if not wanted:
        return {}
    rows = await connection.fetch(
        f"""with known as (
            select distinct w.organisation_id, w.payer, w.number, c.claim_id
            from unnest($1::uuid[], $2::text[], $3::text[]) as w(organisation_id, payer, number)
            join remittance_claim c on c.organisation_id = w.organisation_id and c.payer_claim_control_number = w.number
                and c.claim_id is not null and c.payer_claim_control_number <> ''
            join remittance r on r.organisation_id = c.organisation_id and r.remittance_id = c.remittance_id
                and r.payer_identifier = w.payer
        ), one as (
            select organisation_id, payer, number, (array_agg(claim_id))[1] as claim_id from known
            group by 1, 2, 3 having count(*) = 1
        )
        select distinct on (one.organisation_id, one.payer, one.number) one.payer, one.number, {_COLUMNS}
        from one join submitted_claim s on s.organisation_id = one.organisation_id and s.claim_id = one.claim_id
        order by one.organisation_id, one.payer, one.number, s.submitted_at desc""",
        [org for org, _, _ in wanted],
        [payer for _, payer, _ in wanted],
        [number for _, _, number in wanted],
    )
    return {(row["organisation_id"], row[0], row[1]): _sent(row) for row in rows}


async def latest_of_claim(connection: "Connection", organisation_id: UUID, claim_id: UUID) -> SentClaim | None:
    """A claim as it was sent last."""
    row = await connection.fetchrow(
        f"""select {_COLUMNS} from submitted_claim s where s.organisation_id = $1 and s.claim_id = $2
        order by s.submitted_at desc limit 1""",
        organisation_id,
        claim_id,
    )
    return _sent(row) if row is not None else None


async def encounter_of_claim(connection: "Connection", organisation_id: UUID, claim_id: UUID) -> UUID | None:
    """Whose claim it is."""
    found: UUID | None = await connection.fetchval(
        "select encounter_id from submitted_claim where organisation_id = $1 and claim_id = $2 limit 1",
        organisation_id,
        claim_id,
    )
    return found


async def suggestions(
    connection: "Connection", organisation_id: UUID, asked: Sequence[tuple[UUID, str, date, int]]
) -> "list[Record]":
    """Claims with the same member id, date of service and charge; asked by (id, member id, date, charge)."""
    return await connection.fetch(
        """select distinct w.id, s.claim_id, s.encounter_id, s.patient_control_number, s.charge_cents, s.date_of_service
        from unnest($2::uuid[], $3::text[], $4::date[], $5::bigint[]) as w(id, member_id, date_of_service, charge_cents)
        join submitted_claim s on s.organisation_id = $1 and s.member_id = w.member_id
            and s.date_of_service = w.date_of_service and s.charge_cents = w.charge_cents
        order by w.id, s.claim_id""",
        organisation_id,
        [each[0] for each in asked],
        [each[1] for each in asked],
        [each[2] for each in asked],
        [each[3] for each in asked],
    )
