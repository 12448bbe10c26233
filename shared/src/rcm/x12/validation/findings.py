"""What a validator finds, and the table of its rules: id, SNIP type, severity, our wording."""

from collections.abc import Mapping

from msgspec import Struct


class Finding(Struct, frozen=True, gc=False):
    """One fault with its place."""

    snip: int
    """WEDI SNIP type: 1 syntax, 2 the guide's structure, 3 balances, 4 situations, 5 code forms."""
    rule: str
    segment_number: int
    """In the file, from 1."""
    segment: str
    element: int
    """0 where the whole segment is meant."""
    message: str
    severity: str = "error"
    """error or warning."""


class Rule(Struct, frozen=True):
    """One line of the table."""

    snip: int
    message: str
    severity: str = "error"


RULES: Mapping[str, Rule] = {
    "not-an-amount": Rule(1, "an amount with at most two decimals is expected"),
    "hl-number": Rule(1, "HL01 does not count up from 1"),
    "hl-parent": Rule(2, "HL02 names no earlier level of the right kind"),
    "hl-child": Rule(2, "HL04 does not tell whether levels follow below"),
    "st03": Rule(2, "ST03 is not the version that GS08 names"),
    "st03-unused": Rule(2, "the 835 does not use ST03", "warning"),
    "missing-loop": Rule(2, "a loop that the guide requires is missing"),
    "claim-limit": Rule(2, "more than 5,000 claims in one transaction set"),
    "line-limit": Rule(2, "more lines than the guide allows"),
    "diagnosis-limit": Rule(2, "more than twelve diagnoses"),
    "claim-kind": Rule(2, "CLM05-2 is not B"),
    "frequency": Rule(2, "CLM05-3 is not 1, 7 or 8"),
    "adjustment-group": Rule(2, "CAS01 is no adjustment group of 5010"),
    "claim-status": Rule(2, "CLP02 is no claim status of the guide"),
    "claim-sum": Rule(3, "CLM02 is not the sum of the lines' charges"),
    "balance-line": Rule(3, "SVC02 less the line's adjustments is not SVC03"),
    "balance-claim": Rule(3, "the claim's charge, adjustments and payment do not balance"),
    "balance-transaction": Rule(3, "the claims' payments less the provider adjustments are not BPR02"),
    "responsibility": Rule(3, "CLP05 is not the sum of the PR adjustments", "warning"),
    "group-counts": Rule(3, "AK9 does not count the sets as they are named"),
    "original-reference": Rule(4, "a replacement or void needs REF*F8"),
    "pointer": Rule(4, "a diagnosis pointer names no diagnosis of the claim"),
    "subscriber-details": Rule(4, "a subscriber who is the patient needs an address and DMG"),
    "accident-state": Rule(4, "an automobile accident needs its state"),
    "billing-zip": Rule(4, "the billing provider's ZIP needs nine digits"),
    "npi": Rule(5, "no NPI: ten digits with the right check digit"),
    "taxonomy": Rule(5, "no taxonomy code: ten letters and digits"),
    "diagnosis-form": Rule(5, "no ICD-10-CM code without its dot"),
    "procedure-form": Rule(5, "no CPT or HCPCS code"),
    "modifier-form": Rule(5, "no modifier: two letters and digits"),
    "ndc-form": Rule(5, "no NDC: eleven digits"),
    "tax-id-form": Rule(5, "no tax id: nine digits"),
}
"""Rules of our own; the readers' problems come with their own codes and messages, as SNIP 1."""


def finding(rule: str, segment_number: int, segment: str, element: int = 0, more: str = "") -> Finding:
    """A fault by its rule; `more` is put behind the rule's message and never holds a patient's data."""
    known = RULES[rule]
    message = f"{known.message}: {more}" if more else known.message
    return Finding(known.snip, rule, segment_number, segment, element, message, known.severity)
