"""The one form of every edit: what it is, since when, how grave, where, why, how to mend it, and who says so."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from coding_svc.domain.codes import CodeSets
from coding_svc.domain.encounter import Encounter


class Severity(StrEnum):
    """What a finding does."""

    HOLD = "hold"
    """The encounter waits until it is mended."""
    WARN = "warn"
    """It is told and goes on."""


class Facts(Struct, frozen=True):
    """What the edits need to know besides the encounter."""

    today: date
    codes: CodeSets
    is_place_of_service: Callable[[str, date], bool]
    billed: Mapping[int, UUID | str] = {}
    """Service keys of other live encounters of the same patient, each with that encounter's id, or its name in a file."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where an edit's rule is broken; `detail` completes its message (codes and numbers, never a patient's data)."""

    path: str
    detail: str = ""


Check = Callable[[Encounter, Facts], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Edit:
    """One rule of the catalogue. It counts for dates of service from `effective_from` through `effective_to`."""

    edit_id: str
    path: str
    message: str
    fix: str
    source: str
    check: Check
    severity: Severity = Severity.HOLD
    version: int = 1
    effective_from: date = date.min
    effective_to: date = date.max
    overridable: bool = False
    """Whether a person may say, with a reason, that the encounter is right as it is."""
    needs: str = ""
    """What the encounter must have for the edit to be worth running, of `catalogue.aspects_of`; "": it always runs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An edit's word about one encounter."""

    edit_id: str
    severity: Severity
    path: str
    message: str
    fix: str
