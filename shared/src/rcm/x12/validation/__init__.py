"""Validates files: envelopes, hierarchy, sums, balances, code forms. Every finding says where and what.

What is typed today is checked (837P, 835, 999, 277CA); of other guides the envelopes are.
"""

from msgspec import Struct

from rcm.x12.acknowledgement.claim_reader import read_claim_acknowledgement
from rcm.x12.acknowledgement.functional_reader import read_functional_acknowledgement
from rcm.x12.acknowledgement.values import FunctionalAcknowledgement
from rcm.x12.grammar import Source
from rcm.x12.interchange import Loose, TransactionSet, Walker
from rcm.x12.problems import Problem
from rcm.x12.professional_claim.reader import ProfessionalClaimReader, is_professional
from rcm.x12.professional_claim.values import ClaimInFile
from rcm.x12.remittance.balances import claim_differences, transaction_difference
from rcm.x12.remittance.reader import RemittanceReader
from rcm.x12.remittance.values import ClaimPayment
from rcm.x12.text import is_npi
from rcm.x12.validation.findings import RULES, Finding, Rule, finding
from rcm.x12.validation.hierarchy import ACKNOWLEDGEMENT_LEVELS, Hierarchy
from rcm.x12.validation.professional import ProfessionalChecker

__all__ = ["RULES", "Finding", "Rule", "SetRead", "validate", "validate_walk"]

_STATUSES = frozenset({"1", "2", "3", "4", "19", "20", "21", "22", "23", "25"})
_GROUPS = frozenset({"CO", "PR", "OA", "PI"})
_TOLERATED = frozenset({"isa-width", "text-before-isa"})
"""Readers' problems that no receiver refuses: warnings."""


class SetRead(Struct, frozen=True):
    """A transaction set that was passed, and the claims that it held."""

    transaction: TransactionSet
    claims: list[ClaimInFile]
    last_segment: int


def validate(source: Source) -> list[Finding]:
    """All findings in the order of the file. Raises NotX12."""
    return validate_walk(Walker(source))


def validate_walk(walker: Walker, sets: list[SetRead] | None = None) -> list[Finding]:
    """The same; where `sets` is given, every set is added to it, and 837Ps' claims are read on the same walk."""
    found: list[Finding] = []
    for item in walker:
        if isinstance(item, Loose):
            continue
        claims: list[ClaimInFile] = []
        if item.identifier == "835":
            found += _remittance(walker, item)
        elif is_professional(item):
            checker = ProfessionalChecker(walker, item)
            if sets is None:
                checker.walk()
            else:
                claims += ProfessionalClaimReader(walker, item, [], checker.take).claims()
            found += checker.findings()
        elif item.identifier == "277" and "X214" in item.version:
            found += _claim_acknowledgement(walker, item)
        elif item.identifier == "999":
            found += _functional(walker, item)
        if sets is not None:
            sets.append(SetRead(item, claims, walker.number))
    found += [_of_problem(problem) for problem in walker.problems]
    return sorted(set(found), key=lambda one: (one.segment_number, one.element, one.rule))


def _of_problem(problem: Problem) -> Finding:
    severity = "warning" if problem.code in _TOLERATED else "error"
    return Finding(1, problem.code, problem.segment_number, problem.segment, problem.element, problem.message, severity)


def _remittance(walker: Walker, item: TransactionSet) -> list[Finding]:
    reader = RemittanceReader(walker, item)
    claims = tuple(reader.claims())
    whole = reader.remittance(claims)
    found = [_of_problem(problem) for problem in whole.problems]
    if item.implementation:
        found.append(finding("st03-unused", item.first_segment, "ST", 3))
    if whole.payee.qualifier == "XX" and not is_npi(whole.payee.identifier):
        found.append(finding("npi", item.first_segment, "N1", 4))
    for claim in claims:
        found += _claim_payment(claim)
    if (difference := transaction_difference(whole)) is not None:
        more = f"expected {difference.expected_cents} cents, found {difference.found_cents}"
        found.append(finding("balance-transaction", difference.segment_number, "BPR", 2, more))
    return found


def _claim_payment(claim: ClaimPayment) -> list[Finding]:
    found: list[Finding] = []
    place = claim.segment_number
    if claim.status not in _STATUSES:
        found.append(finding("claim-status", place, "CLP", 2))
    everything = [*claim.adjustments, *(item for line in claim.lines for item in line.adjustments)]
    if any(item.group not in _GROUPS for item in everything):
        found.append(finding("adjustment-group", place, "CAS", 1))
    if claim.patient_responsibility_cents != sum(item.amount_cents for item in everything if item.group == "PR"):
        found.append(finding("responsibility", place, "CLP", 5))
    for one in claim_differences(claim):
        rule, segment, element = ("balance-line", "SVC", 3) if one.level == "line" else ("balance-claim", "CLP", 4)
        more = f"{one.rule}, expected {one.expected_cents} cents, found {one.found_cents}"
        found.append(finding(rule, one.segment_number, segment, element, more))
    return found


def _claim_acknowledgement(walker: Walker, item: TransactionSet) -> list[Finding]:
    """A 277CA: its levels, whose wrong parents outside validators miss, and what its reader could not read."""
    hierarchy = Hierarchy(ACKNOWLEDGEMENT_LEVELS)

    def take(elements: list[str]) -> None:
        if elements[0] == "HL":
            hierarchy.take(elements, walker.number)

    whole = read_claim_acknowledgement(walker, item, take)
    found = [*hierarchy.close(), *(_of_problem(problem) for problem in whole.problems)]
    if item.implementation != item.group.version:
        found.append(finding("st03", item.first_segment, "ST", 3))
    return found


def _functional(walker: Walker, item: TransactionSet) -> list[Finding]:
    whole = read_functional_acknowledgement(walker, item)
    found = [_of_problem(problem) for problem in whole.problems]
    if item.implementation != item.group.version:
        found.append(finding("st03", item.first_segment, "ST", 3))
    if _counts_wrong(whole):
        found.append(finding("group-counts", whole.last_segment - 1, "AK9", 2))
    return found


def _counts_wrong(whole: FunctionalAcknowledgement) -> bool:
    """AK904 counts the accepted sets; sets may be named all, or only those with errors."""
    refused = sum(one.rejected for one in whole.sets)
    if len(whole.sets) > whole.received or whole.accepted > whole.received:
        return True
    return bool(whole.sets) and whole.received - whole.accepted != refused
