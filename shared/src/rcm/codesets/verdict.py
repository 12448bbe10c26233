"""The verdict on one code and one day, in words that say what to do."""

from datetime import date
from typing import Protocol

from rcm.codesets.systems import FORM_ALONE, ICD_10_FIRST_DAY, TITLES, System, has_form, readings, with_dot
from rcm.codesets.validity import DatedCodes, Period, Validity, day_of, number_of

_ICD_9 = frozenset({System.ICD_9_CM, System.ICD_9_PROCEDURES})
_ICD_10 = frozenset({System.ICD_10_CM, System.ICD_10_PCS})
_HEADED = _ICD_9 | {System.ICD_10_CM}
"""Systems whose codes stand beneath headings."""
_SHOWN = 4


class Sets(Protocol):
    """What a verdict asks."""

    dated: DatedCodes

    def periods(self, system: System, code: str) -> tuple[Period, ...]:
        """When a code is billable."""


def judge(sets: Sets, asked: str, on: date, system: System | None) -> Validity:
    """Whether a code is valid and billable on a day. Never raises: what nobody knows is said so."""
    written = asked.strip().upper()
    if system is not None:
        code = with_dot(written, system)
        if not has_form(code, system):
            return Validity(asked, system, False, False, reason=f"this is not the form of a code of {TITLES[system]}")
        return _verdict(sets, asked, code, on, system)
    found = readings(written, on)
    if not found:
        return Validity(asked, None, False, False, reason="no code system that is known here has codes of this form")
    known = [(reading, code) for reading, code in found if _is_known(sets, reading, code, on, alone=len(found) == 1)]
    # As it is written it is more likely meant than with a dot put in: J1100 is HCPCS's where HCPCS is loaded, else J11.00.
    reading, code = min(known, key=lambda pair: pair[1] != written) if known else _by_form(sets, found, on)
    return _verdict(sets, asked, code, on, reading)


def _is_known(sets: Sets, system: System, code: str, on: date, *, alone: bool) -> bool:
    """Whether a list has the code. Of ICD-9-CM, whose age is over, a code is only where it can be of nothing else."""
    if system in _ICD_9 and on >= ICD_10_FIRST_DAY and not alone:
        return False
    return bool(sets.periods(system, code)) or _heads(sets, system, code)


def _heads(sets: Sets, system: System, code: str) -> bool:
    return system in _HEADED and sets.dated.has_beneath(system, code)


def _by_form(sets: Sets, found: list[tuple[System, str]], on: date) -> tuple[System, str]:
    """Of the systems that a code nobody knows could be of: one of which no list covers the day, for there it may well exist."""
    day = number_of(on)
    uncovered = [(system, code) for system, code in found if system in FORM_ALONE or system is System.HCPCS]
    return next(((system, code) for system, code in uncovered if not sets.dated.covers(system, day)), found[0])


def _verdict(sets: Sets, asked: str, code: str, on: date, system: System) -> Validity:
    day = number_of(on)
    periods = sets.periods(system, code)
    current = next((period for period in periods if day in period), None)
    if current is not None:
        return Validity(asked, system, True, True, day_of(current.first), day_of(current.last))
    if not sets.dated.covers(system, day) and not (periods and system is System.MODIFIER):
        # Of modifiers we know our own few, and their first days.
        return Validity(asked, system, None, None, reason=uncovered(sets.dated, system, on))
    if periods:
        return _out_of_time(sets, asked, code, on, system)
    heading = sets.dated.beneath(system, code, day) if _heads(sets, system, code) else None
    if heading is not None:
        beneath = _listed(sets.dated.beneath_on(system, code, day, _SHOWN + 1))
        reason = f"needs more characters: {beneath}"
        return Validity(asked, system, True, False, day_of(heading.first), day_of(heading.last), reason)
    if _heads(sets, system, code):
        return Validity(asked, system, False, False, reason=f"no code beneath it is valid on {on}")
    return Validity(asked, system, False, False, reason=f"{TITLES[system]} has no such code")


def uncovered(dated: DatedCodes, system: System, on: date) -> str:
    """Why no list says anything of a system's codes on a day; empty where one does."""
    if dated.covers(system, number_of(on)):
        return ""
    if system in _ICD_10 and on < ICD_10_FIRST_DAY:
        return f"{TITLES[system]} begins on {ICD_10_FIRST_DAY}; before it codes are ICD-9-CM's"
    if system in _ICD_9 and on >= ICD_10_FIRST_DAY:
        return f"{TITLES[system]} ended before {ICD_10_FIRST_DAY}; since then codes are ICD-10's"
    if not dated.covered(system):
        licensed = " licensed" if system in {System.CPT, System.CDT} else ""
        return f"it has the form of a code of {TITLES[system]}, of which no{licensed} list is loaded"
    return f"no release of {TITLES[system]} that is here covers {on}"


def _out_of_time(sets: Sets, asked: str, code: str, on: date, system: System) -> Validity:
    """The code is known, but not on that day: the nearest time before it, else the first after."""
    day = number_of(on)
    periods = sets.periods(system, code)
    before = [period for period in periods if period.last < day]
    if not before:
        first = periods[0]
        return Validity(
            asked, system, False, False, day_of(first.first), day_of(first.last), f"valid from {day_of(first.first)} on"
        )
    last = before[-1]
    reason = f"valid until {day_of(last.last)}"
    if beneath := sets.dated.beneath_on(system, code, day, _SHOWN + 1):
        reason += f"; since then it needs more characters: {_listed(beneath)}"
    return Validity(asked, system, False, False, day_of(last.first), day_of(last.last), reason)


def _listed(codes: list[str]) -> str:
    """The first few codes, and whether there are more."""
    return ", ".join(codes[:_SHOWN]) + (" ..." if len(codes) > _SHOWN else "")
