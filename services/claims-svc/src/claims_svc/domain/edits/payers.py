"""Edits of payer, receiver, enrolment and coverage."""

from claims_svc.domain.edits.form import Case, Edit, Hit

_INJURIES = ("S", "T")
_RANKS = "PST"


def organisation_missing(case: Case) -> Hit | None:
    return Hit() if case.organisation is None else None


def payer_unknown(case: Case) -> Hit | None:
    return Hit(f"/coverages/{case.place}/payer_id", case.coverage.payer_id) if case.payer is None else None


def receiver_unknown(case: Case) -> Hit | None:
    if case.payer is None or case.receiver is not None:
        return None
    return Hit(f"/coverages/{case.place}/payer_id", case.payer.receiver_id or "none is named")


def enrolment_missing(case: Case) -> Hit | None:
    if case.payer is None or not case.payer.requires_enrolment:
        return None
    if case.enrolment is not None and case.enrolment.covers(case.encounter.date_of_service):
        return None
    return Hit(detail=f"payer {case.payer.payer_id}, NPI {case.encounter.billing_provider.npi}")


def member_id_form(case: Case) -> Hit | None:
    if case.payer is None or case.payer.takes_member_id(case.coverage.member_id):
        return None
    return Hit(f"/coverages/{case.place}/member_id", f"{case.payer.name} writes {case.payer.member_id_pattern}")


def coverage_inactive(case: Case) -> Hit | None:
    if case.coverage.active_on(case.encounter.date_of_service):
        return None
    return Hit(f"/coverages/{case.place}/effective_from")


def coverage_rank(case: Case) -> Hit | None:
    coverages = case.encounter.coverages
    if len(coverages) == 1 and coverages[0].rank == "P":
        return None
    ranks = [coverage.rank for coverage in coverages]
    return Hit(detail=f"they are {', '.join(ranks)}") if ranks != list(_RANKS[: len(ranks)]) else None


def coordination_of_benefits(case: Case) -> Hit | None:
    return Hit(f"/coverages/{case.place}/rank") if case.claim.rank != "P" else None


def authorisation_missing(case: Case) -> Hit | None:
    if case.payer is None or not case.payer.wants_authorisation:
        return None
    return None if case.claim.own.authorisation_number or case.encounter.authorisation_number else Hit()


def accident_missing(case: Case) -> Hit | None:
    if case.payer is None or not case.payer.requires_accident:
        return None
    injury = next((diagnosis.code for diagnosis in case.encounter.diagnoses if diagnosis.code.startswith(_INJURIES)), None)
    accident = case.claim.own.accident or case.encounter.accident
    if injury is None or (accident is not None and accident.occurred_on is not None):
        return None
    return Hit(detail=f"diagnosis {injury}")


def unremarkable(case: Case) -> bool:
    """Whether no edit here can have anything to say: a sole coverage of a payer that is set up and asks for nothing special."""
    payer, coverage = case.payer, case.coverage
    return (
        payer is not None
        and case.organisation is not None
        and case.receiver is not None
        and not payer.wants_authorisation
        and not payer.requires_accident
        and len(case.encounter.coverages) == 1
        and coverage.rank == "P"
        and case.claim.rank == "P"
        and coverage.active_on(case.encounter.date_of_service)
        and payer.takes_member_id(coverage.member_id)
        and enrolment_missing(case) is None
    )


EDITS = (
    Edit(
        "organisation-missing",
        "/organisation",
        "The organisation that sends the files is not set up",
        "Set its name, submitter id and contact with PUT /v1/organisation.",
        "837P 1000A NM1, PER",
        organisation_missing,
    ),
    Edit(
        "payer-unknown",
        "/coverages/0/payer_id",
        "The payer is not set up",
        "Set the payer up with PUT /v1/payers/{payer_id}, or correct the coverage at coding-svc.",
        "837P 2010BB NM109",
        payer_unknown,
    ),
    Edit(
        "receiver-unknown",
        "/coverages/0/payer_id",
        "The receiver that takes the payer's files is not set up",
        "Set it up with PUT /v1/receivers/{receiver_id} and name it at the payer.",
        "837P ISA08, GS03, 1000B",
        receiver_unknown,
    ),
    Edit(
        "payer-not-enrolled",
        "/billing_provider/npi",
        "The billing provider is not enrolled with the payer on the date of service",
        "Enrol the provider with the payer, then record it with PUT /v1/enrolments/{payer_id}/{npi}.",
        "the payer's enrolment; a frequent reason of 277CA refusals",
        enrolment_missing,
    ),
    Edit(
        "member-id-form",
        "/coverages/0/member_id",
        "The member id does not have the payer's form",
        "Compare it with the insurance card and correct the coverage at coding-svc.",
        "837P 2010BA NM109; the payer's member id pattern",
        member_id_form,
    ),
    Edit(
        "coverage-inactive",
        "/coverages/0/effective_from",
        "The coverage is not active on the date of service",
        "Find the coverage of that day and correct it at coding-svc.",
        "the coverage's own dates",
        coverage_inactive,
    ),
    Edit(
        "coverage-rank",
        "/coverages",
        "The coverages' ranks must be P, then S, then T, each once",
        "Number the coverages at coding-svc in the order in which they pay.",
        "837P 2000B SBR01",
        coverage_rank,
    ),
    Edit(
        "coordination-of-benefits",
        "/coverages/1/rank",
        "The claim to the next payer waits: claims with an earlier payer's adjudication are not sent yet",
        "Bill the next payer outside the system for now; its money stays open to insurance.",
        "837P 2320, 2330, 2430; DOMAIN.md 4",
        coordination_of_benefits,
    ),
    Edit(
        "authorisation-missing",
        "/authorisation_number",
        "The payer wants an authorisation number",
        "Add it with PATCH /v1/claims/{claim_id}, or at coding-svc.",
        "837P 2300 REF*G1; the payer's set-up",
        authorisation_missing,
        overridable=True,
    ),
    Edit(
        "accident-missing",
        "/accident",
        "The payer wants the accident's kind and date with an injury",
        "Add them with PATCH /v1/claims/{claim_id}, or at coding-svc.",
        "837P 2300 CLM11, DTP*439; the payer's set-up",
        accident_missing,
        overridable=True,
    ),
)
