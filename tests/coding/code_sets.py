"""Code sets in memory, for the tests of edits: what is told of a code holds, and all else is billable and plain."""

from dataclasses import dataclass, field
from datetime import date

from msgspec import structs

from coding_svc.domain.codes import (
    Bundling,
    CodeSets,
    DiagnosisFacts,
    ProcedureFacts,
    aspects_of_diagnoses,
    aspects_of_procedures,
)
from coding_svc.domain.edits.form import Facts
from tests.coding.making import FACTS, TODAY


@dataclass
class InMemoryCodes:
    """Facts by code; pairs of codes that exclude each other; the installed sets answer for what is not told."""

    diagnoses: dict[str, DiagnosisFacts] = field(default_factory=dict)
    procedures: dict[str, ProcedureFacts] = field(default_factory=dict)
    exclusions: set[frozenset[str]] = field(default_factory=set)
    bundlings: list[tuple[Bundling, date, date]] = field(default_factory=list)
    """Each with its first and last day."""
    release: str = "invented"
    last_day: date = date.max
    behind: CodeSets = FACTS.codes

    def refresh(self) -> None:
        """Nothing is loaded here."""

    def diagnosis(self, code: str, on: date) -> DiagnosisFacts:
        return self.diagnoses.get(code) or self.behind.diagnosis(code, on)

    def is_billable(self, code: str, on: date) -> bool:
        return code in self.diagnoses or self.behind.is_billable(code, on)

    def excluded(self, one: str, other: str, on: date) -> str:
        return "invented" if frozenset((one, other)) in self.exclusions else self.behind.excluded(one, other, on)

    def procedure(self, code: str, on: date) -> ProcedureFacts:
        return self.procedures.get(code) or self.behind.procedure(code, on)

    def bundling(self, one: str, other: str, on: date) -> Bundling | None:
        pairs = (pair for pair, first, last in self.bundlings if first <= on <= last)
        return next((pair for pair in pairs if {pair.column_1, pair.column_2} == {one, other}), None)

    def diagnosis_aspects(self, codes: tuple[str, ...], on: date) -> frozenset[str]:
        return aspects_of_diagnoses(self, codes, on)

    def procedure_aspects(self, codes: tuple[str, ...], on: date) -> frozenset[str]:
        return aspects_of_procedures(self, codes, on)

    def diagnosis_side(self, code: str, on: date) -> str:
        return self.behind.diagnosis_side(code, on)

    def modifier_side(self, modifier: str, on: date) -> str:
        return self.behind.modifier_side(modifier, on)

    def modifiers_conflict(self, one: str, other: str, on: date) -> str:
        return self.behind.modifiers_conflict(one, other, on)

    def modifier_needs(self, modifier: str, on: date) -> str:
        return self.behind.modifier_needs(modifier, on)

    def separates(self, modifier: str, on: date) -> bool:
        return self.behind.separates(modifier, on)

    @property
    def facts(self) -> Facts:
        return structs.replace(FACTS, codes=self, today=TODAY)
