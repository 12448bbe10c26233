"""The dated code sets of this installation behind the edits' protocol, each answer kept for its code and day."""

import re
from datetime import date
from functools import lru_cache, partial

from coding_svc.domain.codes import (
    AddOn,
    AgeGroup,
    Bundling,
    DiagnosisFacts,
    ProcedureFacts,
    Timed,
    UnitLimit,
    aspects_of_diagnoses,
    aspects_of_procedures,
)
from coding_svc.domain.lists import DatedLists
from coding_svc.domain.visits.procedures import ProcedureTerms
from rcm.codesets.book import CodeSets
from rcm.codesets.diagnoses import DiagnosisCodes
from rcm.codesets.lists import Setting
from rcm.codesets.systems import System, has_form

_CACHED = 65_536
_TOGETHER = 4_096
"""Codes as they stand together in encounters."""
_TOGETHER_MAX = 50
"""As many as a claim has lines: what has more is held for it, and not kept."""
_DAYS = 4_096
_TITLED = (System.CPT, System.HCPCS)
_AGES = ("newborn", "pediatric", "maternity", "adult")
_SEXES = {"female": "F", "male": "M"}
_SEX_LISTS_END = date(2024, 9, 30)
"""The last day of CMS's own lists of sexes; what they said then is our warning ever after."""
_SIDE = re.compile(r"\b(right|left|bilateral)\b", re.IGNORECASE)
_SIDES = {"right": "R", "left": "L", "bilateral": "B"}


