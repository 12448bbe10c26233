"""The dated code sets of this installation behind the edits' protocol, each answer kept for its code and day."""

from datetime import date
from functools import lru_cache

from coding_svc.domain.codes import Bundling, DiagnosisFacts, ProcedureFacts, Timed
from coding_svc.domain.lists import DatedLists
from rcm.codesets.diagnoses import DiagnosisCodes

_CACHED = 65_536


class InstalledCodes:
    """ICD-10-CM as installed, our own dated lists, and what the user has loaded."""

    def __init__(self, diagnoses: DiagnosisCodes, lists: DatedLists) -> None:
        self._diagnoses, self._lists = diagnoses, lists
        self.release, self.last_day = diagnoses.release, diagnoses.last_day
        self.diagnosis = lru_cache(maxsize=_CACHED)(self._diagnosis)
        self.procedure = lru_cache(maxsize=_CACHED)(self._procedure)

    def _diagnosis(self, code: str, on: date) -> DiagnosisFacts:
        return DiagnosisFacts(
            code,
            self._diagnoses.standing(code, on).value,
            manifestation=self._diagnoses.is_manifestation(code, on),
            external_cause=self._lists.value("external-cause", code, on) is not None,
            sequela=self._is_sequela(code, on),
        )

    def _is_sequela(self, code: str, on: date) -> bool:
        if self._lists.value("sequela", code, on) is not None:
            return True
        last = self._lists.value("sequela-character", code, on)
        return last is not None and len(code) == 8 and code.endswith(last)

    def _procedure(self, code: str, on: date) -> ProcedureFacts:
        return ProcedureFacts(
            code,
            visit=self._lists.value("visit", code, on) is not None,
            minor_procedure=self._lists.value("minor-procedure", code, on) is not None,
            timed=_timed(self._lists.value("timed", code, on)),
        )

    def excluded(self, one: str, other: str, on: date) -> bool:  # noqa: ARG002
        return False

    def bundling(self, one: str, other: str, on: date) -> Bundling | None:  # noqa: ARG002
        return None

    def modifier_side(self, modifier: str, on: date) -> str:
        return self._lists.value("modifier-side", modifier, on) or ""

    def modifiers_conflict(self, one: str, other: str, on: date) -> str:
        first, second = sorted((one, other))
        return self._lists.value("modifier-conflict", f"{first} {second}", on) or ""

    def modifier_needs(self, modifier: str, on: date) -> str:
        return self._lists.value("modifier-needs", modifier, on) or ""

    def separates(self, modifier: str, on: date) -> bool:
        return self._lists.value("separating-modifier", modifier, on) is not None


def _timed(told: str | None) -> Timed | None:
    if told is None:
        return None
    minutes, least, rounding = told.split(" ")
    return Timed(int(minutes), int(least), rounding)
