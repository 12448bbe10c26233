"""Edits of the claim itself: who bills, who is the patient, when, how often."""

from datetime import timedelta

from claims_svc.domain.claim import REPLACING, original_reference
from claims_svc.domain.edits.form import Case, Edit, Hit

_SELF = "18"
_LINES_MAX = 50
_STATE_LENGTH = 2


def encounter_cancelled(case: Case) -> Hit | None:
    return Hit() if case.claim.cancelled and case.claim.frequency != "8" else None


def billing_provider_unknown(case: Case) -> Hit | None:
    return Hit(detail=case.encounter.billing_provider.npi) if case.billing_provider is None else None


def billing_provider_incomplete(case: Case) -> Hit | None:
    lacks = case.billing_provider.missing() if case.billing_provider else ()
    return Hit(detail=", ".join(lacks)) if lacks else None


def subscriber_incomplete(case: Case) -> Hit | None:
    if case.coverage.relationship == _SELF:
        return None
    subscriber = case.coverage.subscriber
    if subscriber is None or not subscriber.last_name:
        return Hit(f"/coverages/{case.place}/subscriber")
    return None


def patient_incomplete(case: Case) -> Hit | None:
    patient = case.encounter.patient
    if patient.birth_date is not None and patient.address is not None:
        return None
    lacks = [name for name, value in (("birth date", patient.birth_date), ("address", patient.address)) if value is None]
    return Hit(detail=", ".join(lacks)) if lacks else None


def accident_state_missing(case: Case) -> Hit | None:
    accident = case.claim.own.accident or case.encounter.accident
    wrong = accident is not None and accident.kind == "AA" and len(accident.state) != _STATE_LENGTH
    return Hit() if wrong else None


def too_many_lines(case: Case) -> Hit | None:
    lines = len(case.encounter.lines)
    return Hit(detail=f"{lines} lines") if lines > _LINES_MAX else None


def duplicate_claim(case: Case) -> Hit | None:
    return Hit(detail=f"claim {case.duplicate_of}") if case.duplicate_of is not None else None


def timely_filing(case: Case) -> Hit | None:
    """Kept by the day on which a clearinghouse or payer first took the claim (277CA A1, A2): a file that was refused proves
    nothing. What a payer holds is replaced or voided at any time.
    """
    if case.payer is None or case.payer.timely_filing_days is None or case.claim.frequency in REPLACING:
        return None
    last_day, filed = case.encounter.date_of_service_to, case.claim.accepted_on or case.today
    if filed.toordinal() - last_day.toordinal() <= case.payer.timely_filing_days:
        return None
    deadline = last_day + timedelta(days=case.payer.timely_filing_days)
    return Hit(detail=f"it was {deadline.isoformat()}")


def frequency_not_accepted(case: Case) -> Hit | None:
    if case.payer is None:
        return None
    refused = (case.claim.frequency == "7" and not case.payer.accepts_replacement) or (
        case.claim.frequency == "8" and not case.payer.accepts_void
    )
    return Hit(detail=f"frequency {case.claim.frequency}") if refused else None


def original_reference_missing(case: Case) -> Hit | None:
    return Hit() if case.claim.frequency in REPLACING and not original_reference(case.claim) else None


def unremarkable(case: Case) -> bool:
    """Whether no edit here can have anything to say: an original claim of a patient who is the subscriber, without accident."""
    claim, encounter = case.claim, case.encounter
    return (
        claim.frequency == "1"
        and not claim.cancelled
        and case.duplicate_of is None
        and claim.own.accident is None
        and encounter.accident is None
        and case.coverage.relationship == _SELF
        and encounter.patient.birth_date is not None
        and encounter.patient.address is not None
        and len(encounter.lines) <= _LINES_MAX
        and case.billing_provider is not None
        and not case.billing_provider.missing()
        and timely_filing(case) is None
    )


EDITS = (
    Edit(
        "encounter-cancelled",
        "/encounter_id",
        "The encounter was cancelled while a payer holds its claim",
        "Send a void with PATCH /v1/claims/{claim_id} and frequency 8.",
        "EVENTS.md, the way of one encounter",
        encounter_cancelled,
    ),
    Edit(
        "billing-provider-unknown",
        "/billing_provider/npi",
        "The billing provider is not set up",
        "Set it up with PUT /v1/billing-providers/{npi}, or correct the encounter at coding-svc.",
        "837P 2010AA NM109",
        billing_provider_unknown,
    ),
    Edit(
        "billing-provider-incomplete",
        "/billing_provider",
        "The billing provider's set-up lacks something that a claim needs",
        "Complete it with PUT /v1/billing-providers/{npi}.",
        "837P 2000A PRV, 2010AA N3, N4, REF*EI",
        billing_provider_incomplete,
    ),
    Edit(
        "subscriber-incomplete",
        "/coverages/0/subscriber",
        "The patient is not the subscriber, and the subscriber is missing",
        "Add the subscriber's name and birth date at coding-svc.",
        "837P 2010BA",
        subscriber_incomplete,
    ),
    Edit(
        "patient-incomplete",
        "/patient",
        "The patient lacks something that a claim needs",
        "Complete the patient at coding-svc.",
        "837P 2010BA, 2010CA N3, N4, DMG",
        patient_incomplete,
    ),
    Edit(
        "accident-state-missing",
        "/accident/state",
        "An automobile accident needs the state where it happened",
        "Add it with PATCH /v1/claims/{claim_id}, or at coding-svc.",
        "837P 2300 CLM11-4",
        accident_state_missing,
    ),
    Edit(
        "too-many-lines",
        "/lines",
        "A professional claim holds at most 50 lines",
        "Divide the encounter at coding-svc.",
        "837P 2400 LX",
        too_many_lines,
    ),
    Edit(
        "duplicate-claim",
        "/lines",
        "The same services of the same member are on an earlier claim",
        "Cancel one encounter at coding-svc, tell repeated services apart (modifier 76 or 77) or override with a reason.",
        "a frequent reason of 277CA refusals; CARC 18",
        duplicate_claim,
        overridable=True,
    ),
    Edit(
        "timely-filing",
        "/date_of_service",
        "The payer's deadline for a first submission has passed",
        "Override with the proof of timely filing as the reason, or close the encounter.",
        "the payer's timely filing limit; CARC 29",
        timely_filing,
        overridable=True,
    ),
    Edit(
        "frequency-not-accepted",
        "/frequency",
        "The payer does not take replacements or voids of this kind",
        "Correct it as the payer asks, by phone or portal, or set frequency back.",
        "837P CLM05-3; the payer's set-up",
        frequency_not_accepted,
    ),
    Edit(
        "original-reference-missing",
        "/original_reference",
        "A replacement or a void needs the payer's claim control number",
        "Add it from the remittance with PATCH /v1/claims/{claim_id}.",
        "837P 2300 REF*F8",
        original_reference_missing,
    ),
)
