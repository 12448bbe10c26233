"""The catalogue of all edits, and what it says about one claim."""

from datetime import date
from functools import lru_cache

from claims_svc.domain.claim import Finding
from claims_svc.domain.edits import claims, payers
from claims_svc.domain.edits.form import Case, Edit, Severity

EDITS: tuple[Edit, ...] = (*payers.EDITS, *claims.EDITS)
BY_ID: dict[str, Edit] = {edit.edit_id: edit for edit in EDITS}


@lru_cache(maxsize=1024)
def edits_on(day: date) -> tuple[Edit, ...]:
    """The edits that count for a date of service."""
    return tuple(edit for edit in EDITS if edit.effective_from <= day <= edit.effective_to)


def assess(case: Case) -> tuple[Finding, ...]:
    """What holds the claim, in the catalogue's order; nothing where it may go. Overridden edits hold nothing.

    Most claims are unremarkable: asking that of them at once costs a third of asking every edit.
    """
    if payers.unremarkable(case) and claims.unremarkable(case):
        return ()
    found = [(edit, hit) for edit in edits_on(case.encounter.date_of_service) if (hit := edit.check(case)) is not None]
    if not found:
        return ()
    overridden = {override.edit_id for override in case.claim.own.overrides}
    return tuple(
        Finding(
            edit.edit_id,
            hit.path or edit.path,
            f"{edit.message}: {hit.detail}" if hit.detail else edit.message,
            edit.fix,
        )
        for edit, hit in found
        if edit.severity is Severity.HOLD and not (edit.overridable and edit.edit_id in overridden)
    )
