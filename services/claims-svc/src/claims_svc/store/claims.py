"""Claims, what they are made of, and what is known about them: many in one statement each."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from claims_svc import models
from claims_svc.domain.claim import AcceptedClaim, Act, Claim
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.facts import Acknowledged, Facts, Filed, Heard, Posted, Reversed, SentClaim, Stage, state_after
from claims_svc.domain.states import WORKLIST, State
from claims_svc.store.rows import (
    ANSWERED_ALIKE,
    CLAIM,
    FILED_ALIKE,
    NEW_ALIKE,
    alike,
    all_facts,
    all_places,
    answered_row,
    as_lines,
    claim_of,
    claim_row,
    columns,
    entry_rows,
    filed_row,
    new_row,
)
from claims_svc.store.writing import Write, inserting, updating, write_together
from rcm.database.rows import Row, insert_rows
from rcm.database.texts_of_rows import recordset

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

_KEY = ("organisation_id", "claim_id")


_ENCOUNTER = msgspec.json.Decoder(Encounter)


class _ToFold(Struct, gc=False, array_like=True):
    """What folding asks of what was heard: not who said it when."""

    fact: Acknowledged | Posted | Reversed
    decides: bool


_TO_FOLD = msgspec.json.Decoder(_ToFold)
_SENT = msgspec.json.Decoder(SentClaim)
_HEARD = msgspec.json.Decoder(Heard)
_FILED = msgspec.json.Decoder(Filed)
_ACCEPT = """
update claim c set state = n.state, version = c.version + 1, updated_at = $4, accepted_on = n.accepted_on, payer_holds = true,
    payer_claim_control_number = coalesce(nullif(n.payer_number, ''), c.payer_claim_control_number),
    facts = n.fact || chr(10)
from rows from (
    json_to_recordset($2::json) as (n text, s text, a date, p text), string_to_table($3, chr(10))
) as n(number, state, accepted_on, payer_number, fact) cross join lateral (
    select waiting.ctid from claim waiting
    where waiting.organisation_id = $1 and waiting.patient_control_number = n.number and waiting.patient_control_number <> ''
        and waiting.state = $5 and waiting.facts = '' and not waiting.file_refused and waiting.frequency <> '8'
    offset 0
) found
where c.ctid = found.ctid and c.organisation_id = $1
returning c.claim_id, c.version, c.encounter_id, c.patient_control_number
"""
"""`offset 0` has each claim looked up by its number: the planner, who takes the conditions for rarely met, would rather read
the organisation's claims one after the other. Where the row lies is told within the statement, so that it is looked up once.
"""


class _Taken(Struct, gc=False, omit_defaults=True):
    """What _ACCEPT reads of each claim, under names as short as JSON wants them."""

    n: str
    """The patient control number."""
    s: State
    a: date | None
    """The day on which it was taken."""
    p: str = ""
    """The payer's number of the claim."""


class Known(Struct, gc=False):
    """What is known about a claim that left the house."""

    facts: Facts
    sent: list[SentClaim]


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


async def claims_with_content(
    connection: "Connection", keys: Iterable[tuple[UUID, UUID]]
) -> dict[UUID, tuple[Claim, Encounter]]:
    """Claims with their encounters by claim id; keys are (organisation, claim)."""
    rows = await connection.fetch(
        f"""select {CLAIM}, e.content from unnest($1::uuid[], $2::uuid[]) as k(o, i)
            join claim c on c.organisation_id = k.o and c.claim_id = k.i
            join encounter e on e.organisation_id = k.o and e.encounter_id = c.encounter_id""",  # noqa: S608 - constants
        *columns(keys),
    )
    return {row["claim_id"]: (claim_of(row), encounter_of(row["content"])) for row in rows}


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


