"""Every edit: what fails it, what passes it; and that the catalogue explains itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from claims_svc.domain.claim import Claim, Override, Own, open_claim
from claims_svc.domain.edits import claims, payers
from claims_svc.domain.edits.catalogue import BY_ID, EDITS, assess
from claims_svc.domain.edits.form import Case as EditCase
from claims_svc.domain.edits.form import case_of
from claims_svc.domain.encounter import Accident, Address, Encounter
from claims_svc.domain.setup import BillingProvider, Enrolment, Organisation, Payer, Receiver, Setup
from claims_svc.events import read_coded
from rcm.contracts.values import Coverage as SaidCoverage
from rcm.contracts.values import Diagnosis, Patient, Person, Rank
from tests.claims.making import ACCIDENT, NPI, Case
from tests.support.live import NOW

ADDRESS = Address("412 Maple Street", "Springfield", "IL", "627011234")
PAYER = Payer("SBX01", "Evergreen Mutual", "RCMSANDBOX", member_id_pattern="^[A-Z]{3}[0-9]{9}$", timely_filing_days=365)
PROVIDER = BillingProvider(NPI, "Maple Street Family Practice", "", "207Q00000X", "371234567", "EI", ADDRESS)
SETUP = Setup(
    1,
    Organisation("Maple Street", "MAPLE412", "Billing Office"),
    {"SBX01": PAYER, "SBX02": replace(PAYER, payer_id="SBX02")},
    {"RCMSANDBOX": Receiver("RCMSANDBOX", "Sandbox")},
    {NPI: PROVIDER},
    {("SBX01", NPI): Enrolment(), ("SBX02", NPI): Enrolment()},
)
TODAY = date(2025, 9, 1)


def made(case: Case, rank: str = "P") -> tuple[Claim, Encounter]:
    encounter = read_coded(case.coded().model_dump_json()).encounter
    found = encounter.coverage(rank)
    assert found is not None
    return open_claim(uuid4(), uuid4(), encounter, found[1], NOW), encounter


def replacing(claim: Claim) -> None:
    """The payer holds the claim: it is replaced under its own number there."""
    claim.frequency, claim.payer_claim_control_number = "7", "EM2025000117"


def found(
    case: Case,
    setup: Setup = SETUP,
    *,
    rank: str = "P",
    today: date = TODAY,
    duplicate: bool = False,
    change: Callable[[Claim], object] = lambda _: None,
) -> list[str]:
    claim, encounter = made(case, rank)
    change(claim)
    edit_case = case_of(claim, encounter, setup, today=today, duplicate_of=uuid4() if duplicate else None)
    assert isinstance(edit_case, EditCase)
    if unremarkable(edit_case):
        assert [edit.edit_id for edit in EDITS if edit.check(edit_case) is not None] == []
    return [finding.edit_id for finding in assess(edit_case)]


def unremarkable(case: EditCase) -> bool:
    """Whether no edit is asked."""
    return payers.unremarkable(case) and claims.unremarkable(case)


def with_payer(**changes: Any) -> Setup:
    return replace(SETUP, payers={"SBX01": replace(PAYER, **changes)})


def with_provider(**changes: Any) -> Setup:
    return replace(SETUP, billing_providers={NPI: replace(PROVIDER, **changes)})


def own(**changes: Any) -> Callable[[Claim], None]:
    def change(claim: Claim) -> None:
        claim.own = Own(**changes)

    return change


def test_a_clean_claim_passes_all() -> None:
    assert found(Case()) == []


def test_the_usual_claim_needs_no_edit() -> None:
    claim, encounter = made(Case())
    case = case_of(claim, encounter, SETUP, today=TODAY, duplicate_of=None)
    assert case is not None
    assert unremarkable(case)


HELD: list[tuple[str, dict[str, Any]]] = [
    ("organisation-missing", {"setup": replace(SETUP, organisation=None)}),
    ("payer-unknown", {"case": Case(payer_id="NOPAY")}),
    ("receiver-unknown", {"setup": replace(SETUP, receivers={})}),
    ("receiver-unknown", {"setup": with_payer(receiver_id="ELSEWHERE")}),
    ("payer-not-enrolled", {"setup": replace(SETUP, enrolments={})}),
    ("payer-not-enrolled", {"setup": replace(SETUP, enrolments={("SBX01", NPI): Enrolment(enrolled=False)})}),
    (
        "payer-not-enrolled",
        {"setup": replace(SETUP, enrolments={("SBX01", NPI): Enrolment(effective_from=date(2025, 8, 21))})},
    ),
    ("member-id-form", {"case": Case(member_id="ABC12")}),
    ("coverage-inactive", {"case": Case(coverage_changes={"effective_to": date(2025, 8, 19)})}),
    ("coverage-inactive", {"case": Case(coverage_changes={"effective_from": date(2025, 8, 21)})}),
    ("coordination-of-benefits", {"case": Case(second_payer_id="SBX02"), "rank": "S"}),
    ("authorisation-missing", {"setup": with_payer(wants_authorisation=True)}),
    (
        "accident-missing",
        {"setup": with_payer(requires_accident=True), "case": Case(changes={"diagnoses": (Diagnosis(code="S93.401A"),)})},
    ),
    ("billing-provider-unknown", {"setup": replace(SETUP, billing_providers={})}),
    ("billing-provider-incomplete", {"setup": with_provider(taxonomy="")}),
    ("billing-provider-incomplete", {"setup": with_provider(tax_id="")}),
    ("billing-provider-incomplete", {"setup": with_provider(address=None)}),
    (
        "billing-provider-incomplete",
        {"setup": with_provider(address=msgspec.structs.replace(ADDRESS, postal_code="62701"))},
    ),
    (
        "billing-provider-incomplete",
        {"setup": with_provider(address=msgspec.structs.replace(ADDRESS, line1="P.O. Box 12"))},
    ),
    ("subscriber-incomplete", {"case": Case(coverage_changes={"relationship": "19"})}),
    ("accident-state-missing", {"change": own(accident=Accident("AA", "", date(2025, 8, 1)))}),
    ("too-many-lines", {"case": Case(charges=(100,) * 51)}),
    ("duplicate-claim", {"duplicate": True}),
    ("timely-filing", {"today": date(2026, 8, 21)}),
    ("timely-filing", {"today": date(2026, 8, 21), "change": lambda claim: setattr(claim, "submitted_at", NOW)}),
    ("timely-filing", {"change": lambda claim: setattr(claim, "accepted_on", date(2026, 8, 21))}),
    ("encounter-cancelled", {"change": lambda claim: setattr(claim, "cancelled", True)}),
]
"""What each edit finds."""


@pytest.mark.parametrize(("edit_id", "arguments"), HELD)
def test_each_edit_finds_its_fault_and_nothing_else(edit_id: str, arguments: dict[str, Any]) -> None:
    assert found(**({"case": Case()} | arguments)) == [edit_id]


@pytest.mark.parametrize("missing", ["birth_date", "address"])
def test_a_patient_needs_birth_date_and_address(missing: str) -> None:
    patient = Case().coded().patient.model_copy(update={missing: None})
    assert found(Case(changes={"patient": Patient.model_validate(patient)})) == ["patient-incomplete"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"today": date(2026, 8, 20)},
        {"setup": with_payer(timely_filing_days=None), "today": date(2035, 1, 1)},
        {"today": date(2035, 1, 1), "change": lambda claim: setattr(claim, "accepted_on", date(2026, 8, 20))},
        {"today": date(2035, 1, 1), "change": replacing},
        {"setup": with_payer(requires_enrolment=False, payer_id="SBX01")},
        {"setup": with_payer(wants_authorisation=True), "case": Case(changes={"authorisation_number": "A1"})},
        {"setup": with_payer(wants_authorisation=True), "change": own(authorisation_number="A1")},
        {"setup": with_payer(requires_accident=True)},
        {
            "setup": with_payer(requires_accident=True),
            "case": Case(changes={"diagnoses": (Diagnosis(code="S93.401A"),), "accident": ACCIDENT}),
        },
        {"duplicate": True, "change": own(overrides=(Override("duplicate-claim", "two visits"),))},
        {"today": date(2026, 9, 1), "change": own(overrides=(Override("timely-filing", "proof"),))},
        {"case": Case(coverage_changes={"relationship": "01", "subscriber": Person(last_name="Garnet", first_name="Otto")})},
        {"case": Case(coverage_changes={"effective_from": date(2025, 8, 20), "effective_to": date(2025, 8, 20)})},
    ],
)
def test_what_is_right_passes(arguments: dict[str, Any]) -> None:
    assert found(**({"case": Case()} | arguments)) == []


def test_an_override_counts_only_where_the_edit_knows_one() -> None:
    change = own(overrides=(Override("payer-unknown", "we know it"),))
    assert found(Case(payer_id="NOPAY"), change=change) == ["payer-unknown"]


@pytest.mark.parametrize(
    ("frequency", "changes", "reference", "edits"),
    [
        ("1", {}, "", []),
        ("7", {}, "ICN1", []),
        ("7", {}, "", ["original-reference-missing"]),
        ("7", {"accepts_replacement": False}, "ICN1", ["frequency-not-accepted"]),
        ("8", {}, "ICN1", []),
        ("8", {"accepts_void": False}, "ICN1", ["frequency-not-accepted"]),
    ],
)
def test_replacements_and_voids(frequency: str, changes: dict[str, Any], reference: str, edits: list[str]) -> None:
    def change(claim: Claim) -> None:
        claim.frequency = frequency
        claim.own = Own(original_reference=reference)

    assert found(Case(), with_payer(**changes), change=change) == edits


def test_ranks_out_of_order() -> None:
    case = Case()
    coverage = SaidCoverage(rank=Rank.TERTIARY, payer_id="SBX02", payer_name="Harbor", member_id="XYZ000000001")
    first = case.coded().coverages[0]
    assert found(Case(changes={"coverages": (first, coverage)})) == ["coverage-rank"]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.edit_id)
def test_every_edit_explains_itself(edit: Any) -> None:
    assert edit.message
    assert edit.fix.endswith(".")
    assert edit.source
    assert edit.path.startswith("/")
    assert edit.effective_from <= edit.effective_to


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(EDITS)


def test_every_edit_has_a_case() -> None:
    """An edit whose condition `unremarkable` does not know is passed over in the usual claim: a case of it alone shows that."""
    of_their_own = {"original-reference-missing", "frequency-not-accepted", "coverage-rank", "patient-incomplete"}
    assert {edit_id for edit_id, _ in HELD} | of_their_own == set(BY_ID)
