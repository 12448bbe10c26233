"""The code systems that we know: their names, the forms of their codes, and which of them a bare code may belong to.

A form says what a code looks like, not that it exists. CPT and CDT are known by their form until a licensed list is loaded.
"""

import re
from datetime import date
from enum import StrEnum

ICD_10_FIRST_DAY = date(2015, 10, 1)
"""HIPAA's first day of ICD-10-CM and ICD-10-PCS; before it the sets are ICD-9-CM's two."""


class System(StrEnum):
    """A code system, by the name that it has in addresses and answers."""

    ICD_10_CM = "icd-10-cm"
    ICD_10_PCS = "icd-10-pcs"
    ICD_9_CM = "icd-9-cm"
    ICD_9_PROCEDURES = "icd-9-cm-procedures"
    HCPCS = "hcpcs"
    """HCPCS Level II without its dental part."""
    CPT = "cpt"
    CDT = "cdt"
    PLACE_OF_SERVICE = "place-of-service"
    MODIFIER = "modifier"
    TAXONOMY = "taxonomy"
    ADJUSTMENT_REASON = "carc"
    REMARK = "rarc"


TITLES: dict[System, str] = {
    System.ICD_10_CM: "ICD-10-CM",
    System.ICD_10_PCS: "ICD-10-PCS",
    System.ICD_9_CM: "ICD-9-CM",
    System.ICD_9_PROCEDURES: "ICD-9-CM procedures",
    System.HCPCS: "HCPCS Level II",
    System.CPT: "CPT",
    System.CDT: "CDT",
    System.PLACE_OF_SERVICE: "place of service",
    System.MODIFIER: "modifiers",
    System.TAXONOMY: "provider taxonomy",
    System.ADJUSTMENT_REASON: "claim adjustment reasons",
    System.REMARK: "remittance remarks",
}

FORMS: dict[System, re.Pattern[str]] = {
    System.ICD_10_CM: re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?"),
    System.ICD_10_PCS: re.compile(r"[0-9A-HJ-NP-Z]{7}"),
    System.ICD_9_CM: re.compile(r"(?:[0-9]{3}|V[0-9]{2})(?:\.[0-9]{1,2})?|E[0-9]{3}(?:\.[0-9])?"),
    System.ICD_9_PROCEDURES: re.compile(r"[0-9]{2}\.[0-9]{1,2}"),
    System.HCPCS: re.compile(r"[A-CE-Z][0-9]{4}"),
    System.CPT: re.compile(r"[0-9]{4}[0-9AFMTU]"),
    System.CDT: re.compile(r"D[0-9]{4}"),
    System.PLACE_OF_SERVICE: re.compile(r"[0-9]{2}"),
    System.MODIFIER: re.compile(r"[0-9A-Z]{2}"),
    System.TAXONOMY: re.compile(r"[0-9]{3}[0-9A-Z]{6}X"),
    System.ADJUSTMENT_REASON: re.compile(r"[0-9]{1,3}|[A-Z][0-9]{1,2}"),
    System.REMARK: re.compile(r"(?:MA?|N)[0-9]{1,4}"),
}
"""What a code looks like as this project writes it: diagnoses and ICD-9-CM procedures with their dot."""

FORM_ALONE = frozenset({System.CPT, System.CDT, System.MODIFIER})
"""Of these we ship no list: without a loaded one a code can be called ill-formed, and nothing more."""

_ASKED_BY_NAME_ONLY = frozenset({System.ADJUSTMENT_REASON, System.REMARK})
_IN_ORDER = (
    System.ICD_10_CM,
    System.CPT,
    System.HCPCS,
    System.CDT,
    System.ICD_9_CM,
    System.ICD_9_PROCEDURES,
    System.ICD_10_PCS,
    System.PLACE_OF_SERVICE,
    System.MODIFIER,
    System.TAXONOMY,
)
_IN_ORDER_BEFORE_ICD_10 = (System.ICD_9_CM, *(system for system in _IN_ORDER if system is not System.ICD_9_CM))
_ALIASES = {re.sub(r"[^a-z0-9]", "", system.value): system for system in System} | {
    "icd10": System.ICD_10_CM,
    "icd9": System.ICD_9_CM,
    "icd9procedures": System.ICD_9_PROCEDURES,
    "hcpcslevelii": System.HCPCS,
    "hcpcs2": System.HCPCS,
    "pos": System.PLACE_OF_SERVICE,
    "modifiers": System.MODIFIER,
    "nucc": System.TAXONOMY,
}


class UnknownSystem(ValueError):
    """A name that is no code system's; the text names those that there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is no code system; there are {', '.join(System)}")


def system_of(name: str) -> System:
    """The system of a name, however it is written (ICD-10-CM, icd10cm). Raises UnknownSystem."""
    found = _ALIASES.get(re.sub(r"[^a-z0-9]", "", name.lower()))
    if found is None:
        raise UnknownSystem(name[:40])
    return found


def with_dot(code: str, system: System) -> str:
    """The code as this project writes it: X12's and CMS's dotless form gets its dot, others stay as they are."""
    if "." in code:
        return code
    if system is System.ICD_9_PROCEDURES:
        at = 2
    elif system is System.ICD_10_CM or system is System.ICD_9_CM:
        at = 4 if system is System.ICD_9_CM and code.startswith("E") else 3
    else:
        return code
    return f"{code[:at]}.{code[at:]}" if len(code) > at else code


def has_form(code: str, system: System) -> bool:
    """Whether the text looks like a code of the system, with its dot where codes have one."""
    return FORMS[system].fullmatch(code) is not None


def readings(code: str, on: date) -> list[tuple[System, str]]:
    """What a bare code may be on that day, likeliest first, each as that system writes it. Empty: it has no form that we know.

    A written dot decides much; without one the same five characters can be a diagnosis, a HCPCS code or an older diagnosis.
    """
    order = _IN_ORDER_BEFORE_ICD_10 if on < ICD_10_FIRST_DAY or "." in code else _IN_ORDER
    found = ((system, with_dot(code, system)) for system in order)
    return [(system, written) for system, written in found if has_form(written, system)]


assert set(_IN_ORDER) | _ASKED_BY_NAME_ONLY == set(System)
