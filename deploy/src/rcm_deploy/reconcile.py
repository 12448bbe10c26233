"""Do the services agree about every cent? Each figure is read from the API of the service that owns it.

The ledger's charges against coding-svc, insurance paid against the remittances and claims-svc, patient open against
patient-billing-svc, encounter by encounter; and the identity of the ledger itself.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rcm_deploy.remote import Remote

IDENTITY = ("insurance_paid", "contractual", "other_adjustments", "patient_paid", "patient_open", "insurance_open")


@dataclass(frozen=True, slots=True)
class Difference:
    """Two services' figures for one thing that should be equal, in cents."""

    what: str
    id: str
    ledger_cents: int
    other: str
    other_cents: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What each service says, by encounter id as text (remittances by theirs)."""

    ledger: Mapping[str, Mapping[str, Any]]
    coding: Mapping[str, Mapping[str, Any]]
    claims_paid: Mapping[str, int]
    billing: Mapping[str, Mapping[str, Any]]
    remittances: Mapping[str, Mapping[str, Any]]


async def read_figures(remote: Remote) -> Figures:
    """Reads all pages of all services; meant for a system at rest."""

    async def by(place: str, path: str, key: str) -> dict[str, dict[str, Any]]:
        return {item[key]: item async for item in remote.pages(place, path)}

    claims_paid: defaultdict[str, int] = defaultdict(int)
    async for claim in remote.pages("claims", "/v1/reconciliation"):
        claims_paid[claim["encounter_id"]] += claim["insurance_paid_cents"]
    return Figures(
        ledger=await by("payments", "/v1/reconciliation", "encounter_id"),
        coding=await by("coding", "/v1/reconciliation", "encounter_id"),
        claims_paid=claims_paid,
        billing=await by("patient-billing", "/v1/reconciliation", "encounter_id"),
        remittances=await by("payments", "/v1/reconciliation/remittances", "remittance_id"),
    )


def differences(figures: Figures) -> Iterator[Difference]:
    """Every disagreement, one by one; none where the books are right."""
    nothing: Mapping[str, Any] = {}
    encounters = figures.ledger.keys() | figures.coding.keys() | figures.claims_paid.keys() | figures.billing.keys()
    for encounter_id in sorted(encounters):
        entry = figures.ledger.get(encounter_id, nothing)
        stated = figures.coding.get(encounter_id, nothing)
        billed = figures.billing.get(encounter_id, nothing)

        def ledger(name: str, entry: Mapping[str, Any] = entry) -> int:
            return int(entry.get(f"{name}_cents", 0))

        charges = ledger("charges")
        held_to_its_parts = sum(ledger(part) for part in IDENTITY)
        if charges != held_to_its_parts:
            yield Difference("identity", encounter_id, charges, "sum of the parts", held_to_its_parts)
        # A cancelled encounter keeps its charges until its claim is voided: both are right.
        cancelled_and_reversed = stated.get("state") == "cancelled" and charges == 0
        if charges != stated.get("charge_cents", 0) and not cancelled_and_reversed:
            yield Difference("charges", encounter_id, charges, "coding-svc", stated.get("charge_cents", 0))
        for what, other, other_cents in (
            ("insurance_paid", "claims-svc", figures.claims_paid.get(encounter_id, 0)),
            ("patient_open", "patient-billing-svc", billed.get("open_cents", 0)),
            ("patient_paid", "patient-billing-svc", billed.get("applied_cents", 0)),
        ):
            if ledger(what) != other_cents:
                yield Difference(what, encounter_id, ledger(what), other, other_cents)
    yield from _remittance_differences(figures)


def _remittance_differences(figures: Figures) -> Iterator[Difference]:
    posted = 0
    for remittance_id, remittance in sorted(figures.remittances.items()):
        posted += remittance["posted_cents"]
        accounted = remittance["posted_cents"] + remittance["suspense_cents"] - remittance["provider_adjustment_cents"]
        if accounted != remittance["payment_cents"]:
            yield Difference("remittance", remittance_id, accounted, "BPR02", remittance["payment_cents"])
    insurance_paid = sum(int(entry["insurance_paid_cents"]) for entry in figures.ledger.values())
    if posted != insurance_paid:
        yield Difference("insurance_paid", "all", insurance_paid, "remittances", posted)


async def reconcile(remote: Remote) -> list[Difference]:
    """All differences of a system at rest."""
    return list(differences(await read_figures(remote)))


def as_json(found: list[Difference]) -> dict[str, Any]:
    """What `rcm reconcile --json` prints."""
    return {"clean": not found, "differences": [asdict(difference) for difference in found]}
