"""A person ends quarantine, holding or waiting: tries again, names the claim, or dismisses with a reason."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from payments_svc.domain.check import Check
from payments_svc.domain.correction import corrected_claims
from payments_svc.domain.remittance import (
    CLAIM_TRANSITIONS,
    REMITTANCE_TRANSITIONS,
    ClaimState,
    Exit,
    NotPossibleNow,
    Reason,
    RemittanceState,
    move,
)
from payments_svc.domain.remittance_claim import RemittanceClaim
from payments_svc.handlers.posting import post_claims
from payments_svc.handlers.remittances import Row, post_quarantined, read_again, reconsider, save_decision
from payments_svc.store import remittance_claims, remittances, submissions
from rcm.errors import Conflict, NotFound
from rcm.messaging.unit_of_work import UnitOfWork

_REMITTANCE_EXIT = {
    Exit.SUPERSEDED: RemittanceState.SUPERSEDED,
    Exit.CORRECTED_FILE: RemittanceState.CORRECTED,
    Exit.POSTED_BY_HAND: RemittanceState.POSTED_BY_HAND,
    Exit.DISMISSED: RemittanceState.DISMISSED,
}
_CLAIM_EXIT = {
    Exit.SUPERSEDED: ClaimState.SUPERSEDED,
    Exit.CORRECTED_FILE: ClaimState.CORRECTED,
    Exit.POSTED_BY_HAND: ClaimState.POSTED_BY_HAND,
    Exit.DISMISSED: ClaimState.DISMISSED,
}


class StillWaiting(Conflict):
    """The claim was named, and the CLP can't be posted to it all the same."""

    code = "still-waiting"
    title = "It can't be posted to this claim"


class UnknownClaim(NotFound):
    """No such claim was submitted."""

    code = "unknown-claim"
    title = "No such claim was submitted"


@dataclass(frozen=True, slots=True)
class Decision:
    """How a person ends it, and why."""

    exit: Exit
    note: str


async def retry_remittance(unit: UnitOfWork, remittance_id: UUID) -> Row:
    """Looks at a remittance again. A posted one: its unmatched CLPs; a quarantined one: whole.

    Another content of a check takes the first one's place where that was never posted, else it mends its held CLPs.
    """
    stored = await _load(unit, remittance_id)
    if stored["state"] == RemittanceState.POSTED:
        claims = await remittance_claims.claims_of_remittance(unit.connection, unit.organisation, remittance_id)
        await post_claims(unit, [claim for claim in claims if claim.state is ClaimState.UNMATCHED])
        return stored
    row = dict(await reconsider(unit, stored))
    if row["reasons"] == [Reason.SAME_CHECK_OTHER_CONTENT]:
        await _take_place(unit, row)
    return row


async def _take_place(unit: UnitOfWork, row: dict[str, Any]) -> None:
    """A good content of a check of which another came first: a person says that this one counts."""
    first = dict(await _load(unit, row["same_check_as"]))
    check = await read_again(unit, row)
    if first["state"] == RemittanceState.POSTED:
        await _mend(unit, first, check)
        row["state"] = move(REMITTANCE_TRANSITIONS, RemittanceState(row["state"]), RemittanceState.CORRECTED)
        row["version"] += 1
        await save_decision(unit, row, f"its content mended held claims of {first['remittance_id']}")
        return
    if first["state"] == RemittanceState.QUARANTINED:
        first["state"] = move(REMITTANCE_TRANSITIONS, RemittanceState(first["state"]), RemittanceState.SUPERSEDED)
    elif first["state"] not in {RemittanceState.DISMISSED, RemittanceState.SUPERSEDED}:
        raise NotPossibleNow("The check's first content was posted by hand")
    first["holds_identity"] = False
    first["version"] += 1
    await save_decision(unit, first, f"superseded by {row['remittance_id']}")
    await post_quarantined(unit, row, check, f"it takes the place of {first['remittance_id']}")


async def _mend(unit: UnitOfWork, first: Row, check: Check) -> None:
    """Posts the held CLPs of a posted check with their corrected content; all others must be said as they were posted."""
    stored = await remittance_claims.claims_of_remittance(unit.connection, unit.organisation, first["remittance_id"])
    pairs = corrected_claims(stored, check.claims)
    for claim, corrected in pairs:
        claim.reconsider(corrected)
        claim.note, claim.decided_by = "from a corrected file", unit.cause.actor
    await post_claims(unit, [claim for claim, _ in pairs])


async def dismiss_remittance(unit: UnitOfWork, remittance_id: UUID, decision: Decision) -> Row:
    """Ends quarantine without posting here."""
    row = dict(await _load(unit, remittance_id))
    row["state"] = move(REMITTANCE_TRANSITIONS, RemittanceState(row["state"]), _REMITTANCE_EXIT[decision.exit])
    row["version"] += 1
    await save_decision(unit, row, decision.note)
    return row


async def match_claim(unit: UnitOfWork, remittance_claim_id: UUID, claim_id: UUID) -> None:
    """A person says whose CLP it is; it is posted there."""
    claim = await load_claim(unit, remittance_claim_id)
    if claim.state is not ClaimState.UNMATCHED:
        raise NotPossibleNow("Only an unmatched CLP is matched; one that does not balance needs a corrected file")
    encounter_id = await submissions.encounter_of_claim(unit.connection, unit.organisation, claim_id)
    if encounter_id is None:
        raise UnknownClaim
    key = (unit.organisation, encounter_id, claim_id)
    ours = (await submissions.latest_of_claims(unit.connection, [key]))[key]
    claim.decided_by, claim.note = unit.cause.actor, "matched by a person"
    await post_claims(unit, [claim], matched={claim.key: ours}, named=True)
    if claim.waits:
        raise StillWaiting("The claim has no posted payment that this reversal could take back")


async def dismiss_claim(unit: UnitOfWork, remittance_claim_id: UUID, decision: Decision) -> None:
    """Ends the wait of a held or unmatched CLP; its payment stays in suspense."""
    claim = await load_claim(unit, remittance_claim_id)
    assert claim.state is not None
    state = move(CLAIM_TRANSITIONS, claim.state, _CLAIM_EXIT[decision.exit])
    await remittance_claims.set_exit(
        unit.connection,
        {
            "organisation_id": unit.organisation,
            "remittance_claim_id": remittance_claim_id,
            "state": state,
            "decided_by": unit.cause.actor,
            "decided_at": unit.clock.now(),
            "note": decision.note,
        },
    )


async def close_task(unit: UnitOfWork, task_id: UUID, note: str) -> None:
    """A person has looked at it."""
    task = await remittances.load_task(unit.connection, unit.organisation, task_id)
    if task is None:
        raise NotFound
    if task["closed_at"] is not None:
        raise NotPossibleNow("The task is closed")
    closed = {"closed_at": unit.clock.now(), "closed_by": unit.cause.actor, "note": note}
    await remittances.update_task(unit.connection, {"organisation_id": unit.organisation, "task_id": task_id, **closed})


async def load_claim(unit: UnitOfWork, remittance_claim_id: UUID) -> RemittanceClaim:
    """One CLP of the organisation. Raises NotFound."""
    claim = await remittance_claims.load_claim(unit.connection, unit.organisation, remittance_claim_id)
    if claim is None:
        raise NotFound
    return claim


async def _load(unit: UnitOfWork, remittance_id: UUID) -> Row:
    row = await remittances.load_remittance(unit.connection, unit.organisation, remittance_id)
    if row is None:
        raise NotFound
    return dict(row)
