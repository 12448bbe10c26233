"""Edits of the service lines: procedures, modifiers, units, charges, pointers, drugs, and the same service billed twice."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from coding_svc.domain.edits.form import Edit, Facts, Hit
from coding_svc.domain.encounter import Encounter, quantity
from coding_svc.domain.service_keys import service_keys

MOST_LINES = 50
MOST_MODIFIERS = 4
MOST_POINTERS = 4
_MOST_UNITS = Decimal(9999)
_PROCEDURE = re.compile(r"[0-9]{4}[0-9AFMTU]|[A-V][0-9]{4}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_NDC = re.compile(r"[0-9]{11}")
_DRUG_UNITS = frozenset({"F2", "GR", "ME", "ML", "UN"})


def line_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    if not encounter.lines:
        yield Hit("/lines")


def too_many_lines(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    if len(encounter.lines) > MOST_LINES:
        yield Hit(f"/lines/{MOST_LINES}", f"there are {len(encounter.lines)}")


def line_number_repeated(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    seen: set[int] = set()
    for place, line in enumerate(encounter.lines):
        if line.line_number in seen:
            yield Hit(f"/lines/{place}/line_number", str(line.line_number))
        seen.add(line.line_number)


def procedure_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for place, line in enumerate(encounter.lines):
        if not line.procedure:
            yield Hit(f"/lines/{place}/procedure")


@lru_cache(maxsize=4096)
def is_procedure_form(code: str) -> bool:
    """CPT (five digits; four and F, T, U, M or A) or HCPCS level II (a letter A-V and four digits)."""
    return _PROCEDURE.fullmatch(code) is not None


def procedure_form(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for place, line in enumerate(encounter.lines):
        if line.procedure and not is_procedure_form(line.procedure):
            yield Hit(f"/lines/{place}/procedure", line.procedure)


@lru_cache(maxsize=4096)
def is_modifier_form(code: str) -> bool:
    """Two capital letters or digits."""
    return _MODIFIER.fullmatch(code) is not None


def modifier_form(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for place, line in enumerate(encounter.lines):
        if len(line.modifiers) > MOST_MODIFIERS:
            yield Hit(f"/lines/{place}/modifiers", f"there are {len(line.modifiers)} of at most {MOST_MODIFIERS}")
        if len(set(line.modifiers)) != len(line.modifiers):
            yield Hit(f"/lines/{place}/modifiers", "one stands twice")
        for at, modifier in enumerate(line.modifiers):
            if not is_modifier_form(modifier):
                yield Hit(f"/lines/{place}/modifiers/{at}", f"{modifier} is not one")


def charge_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for place, line in enumerate(encounter.lines):
        if line.charge_cents <= 0:
            yield Hit(f"/lines/{place}/charge_cents")


def units_implausible(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for place, line in enumerate(encounter.lines):
        if line.units != "1" and not 0 < quantity(line.units) <= _MOST_UNITS:
            yield Hit(f"/lines/{place}/units", line.units)


def pointers(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    most = len(encounter.diagnoses)
    if not most:
        return
    for place, line in enumerate(encounter.lines):
        named = line.diagnosis_pointers
        if not named:
            yield Hit(f"/lines/{place}/diagnosis_pointers", "it has none")
        elif len(named) > MOST_POINTERS:
            yield Hit(f"/lines/{place}/diagnosis_pointers", f"it has {len(named)}")
        elif min(named) < 1 or max(named) > most:
            yield Hit(f"/lines/{place}/diagnosis_pointers", f"there are {most} diagnoses")
        elif len(named) > 1 and len(set(named)) != len(named):
            yield Hit(f"/lines/{place}/diagnosis_pointers", "one stands twice")


def drug_form(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for place, line in enumerate(encounter.lines):
        drug = line.drug
        if drug is None:
            continue
        if not _NDC.fullmatch(drug.ndc):
            yield Hit(f"/lines/{place}/drug/ndc", "an NDC has 11 digits")
        if drug.unit not in _DRUG_UNITS:
            yield Hit(f"/lines/{place}/drug/unit", "the unit is F2, GR, ME, ML or UN")
        if quantity(drug.quantity) <= 0:
            yield Hit(f"/lines/{place}/drug/quantity", "the quantity is more than zero")


def billed_twice(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for place, key in enumerate(service_keys(encounter)):
        twin = facts.billed.get(key) if key is not None else None
        if twin is not None:
            yield Hit(f"/lines/{place}", f"encounter {twin} has it too")


@lru_cache(maxsize=4096)
def are_procedures_form(codes: tuple[str, ...]) -> bool:
    """Whether all of an encounter's procedures are coded, in their form."""
    return all(map(is_procedure_form, codes))


