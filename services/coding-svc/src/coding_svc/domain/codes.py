"""What the edits, the grouper and the coder's desk ask about codes; `main.py` fills it with the dated code sets.

Every answer is for one code on one day. An answer of None, or "unlisted", means that the list was not loaded: an edit that
needs it then finds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Protocol

BILLABLE = "billable"
MINOR_GLOBAL = frozenset({"000", "010"})
MAJOR_GLOBAL = "090"
"""Global periods, in days after the procedure (fee schedule)."""


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """Ages in whole years, both inclusive, in which a diagnosis is possible (Medicare Code Editor)."""

    name: str
    youngest: int
    oldest: int


@dataclass(frozen=True, slots=True)
class DiagnosisFacts:
    """One ICD-10-CM code on one day."""

    code: str
    standing: str = BILLABLE
    """ "billable", "not yet", "expired", "header" (it needs more characters) or "unknown"."""
    manifestation: bool = False
    """It never stands first: the disease behind it does."""
    external_cause: bool = False
    sequela: bool = False
    """A late effect, which follows the condition that it left."""
    unacceptable_principal: bool = False
    """The Medicare Code Editor takes it for no principal diagnosis of an inpatient."""
    sex: str = ""
    """ "F" or "M" where the condition occurs in one sex alone."""
    ages: AgeGroup | None = None
    exempt_from_admission: bool | None = None
    """Whether it is exempt from present-on-admission; None where that list is not loaded."""

    aspects: frozenset[str] = field(init=False, compare=False)
    """What edits look at in it; most codes have nothing of it, and their edits are passed over."""

    def __post_init__(self) -> None:
        named = {
            "unbillable": self.standing != BILLABLE,
            "never-first": self.manifestation or self.external_cause,
            "sequela": self.sequela,
            "unacceptable": self.unacceptable_principal,
            "sex": bool(self.sex),
            "ages": self.ages is not None,
            "admission": self.exempt_from_admission is not None,
        }
        object.__setattr__(self, "aspects", frozenset(name for name, holds in named.items() if holds))


@dataclass(frozen=True, slots=True)
class UnitLimit:
    """The most units of a procedure (NCCI medically unlikely edits)."""

    most: int
    indicator: int
    """1 on one line, 2 on one day without exception, 3 on one day unless it is reviewed."""


@dataclass(frozen=True, slots=True)
class AddOn:
    """What an add-on code is added to (NCCI add-on edits)."""

    kind: int
    """1 the primaries are listed, 2 the contractor names them, 3 listed in part."""
    primaries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Timed:
    """A service that is counted by time."""

    minutes: int
    """What one unit stands for; 0 where every minute is told."""
    least: int
    """The fewest minutes for the first unit."""
    rounding: str
    """ "each" (further units from half of their minutes on), "once" (one unit whatever the time) or "minutes"."""


@dataclass(frozen=True, slots=True)
class ProcedureFacts:
    """One CPT or HCPCS code on one day."""

    code: str
    standing: str = "unlisted"
    """ "billable", "not yet", "expired", "unknown", or "unlisted" where its code set is not loaded."""
    visit: bool = False
    """Evaluation and management, which has the modifiers 24, 25 and 57."""
    minor_procedure: bool = False
    """By our own list of code ranges, where no fee schedule tells the global period."""
    global_days: str = ""
    """ "000", "010", "090", "XXX", "ZZZ" ... of the fee schedule; "" where none is loaded."""
    limit: UnitLimit | None = None
    add_on: AddOn | None = None
    timed: Timed | None = None
    supported_by: frozenset[str] | None = None
    """Diagnoses of which one is needed (coverage policies that are loaded), without dots; None: no policy speaks of it."""

    aspects: frozenset[str] = field(init=False, compare=False)
    """As a diagnosis has them."""

    def __post_init__(self) -> None:
        named = {
            "procedure-invalid": self.standing not in ("unlisted", BILLABLE),
            "minor-procedure": (self.minor_procedure and not self.global_days) or self.global_days in MINOR_GLOBAL,
            "major-procedure": self.global_days == MAJOR_GLOBAL,
            "limit": self.limit is not None,
            "add-on": self.add_on is not None,
            "timed": self.timed is not None,
            "policy": self.supported_by is not None,
        }
        object.__setattr__(self, "aspects", frozenset(name for name, holds in named.items() if holds))


@dataclass(frozen=True, slots=True)
class Bundling:
    """A pair of procedures that are not paid together (NCCI procedure to procedure)."""

    column_1: str
    column_2: str
    """The one that is denied."""
    modifier_allowed: bool


class CodeSets(Protocol):
    """The dated code sets. Every method is cheap when asked again."""

    @property
    def release(self) -> str:
        """The release that codes are checked against."""

    @property
    def last_day(self) -> date:
        """The last day that the release covers; later days are judged by it."""

    def refresh(self) -> None:
        """Takes up lists that were loaded meanwhile; called before each encounter."""

    def diagnosis(self, code: str, on: date) -> DiagnosisFacts:
        """A diagnosis on a day; never raises, whatever the code."""

    def is_billable(self, code: str, on: date) -> bool:
        """Whether a diagnosis may stand on a claim of that day; cheaper than all that is known of it."""

    def excluded(self, one: str, other: str, on: date) -> str:
        """The Excludes1 note of either code, or of what stands above it, that names the other; "" where none does."""

    def procedure(self, code: str, on: date) -> ProcedureFacts:
        """A procedure on a day; never raises."""

    def bundling(self, one: str, other: str, on: date) -> Bundling | None:
        """The pair that two procedures make, in either order; None where none is active on that day."""

    def diagnosis_aspects(self, codes: tuple[str, ...], on: date) -> frozenset[str]:
        """`aspects_of_diagnoses` of an encounter's, kept."""

    def procedure_aspects(self, codes: tuple[str, ...], on: date) -> frozenset[str]:
        """`aspects_of_procedures` of an encounter's, kept."""

    def diagnosis_side(self, code: str, on: date) -> str:
        """ "L", "R" or "B" (both) for a diagnosis that names a side; "" for any other."""

    def modifier_side(self, modifier: str, on: date) -> str:
        """ "L" or "R" for a modifier that names a side; "" for any other."""

    def modifiers_conflict(self, one: str, other: str, on: date) -> str:
        """Why two modifiers can't stand on one line; "" where they can."""

    def modifier_needs(self, modifier: str, on: date) -> str:
        """ "visit" or "procedure" for a modifier that goes with that alone; "" for any other."""

    def separates(self, modifier: str, on: date) -> bool:
        """Whether a modifier tells that two bundled services were separate (NCCI's own list)."""


def aspects_of_diagnoses(sets: CodeSets, codes: Sequence[str], on: date) -> frozenset[str]:
    """What edits look at in each of an encounter's diagnoses, and "excluding" where two of them exclude each other."""
    found = _NOTHING.union(*[sets.diagnosis(code, on).aspects for code in codes])
    pairs = combinations(dict.fromkeys(codes), 2)
    return found | {"excluding"} if any(sets.excluded(one, other, on) for one, other in pairs) else found


def aspects_of_procedures(sets: CodeSets, codes: Sequence[str], on: date) -> frozenset[str]:
    """What edits look at in each of an encounter's procedures, and "bundled" where two of them are not paid together.

    A procedure that is not coded yet is "".
    """
    coded = [code for code in dict.fromkeys(codes) if code]
    found = _NOTHING.union(*[sets.procedure(code, on).aspects for code in coded])
    pairs = combinations(coded, 2)
    return found | {"bundled"} if any(sets.bundling(one, other, on) for one, other in pairs) else found


_NOTHING: frozenset[str] = frozenset()
