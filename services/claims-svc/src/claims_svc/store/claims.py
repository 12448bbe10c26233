"""Claims, what they are made of, and what is known about them: many in one statement each."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from claims_svc import models
from claims_svc.domain.claim import Claim
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.facts import Acknowledged, Facts, Heard, SentClaim, Stage
from claims_svc.store.rows import CLAIM, claim_of, claim_row, columns, entry_rows, new_row, progress_row
from rcm.database.rows import insert_rows, update_rows

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

_KEY = ("organisation_id", "claim_id")


class _SentLine(Struct):
    line_number: int


class _Sent(Struct):
    lines: list[_SentLine]


_ENCOUNTER = msgspec.json.Decoder(Encounter)
_SENT = msgspec.json.Decoder(_Sent)
_HEARD = msgspec.json.Decoder(list[Heard])


@dataclass(slots=True)
class Known:
    """What is known about a claim that left the house."""

    facts: Facts = field(default_factory=Facts)
    sent: list[SentClaim] = field(default_factory=list)


def encounter_of(content: bytes | str) -> Encounter:
    """An encounter from its JSON."""
    return _ENCOUNTER.decode(content)


async def claims_by_id(connection: "Connection", keys: Iterable[tuple[UUID, UUID]]) -> dict[UUID, Claim]:
    """Claims by id; keys are (organisation, claim)."""
    rows = await connection.fetch(
        f"""select {CLAIM} from unnest($1::uuid[], $2::uuid[]) as k(o, i)
            join claim c on c.organisation_id = k.o and c.claim_id = k.i""",  # noqa: S608 - constants
        *columns(keys),
    )
    return {row["claim_id"]: claim_of(row) for row in rows}


async def claims_of_encounters(connection: "Connection", keys: Iterable[tuple[UUID, UUID]]) -> dict[UUID, dict[str, Claim]]:
    """Claims by encounter and rank; keys are (organisation, encounter)."""
    rows = await connection.fetch(
        f"""select {CLAIM} from unnest($1::uuid[], $2::uuid[]) as k(o, i)
            join claim c on c.organisation_id = k.o and c.encounter_id = k.i""",  # noqa: S608 - constants
        *columns(keys),
    )
    found: dict[UUID, dict[str, Claim]] = {}
    for row in rows:
        found.setdefault(row["encounter_id"], {})[row["rank"]] = claim_of(row)
    return found


async def claims_of_submission(connection: "Connection", organisation_id: UUID, submission_id: UUID) -> dict[UUID, Claim]:
    """The claims that stand in a file, whatever became of them since."""
    rows = await connection.fetch(
        f"""select {CLAIM} from submission_claim s join claim c using (organisation_id, claim_id)
            where s.organisation_id = $1 and s.submission_id = $2""",  # noqa: S608 - constants
        organisation_id,
        submission_id,
    )
    return {row["claim_id"]: claim_of(row) for row in rows}


async def claims_by_control_number(
    connection: "Connection", organisation_id: UUID, numbers: Collection[str]
) -> dict[str, Claim]:
    """Claims by any patient control number they were ever sent under; two numbers of one claim give one object."""
    rows = await connection.fetch(
        f"""select {CLAIM}, s.patient_control_number from submission_claim s join claim c using (organisation_id, claim_id)
            where s.organisation_id = $1 and s.patient_control_number = any($2::text[])""",  # noqa: S608 - constants
        organisation_id,
        list(numbers),
    )
    claims: dict[UUID, Claim] = {}
    found: dict[str, Claim] = {}
    for row in rows:
        claim = claims.get(row["claim_id"])
        if claim is None:
            claim = claims[row["claim_id"]] = claim_of(row)
        found[row["patient_control_number"]] = claim
    return found


async def claim_page(
    connection: "Connection",
    limit: int,
    after: UUID | None,
    *,
    state: str | None = None,
    payer_id: str | None = None,
    encounter_id: UUID | None = None,
) -> list[Claim]:
    """Claims of the unit's organisation, the newest first; `after` is the last one seen. One more than `limit`."""
    rows = await connection.fetch(
        f"""select {CLAIM} from claim c
            where ($2::uuid is null or c.claim_id < $2) and ($3::text is null or c.state = $3)
              and ($4::text is null or c.payer_id = $4) and ($5::uuid is null or c.encounter_id = $5)
            order by c.claim_id desc limit $1""",  # noqa: S608 - constants
        limit + 1,
        after,
        state,
        payer_id,
        encounter_id,
    )
    return [claim_of(row) for row in rows]


async def encounters_known(connection: "Connection", keys: Iterable[tuple[UUID, UUID]]) -> set[UUID]:
    """Which of these encounters have come already."""
    rows = await connection.fetch(
        """select e.encounter_id from unnest($1::uuid[], $2::uuid[]) as k(o, i)
           join encounter e on e.organisation_id = k.o and e.encounter_id = k.i""",
        *columns(keys),
    )
    return {row[0] for row in rows}


async def encounters_by_id(connection: "Connection", keys: Iterable[tuple[UUID, UUID]]) -> dict[UUID, Encounter]:
    """Encounters' content; keys are (organisation, encounter)."""
    rows = await connection.fetch(
        """select e.encounter_id, e.content from unnest($1::uuid[], $2::uuid[]) as k(o, i)
           join encounter e on e.organisation_id = k.o and e.encounter_id = k.i""",
        *columns(keys),
    )
    return {row[0]: _ENCOUNTER.decode(row[1]) for row in rows}


