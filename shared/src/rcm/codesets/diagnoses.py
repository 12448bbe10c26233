"""ICD-10-CM by date, as a service asks it thousands of times a second: what a code is on a day, from the compiled code sets.

A code's first look-up costs some 10 us, each later one a dictionary hit. Counts it must give: 74,260 on 2025-01-01, 74,719 on
2026-04-15, 74,879 in FY2027 (CODESETS in the design notes; held by a test).
"""

from datetime import date
from functools import lru_cache

from rcm.codesets.book import CodeSets, installed_code_sets
from rcm.codesets.systems import System
from rcm.codesets.validity import Standing, day_of

__all__ = ["DiagnosisCodes", "Standing", "installed_diagnosis_codes"]


class DiagnosisCodes:
    """ICD-10-CM's billable codes with their dates."""

    def __init__(self, sets: CodeSets) -> None:
        self._sets = sets
        self.last_day = day_of(sets.dated.last_day(System.ICD_10_CM)) or date.max
        """The last day that a release covers; later days are judged by it."""
        self.release = f"ICD-10-CM ({sets.release}) to {self.last_day.isoformat()}"
        self.standing = sets.standing
        """What a code (with its dot) is on a day. Days past the last release are judged by its last day."""
        self.billable_on = sets.billable_codes
        """Every code that is billable on that day, with its dot, in order."""

    def is_manifestation(self, code: str, on: date) -> bool:
        """Whether a code may not stand first on a day (the Medicare Code Editor's manifestation list)."""
        return "manifestation" in self._sets.attributes(code, on)


@lru_cache(maxsize=1)
def installed_diagnosis_codes() -> DiagnosisCodes:
    """Those of this installation. Raises CodesUnreadable where the set-up has compiled none."""
    return DiagnosisCodes(installed_code_sets())
