"""What codes in claims and remittances mean, in our own short wording; a code that is not here is shown as it stands."""

from collections.abc import Mapping

ENTITIES: Mapping[str, str] = {
    "40": "The receiver of the file",
    "41": "The sender of the file",
    "74": "The patient's name as the payer has it",
    "77": "Where the service took place",
    "82": "Who treated the patient",
    "85": "Who bills",
    "87": "Where the payment goes, if not to who bills",
    "DK": "Who ordered the service",
    "DN": "Who referred the patient",
    "DQ": "Who supervised",
    "IL": "The insured person",
    "PE": "Who is paid",
    "PR": "The payer",
    "QC": "The patient",
    "TT": "The payer that the claim was passed on to",
}
DATES: Mapping[str, str] = {
    "036": "coverage ended",
    "050": "the payer received the claim",
    "096": "discharged",
    "150": "service began",
    "151": "service ended",
    "232": "statement from",
    "233": "statement to",
    "405": "remittance made",
    "431": "illness began",
    "435": "admitted",
    "439": "accident",
    "472": "date of service",
}
REFERENCES: Mapping[str, str] = {
    "0B": "state licence number",
    "0K": "policy number",
    "1L": "group number",
    "2U": "the payer's own id",
    "6R": "the line's own number, which comes back in the remittance",
    "9F": "referral number",
    "D9": "the clearinghouse's number",
    "EI": "employer's tax number",
    "EV": "receiver of the remittance",
    "F2": "version of the payer's system",
    "F8": "the payer's number of the claim that this one replaces or voids",
    "G1": "authorisation number",
    "G2": "the payer's number for this provider",
    "HPI": "NPI of who treated",
    "SY": "social security number",
    "TJ": "tax number",
    "X4": "CLIA number of the laboratory",
}
CLAIM_FREQUENCY: Mapping[str, str] = {"1": "an original claim", "7": "replaces an earlier claim", "8": "voids an earlier claim"}
RANKS: Mapping[str, str] = {"P": "primary", "S": "secondary", "T": "tertiary"}
FILING: Mapping[str, str] = {
    "BL": "Blue Cross Blue Shield",
    "CI": "commercial insurance",
    "HM": "health maintenance organisation",
    "MB": "Medicare Part B",
    "MC": "Medicaid",
    "12": "preferred provider organisation",
}
CLAIM_STATUS: Mapping[str, str] = {
    "1": "processed as primary",
    "2": "processed as secondary",
    "3": "processed as tertiary",
    "4": "denied",
    "19": "processed as primary and passed on",
    "20": "processed as secondary and passed on",
    "21": "processed as tertiary and passed on",
    "22": "takes an earlier payment back",
    "23": "not this payer's, passed on",
    "25": "an estimate only, no payment",
}
GROUPS: Mapping[str, str] = {
    "CO": "the provider bears it",
    "CR": "correction",
    "OA": "neither side owes it",
    "PI": "the payer's own reduction",
    "PR": "the patient owes it",
}
REASONS: Mapping[str, str] = {
    "1": "deductible",
    "2": "coinsurance",
    "3": "copay",
    "4": "the modifier does not fit",
    "11": "diagnosis and procedure do not fit",
    "16": "information is missing",
    "18": "an exact duplicate",
    "22": "another payer may be first",
    "23": "what an earlier payer did",
    "26": "before the coverage began",
    "27": "after the coverage ended",
    "29": "filed too late",
    "45": "above the contracted price",
    "50": "the payer does not see medical need",
    "59": "reduced as one of several procedures",
    "94": "processed for more than was charged",
    "96": "not covered",
    "97": "included in another service",
    "109": "another payer's claim",
    "131": "a claim-specific discount",
    "144": "an incentive",
    "197": "authorisation missing",
    "237": "a penalty by law",
    "252": "documents are wanted",
    "253": "the federal payment cut (sequestration)",
    "B7": "the provider was not enrolled on that day",
}
PAYMENT_METHODS: Mapping[str, str] = {
    "ACH": "by bank transfer",
    "BOP": "as the bank chooses",
    "CHK": "by check",
    "FWT": "by wire",
    "NON": "no payment",
}
PROVIDER_ADJUSTMENTS: Mapping[str, str] = {
    "72": "authorised return",
    "B2": "rebate",
    "50": "late charge",
    "AP": "advance taken back",
    "CS": "correction",
    "FB": "balance carried forward",
    "IR": "tax withheld",
    "J1": "not reimbursed",
    "L6": "interest",
    "LE": "levy",
    "WO": "overpayment taken back",
}
STATUS_CATEGORIES: Mapping[str, str] = {
    "A0": "forwarded",
    "A1": "received",
    "A2": "accepted into adjudication",
    "A3": "returned unprocessed",
    "A4": "not found",
    "A5": "split",
    "A6": "refused: information is missing",
    "A7": "refused: information is invalid",
    "A8": "refused: parts of it contradict each other",
}
"""277CA STC01-1."""
ACCEPTANCES: Mapping[str, str] = {
    "A": "accepted",
    "E": "accepted, with errors",
    "M": "refused: its authentication failed",
    "P": "accepted in part",
    "R": "refused",
    "W": "refused: its assurance failed",
    "X": "refused: it could not be decrypted",
}
"""TA104, AK901, IK501."""