class InstalledCodes:
    """ICD-10-CM as compiled, what the user has loaded, and our own dated lists."""

    def __init__(self, sets: CodeSets, lists: DatedLists) -> None:
        self._sets, self._lists = sets, lists
        self._take_up()

    def refresh(self) -> None:
        """Forgets the answers where other lists are loaded now than when they were given."""
        self._sets.refresh()
        if self._sets.generation != self._generation:
            self._take_up()

    def _take_up(self) -> None:
        """Nothing is known yet of the lists that are loaded now.

        New places for answers, where the old ones could be emptied: a note that is read beside this, in a thread, may just
        now be finding an answer in the former lists, and would leave it there for good. Each comes after those that it asks.
        """
        self._generation = self._sets.generation
        self._diagnoses = DiagnosisCodes(self._sets)
        self.release, self.last_day = self._diagnoses.release, self._diagnoses.last_day
        self._diagnosis = lru_cache(maxsize=_CACHED)(self.find_diagnosis)
        self.procedure = lru_cache(maxsize=_CACHED)(self._procedure)
        self._turning_days = lru_cache(maxsize=1)(self._find_turning_days)
        self.turning_day = lru_cache(maxsize=_DAYS)(self._find_turning_day)
        self._pair = lru_cache(maxsize=_CACHED)(self._find_pair)
        self._excluded = lru_cache(maxsize=_CACHED)(self._find_excluded)
        self.diagnosis_side = lru_cache(maxsize=_CACHED)(self._side)
        self._diagnosis_aspects = lru_cache(maxsize=_TOGETHER)(partial(aspects_of_diagnoses, self))
        self._procedure_aspects = lru_cache(maxsize=_TOGETHER)(partial(aspects_of_procedures, self))
        self.procedure_terms = lru_cache(maxsize=1)(self._procedure_terms)
        """The words of the procedures that were loaded; none where none were."""

    def diagnosis(self, code: str, on: date) -> DiagnosisFacts:
        """A diagnosis on a day, looked for once for all days between two on which anything changes."""
        return self._diagnosis(code, self.turning_day(on))

    def _find_turning_day(self, on: date) -> date:
        """The last day up to this one on which something changed: what holds of a diagnosis has been the same since."""
        return max((day for day in self._turning_days() if day <= on), default=date.min)

    def _find_turning_days(self) -> set[date]:
        return self._lists.turning_days().union(self._sets.turning_days())

    def find_diagnosis(self, code: str, on: date) -> DiagnosisFacts:
        """The same, nothing kept."""
        standing = self._sets.standing(code, on).value
        attributes = self._sets.attributes(code, on)
        return DiagnosisFacts(
            code,
            standing,
            manifestation="manifestation" in attributes,
            external_cause=self._lists.value("external-cause", code, on) is not None,
            sequela=self._is_sequela(code, on),
            unacceptable_principal="unacceptable" in attributes,
            sex=self._sex(code, on),
            ages=self._ages(attributes, on),
            exempt_from_admission=self._sets.lists.present_on_admission_exempt(code, on),
        )

    def _is_sequela(self, code: str, on: date) -> bool:
        if self._lists.value("sequela", code, on) is not None:
            return True
        last = self._lists.value("sequela-character", code, on)
        return last is not None and len(code) == len("S00.00XS") and code.endswith(last)

    def _sex(self, code: str, on: date) -> str:
        attributes = self._sets.attributes(code, min(on, _SEX_LISTS_END))
        return next((sex for name, sex in _SEXES.items() if name in attributes), "")

    def _ages(self, attributes: frozenset[str], on: date) -> AgeGroup | None:
        for name in _AGES:
            if name in attributes and (ages := self._lists.value("mce-age", name, on)):
                youngest, oldest = ages.split("-")
                return AgeGroup(name, int(youngest), int(oldest))
        return None

    def _side(self, code: str, on: date) -> str:
        if self._lists.value("without-side", code, on) is not None:
            return ""
        sides = {_SIDES[word.lower()] for word in _SIDE.findall(self._sets.description(code, on))}
        return sides.pop() if len(sides) == 1 else ""

    def is_billable(self, code: str, on: date) -> bool:
        """Without all else that is known of it."""
        return self._sets.is_billable(code, on)

    def excluded(self, one: str, other: str, on: date) -> str:
        """In either order."""
        return self._excluded(one, other, on) if one < other else self._excluded(other, one, on)

    def diagnosis_aspects(self, codes: tuple[str, ...], on: date) -> frozenset[str]:
        """Looked for once for all days between two on which anything changes."""
        if len(codes) > _TOGETHER_MAX:
            return aspects_of_diagnoses(self, codes, on)
        return self._diagnosis_aspects(codes, self.turning_day(on))

    def procedure_aspects(self, codes: tuple[str, ...], on: date) -> frozenset[str]:
        """Of one day."""
        if len(codes) > _TOGETHER_MAX:
            return aspects_of_procedures(self, codes, on)
        return self._procedure_aspects(codes, on)

    def _find_excluded(self, first: str, second: str, on: date) -> str:
        note = self._sets.excludes1_between(first, second, on)
        return f"{note.of}: {note.text}" if note else ""

    def _procedure(self, code: str, on: date) -> ProcedureFacts:
        lists = self._sets.lists
        fees, limit = lists.fee_facts(code, on), lists.unit_limit(code, on, Setting.PRACTITIONER)
        add_on = lists.add_on(code, on)
        covered = lists.covered_diagnoses(code, on)
        return ProcedureFacts(
            code,
            self._procedure_standing(code, on),
            visit=self._lists.value("visit", code, on) is not None,
            minor_procedure=self._lists.value("minor-procedure", code, on) is not None,
            global_days=fees.global_days if fees else "",
            limit=UnitLimit(limit.units, int(limit.adjudication[:1] or 0)) if limit else None,
            add_on=AddOn(int(add_on.kind), add_on.primaries) if add_on else None,
            timed=_timed(self._lists.value("timed", code, on)),
            supported_by=frozenset(each.replace(".", "") for each in covered) if covered is not None else None,
        )

    def _procedure_standing(self, code: str, on: date) -> str:
        letter = code[:1]
        system = System.CPT if letter.isdigit() else System.CDT if letter == "D" else System.HCPCS
        if not has_form(code, system):
            return "unlisted"
        found = self._sets.check(code, on, system)
        if found.valid is None or found.system is None:
            return "unlisted"
        if found.billable:
            return "billable"
        if found.valid_from is not None and found.valid_from > on:
            return "not yet"
        return "expired" if found.valid_to is not None else "unknown"

    def _procedure_terms(self) -> ProcedureTerms:
        lists = self._sets.lists
        return ProcedureTerms((code, words) for system in _TITLED for code, words in lists.titles(system) if words)

    def bundling(self, one: str, other: str, on: date) -> Bundling | None:
        """In either order."""
        return self._pair(one, other, on) if one < other else self._pair(other, one, on)

    def _find_pair(self, one: str, other: str, on: date) -> Bundling | None:
        for pair in self._sets.lists.pairs((one, other), on, Setting.PRACTITIONER):
            return Bundling(pair.column1, pair.column2, modifier_allowed=pair.modifier_indicator == "1")
        return None

    def modifier_side(self, modifier: str, on: date) -> str:
        """By our own list."""
        return self._lists.value("modifier-side", modifier, on) or ""

    def modifiers_conflict(self, one: str, other: str, on: date) -> str:
        """By our own list, whose pairs stand in the order of the alphabet."""
        first, second = sorted((one, other))
        return self._lists.value("modifier-conflict", f"{first} {second}", on) or ""

    def modifier_needs(self, modifier: str, on: date) -> str:
        """By our own list."""
        return self._lists.value("modifier-needs", modifier, on) or ""

    def separates(self, modifier: str, on: date) -> bool:
        """By NCCI's list of modifiers, as our own list has it."""
        return self._lists.value("separating-modifier", modifier, on) is not None


def _timed(told: str | None) -> Timed | None:
    """ "15 8 each": minutes of a unit, the fewest for the first one, how further ones count."""
    if told is None:
        return None
    minutes, least, rounding = told.split(" ")
    return Timed(int(minutes), int(least), rounding)
