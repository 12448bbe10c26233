"""What a validator finds, and the table of its rules: id, SNIP type, where in a 999 or TA1 it belongs, our wording."""

from collections.abc import Mapping

from msgspec import Struct


class Finding(Struct, frozen=True, gc=False):
    """One fault with its place."""

    snip: int
    """WEDI SNIP type: 1 syntax, 2 the guide's structure, 3 balances, 4 situations, 5 code forms."""
    rule: str
    segment_number: int
    """In the file, from 1; of something missing the segment that came in its stead."""
    segment: str
    """Its id; of something missing the id that is missing."""
    element: int
    """0 where the whole segment is meant."""
    message: str
    severity: str = "error"
    """error or warning."""
    loop: str = ""
    """2010AA."""
    component: int = 0
    repetition: int = 0
    reference: str = ""
    """The data element's number, for IK402."""
    value: str = ""
    """What stands there, for IK404: never shown elsewhere."""
    context: str = ""
    """Whose it is, for CTX: CLM01:PCN1, TRN02:CHECK1."""


class Rule(Struct, frozen=True):
    """One line of the table."""

    snip: int
    level: str
    """Who is at fault: element (code is IK403), segment (IK304), set (IK502), group (AK905), interchange (TA105).

    A segment's id: it is what the element calls for and what is missing (IK304 is I6).
    """
    code: str
    message: str
    severity: str = "error"


def _rules(*lines: tuple[str, int, str, str, str]) -> dict[str, Rule]:
    """(id, SNIP, level, code, message); "!" before a message makes a warning of it."""
    return {
        name: Rule(snip, level, code, message.removeprefix("!"), "warning" if message[0] == "!" else "error")
        for name, snip, level, code, message in lines
    }


ENVELOPES = _rules(
    ("text-before-isa", 1, "interchange", "", "!text before the first ISA was passed over"),
    ("isa-width", 1, "interchange", "", "!the elements of ISA have not their fixed widths"),
    ("isa-element", 1, "interchange", "022", "an element of ISA holds what it may not"),
    ("unreadable-isa", 1, "interchange", "022", "an ISA segment can't be read"),
    ("unterminated-segment", 1, "interchange", "", "!the last segment has no terminator"),
    ("missing-iea", 1, "interchange", "023", "the interchange has no IEA"),
    ("group-count", 1, "interchange", "021", "IEA01 does not count the groups of the interchange"),
    ("interchange-number", 1, "interchange", "001", "IEA02 is not ISA13"),
    ("segment-outside", 1, "interchange", "022", "the segment stands in no transaction set"),
    ("nothing-inside", 1, "interchange", "024", "the interchange holds no functional group"),
    ("missing-gs", 1, "interchange", "024", "a transaction set or GE stands in no functional group"),
    ("gs-element", 1, "group", "1", "an element of GS holds what it may not"),
    ("missing-ge", 1, "group", "3", "the functional group has no GE"),
    ("group-number", 1, "group", "4", "GE02 is not GS06"),
    ("set-count", 1, "group", "5", "GE01 does not count the sets of the group"),
    ("group-number-twice", 1, "group", "19", "GS06 stands twice in the interchange"),
    ("wrong-set", 1, "set", "1", "the set does not belong into a group of this GS01"),
    ("missing-se", 1, "set", "2", "the transaction set has no SE"),
    ("set-number", 1, "set", "3", "SE02 is not ST02"),
    ("segment-count", 1, "set", "4", "SE01 does not count the segments of the set"),
    ("set-number-twice", 1, "set", "23", "ST02 stands twice in the group"),
    ("no-guide", 1, "set", "", "!no table for this version: the envelope and the characters alone were checked"),
    ("too-many-findings", 1, "interchange", "", "!there is more than is told here"),
)

