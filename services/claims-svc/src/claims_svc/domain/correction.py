"""What people may change of a claim here: what claims-svc owns. Codes, charges, patient and coverages are coding-svc's."""

from collections.abc import Mapping
from typing import Any

import msgspec

from claims_svc.domain.claim import Act, ChangedDetails, Claim, Override, may_change
from claims_svc.domain.edits.catalogue import BY_ID
from claims_svc.domain.states import REJECTED, TransitionRefused
from rcm.errors import Fault, InvalidBody

FIELDS = ("authorisation_number", "accident", "frequency", "payer_claim_control_number", "overrides")
"""Beside them a correction holds nothing."""
FREQUENCIES = ("1", "7", "8")


def correct(claim: Claim, changes: Mapping[str, Any], act: Act) -> tuple[str, ...]:
    """Changes a claim; the JSON pointers of what is different now.

    `changes` holds some of FIELDS, in domain values, an absent field stays. Raises TransitionRefused, ReplacementNeeded, or
    InvalidBody for an override of an edit that knows none.
    """
    frequency = changes.get("frequency", claim.frequency)
    may_change(claim, frequency)
    own = {
        "authorisation_number": changes.get("authorisation_number", claim.own.authorisation_number),
        "accident": changes.get("accident", claim.own.accident),
        "original_reference": changes.get("payer_claim_control_number", claim.own.original_reference),
        "overrides": _overrides(changes["overrides"], act) if "overrides" in changes else claim.own.overrides,
    }
    before, before_frequency = claim.own, claim.frequency
    claim.own = msgspec.structs.replace(claim.own, **own)
    claim.frequency = frequency
    changed = [f"/{name}" for name in ("authorisation_number", "accident") if own[name] != getattr(before, name)]
    changed += ["/frequency"] if frequency != before_frequency else []
    changed += ["/payer_claim_control_number"] if own["original_reference"] != before.original_reference else []
    changed += ["/overrides"] if _said(own["overrides"]) != _said(before.overrides) else []
    if changed:
        claim.note("corrected", act, f"Changed {', '.join(changed)}", ChangedDetails(tuple(changed)))
    return tuple(changed)


def _said(overrides: tuple[Override, ...]) -> list[tuple[str, str]]:
    return [(override.edit_id, override.reason) for override in overrides]


def _overrides(given: tuple[Override, ...], act: Act) -> tuple[Override, ...]:
    faults = [
        Fault(
            f"/overrides/{place}/edit_id",
            "not-overridable",
            f"{override.edit_id} is no edit that can be overridden",
            f"One of {', '.join(sorted(edit.edit_id for edit in BY_ID.values() if edit.overridable))}.",
        )
        for place, override in enumerate(given)
        if override.edit_id not in BY_ID or not BY_ID[override.edit_id].overridable
    ]
    if faults:
        raise InvalidBody("an override names an edit that can't be overridden", faults=faults)
    return tuple(Override(override.edit_id, override.reason, act.actor) for override in given)


def resend(claim: Claim, act: Act, reason: str) -> None:
    """A rejected claim is to go out again as it is. Raises TransitionRefused for a claim that is not rejected."""
    if claim.state not in REJECTED:
        raise TransitionRefused(f"only a rejected claim is sent again as it is; this one is {claim.state}")
    claim.note("resubmitted", act, reason)
