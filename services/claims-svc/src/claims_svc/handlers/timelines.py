"""A claim's timeline, put together from everything that is kept about it."""

from uuid import UUID

from msgspec import to_builtins
from msgspec.structs import asdict

from claims_svc import store
from claims_svc.domain.answers import wording
from claims_svc.domain.claim import Claim
from claims_svc.domain.facts import SOURCE, Acknowledged, Reversed, Stage
from claims_svc.domain.timeline import Moment, in_order
from claims_svc.edi.acknowledgements import acknowledgement_segments
from claims_svc.edi.claim_file import claim_segments
from claims_svc.handlers.claims import find_claim
from claims_svc.handlers.encounters import CODED
from claims_svc.handlers.submissions import CUTTER
from rcm.messaging.unit_of_work import UnitOfWork


async def claim_timeline(unit: UnitOfWork, claim_id: UUID) -> tuple[Claim, list[Moment]]:
    """Who, what, when, why, with the segments of files and acknowledgements. Raises NotFound."""
    claim = await find_claim(unit, claim_id)
    moments = [
        Moment(claim.created_at, CODED, "created", "A claim was made of the coded encounter", "DRAFT"),
        *await _history(unit, claim),
        *await _files(unit, claim),
        *await _tasks(unit, claim),
    ]
    return claim, in_order(moments)


async def _history(unit: UnitOfWork, claim: Claim) -> list[Moment]:
    """Our own work on the claim, and what the outside said about it."""
    moments = [
        Moment(row["at"], row["actor"], row["kind"], row["reason"], row["state"], row["details"], cause_id=row["cause_id"])
        for row in await store.figures.history_of(unit.connection, claim.organisation_id, claim.claim_id)
    ]
    for heard in store.claims.heard_about(claim):
        fact = heard.fact
        details = to_builtins(asdict(fact))
        kind = str(fact.__struct_config__.tag) if heard.decides else "informed"
        acknowledgement_id = heard.cause_id if isinstance(fact, Acknowledged) else None
        number = "" if isinstance(fact, Reversed) else fact.patient_control_number
        moments.append(
            Moment(
                heard.at,
                heard.actor,
                kind,
                wording(fact),
                heard.state,
                details,
                acknowledgement_id=acknowledgement_id,
                cause_id=None if acknowledgement_id else heard.cause_id,
                patient_control_number=number,
                segments=await _acknowledgement(unit, acknowledgement_id, number) if acknowledgement_id else (),
            )
        )
    return moments


async def _acknowledgement(unit: UnitOfWork, acknowledgement_id: UUID, number: str) -> list[str]:
    content = await store.acknowledgements.read_content(unit.connection, unit.organisation, acknowledgement_id)
    return acknowledgement_segments(content, number) if content else []


async def _files(unit: UnitOfWork, claim: Claim) -> list[Moment]:
    """Each file that the claim went into, its transmission, and what TA1 and 999 said about it."""
    places = await store.submissions.places_of_claim(unit.connection, claim)
    said = await store.submissions.facts_of_submissions(
        unit.connection, claim.organisation_id, [place["submission_id"] for place in places]
    )
    moments = []
    for place in places:
        number = place["patient_control_number"]
        found = await store.submissions.read_file(unit.connection, claim.organisation_id, place["submission_id"])
        shared = {"submission_id": place["submission_id"], "patient_control_number": number}
        moments.append(
            Moment(
                place["batched_at"],
                CUTTER,
                "batched",
                f"Written into {place['file_name']} for {place['receiver_id']}, frequency {place['frequency']}",
                "BATCHED",
                {"frequency": place["frequency"], "charge_cents": place["charge_cents"]},
                segments=claim_segments(found[1] if found else b"", number),
                **shared,
            )
        )
        if place["recorded_at"] is not None:
            why = f"Sent as {place['remote_name']}"
            details = {"transmitted_at": place["transmitted_at"], "remote_name": place["remote_name"]}
            moments.append(Moment(place["recorded_at"], place["recorded_by"], "submitted", why, "SUBMITTED", details, **shared))
        for row in said:
            if row["submission_id"] == place["submission_id"]:
                stage = Stage(row["stage"])
                fact = Acknowledged(stage, row["accepted"], number, message=row["message"])
                moments.append(
                    Moment(
                        row["at"],
                        row["actor"],
                        f"{stage.value} acknowledged",
                        wording(fact),
                        details={"source": SOURCE[stage], "accepted": row["accepted"], "message": row["message"]},
                        acknowledgement_id=row["acknowledgement_id"],
                        segments=await _acknowledgement(unit, row["acknowledgement_id"], ""),
                        **shared,
                    )
                )
    return moments


async def _tasks(unit: UnitOfWork, claim: Claim) -> list[Moment]:
    moments = []
    for task in await store.tasks.tasks_of_claim(unit.connection, claim.organisation_id, claim.claim_id):
        details = {"task_id": task.task_id, "kind": task.kind} | task.details
        moments.append(Moment(task.opened_at, "claims-svc", "task opened", task.title, details=details))
        if task.closed_at is not None:
            moments.append(Moment(task.closed_at, task.closed_by, "task closed", task.resolution, details=details))
    return moments
