"""MS-DRG by the discharge date, with the complications (CC, MCC) that drive it: `msdrg`, versions 40 to 44.

with Grouper() as grouper:
    found = grouper.group(Stay(date(2026, 3, 2), "I50.20", secondary=(Secondary("J96.01", "Y"),), age=65, sex="M"))

The library must be closed, or it complains when Python ends: use it as a context manager. It groups in 0.25 ms once it is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import TracebackType
from typing import Any, Self, cast

from rcm.codesets.systems import System, has_form

VERSIONS: tuple[tuple[date, date, int], ...] = (
    (date(2022, 10, 1), date(2023, 3, 31), 400),
    (date(2023, 4, 1), date(2023, 9, 30), 401),
    (date(2023, 10, 1), date(2024, 3, 31), 410),
    (date(2024, 4, 1), date(2024, 9, 30), 411),
    (date(2024, 10, 1), date(2025, 3, 31), 420),
    (date(2025, 4, 1), date(2025, 9, 30), 421),
    (date(2025, 10, 1), date(2026, 3, 31), 430),
    (date(2026, 4, 1), date(2026, 9, 30), 431),
    (date(2026, 10, 1), date(2027, 3, 31), 440),
)
"""First and last day of discharge, and the grouper's version as the library numbers it: 431 is V43.1."""
REASONS = {
    "OK": "grouped",
    "INVALID_PDX": "the principal diagnosis is not valid on the day of discharge",
    "DX_CANNOT_BE_PDX": "the first diagnosis can't be a principal one",
    "INVALID_AGE": "the age is missing or out of range",
    "INVALID_SEX": "the sex is missing",
    "INVALID_DISCHARGE_STATUS": "the discharge status is not one that the grouper knows",
    "UNGROUPABLE": "the codes fit no group",
}
"""What the grouper's return codes mean, in our words; others are told as they are."""
_SEXES = {"M": 0, "F": 1}
_UNKNOWN_SEX = 2
_UNTOLD = ("", "1")
_PRESENCES = frozenset({"", "Y", "N", "U", "W", "1"})


class NotGroupable(ValueError):
    """A stay that the grouper can't be asked about; the text says why."""


@dataclass(frozen=True, slots=True)
class Secondary:
    """A further diagnosis; `present_on_admission` Y, N, U, W, or empty."""

    code: str
    present_on_admission: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """What a stay's group depends on. Codes with or without dots; procedures in ICD-10-PCS; `age` in years at admission."""

    discharged_on: date
    principal: str
    secondary: Sequence[Secondary] = ()
    procedures: Sequence[str] = ()
    age: int = 0
    sex: str = "U"
    discharge_status: int = 1
    """UB-04 patient status: 1 home, 20 died, ..."""
    principal_present_on_admission: str = ""


@dataclass(frozen=True, slots=True)
class Complication:
    """A secondary diagnosis that counts as CC or MCC; `drives` where the group would be another without it and its like."""

    code: str
    severity: str
    drives: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The MS-DRG of a stay. `drg` 998 and 999 are none: `reason` says why."""

    version: str
    drg: int | None
    description: str
    mdc: int | None
    mdc_description: str
    severity: str
    """NONE, CC or MCC: the grade that the group has."""
    reason: str
    complications: tuple[Complication, ...]
    procedures: tuple[str, ...]
    """Those that drive the group."""
    invalid: tuple[str, ...]
    """Diagnoses that the grouper does not know on that day, and procedures without the form of ICD-10-PCS."""


def version_on(discharged_on: date) -> int:
    """The grouper's version for a day of discharge. Raises NotGroupable outside of 2022-10-01 to 2027-03-31."""
    for first, last, version in VERSIONS:
        if first <= discharged_on <= last:
            return version
    raise NotGroupable(f"no MS-DRG grouper here covers {discharged_on}: they run from {VERSIONS[0][0]} to {VERSIONS[-1][1]}")


class Grouper:
    """The open library. Not for two threads at once: open one for each."""

    def __enter__(self) -> Self:
        import msdrg  # noqa: PLC0415 - 0.1 s, when it is asked for

        self._library = msdrg.MsdrgGrouper()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._library.close()

    def group(self, stay: Stay) -> Group:
        """The group of a stay. Raises NotGroupable for a day that no version covers, or codes that are none in form."""
        version = version_on(stay.discharged_on)
        if not 0 <= stay.age <= 124:
            raise NotGroupable("the age is not between 0 and 124 years")
        told = {stay.principal_present_on_admission, *(each.present_on_admission for each in stay.secondary)}
        if unknown := sorted(told - _PRESENCES):
            raise NotGroupable(f"present on admission is Y, N, U, W or 1, and not {', '.join(unknown)}")
        claim: dict[str, Any] = {
            "version": version,
            "age": stay.age,
            "sex": _SEXES.get(stay.sex, _UNKNOWN_SEX),
            "discharge_status": stay.discharge_status,
            "pdx": _diagnosis(stay.principal, stay.principal_present_on_admission),
            "sdx": [_diagnosis(each.code, each.present_on_admission) for each in stay.secondary],
            "procedures": [{"code": _bare(code)} for code in stay.procedures],
        }
        try:
            found = cast(dict[str, Any], self._library.group(cast(Any, claim)))
        except (RuntimeError, ValueError) as error:
            raise NotGroupable("the grouper can't read these codes") from error
        group = _group(found, version)
        unlike = (code for code in stay.procedures if not has_form(_bare(code), System.ICD_10_PCS))
        return replace(group, invalid=(*group.invalid, *unlike))


def _bare(code: str) -> str:
    plain = code.replace(".", "").upper()
    if not (plain.isascii() and plain.isalnum() and 3 <= len(plain) <= 7):
        raise NotGroupable("a code does not have the form of ICD-10-CM or ICD-10-PCS")
    return plain


def _diagnosis(code: str, admission: str) -> dict[str, str]:
    return {"code": _bare(code)} | ({"poa": admission} if admission not in _UNTOLD else {})


def _group(found: dict[str, Any], version: int) -> Group:
    outputs: list[dict[str, Any]] = found["sdx_output"]
    named: list[dict[str, Any]] = [*([found["pdx_output"]] if found["pdx_output"] else []), *outputs]
    return Group(
        version=f"V{version // 10}.{version % 10}" if version % 10 else f"V{version // 10}",
        drg=found["final_drg"],
        description=found["final_drg_description"] or "",
        mdc=found["final_mdc"],
        mdc_description=found["final_mdc_description"] or "",
        severity=found["final_severity"],
        reason=REASONS.get(found["return_code"], found["return_code"]),
        complications=tuple(
            Complication(_dotted(each["code"]), each["severity"], each["drg_impact"] != "NONE")
            for each in outputs
            if each["severity"] in ("CC", "MCC")
        ),
        procedures=tuple(each["code"] for each in found["proc_output"] if each["drg_impact"] != "NONE"),
        invalid=tuple(_dotted(each["code"]) for each in named if "VALID" not in each["flags"]),
    )


def _dotted(code: str) -> str:
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