async def claims_by_control_number(connection: "Connection", organisation_id: UUID, numbers: Set[str]) -> dict[str, Claim]:
    """Claims by any patient control number they were ever sent under; two numbers of one claim give one object."""
    if not numbers:
        return {}
    rows = await connection.fetch(
        f"""select {CLAIM} from claim c where c.organisation_id = $1 and c.patient_control_number = any($2::text[])
              and c.patient_control_number <> ''""",  # noqa: S608 - constants; the index holds no empty numbers
        organisation_id,
        list(numbers),
    )
    found = {row["patient_control_number"]: claim_of(row) for row in rows}
    if len(found) < len(numbers):
        there = {claim.claim_id: claim for claim in found.values()}
        found |= await _by_former_number(connection, organisation_id, numbers - found.keys(), there)
    return found


async def _by_former_number(
    connection: "Connection", organisation_id: UUID, numbers: Collection[str], there: dict[UUID, Claim]
) -> dict[str, Claim]:
    """Claims by numbers that they went under before; those in `there` are taken as they are."""
    rows = await connection.fetch(
        f"""select {CLAIM}, f.patient_control_number as former from former_number f
            join claim c using (organisation_id, claim_id)
            where f.organisation_id = $1 and f.patient_control_number = any($2::text[])""",  # noqa: S608 - constants
        organisation_id,
        list(numbers),
    )
    found: dict[str, Claim] = {}
    for row in rows:
        claim = there.get(row["claim_id"])
        if claim is None:
            claim = there[row["claim_id"]] = claim_of(row)
        found[row["former"]] = claim
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
    where_state = "worklist" if state in WORKLIST else "state"
    rows = await connection.fetch(
        f"""select {CLAIM} from claim c
            where ($2::uuid is null or c.claim_id < $2) and ($3::text is null or c.{where_state} = $3)
              and ($4::text is null or c.payer_id = $4) and ($5::uuid is null or c.encounter_id = $5)
            order by c.claim_id desc limit $1""",  # noqa: S608 - constants
        limit + 1,
        after,
        state,
        payer_id,
        encounter_id,
    )
    return [claim_of(row) for row in rows]


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


async def accept_first(
    connection: "Connection", organisation_id: UUID, facts: Mapping[str, Acknowledged], act: Act
) -> list[AcceptedClaim]:
    """Claims by patient control number that are taken by the first that is heard of them: as `domain.answers.apply` says.

    Answers those for which this is all. The others are as they were: there something was heard before, which must be folded
    with it; they wait for their transmission, ask for a void, or went under another number.
    """
    if not facts:
        return []
    taken, heard = [], []
    for number, fact in facts.items():
        state = state_after(fact)
        taken.append(_Taken(number, state, fact.on, fact.payer_claim_control_number))
        heard.append(Heard(fact, True, act.at, act.actor, state, act.cause_id))
    lines = as_lines(heard).removesuffix("\n")
    rows = await connection.fetch(_ACCEPT, organisation_id, recordset(taken), lines, act.at, State.SUBMITTED)
    return [AcceptedClaim(*row) for row in rows]


async def known_about(connection: "Connection", claims: Collection[Claim]) -> dict[UUID, Known]:
    """All facts and all places in files, for each of these claims."""
    known: dict[UUID, Known] = {}
    for claim in claims:
        facts = Facts()
        for kept in _TO_FOLD.decode_lines(claim.facts_kept):
            if kept.decides:
                facts.add(kept.fact)
        known[claim.claim_id] = Known(facts, _SENT.decode_lines(claim.places_kept))
    await _add_submission_facts(connection, [claim for claim in claims if claim.file_refused], known)
    return known


def heard_about(claim: Claim) -> list[Heard]:
    """What the outside said about a claim itself, in the order in which it came."""
    return _HEARD.decode_lines(claim.facts_kept)


def filed(claim: Claim) -> list[Filed]:
    """Every file that the claim went into, the first one first."""
    return _FILED.decode_lines(claim.places_kept)


