"""Claims as people see and change them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from claims_svc import events, store
from claims_svc.domain.claim import Act, Claim
from claims_svc.domain.correction import correct, resend
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.states import TransitionRefused
from claims_svc.domain.tasks import CLOSED_BY_WITHDRAWAL
from claims_svc.handlers.editing import edit_and_save
from claims_svc.handlers.tasks import close_tasks
from claims_svc.handlers.withdrawing import PRIMARY, WITHDRAWN, withdraw
from claims_svc.store.setup import Setups
from rcm.errors import NotFound
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.versions import check_version


@dataclass(frozen=True, slots=True)
class WholeClaim:
    """A claim with its content and the files that it went into."""

    claim: Claim
    encounter: Encounter
    places: Sequence[Mapping[str, Any]]


async def show_claim(unit: UnitOfWork, claim_id: UUID) -> WholeClaim:
    """A claim of the unit's organisation. Raises NotFound."""
    claim = await find_claim(unit, claim_id)
    key = (claim.organisation_id, claim.encounter_id)
    encounters = await store.claims.encounters_by_id(unit.connection, [key])
    places = await store.submissions.places_of_claim(unit.connection, claim)
    return WholeClaim(claim, encounters[claim.encounter_id], places)


async def find_claim(unit: UnitOfWork, claim_id: UUID) -> Claim:
    """A claim of the unit's organisation. Raises NotFound."""
    claims = await store.claims.claims_by_id(unit.connection, [(unit.organisation, claim_id)])
    if claim_id not in claims:
        raise NotFound("there is no such claim")
    return claims[claim_id]


async def correct_claim(
    unit: UnitOfWork, claim_id: UUID, version: int, changes: Mapping[str, Any], setups: Setups
) -> WholeClaim:
    """Changes what claims-svc owns and edits the claim again: it waits for the next file, or is held."""
    whole = await show_claim(unit, claim_id)
    claim = whole.claim
    check_version(version, claim.version)
    if correct(claim, changes, _act(unit)):
        await edit_and_save(unit, setups, [(claim, whole.encounter)], [_act(unit)])
    return whole


async def resubmit_claim(unit: UnitOfWork, claim_id: UUID, version: int | None, reason: str, setups: Setups) -> WholeClaim:
    """A rejected claim goes out again as it is, under a new patient control number."""
    whole = await show_claim(unit, claim_id)
    claim = whole.claim
    if version is not None:
        check_version(version, claim.version)
    resend(claim, _act(unit), reason)
    await edit_and_save(unit, setups, [(claim, whole.encounter)], [_act(unit)])
    return whole


async def void_claim(unit: UnitOfWork, claim_id: UUID, version: int | None, reason: str) -> WholeClaim:
    """Withdraws a cancelled encounter's claim that no payer holds any more; the charges go with it."""
    whole = await show_claim(unit, claim_id)
    claim = whole.claim
    if version is not None:
        check_version(version, claim.version)
    if claim.rank != PRIMARY:
        raise TransitionRefused("only the first payer's claim is voided; this one closes with it")
    withdraw(claim, _act(unit), reason)
    await store.claims.save_claims(unit.connection, [claim])
    await close_tasks(unit, [claim], CLOSED_BY_WITHDRAWAL, WITHDRAWN)
    events.say_voided(unit, claim, reason)
    return whole


def _act(unit: UnitOfWork) -> Act:
    return Act(unit.clock.now(), unit.cause.actor, unit.cause.causation_id)


async def list_claims(
    unit: UnitOfWork,
    limit: int,
    after: UUID | None,
    *,
    state: str | None,
    payer_id: str | None,
    encounter_id: UUID | None,
) -> list[Claim]:
    """A page of claims; one more than `limit`."""
    return await store.claims.claim_page(
        unit.connection, limit, after, state=state, payer_id=payer_id, encounter_id=encounter_id
    )