@lru_cache(maxsize=4096)
def are_pointers(named: tuple[tuple[int, ...], ...], diagnoses: int) -> bool:
    """Whether no edit has anything to say about the pointers of an encounter's lines, where it has so many diagnoses."""
    return all(
        0 < len(each) <= MOST_POINTERS and min(each) >= 1 and max(each) <= diagnoses and len(set(each)) == len(each)
        for each in named
    )


EDITS = (
    Edit(
        "line-missing",
        "/lines",
        "There is no service line",
        "Add what was done, with its charge.",
        "837P 2400",
        line_missing,
        needs="no-lines",
    ),
    Edit(
        "line-count",
        "/lines/50",
        "A professional claim takes at most 50 lines",
        "Send the rest as an encounter of its own.",
        "837P 2400 LX",
        too_many_lines,
        needs="line-form",
    ),
    Edit(
        "line-number-repeated",
        "/lines/1/line_number",
        "Two lines have the same number",
        "Give each line its own number.",
        "837P 2400 LX01, REF*6R",
        line_number_repeated,
        needs="line-form",
    ),
    Edit(
        "procedure-missing",
        "/lines/0/procedure",
        "A line has no procedure code",
        "Code what was done in CPT or HCPCS.",
        "837P 2400 SV101-2",
        procedure_missing,
        needs="line-form",
    ),
    Edit(
        "procedure-form",
        "/lines/0/procedure",
        "A procedure code does not have the form of CPT or HCPCS",
        "Send five characters, as 99213 or J1885.",
        "837P 2400 SV101-2",
        procedure_form,
        needs="line-form",
    ),
    Edit(
        "modifier-form",
        "/lines/0/modifiers",
        "The modifiers are not right",
        "Send at most four, each once, of two letters or digits.",
        "837P 2400 SV101-3 to -6",
        modifier_form,
        needs="modifiers",
    ),
    Edit(
        "charge-missing",
        "/lines/0/charge_cents",
        "A line has no charge",
        "Send what the practice charges, in cents, more than zero.",
        "837P 2400 SV102",
        charge_missing,
        needs="line-form",
    ),
    Edit(
        "units-implausible",
        "/lines/0/units",
        "The units can't be right",
        "Send more than zero and at most 9,999.",
        "837P 2400 SV104",
        units_implausible,
        needs="line-form",
    ),
    Edit(
        "diagnosis-pointers",
        "/lines/0/diagnosis_pointers",
        "A line must point at one to four of the diagnoses",
        "Number them from 1, the main one first, each once.",
        "837P 2400 SV107",
        pointers,
        needs="line-form",
    ),
    Edit(
        "drug-form",
        "/lines/0/drug/ndc",
        "A line's drug is not complete",
        "Send the NDC as 11 digits without dashes, its quantity and its unit.",
        "837P 2410 LIN03, CTP04, CTP05",
        drug_form,
        needs="drugs",
    ),
    Edit(
        "service-billed-twice",
        "/lines/0",
        "The same service stands in another live encounter: same patient, day, procedure, modifiers and charge",
        "Cancel one of them; or add an override of service-billed-twice with the reason why both are right.",
        "house rule; payers deny the second (CARC 18)",
        billed_twice,
        overridable=True,
        needs="billed",
    ),
)