async def _add_submission_facts(connection: "Connection", claims: Collection[Claim], known: dict[UUID, Known]) -> None:
    """What TA1 and 999 said about the newest file of each claim counts for the claim, where one of them refused it."""
    if not claims:
        return
    files = {(claim.organisation_id, claim.submission_id) for claim in claims if claim.submission_id is not None}
    rows = await connection.fetch(
        """select f.submission_id, f.stage, f.accepted, f.category, f.code, f.message
           from unnest($1::uuid[], $2::uuid[]) as k(o, i)
           join submission_fact f on f.organisation_id = k.o and f.submission_id = k.i""",
        *columns(files),
    )
    said: dict[UUID | None, list[Record]] = {}
    for row in rows:
        said.setdefault(row["submission_id"], []).append(row)
    for claim in claims:
        about = known[claim.claim_id]
        number = claim.patient_control_number
        for _, stage, accepted, category, code, message in said.get(claim.submission_id, ()):
            about.facts.add(Acknowledged(Stage(stage), accepted, number, category=category, code=code, message=message))


class _EncounterKey(Row):
    """An encounter's columns beside its content."""

    organisation_id: UUID
    encounter_id: UUID


async def insert_encounters(connection: "Connection", contents: Collection[tuple[UUID, UUID, str]]) -> set[UUID]:
    """Encounters that have not come before: (organisation, encounter, JSON). Answers which of them these are."""
    rows = [_EncounterKey(organisation_id, encounter_id) for organisation_id, encounter_id, _ in contents]
    wide = {"content": [content for _, _, content in contents]}
    new = await insert_rows(connection, models.Encounter, rows, on_conflict="do nothing", returning="encounter_id", wide=wide)
    return {row[0] for row in new}


async def put_encounters(connection: "Connection", contents: Iterable[tuple[UUID, UUID, str]]) -> None:
    """Encounters as they are now, whether they have come before or not: the last one of each id stays."""
    last = {(organisation_id, encounter_id): content for organisation_id, encounter_id, content in contents}
    await insert_rows(
        connection,
        models.Encounter,
        [_EncounterKey(*key) for key in last],
        on_conflict="(organisation_id, encounter_id) do update set content = excluded.content",
        wide={"content": list(last.values())},
    )


async def insert_claims(connection: "Connection", claims: Collection[Claim]) -> None:
    """New claims with the beginning of their histories."""
    new = [inserting(models.Claim, [new_row(claim) for claim in those], same=same) for same, those in alike(claims, NEW_ALIKE)]
    await write_together(connection, *new, history(claims))


async def save_claims(connection: "Connection", claims: Collection[Claim], *others: Write | None) -> None:
    """Changed claims, all columns, and what their histories gained, beside what else is written with them."""
    await write_together(connection, saving(claims), history(claims), *others)


def saving(claims: Collection[Claim]) -> Write | None:
    """Changed claims, all columns but their places in files, which only a new file changes."""
    facts = [all_facts(claim) for claim in claims]
    return updating(models.Claim, [claim_row(claim) for claim in claims], key=_KEY, wide={"facts": facts})


def saving_filed(claims: Collection[Claim]) -> list[Write | None]:
    """Claims that went into a file and of which nothing else changed."""
    return _saving_alike(claims, FILED_ALIKE, filed_row, "places", all_places)


def saving_answered(claims: Collection[Claim]) -> list[Write | None]:
    """Claims that were answered and of which nothing else changed."""
    return _saving_alike(claims, ANSWERED_ALIKE, answered_row, "facts", all_facts)


def _saving_alike(
    claims: Collection[Claim],
    names: Sequence[str],
    row_of: Callable[[Claim], Row],
    wide: str,
    text_of: Callable[[Claim], str],
) -> list[Write | None]:
    """A write for each lot of claims that have the columns of `names` in common; `wide` is the column of their long text."""
    return [
        updating(
            models.Claim,
            [row_of(claim) for claim in those],
            key=_KEY,
            wide={wide: [text_of(claim) for claim in those]},
            same=same,
        )
        for same, those in alike(claims, names)
    ]


def history(claims: Collection[Claim]) -> Write | None:
    """What the claims' histories gained."""
    return inserting(models.ClaimEntry, entry_rows(claims))