STRUCTURE = _rules(
    ("segment-unknown", 1, "segment", "1", "the guide has no segment of this id"),
    ("segment-unexpected", 2, "segment", "2", "the segment has no place here"),
    ("segment-order", 2, "segment", "7", "the segment comes too late: its place is passed"),
    ("segment-missing", 2, "segment", "3", "a required segment is missing"),
    ("loop-missing", 2, "segment", "3", "a required loop is missing"),
    ("segment-repeats", 2, "segment", "5", "the segment comes more often than it may"),
    ("loop-repeats", 2, "segment", "4", "the loop comes more often than it may"),
    ("element-missing", 2, "element", "1", "a required element is missing"),
    ("element-conditional", 1, "element", "2", "an element that others call for is missing"),
    ("element-excluded", 1, "element", "10", "an element that excludes another stands beside it"),
    ("element-unused", 2, "element", "I10", "the guide does not use the element here"),
    ("element-too-many", 1, "element", "3", "the segment has more elements than there are"),
    ("component-too-many", 1, "element", "3", "the element has more components than there are"),
    ("element-repeats", 1, "element", "12", "the element repeats more often than it may"),
    ("trailing-empty", 1, "element", "1", "!nothing stands behind the last separators of the segment"),
    ("element-short", 1, "element", "4", "shorter than the element may be"),
    ("element-long", 1, "element", "5", "longer than the element may be"),
    ("element-characters", 1, "element", "6", "a character that X12 does not know"),
    ("element-spaces", 1, "element", "6", "spaces at the end"),
    ("element-number", 1, "element", "6", "no number"),
    ("element-cents", 2, "element", "I12", "an amount has two decimals at most"),
    ("element-code", 2, "element", "7", "none of the codes that the guide allows here"),
    ("element-date", 1, "element", "8", "no date"),
    ("element-period", 1, "element", "8", "a period that ends before it begins"),
    ("element-time", 1, "element", "9", "no time"),
)

BALANCES = _rules(
    ("claim-sum", 3, "element", "I12", "CLM02 is not the sum of the lines' charges"),
    ("cob-claim", 3, "element", "I12", "what another payer paid and adjusted is not CLM02"),
    ("cob-line", 3, "element", "I12", "what another payer paid and adjusted on the line is not its charge"),
    ("cob-paid", 3, "element", "I12", "AMT*D is not what the payer paid on the lines less its adjustments of the claim"),
    ("balance-line", 3, "element", "I12", "SVC02 less the line's adjustments is not SVC03"),
    ("balance-claim", 3, "element", "I12", "the claim's charge, adjustments and payment do not balance"),
    ("balance-transaction", 3, "element", "I12", "the claims' payments less the provider adjustments are not BPR02"),
    ("responsibility", 3, "element", "I12", "!CLP05 is not the sum of the PR adjustments"),
    ("group-counts", 3, "element", "I12", "AK9 does not count the sets as they are named"),
    ("status-totals", 3, "element", "I12", "a total is not what the statuses of the claims sum to"),
    ("claim-limit", 3, "set", "I6", "more than 5,000 claims in one transaction set"),
)

