"""Writes what 270, 271, 276 and 277 have in common: parties, members, traces, and levels with their numbers."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from rcm.x12.elements import day_text
from rcm.x12.parties import Member, Party, Procedure, Rejection, Trace, TransactionHeader
from rcm.x12.problems import CannotWrite
from rcm.x12.text import clean, code, composite, free, segment
from rcm.x12.values import Address, Contact, Dated, InterchangeHeader, Reference


class _Level(Struct):
    """One HL with its segments."""

    code: str
    parent: int
    segments: list[str]
    has_children: bool = False


class Levels:
    """A transaction set's hierarchy: a level is opened once while neighbours share it; numbers are given at the end."""

    def __init__(self) -> None:
        self._levels: list[_Level] = []
        self._open: list[tuple[Hashable, int]] = []
        self._entered = -1
        """The depth that was entered last."""

    def enter(
        self, depth: int, level_code: str, key: Hashable, segments: Iterable[str], *, anew: bool = False, own: bool = False
    ) -> None:
        """Stands in the level `key` at `depth` (from 0), which is opened unless it is open already and not wanted `anew`.

        Where it is to get segments of its `own` it is opened again if there are levels below it by now, so that all stays in
        its order.
        """
        self._entered = depth
        is_open = depth < len(self._open) and self._open[depth][0] == key and not anew
        if is_open and not (own and self._levels[self._open[depth][1]].has_children):
            return
        del self._open[depth:]
        parent = self._open[-1][1] if self._open else -1
        if parent >= 0:
            self._levels[parent].has_children = True
        self._open.append((key, len(self._levels)))
        self._levels.append(_Level(level_code, parent, list(segments)))

    def add(self, segments: Iterable[str]) -> None:
        """Segments of the level that was entered last."""
        self._levels[self._open[self._entered][1]].segments.extend(segments)

    def written(self, bare: str = "") -> Iterator[str]:
        """All levels with HL before each; HL04 is not written for the level `bare`."""
        for number, level in enumerate(self._levels, 1):
            parent = str(level.parent + 1) if level.parent >= 0 else ""
            children = "" if level.code == bare else f"*{int(level.has_children)}"
            yield f"HL*{number}*{parent}*{level.code}{children}"
            yield from level.segments


def header_segments(
    number: int, identifier: str, version: str, structure: str, header: TransactionHeader, envelope: InterchangeHeader
) -> Iterator[str]:
    """ST and BHT; the interchange's time where the header tells none."""
    yield f"ST*{identifier}*{number:04d}*{version}"
    created = header.created or envelope.created
    on, at = f"{created:%Y%m%d}", f"{created:%H%M%S}" if created.second else f"{created:%H%M}"
    yield segment("BHT", structure, header.purpose, free(header.reference, 50, "header.reference"), on, at, header.kind)
    if header.raw:
        raise CannotWrite("header.raw", "segments without a typed place are not written in the header")


def name_segments(party: Party, path: str) -> Iterator[str]:
    """NM1."""
    yield segment(
        "NM1",
        code(party.entity, 3, f"{path}.entity"),
        "1" if party.is_person else "2",
        free(party.last_name, 60, f"{path}.last_name"),
        free(party.first_name, 35, f"{path}.first_name"),
        free(party.middle_name, 25, f"{path}.middle_name"),
        free(party.prefix, 10, f"{path}.prefix"),
        free(party.suffix, 10, f"{path}.suffix"),
        clean(party.qualifier),
        free(party.identifier, 80, f"{path}.identifier"),
        clean(party.relationship),
    )


def party_segments(party: Party, path: str, *, rejections: bool = True) -> Iterator[str]:
    """NM1, REF, N3, N4, PER, AAA, PRV, in the order of 270 and 271; then what stood raw."""
    yield from name_segments(party, path)
    yield from reference_segments(party.references, path)
    if party.address is not None:
        yield from address_segments(party.address, path)
    yield from contact_segments(party.contacts, path)
    if rejections:
        yield from rejection_segments(party.rejections)
    if party.provider is not None:
        yield segment("PRV", party.provider.code, party.provider.qualifier, clean(party.provider.identifier))
    yield from party.raw


def contact_segments(contacts: Sequence[Contact], path: str) -> Iterator[str]:
    """PER."""
    for contact in contacts:
        numbers = [clean(text) for pair in contact.numbers for text in pair]
        yield segment("PER", contact.function, free(contact.name, 60, f"{path}.contacts.name"), *numbers)


def member_segments(member: Member, path: str) -> Iterator[str]:
    """Loop 2100C or 2100D of 270 and 271, without its traces, which stand before NM1."""
    party = member.party
    yield from party_segments(replace(party, raw=()), path)
    yield from birth_segments(member)
    if member.insured or member.relationship:
        sequence = [""] * 12 + [member.birth_sequence]
        yield segment("INS", member.insured, member.relationship, member.maintenance, member.maintenance_reason, *sequence)
    if member.diagnoses:
        codes = [composite(item.qualifier, clean(item.value).replace(".", "")) for item in member.diagnoses]
        yield segment("HI", *codes)
    yield from date_segments(member.dates)
    yield from party.raw


def birth_segments(member: Member) -> Iterator[str]:
    """DMG, where there is something to say."""
    if member.birth_date is not None:
        yield segment("DMG", "D8", day_text(member.birth_date), member.sex)
    elif member.sex:
        yield segment("DMG", "", "", member.sex)


def trace_segments(traces: Sequence[Trace], path: str) -> Iterator[str]:
    """TRN."""
    for item in traces:
        number = free(item.number, 50, f"{path}.traces.number", required=True)
        yield segment("TRN", item.kind, number, clean(item.originator), clean(item.originator_detail))


def reference_segments(references: Sequence[Reference], path: str) -> Iterator[str]:
    """REF."""
    for item in references:
        value = free(item.value, 50, f"{path}.references.value", required=not item.description)
        description = free(item.description, 80, f"{path}.references.description")
        yield segment("REF", code(item.qualifier, 3, f"{path}.references.qualifier"), value, description)


def address_segments(address: Address, path: str) -> Iterator[str]:
    """N3 and N4."""
    if address.line1 or address.line2:
        yield segment("N3", free(address.line1, 55, f"{path}.address.line1"), clean(address.line2))
    if address.city or address.state or address.postal_code or address.country:
        yield segment("N4", clean(address.city), clean(address.state), clean(address.postal_code), clean(address.country))


def date_segments(dates: Sequence[Dated]) -> Iterator[str]:
    """DTP."""
    for item in dates:
        if item.last is None:
            yield f"DTP*{item.qualifier}*D8*{day_text(item.first)}"
        else:
            yield f"DTP*{item.qualifier}*RD8*{day_text(item.first)}-{day_text(item.last)}"


def rejection_segments(rejections: Sequence[Rejection]) -> Iterator[str]:
    """AAA."""
    for item in rejections:
        yield segment("AAA", "Y" if item.valid else "N", item.agency, item.code, item.follow_up)


def procedure_text(procedure: Procedure | None) -> str:
    """A procedure composite; empty without one."""
    return composite(procedure.qualifier, clean(procedure.code), *procedure.modifiers) if procedure is not None else ""
