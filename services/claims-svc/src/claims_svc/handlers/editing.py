"""Edits are run, and run again when the set-up, the claim or its encounter has changed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from claims_svc import events, store
from claims_svc.domain.claim import Act, Claim, Finding, judge
from claims_svc.domain.edits.catalogue import assess
from claims_svc.domain.edits.form import case_of
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.setup import Setup
from claims_svc.store.setup import Setups
from rcm.messaging.unit_of_work import UnitOfWork

RECHECKED_MAX = 500
"""Claims that are edited again in one transaction."""
SETUP_CHANGED = "claims-svc set-up changed"
COVERAGE_GONE = Finding(
    "coverage-rank",
    "/coverages",
    "The encounter has no coverage of this claim's rank any more",
    "Correct the coverages at coding-svc.",
)


async def run_edits(
    unit: UnitOfWork, setups: Setups, pairs: Sequence[tuple[Claim, Encounter]], acts: Sequence[Act]
) -> list[Claim]:
    """Judges every claim, by its act; those of which it is to be said that they are held. Nothing is saved."""
    if not pairs:
        return []
    by_organisation = await setups.read(unit.connection, {claim.organisation_id for claim, _ in pairs})
    duplicates = await store.claims.duplicates_of(unit.connection, [claim for claim, _ in pairs])
    today = unit.clock.today()
    held = []
    for (claim, encounter), act in zip(pairs, acts, strict=True):
        claim.touch()
        if _edit(claim, encounter, by_organisation[claim.organisation_id], today, duplicates.get(claim.claim_id), act):
            held.append(claim)
    return held


def _edit(claim: Claim, encounter: Encounter, setup: Setup, today: date, duplicate_of: UUID | None, act: Act) -> bool:
    case = case_of(claim, encounter, setup, today=today, duplicate_of=duplicate_of)
    payer = setup.payers.get(claim.payer_id)
    claim.receiver_id = payer.receiver_id if payer else ""
    return judge(claim, assess(case) if case else (COVERAGE_GONE,), act, setup.revision)


async def edit_and_save(
    unit: UnitOfWork, setups: Setups, pairs: Sequence[tuple[Claim, Encounter]], acts: Sequence[Act]
) -> None:
    """Runs the edits of stored claims, saves them and says which are held."""
    held = await run_edits(unit, setups, pairs, acts)
    await store.claims.save_claims(unit.connection, [claim for claim, _ in pairs])
    for claim in held:
        events.say_held(unit, claim)


async def recheck(unit: UnitOfWork, setups: Setups, organisation_id: UUID | None = None) -> bool:
    """Edits again what was edited against an older set-up, of one organisation; True where more may wait.

    Work by the clock, and before a cut.
    """
    behind = await store.figures.organisations_behind(unit.connection, organisation_id)
    if not behind:
        return False
    setup = await setups.read_one(unit.connection, behind[0])
    pairs = await store.figures.claims_edited_before(unit.connection, behind[0], setup.revision, RECHECKED_MAX)
    act = Act(unit.clock.now(), SETUP_CHANGED)
    await edit_and_save(unit, setups, pairs, [act] * len(pairs))
    return len(behind) > 1 or len(pairs) == RECHECKED_MAX
