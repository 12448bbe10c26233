"""Edits of the coverages, as far as the encounter itself tells; payers, enrolment and dates of coverage are claims-svc's."""

from collections.abc import Iterator

from coding_svc.domain.edits.form import Edit, Facts, Hit
from coding_svc.domain.encounter import Coverage, Encounter

_RANKS = "PST"
_SELF = "18"
PLAN_TYPES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "16",
        "17",
        "AM",
        "BL",
        "CH",
        "CI",
        "DS",
        "FI",
        "HM",
        "LM",
        "MA",
        "MB",
        "MC",
        "OF",
        "TV",
        "VA",
        "WC",
        "ZZ",
    ]
)
"""Claim filing indicators (SBR09)."""
_RELATIONSHIPS = frozenset(["01", "18", "19", "20", "21", "39", "40", "53", "G8"])


def coverage_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    if not encounter.coverages and not encounter.self_pay:
        yield Hit("/coverages")


def self_pay_with_coverage(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    if encounter.self_pay and encounter.coverages:
        yield Hit("/self_pay")


def coverage_rank(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    ranks = [coverage.rank for coverage in encounter.coverages]
    if ranks != list(_RANKS[: len(ranks)]):
        yield Hit("/coverages", f"they are {', '.join(ranks)}")


def coverage_incomplete(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for place, coverage in enumerate(encounter.coverages):
        if not coverage.payer_id:
            yield Hit(f"/coverages/{place}/payer_id", "the payer's id")
        if not coverage.payer_name:
            yield Hit(f"/coverages/{place}/payer_name", "the payer's name")
        if not coverage.member_id:
            yield Hit(f"/coverages/{place}/member_id", "the member id")


def coverage_code(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for place, coverage in enumerate(encounter.coverages):
        if coverage.plan_type not in PLAN_TYPES:
            yield Hit(f"/coverages/{place}/plan_type", "the claim filing indicator")
        if coverage.relationship not in _RELATIONSHIPS:
            yield Hit(f"/coverages/{place}/relationship", "the relationship to the subscriber")


def subscriber_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for place, coverage in enumerate(encounter.coverages):
        if coverage.relationship != _SELF and coverage.subscriber is None:
            yield Hit(f"/coverages/{place}/subscriber")


def unremarkable(coverage: Coverage, place: int) -> bool:
    """Whether no edit of coverages has anything to say about the one in this place, from 0."""
    return (
        coverage.rank == _RANKS[place : place + 1]
        and coverage.payer_id != ""
        and coverage.payer_name != ""
        and coverage.member_id != ""
        and coverage.plan_type in PLAN_TYPES
        and (coverage.relationship == _SELF or (coverage.relationship in _RELATIONSHIPS and coverage.subscriber is not None))
    )


EDITS = (
    Edit(
        "coverage-missing",
        "/coverages",
        "There is no coverage and the encounter is not marked as self-pay",
        "Add the patient's coverage, or set self_pay to true.",
        "house rule: nobody is billed by accident (EVENTS, the way of one encounter)",
        coverage_missing,
        needs="no-coverages",
    ),
    Edit(
        "self-pay-with-coverage",
        "/self_pay",
        "The encounter is marked as self-pay and has a coverage",
        "Set self_pay to false, or remove the coverages.",
        "house rule: nobody is billed by accident (EVENTS, the way of one encounter)",
        self_pay_with_coverage,
        needs="self-pay",
    ),
    Edit(
        "coverage-rank",
        "/coverages",
        "The coverages' ranks must be P, then S, then T, each once",
        "Number the coverages in the order in which they pay.",
        "837P 2000B SBR01",
        coverage_rank,
        needs="coverages",
    ),
    Edit(
        "coverage-incomplete",
        "/coverages/0/member_id",
        "A coverage is incomplete",
        "Complete it from the insurance card.",
        "837P 2010BA NM109, 2010BB NM103, NM109",
        coverage_incomplete,
        needs="coverages",
    ),
    Edit(
        "coverage-code",
        "/coverages/0/plan_type",
        "A code of a coverage is not one that a claim can carry",
        "Use a claim filing indicator such as CI, HM, MB, MC or BL, and a relationship such as 18, 01, 19 or G8.",
        "837P 2000B SBR02, SBR09; 2000C PAT01",
        coverage_code,
        needs="coverages",
    ),
    Edit(
        "subscriber-missing",
        "/coverages/0/subscriber",
        "The patient is not the subscriber, and the subscriber is missing",
        "Send the subscriber's name and birth date, or relationship 18 where the patient is the subscriber.",
        "837P 2010BA",
        subscriber_missing,
        needs="coverages",
    ),
)
