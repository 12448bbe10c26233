"""The forms of codes: what a code of a kind looks like, not whether there is one."""

import re

ZIP = r"[0-9]{5}(?:[0-9]{4})?"
STATE = r"[A-Z]{2}"
PLACE = r"[0-9]{2}"
MODIFIER = r"[0-9A-Z]{2}"
PROCEDURE = r"(?:[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4})"
"""CPT and HCPCS (HC)."""
TAXONOMY = r"[0-9]{3}[0-9A-Z]{7}"
DIAGNOSIS = r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}"
"""ICD-10-CM."""
is_taxonomy = re.compile(TAXONOMY).fullmatch
is_tax_id = re.compile(r"[0-9]{9}|[0-9]{2}-[0-9]{7}|[0-9]{3}-[0-9]{2}-[0-9]{4}").fullmatch
is_zip = re.compile(ZIP).fullmatch
is_full_zip = re.compile(r"[0-9]{9}").fullmatch
is_state = re.compile(STATE).fullmatch
is_place = re.compile(PLACE).fullmatch
is_modifier = re.compile(MODIFIER).fullmatch
is_revenue_code = re.compile(r"[0-9]{4}").fullmatch
is_ndc = re.compile(r"[0-9]{11}").fullmatch
is_clia = re.compile(r"[0-9]{2}D[0-9]{7}").fullmatch
is_billing_code = re.compile(r"[0-9A-Z]{2}").fullmatch
"""Value, occurrence and condition codes."""
is_related_group = re.compile(r"[0-9]{3,4}").fullmatch
is_reason = re.compile(r"[0-9]{1,3}|[A-Z][0-9]{1,2}").fullmatch
is_remark = re.compile(r"[MN][0-9]{1,3}|MA[0-9]{1,3}").fullmatch
is_status_category = re.compile(r"[ADEFPR][0-9]{1,2}[A-Z]?").fullmatch
is_status_code = re.compile(r"[0-9]{1,4}").fullmatch
is_service_type = re.compile(r"[0-9A-Z]{1,3}").fullmatch
is_box = re.compile(r"(?:P\.? ?O\.? ?|POST OFFICE |LOCK ?)BOX\b.*").match

_DIAGNOSIS_10 = re.compile(DIAGNOSIS).fullmatch
_DIAGNOSIS_9 = re.compile(r"[0-9]{3,5}|V[0-9]{2,4}|E[0-9]{3,4}").fullmatch
_PROCEDURE_10 = re.compile(r"[0-9A-HJ-NP-Z]{7}").fullmatch
_PROCEDURE_9 = re.compile(r"[0-9]{2,4}").fullmatch

NINTH_REVISION = frozenset({"BK", "BF", "BJ", "PR", "BN"})
"""HI01-1 of ICD-9-CM diagnoses."""
DIAGNOSES = {**dict.fromkeys(("ABK", "ABF", "ABJ", "APR", "ABN"), _DIAGNOSIS_10), **dict.fromkeys(NINTH_REVISION, _DIAGNOSIS_9)}
"""HI01-1 -> what a code of it looks like."""
HEALTH_CODES = {
    **DIAGNOSES,
    "BBR": _PROCEDURE_10,
    "BBQ": _PROCEDURE_10,
    "BR": _PROCEDURE_9,
    "BQ": _PROCEDURE_9,
    "DR": is_related_group,
    "BG": is_billing_code,
    "BH": is_billing_code,
    "BI": is_billing_code,
    "BE": is_billing_code,
}
RULES = dict.fromkeys(DIAGNOSES, "diagnosis-form") | {
    "BBR": "inpatient-procedure-form",
    "BBQ": "inpatient-procedure-form",
    "BR": "inpatient-procedure-form",
    "BQ": "inpatient-procedure-form",
    "DR": "group-form",
    "BG": "condition-form",
    "BH": "condition-form",
    "BI": "condition-form",
    "BE": "condition-form",
}
"""HI01-1 -> the rule that a wrong form breaks."""

PROCEDURES = {
    "HC": re.compile(PROCEDURE).fullmatch,
    "AD": re.compile(r"D[0-9]{4}").fullmatch,
    "HP": re.compile(r"[0-9A-Z]{5}").fullmatch,
    "NU": re.compile(r"[0-9]{3,4}").fullmatch,
    "N4": is_ndc,
}
"""The qualifier of a procedure (235) -> what a code of it looks like; others are not looked into."""
