# ruff: noqa: S608 - the columns are this file's own constants
"""CLPs: those that stand in the ledger, those that wait."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from payments_svc.domain.claim_payment import ClaimPayment
from payments_svc.domain.matching import PostedPayment, normalised_control_number
from payments_svc.domain.remittance import ClaimState
from payments_svc.domain.remittance_claim import RemittanceClaim
from payments_svc.models import RemittanceClaim as Table
from rcm.database.rows import Row, insert_rows, update_rows

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

_PAYMENT = msgspec.json.Decoder(ClaimPayment)
_ENCODER = msgspec.json.Encoder()
_COLUMNS = """c.organisation_id, c.remittance_claim_id, c.remittance_id, c.position, c.payment_date, c.payment, c.state,
    c.reason, c.difference_cents, c.claim_id, c.encounter_id, c.rank, c.payer_id, c.entry_id, c.decided_by, c.note"""
_OF_ONE_NUMBER_MAX = 1000
"""So many CLPs of one number are looked at. The limit is for the plan too: each number is looked up by itself."""
_OF_REMITTANCE = "join remittance r on r.organisation_id = c.organisation_id and r.remittance_id = c.remittance_id"


async def _claims(connection: "Connection", rows: "Sequence[Record]") -> list[RemittanceClaim]:
    """CLPs of these rows, in their order, with the payers of their remittances."""
    payers = await _payers(connection, {(row[0], row[2]) for row in rows})
    return [_claim(row, payers[row[2]]) for row in rows]


async def _payers(connection: "Connection", remittances: Iterable[tuple[UUID, UUID]]) -> dict[UUID, str]:
    """TRN03 of remittances: few, whatever the number of their CLPs; asked by (organisation, remittance)."""
    wanted = list(remittances)
    if not wanted:
        return {}
    rows = await connection.fetch(
        """select r.remittance_id, r.payer_identifier from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, remittance_id)
        join remittance r using (organisation_id, remittance_id)""",
        [org for org, _ in wanted],
        [remittance for _, remittance in wanted],
    )
    return {row[0]: row[1] for row in rows}


def _claim(row: "Record", payer: str) -> RemittanceClaim:
    org, own_id, remittance_id, position, on, payment, state, reason, difference, *place = row
    claim_id, encounter_id, rank, payer_id, entry_id, decided_by, note = place
    said = _PAYMENT.decode(payment)
    claim = RemittanceClaim(
        (org, normalised_control_number(said.patient_control_number)),
        own_id,
        remittance_id,
        position,
        payer,
        on,
        said,
        ClaimState(state),
        reason,
        difference,
        claim_id,
        encounter_id,
        rank,
        payer_id,
        entry_id,
        is_stored=True,
        decided_by=decided_by,
        note=note,
    )
    if claim.waits:
        claim.suspended_cents = claim.payment.paid_cents
    return claim


class _Row(Row):
    """A CLP's columns but for its `payment`, which is long."""

    organisation_id: UUID
    remittance_claim_id: UUID
    remittance_id: UUID
    position: int
    state: ClaimState | None
    patient_control_number: str
    status_code: str
    charge_cents: int
    paid_cents: int
    payment_date: date
    payer_claim_control_number: str = ""
    reason: str = ""
    difference_cents: int = 0
    claim_id: UUID | None = None
    encounter_id: UUID | None = None
    rank: str = ""
    payer_id: str = ""
    entry_id: UUID | None = None
    decided_by: str = ""
    note: str = ""


def _row(claim: RemittanceClaim) -> _Row:
    payment = claim.payment
    return _Row(
        claim.key[0],
        claim.remittance_claim_id,
        claim.remittance_id,
        claim.position,
        claim.state,
        claim.key[1],
        payment.status,
        payment.charge_cents,
        payment.paid_cents,
        claim.payment_date,
        payment.payer_claim_control_number,
        claim.reason,
        claim.difference_cents,
        claim.claim_id,
        claim.encounter_id,
        claim.rank,
        claim.payer_id,
        claim.entry_id,
        claim.decided_by,
        claim.note,
    )


def _payments(claims: Sequence[RemittanceClaim]) -> Mapping[str, list[str]]:
    """What the payer said, as JSON, beside the rows."""
    return {"payment": [_ENCODER.encode(claim.payment).decode() for claim in claims]}


