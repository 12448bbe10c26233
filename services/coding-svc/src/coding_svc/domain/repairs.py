"""Repairs: changes of form alone, that lose nothing and are kept with what stood there before (DOMAIN 3)."""

import re
from dataclasses import dataclass

import msgspec

from coding_svc.domain.encounter import Address, Encounter, ServiceLine

_UNDOTTED = re.compile(r"[A-Za-z][0-9A-Za-z]{3,6}")
_ZIP_WITH_DASH = re.compile(r"([0-9]{5})[- ]([0-9]{4})")
_TAX_ID_WITH_DASH = re.compile(r"([0-9]{2})-([0-9]{7})|([0-9]{3})-([0-9]{2})-([0-9]{4})")
_NDC_SEGMENTS = (5, 4, 2)


@dataclass(frozen=True, slots=True)
class Repair:
    """One change: where, what stood there, what stands there now."""

    path: str
    before: str
    after: str


def capitals(code: str) -> str:
    """Capital letters; a code with others than ASCII is none, and may grow by its capitals (a sharp s is two)."""
    return code.upper() if code.isascii() else code


def diagnosis_code(code: str) -> str:
    """Capital letters and the dot after the third character."""
    bare = capitals(code)
    return f"{bare[:3]}.{bare[3:]}" if "." not in bare and _UNDOTTED.fullmatch(bare) else bare


def zip_code(code: str) -> str:
    """Nine digits without their dash."""
    found = _ZIP_WITH_DASH.fullmatch(code)
    return f"{found[1]}{found[2]}" if found else code


def tax_id(text: str) -> str:
    """Nine digits without their dashes."""
    return text.replace("-", "") if _TAX_ID_WITH_DASH.fullmatch(text) else text


def ndc(text: str) -> str:
    """A drug's 10 digits in their three groups (4-4-2, 5-3-2, 5-4-1) filled up to 5-4-2; 11 digits lose their dashes."""
    groups = text.split("-")
    if len(groups) != len(_NDC_SEGMENTS) or not all(group.isascii() and group.isdigit() for group in groups):
        return text
    if any(len(group) > size for group, size in zip(groups, _NDC_SEGMENTS, strict=True)):
        return text
    short = sum(size - len(group) for group, size in zip(groups, _NDC_SEGMENTS, strict=True))
    return "".join(group.zfill(size) for group, size in zip(groups, _NDC_SEGMENTS, strict=True)) if short <= 1 else text


def _needed(encounter: Encounter) -> list[Repair]:
    found: list[Repair] = []
    for place, diagnosis in enumerate(encounter.diagnoses):
        code = diagnosis.code
        if len(code) > 3 and (code[3] != "." or not code.isupper()):
            found.append(Repair(f"/diagnoses/{place}/code", code, diagnosis_code(code)))
    for place, line in enumerate(encounter.lines):
        if line.modifiers or line.drug or not line.procedure.isdigit():
            _line(f"/lines/{place}", line, found)
    for path, person in encounter.people:
        if person.address is not None:
            _address(path, person.address, found)
    for path, provider in encounter.providers:
        if provider.tax_id and len(provider.tax_id) != 9:
            found.append(Repair(f"{path}/tax_id", provider.tax_id, tax_id(provider.tax_id)))
        if provider.address is not None:
            _address(path, provider.address, found)
    return found


def _line(path: str, line: ServiceLine, found: list[Repair]) -> None:
    if not line.procedure.isupper() and not line.procedure.isdigit():
        found.append(Repair(f"{path}/procedure", line.procedure, capitals(line.procedure)))
    found.extend(Repair(f"{path}/modifiers/{at}", modifier, capitals(modifier)) for at, modifier in enumerate(line.modifiers))
    if line.drug:
        found.append(Repair(f"{path}/drug/ndc", line.drug.ndc, ndc(line.drug.ndc)))


def _address(path: str, address: Address, found: list[Repair]) -> None:
    if len(address.postal_code) == 10:
        found.append(Repair(f"{path}/address/postal_code", address.postal_code, zip_code(address.postal_code)))
    if len(address.state) == 2 and not address.state.isupper():
        found.append(Repair(f"{path}/address/state", address.state, capitals(address.state)))


def repaired(encounter: Encounter) -> tuple[Encounter, tuple[Repair, ...]]:
    """The encounter with every repair done, and the list of them; itself where none is needed."""
    needed = _needed(encounter)
    repairs = tuple([repair for repair in needed if repair.before != repair.after]) if needed else ()
    if not repairs:
        return encounter, ()
    document = msgspec.json.decode(encounter.document)
    for repair in repairs:
        *parents, last = repair.path.split("/")[1:]
        at: object = document
        for name in parents:
            at = at[int(name)] if isinstance(at, list) else at[name]  # type: ignore[index]
        if isinstance(at, list):
            at[int(last)] = repair.after
        else:
            at[last] = repair.after  # type: ignore[index]
    return msgspec.convert(document, Encounter), repairs