async def duplicates_of(connection: "Connection", claims: Sequence[Claim]) -> dict[UUID, UUID]:
    """For each claim with the same services on an earlier live claim of another encounter: that claim's id.

    Claims' ids are in the order of their making; those handed in may not be stored yet.
    """
    keys: dict[tuple[UUID, bytes], list[Claim]] = {}
    for claim in claims:
        keys.setdefault((claim.organisation_id, claim.duplicate_key), []).append(claim)
    rows = await connection.fetch(
        """select c.organisation_id, c.duplicate_key, c.claim_id, c.encounter_id
           from unnest($1::uuid[], $2::bytea[]) as k(o, d)
           join claim c on c.organisation_id = k.o and c.duplicate_key = k.d
           where c.state not in ('VOIDED', 'CLOSED')""",
        *columns(keys),
    )
    others: dict[tuple[UUID, bytes], list[tuple[UUID, UUID]]] = {}
    for row in rows:
        others.setdefault((row[0], row[1]), []).append((row[2], row[3]))
    found: dict[UUID, UUID] = {}
    for key, same in keys.items():
        if len(same) == 1 and key not in others:
            continue
        there = others.get(key, []) + [(claim.claim_id, claim.encounter_id) for claim in same]
        for claim in same:
            earlier = [other for other, encounter in there if other < claim.claim_id and encounter != claim.encounter_id]
            if earlier:
                found[claim.claim_id] = min(earlier)
    return found


async def known_about(connection: "Connection", claims: Collection[Claim]) -> dict[UUID, Known]:
    """All facts and all places in files, for each of these claims."""
    known = {claim.claim_id: Known() for claim in claims}
    keys = columns((claim.organisation_id, claim.claim_id) for claim in claims)
    rows = await connection.fetch(
        """select s.claim_id, s.patient_control_number, s.frequency, s.charge_cents, s.sent
           from unnest($1::uuid[], $2::uuid[]) as k(o, i)
           join submission_claim s on s.organisation_id = k.o and s.claim_id = k.i order by s.claim_id, s.number""",
        *keys,
    )
    for claim_id, number, frequency, charge_cents, sent in rows:
        lines = tuple(line.line_number for line in _SENT.decode(sent).lines)
        known[claim_id].sent.append(SentClaim(number, frequency, charge_cents, lines))
    for claim in claims:
        for heard in heard_about(claim):
            if heard.decides:
                known[claim.claim_id].facts.add(heard.fact)
    await _add_submission_facts(connection, claims, known)
    return known


def heard_about(claim: Claim) -> list[Heard]:
    """What the outside said about a claim itself, in the order in which it came."""
    return _HEARD.decode(claim.facts_kept) if claim.facts_kept else []


async def _add_submission_facts(connection: "Connection", claims: Collection[Claim], known: dict[UUID, Known]) -> None:
    """What TA1 and 999 said about the newest file of each claim counts for the claim."""
    files = {(claim.organisation_id, claim.submission_id) for claim in claims if claim.submission_id is not None}
    rows = await connection.fetch(
        """select f.submission_id, f.stage, f.accepted, f.category, f.code, f.message
           from unnest($1::uuid[], $2::uuid[]) as k(o, i)
           join submission_fact f on f.organisation_id = k.o and f.submission_id = k.i""",
        *columns(files),
    )
    said: dict[UUID, list[Record]] = {}
    for row in rows:
        said.setdefault(row["submission_id"], []).append(row)
    for claim in claims:
        about = known[claim.claim_id]
        if claim.submission_id in said and about.sent:
            number = about.sent[-1].patient_control_number
            for _, stage, accepted, category, code, message in said[claim.submission_id]:
                fact = Acknowledged(Stage(stage), accepted, number, category=category, code=code, message=message)
                about.facts.add(fact)


async def insert_encounters(connection: "Connection", contents: Iterable[tuple[UUID, UUID, bytes]]) -> None:
    """New encounters: (organisation, encounter, JSON)."""
    rows = [
        {"organisation_id": organisation_id, "encounter_id": encounter_id, "content": content.decode()}
        for organisation_id, encounter_id, content in contents
    ]
    await insert_rows(connection, models.Encounter, rows)


async def put_encounters(connection: "Connection", contents: Iterable[tuple[UUID, UUID, bytes]]) -> None:
    """Encounters as they are now, whether they have come before or not: the last one of each id stays."""
    rows = {
        encounter_id: {"organisation_id": organisation_id, "encounter_id": encounter_id, "content": content.decode()}
        for organisation_id, encounter_id, content in contents
    }
    await insert_rows(
        connection,
        models.Encounter,
        list(rows.values()),
        on_conflict="(organisation_id, encounter_id) do update set content = excluded.content",
    )


async def insert_claims(connection: "Connection", claims: Collection[Claim]) -> None:
    """New claims with the beginning of their histories."""
    await insert_rows(connection, models.Claim, [new_row(claim) for claim in claims])
    await insert_rows(connection, models.ClaimEntry, entry_rows(claims))


async def save_claims(connection: "Connection", claims: Collection[Claim]) -> None:
    """Changed claims, all columns, and what their histories gained."""
    await update_rows(connection, models.Claim, [claim_row(claim) for claim in claims], key=_KEY)
    await insert_rows(connection, models.ClaimEntry, entry_rows(claims))


async def save_progress(connection: "Connection", claims: Collection[Claim], changed: Sequence[str]) -> None:
    """Claims of which only the columns of `changed` are different, and what their histories gained."""
    await update_rows(connection, models.Claim, [progress_row(claim, changed) for claim in claims], key=_KEY)
    await insert_rows(connection, models.ClaimEntry, entry_rows(claims))