async def insert_claims(connection: "Connection", claims: Sequence[RemittanceClaim]) -> None:
    """New CLPs as they were decided."""
    await insert_rows(connection, Table, [_row(claim) for claim in claims], wide=_payments(claims))


async def update_claims(connection: "Connection", claims: Sequence[RemittanceClaim]) -> None:
    """CLPs that waited and were decided now."""
    rows = [_row(claim) for claim in claims]
    await update_rows(connection, Table, rows, key=("organisation_id", "remittance_claim_id"), wide=_payments(claims))


async def mark_reversed(connection: "Connection", reversed_by: Mapping[tuple[UUID, UUID], UUID]) -> None:
    """Posted CLPs, by (organisation, CLP), and the one that took each back."""
    rows = [
        {"organisation_id": org, "remittance_claim_id": own_id, "state": ClaimState.REVERSED, "reversed_by": by}
        for (org, own_id), by in reversed_by.items()
    ]
    await update_rows(connection, Table, rows, key=("organisation_id", "remittance_claim_id"))


async def posted_of_encounters(
    connection: "Connection", encounters: Iterable[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], list[PostedPayment]]:
    """What stands in the ledger for these encounters: posted and not taken back, oldest first."""
    wanted = list(encounters)
    found: dict[tuple[UUID, UUID], list[PostedPayment]] = {key: [] for key in wanted}
    if not wanted:
        return found
    rows = await connection.fetch(
        """select c.organisation_id, c.encounter_id, c.remittance_claim_id, c.remittance_id, c.position, c.payment_date,
            c.claim_id, c.rank, c.payer_id, c.entry_id, c.payment
        from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, encounter_id)
        join remittance_claim c using (organisation_id, encounter_id)
        where c.state = 'posted' order by c.remittance_claim_id""",
        [org for org, _ in wanted],
        [encounter for _, encounter in wanted],
    )
    for organisation_id, encounter_id, own_id, remittance_id, position, on, claim_id, rank, payer_id, entry_id, payment in rows:
        decoded = _PAYMENT.decode(payment)
        posted = PostedPayment(own_id, remittance_id, position, on, claim_id, rank, payer_id, entry_id, decoded)
        found[organisation_id, encounter_id].append(posted)
    return found


async def waiting_for_numbers(
    connection: "Connection", keys: Iterable[tuple[UUID, str]], reason: str | None = None
) -> list[RemittanceClaim]:
    """CLPs that wait for these patient control numbers (for this reason), oldest first; those held by their own fault don't."""
    wanted = list(keys)
    rows = await connection.fetch(
        f"""select c.* from unnest($1::uuid[], $2::text[]) as w(organisation_id, patient_control_number), lateral (
            select {_COLUMNS} from remittance_claim c
            where c.organisation_id = w.organisation_id and c.patient_control_number = w.patient_control_number
                and c.state in ('held', 'unmatched') and c.state = 'unmatched' and ($3::text is null or c.reason = $3)
            limit {_OF_ONE_NUMBER_MAX}
        ) c order by c.payment_date, c.remittance_id, c.position""",
        [org for org, _ in wanted],
        [number for _, number in wanted],
        reason,
    )
    return await _claims(connection, rows)


async def waiting_of_claims(
    connection: "Connection", claims: Iterable[tuple[UUID, UUID]], reason: str
) -> list[RemittanceClaim]:
    """CLPs of these claims, as (organisation, claim), that wait for this reason, oldest first."""
    wanted = list(claims)
    rows = await connection.fetch(
        f"""select {_COLUMNS} from remittance_claim c
            where c.organisation_id = any($1::uuid[]) and c.state in ('held', 'unmatched') and c.reason = $3
                and (c.organisation_id, c.claim_id) in (select * from unnest($1::uuid[], $2::uuid[]))
            order by c.payment_date, c.remittance_id, c.position""",
        [org for org, _ in wanted],
        [claim_id for _, claim_id in wanted],
        reason,
    )
    return await _claims(connection, rows)


async def any_waits(connection: "Connection", organisations: Iterable[UUID], reason: str) -> bool:
    """Whether any CLP of these organisations waits for this reason: mostly none, and then nobody need ask for whom."""
    found: bool = await connection.fetchval(
        """select exists (select from remittance_claim
        where organisation_id = any($1::uuid[]) and state in ('held', 'unmatched') and reason = $2)""",
        list(organisations),
        reason,
    )
    return found


