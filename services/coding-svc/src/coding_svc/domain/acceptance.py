"""What an encounter becomes when codes are accepted: the diagnoses in their order, and each line's procedure and pointers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from coding_svc.domain.encounter import Diagnosis, Encounter, ServiceLine

POINTERS_MAX = 4


@dataclass(frozen=True, slots=True)
class LineCodes:
    """What is coded of one line; None leaves what is there."""

    procedure: str | None = None
    modifiers: tuple[str, ...] | None = None
    diagnoses: tuple[str, ...] | None = None
    """Codes that it points at, the main one first."""


def with_codes(
    encounter: Encounter,
    codes: Sequence[str],
    *,
    order: Sequence[str] = (),
    present_on_admission: Mapping[str, str] | None = None,
    lines: Mapping[int, LineCodes] | None = None,
) -> Encounter:
    """The encounter with these codes behind its own, those of `order` first.

    A line keeps the diagnoses that it points at, wherever they stand now; one that points at none, and of which nothing is
    said, points at the first four.
    """
    before = [diagnosis.code for diagnosis in encounter.diagnoses]
    known = {diagnosis.code: diagnosis for diagnosis in encounter.diagnoses}
    admission = present_on_admission or {}
    for code in codes:
        known.setdefault(code, Diagnosis(code=code))
    ranked = [*(code for code in order if code in known), *(code for code in known if code not in order)]
    after = list(dict.fromkeys(ranked))
    diagnoses = tuple(
        replace(known[code], present_on_admission=admission[code]) if code in admission else known[code] for code in after
    )
    said = lines or {}
    told = tuple(_line(line, said.get(line.line_number, LineCodes()), before, after) for line in encounter.lines)
    return replace(encounter, diagnoses=diagnoses, lines=told)


def _line(line: ServiceLine, wanted: LineCodes, before: Sequence[str], after: Sequence[str]) -> ServiceLine:
    if wanted.diagnoses is not None:
        pointed: Sequence[str] = wanted.diagnoses
    elif line.diagnosis_pointers:
        pointed = [before[at - 1] for at in line.diagnosis_pointers if 0 < at <= len(before)]
    else:
        pointed = after[:POINTERS_MAX]
    update: dict[str, object] = {"diagnosis_pointers": tuple(after.index(code) + 1 for code in pointed if code in after)}
    if wanted.procedure is not None:
        update["procedure"] = wanted.procedure
    if wanted.modifiers is not None:
        update["modifiers"] = wanted.modifiers
    return replace(line, **update)