SITUATIONS = _rules(
    ("st03", 1, "set", "I6", "ST03 is not the version that GS08 names"),
    ("st03-unused", 2, "element", "I10", "!the 835 does not use ST03"),
    ("no-claim", 2, "segment", "I7", "the transaction set holds no claim"),
    ("hl-number", 1, "element", "I12", "HL01 does not count up from 1"),
    ("hl-parent", 2, "element", "I12", "HL02 names no earlier level of the right kind"),
    ("hl-child", 4, "element", "I12", "HL04 does not tell whether levels follow below"),
    ("patient-level", 4, "element", "I12", "SBR02 says self just where no patient level follows, and nothing where one does"),
    ("subscriber-details", 4, "DMG", "I6", "a subscriber who is the patient needs N3, N4 and DMG"),
    ("payer-order", 4, "element", "I12", "SBR01 stands twice in one claim"),
    ("medicare-secondary", 4, "element", "I9", "Medicare after another payer needs SBR05"),
    ("frequency", 2, "element", "7", "CLM05-3 is no frequency of this guide"),
    ("original-reference", 4, "REF", "I6", "a replacement or void needs REF*F8"),
    ("accident-state", 4, "element", "I9", "an automobile accident needs its state"),
    ("accident-date", 4, "DTP", "I6", "an accident needs its date (DTP*439)"),
    ("admission-date", 4, "DTP", "I6", "an inpatient claim needs its admission (DTP*435)"),
    ("attending", 4, "NM1", "I6", "the claim needs its attending provider (NM1*71)"),
    ("no-diagnosis", 4, "HI", "I6", "a line points to a diagnosis, and the claim has none"),
    ("diagnosis-version", 4, "element", "I12", "ICD-9 and ICD-10 in one claim"),
    ("pointer", 4, "element", "I12", "a diagnosis pointer names no diagnosis of the claim"),
    ("line-number", 4, "element", "I12", "LX01 does not count the lines from 1"),
    ("line-reference", 4, "element", "I12", "REF*6R stands twice in one claim"),
    ("claim-number", 4, "element", "I12", "!CLM01 stands twice in the transaction set"),
    ("negative-charge", 4, "element", "I12", "a charge is below zero"),
    ("billing-zip", 4, "element", "I12", "the ZIP of a billing provider or service facility needs nine digits"),
    ("billing-street", 4, "element", "I12", "the billing provider's address is a street, no post office box"),
    ("adjudication-date", 4, "element", "I12", "DTP*573 stands neither in 2330B nor in each 2430, or in both"),
    ("liability-twice", 4, "element", "I12", "AMT*EAF stands at the claim and at a line"),
    ("other-payer", 4, "element", "I12", "SVD01 names no payer of 2330B"),
    ("payment-account", 4, "element", "I9", "a payment by ACH needs its banks and accounts"),
    ("payment-none", 4, "element", "I12", "BPR04 is NON or BPR01 is H just where BPR02 is zero"),
    ("payment-negative", 4, "element", "I12", "BPR02 is never below zero"),
    ("service-period", 4, "element", "I12", "DTM*150 and DTM*151 go together"),
    ("segment-errors", 4, "element", "I12", "IK304 is 8 just where an IK4 follows"),
    ("set-code", 4, "element", "I12", "IK501 does not say what its errors say"),
    ("group-code", 4, "element", "I12", "AK901 does not say what became of the sets"),
    ("status-action", 4, "element", "I12", "!STC03 says the contrary of the status category"),
    ("trace-twice", 4, "element", "I12", "AK202 stands twice"),
    ("percent", 4, "element", "I12", "!EB08 is a part of one, and this is more"),
    ("benefit-loop", 4, "element", "I12", "LS01 and LE01 name the loop between them"),
)

FORMS = _rules(
    ("npi", 5, "element", "I12", "no NPI: ten digits with the right check digit"),
    ("taxonomy", 5, "element", "7", "no taxonomy code: three digits, then seven letters and digits"),
    ("tax-id-form", 5, "element", "I12", "no tax id: nine digits"),
    ("zip-form", 5, "element", "I12", "no ZIP: five or nine digits"),
    ("state-form", 5, "element", "7", "no state: two letters"),
    ("place-form", 5, "element", "7", "CLM05-1 is two digits"),
    ("diagnosis-form", 5, "element", "7", "no ICD code without its dot"),
    ("inpatient-procedure-form", 5, "element", "7", "no ICD procedure code without its dot"),
    ("procedure-form", 5, "element", "7", "no procedure code of its qualifier"),
    ("modifier-form", 5, "element", "7", "no modifier: two letters and digits"),
    ("revenue-form", 5, "element", "7", "no revenue code: four digits"),
    ("ndc-form", 5, "element", "I12", "no NDC: eleven digits"),
    ("clia-form", 5, "element", "I12", "no CLIA number: two digits, D, seven digits"),
    ("condition-form", 5, "element", "7", "no code of the National Uniform Billing Committee: two letters and digits"),
    ("group-form", 5, "element", "7", "no diagnosis related group: three or four digits"),
    ("reason-form", 5, "element", "7", "no adjustment reason code"),
    ("remark-form", 5, "element", "7", "no remark code"),
    ("status-form", 5, "element", "7", "no claim status category or code"),
    ("service-type-form", 5, "element", "7", "no service type: one to three letters and digits"),
)

RULES: Mapping[str, Rule] = {**ENVELOPES, **STRUCTURE, **BALANCES, **SITUATIONS, **FORMS}
"""Every rule by its id."""