async def waiting_whose_claim_came(connection: "Connection", limit: int) -> list[RemittanceClaim]:
    """Unmatched CLPs, of all organisations, whose patient control number is known: two transactions had missed each other."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from remittance_claim c, lateral (
            select from submitted_claim s where s.organisation_id = c.organisation_id
                and s.patient_control_number = c.patient_control_number limit 1
        ) s
        where c.state in ('held', 'unmatched') and c.reason = 'unmatched'
        order by c.payment_date, c.remittance_id, c.position limit $1""",
        limit,
    )
    return await _claims(connection, rows)


async def claims_of_payer_numbers(
    connection: "Connection", keys: Iterable[tuple[UUID, str, str]]
) -> dict[tuple[UUID, str, str], set[tuple[UUID, UUID]]]:
    """Our claims (encounter, claim) that a payer's own numbers were seen with, by (organisation, TRN03, CLP07)."""
    wanted = set(keys)
    numbers = list({(org, number) for org, _, number in wanted})
    rows = await connection.fetch(
        f"""select w.organisation_id, w.number, c.remittance_id, c.encounter_id, c.claim_id
        from unnest($1::uuid[], $2::text[]) as w(organisation_id, number), lateral (
            select distinct c.remittance_id, c.encounter_id, c.claim_id from remittance_claim c
            where c.organisation_id = w.organisation_id and c.payer_claim_control_number = w.number
                and c.claim_id is not null and c.payer_claim_control_number <> ''
            limit {_OF_ONE_NUMBER_MAX}
        ) c""",
        [org for org, _ in numbers],
        [number for _, number in numbers],
    )
    payers = await _payers(connection, {(row[0], row[2]) for row in rows})
    found: dict[tuple[UUID, str, str], set[tuple[UUID, UUID]]] = {}
    for organisation_id, number, remittance_id, encounter_id, claim_id in rows:
        key = (organisation_id, payers[remittance_id], number)
        if key in wanted:
            found.setdefault(key, set()).add((encounter_id, claim_id))
    return found


async def load_claim(connection: "Connection", organisation_id: UUID, remittance_claim_id: UUID) -> RemittanceClaim | None:
    """One CLP."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from remittance_claim c
        where c.organisation_id = $1 and c.remittance_claim_id = $2""",
        organisation_id,
        remittance_claim_id,
    )
    return next(iter(await _claims(connection, rows)), None)


async def claims_of_remittance(connection: "Connection", organisation_id: UUID, remittance_id: UUID) -> list[RemittanceClaim]:
    """All CLPs of a remittance, in its order."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from remittance_claim c
        where c.organisation_id = $1 and c.remittance_id = $2 order by c.position""",
        organisation_id,
        remittance_id,
    )
    return await _claims(connection, rows)


async def set_exit(connection: "Connection", row: Mapping[str, Any]) -> None:
    """A person's decision about one CLP."""
    await update_rows(connection, Table, [row], key=("organisation_id", "remittance_claim_id"))


async def counts_by_state(
    connection: "Connection", organisation_id: UUID, remittances: Sequence[UUID]
) -> dict[UUID, dict[str, int]]:
    """How many CLPs of each remittance are in each state."""
    rows = await connection.fetch(
        """select remittance_id, state, count(*) from remittance_claim
        where organisation_id = $1 and remittance_id = any($2::uuid[]) group by 1, 2""",
        organisation_id,
        list(remittances),
    )
    found: dict[UUID, dict[str, int]] = {remittance_id: {} for remittance_id in remittances}
    for remittance_id, state, count in rows:
        found[remittance_id][state] = count
    return found


async def page_of_waiting(
    connection: "Connection", organisation_id: UUID, after: UUID | None, limit: int, state: str | None
) -> list[Mapping[str, Any]]:
    """CLPs that wait, oldest first, with their remittance's names."""
    rows = await connection.fetch(
        f"""select c.*, c.payment::json->>'member_id' as member_id,
            (c.payment::json->>'date_of_service')::date as date_of_service, r.trace_number, r.payer_name
        from remittance_claim c {_OF_REMITTANCE}
        where c.organisation_id = $1 and c.state in ('held', 'unmatched') and ($2::uuid is null or c.remittance_claim_id > $2)
            and ($3::text is null or c.state = $3)
        order by c.remittance_claim_id limit $4""",
        organisation_id,
        after,
        state,
        limit,
    )
    return [dict(row) for row in rows]
