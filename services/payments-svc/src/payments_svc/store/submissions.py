# ruff: noqa: S608 - the columns are this file's own constants
"""What was sent to payers, so that what comes back is recognised."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from payments_svc.domain.matching import SentClaim, SentLine
from payments_svc.models import SubmittedClaim
from rcm.database.rows import Row, insert_rows

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

ClaimKey = tuple[UUID, UUID, UUID]
"""An organisation, an encounter, one of its claims."""
Number = tuple[UUID, str]
"""An organisation and a patient control number as it is compared."""
_LINES = msgspec.json.Decoder(tuple[SentLine, ...])
_COLUMNS = """s.organisation_id, s.patient_control_number, s.claim_id, s.encounter_id, s.rank, s.payer_id, s.last_payer,
    s.lines"""


def _sent(row: "Record") -> SentClaim:
    organisation_id, number, claim_id, encounter_id, rank, payer_id, last_payer, lines = tuple(row)[-8:]
    return SentClaim(organisation_id, number, claim_id, encounter_id, rank, payer_id, last_payer, _LINES.decode(lines))


class Submitted(Row):
    """A submitted claim's columns but for its `lines`, which are long."""

    organisation_id: UUID
    patient_control_number: str
    claim_id: UUID
    encounter_id: UUID
    rank: str
    payer_id: str
    last_payer: bool
    member_id: str
    date_of_service: date
    charge_cents: int
    submitted_at: datetime


async def insert_submitted(connection: "Connection", claims: Sequence[tuple[Submitted, str]]) -> None:
    """Submitted claims, each with its lines as JSON; a patient control number that is there already stays as it is."""
    lines = {"lines": [lines for _, lines in claims]}
    await insert_rows(connection, SubmittedClaim, [row for row, _ in claims], on_conflict="do nothing", wide=lines)


async def by_control_number(connection: "Connection", keys: Iterable[Number]) -> dict[Number, SentClaim]:
    """What these patient control numbers stand for, by organisation and number."""
    wanted = list(keys)
    if not wanted:
        return {}
    rows = await connection.fetch(
        f"""select {_COLUMNS} from unnest($1::uuid[], $2::text[]) as w(organisation_id, patient_control_number)
        join submitted_claim s using (organisation_id, patient_control_number)""",
        *_columns(wanted),
    )
    return {(row[0], row[1]): _sent(row) for row in rows}


async def all_by_control_number(connection: "Connection", keys: Iterable[Number]) -> dict[Number, SentClaim] | None:
    """The same where every one of them stands for a claim; else None, and no row was fetched."""
    wanted = list(keys)
    if not wanted:
        return {}
    rows = await connection.fetch(
        f"""with found as materialized (
            select {_COLUMNS} from unnest($1::uuid[], $2::text[]) as w(organisation_id, patient_control_number)
            join submitted_claim s using (organisation_id, patient_control_number)
        ) select * from found where (select count(*) from found) = $3""",
        *_columns(wanted),
        len(wanted),
    )
    return {(row[0], row[1]): _sent(row) for row in rows} if rows else None


async def first_missing(connection: "Connection", files: Sequence[Iterable[Number]]) -> dict[int, Number]:
    """By place, one of each file's patient control numbers that no claim was sent under; files without such are left out."""
    wanted = [(place, number) for place, numbers in enumerate(files) for number in numbers]
    if not wanted:
        return {}
    rows = await connection.fetch(
        """select distinct on (w.place) w.place, w.organisation_id, w.number
        from unnest($1::integer[], $2::uuid[], $3::text[]) as w(place, organisation_id, number) left join lateral (
            select true as known from submitted_claim s
            where s.organisation_id = w.organisation_id and s.patient_control_number = w.number limit 1
        ) s on true where s.known is null""",
        [place for place, _ in wanted],
        *_columns([number for _, number in wanted]),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def latest_of_claims(connection: "Connection", claims: Iterable[ClaimKey]) -> dict[ClaimKey, SentClaim]:
    """Claims as they were sent last, by organisation, encounter and claim."""
    wanted = list(claims)
    if not wanted:
        return {}
    rows = await connection.fetch(
        f"""select s.* from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as w(organisation_id, encounter_id, claim_id), lateral (
            select {_COLUMNS} from submitted_claim s
            where s.organisation_id = w.organisation_id and s.encounter_id = w.encounter_id and s.claim_id = w.claim_id
            order by s.submitted_at desc limit 1
        ) s""",
        [org for org, _, _ in wanted],
        [encounter for _, encounter, _ in wanted],
        [claim for _, _, claim in wanted],
    )
    return {(row[0], row[3], row[2]): _sent(row) for row in rows}


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


def _columns(numbers: Sequence[Number]) -> tuple[list[UUID], list[str]]:
    """The numbers turned into a list for each column."""
    return [organisation_id for organisation_id, _ in numbers], [number for _, number in numbers]
