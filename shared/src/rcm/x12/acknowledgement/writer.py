"""Writes what a receiver answers: TA1, 999, 277CA."""

from collections.abc import Iterator, Sequence
from datetime import date

from rcm.x12.acknowledgement.values import (
    AcknowledgedClaim,
    AcknowledgedLine,
    AcknowledgedProvider,
    ClaimAcknowledgement,
    ElementError,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    SegmentError,
    SetAcknowledgement,
    Status,
)
from rcm.x12.elements import amount_text, day_text, has_digits
from rcm.x12.problems import CannotWrite
from rcm.x12.text import bare_interchange, clean, code, composite, free, interchange, segment
from rcm.x12.values import InterchangeHeader, Reference

FUNCTIONAL_VERSION = "005010X231A1"
CLAIM_VERSION = "005010X214"
_Sums = tuple[int, int, int, int]
"""Claims accepted and refused, and the cents of both."""


def write_interchange_acknowledgement(header: InterchangeHeader, acknowledgement: InterchangeAcknowledgement) -> bytes:
    """An interchange that holds the TA1 alone."""
    return bare_interchange(header, [_ta1(acknowledgement)])


def _ta1(acknowledgement: InterchangeAcknowledgement) -> str:
    created, number = acknowledgement.interchange_created, acknowledgement.interchange_control_number
    if created is None:
        raise CannotWrite("interchange_created", "is required")
    if not has_digits(number, *range(1, 10)):
        raise CannotWrite("interchange_control_number", "must be at most nine digits")
    note = code(acknowledgement.note, 3, "note", shortest=3)
    return f"TA1*{int(number):09d}*{created:%y%m%d}*{created:%H%M}*{acknowledgement.code}*{note}"


def write_acknowledgements(
    header: InterchangeHeader, interchanges: Sequence[InterchangeAcknowledgement], groups: Sequence[FunctionalAcknowledgement]
) -> bytes:
    """An interchange with TA1s, and a group of 999s behind them where there are any."""
    lines = [_ta1(one) for one in interchanges]
    if not groups:
        return bare_interchange(header, lines)
    whole = interchange(header, "FA", FUNCTIONAL_VERSION, map(_functional, range(1, len(groups) + 1), groups))
    isa, mark, rest = whole.partition(b"~")
    return mark.join([isa, *(line.encode() for line in lines), rest])


def write_functional_acknowledgements(header: InterchangeHeader, groups: Sequence[FunctionalAcknowledgement]) -> bytes:
    """An interchange with a 999 for each acknowledged group."""
    return interchange(header, "FA", FUNCTIONAL_VERSION, map(_functional, range(1, len(groups) + 1), groups))


def _functional(number: int, group: FunctionalAcknowledgement) -> Iterator[str]:
    yield f"ST*999*{number:04d}*{FUNCTIONAL_VERSION}"
    yield segment("AK1", group.functional_id, group.group_control_number, group.version)
    for item in group.sets:
        yield from _set(item)
    counts = (str(count) for count in (group.included, group.received, group.accepted))
    yield segment("AK9", group.code, *counts, *group.error_codes)


def _set(item: SetAcknowledgement) -> Iterator[str]:
    yield segment("AK2", item.identifier, item.control_number, item.version)
    for error in item.errors:
        yield from _segment_error(error)
    yield segment("IK5", item.code, *item.error_codes)


def _segment_error(error: SegmentError) -> Iterator[str]:
    yield segment("IK3", error.segment, str(error.segment_number), error.loop, error.code)
    for context in error.contexts:
        yield segment("CTX", *context)
    for item in error.elements:
        yield segment("IK4", _place(item), item.element, item.code, clean(item.value)[:99])
        for context in item.contexts:
            yield segment("CTX", *context)


def _place(item: ElementError) -> str:
    component, repetition = (str(number) if number else "" for number in (item.component, item.repetition))
    return composite(str(item.position), component, repetition)


def write_claim_acknowledgements(header: InterchangeHeader, files: Sequence[ClaimAcknowledgement]) -> bytes:
    """An interchange with a 277CA for each acknowledged file; its totals are counted from the claims here."""
    return interchange(header, "HN", CLAIM_VERSION, (_claim_file(header, number, file) for number, file in enumerate(files, 1)))


def _claim_file(header: InterchangeHeader, number: int, file: ClaimAcknowledgement) -> list[str]:
    """2000A to 2000D, gathered in one list: a generator within a generator costs more than what it hands on."""
    sums = [_sums(provider.claims) for provider in file.providers]
    out = list(_source_and_receiver(header, number, file, sums))
    level = 2
    for provider, own in zip(file.providers, sums, strict=True):
        level += 1
        provider_level = level
        out += _provider(provider, level, own)
        for claim in provider.claims:
            level += 1
            out.append(f"HL*{level}*{provider_level}*PT")
            _claim(out, claim)
    return out


def _source_and_receiver(
    header: InterchangeHeader, number: int, file: ClaimAcknowledgement, sums: Sequence[_Sums]
) -> Iterator[str]:
    """2000A and 2000B."""
    received, processed = (on or header.created.date() for on in (file.received_on, file.processed_on))
    yield f"ST*277*{number:04d}*{CLAIM_VERSION}"
    yield f"BHT*0085*08*{free(file.reference, 50, 'reference', required=True)}*{header.created:%Y%m%d}*{header.created:%H%M}*TH"
    yield "HL*1**20*1"
    qualifier = file.source_qualifier or ("PI" if file.source_entity == "PR" else "46")
    yield _organisation(file.source_entity, file.source_name, qualifier, file.source_id)
    yield f"TRN*1*{free(file.source_trace or file.reference, 50, 'reference', required=True)}"
    yield f"DTP*050*D8*{day_text(received)}"
    yield f"DTP*009*D8*{day_text(processed)}"
    yield f"HL*2*1*21*{int(bool(file.providers))}"
    yield _named("41", (file.receiver_name, file.receiver_first_name), "46", file.receiver_id)
    yield f"TRN*2*{free(file.batch_trace, 50, 'batch_trace', required=True)}"
    yield from map(_status, file.statuses)
    yield from _totals(_added(sums), "90", "AA")


def _provider(provider: AcknowledgedProvider, level: int, sums: _Sums) -> Iterator[str]:
    yield f"HL*{level}*2*19*{int(bool(provider.claims))}"
    names = (provider.name, provider.first_name, provider.middle_name, "", provider.suffix)
    yield _named("85", names, provider.id_qualifier, provider.npi)
    if provider.trace or provider.statuses or provider.references:
        yield f"TRN*1*{free(provider.trace, 50, 'providers.trace') or '0'}"
        yield from map(_provider_status, provider.statuses)
        yield from _references(provider.references, "providers.references")
        yield from _totals(sums, "QA", "QC")


def _claim(out: list[str], claim: AcknowledgedClaim) -> None:
    out.append(_patient(claim))
    out.append(f"TRN*2*{free(claim.patient_control_number, 50, 'claims.patient_control_number', required=True)}")
    out += map(_status, claim.statuses)
    if claim.payer_claim_control_number:
        out.append(f"REF*1K*{free(claim.payer_claim_control_number, 50, 'claims.payer_claim_control_number')}")
    if claim.references:
        out += _references(claim.references, "claims.references")
    if claim.service_from is not None:
        out.append(f"DTP*472*{_period(claim.service_from, claim.service_to)}")
    for line in claim.lines:
        out += _line(line)


def _patient(claim: AcknowledgedClaim) -> str:
    last = free(claim.last_name, 60, "QC.name", required=True)
    names = f"{last}*{free(claim.first_name, 35, 'QC.name')}*"
    if claim.middle_name or claim.suffix:
        names += f"{free(claim.middle_name, 25, 'QC.name')}**{free(claim.suffix, 10, 'QC.name')}"
    else:
        names += "**"
    known = free(claim.member_id, 80, "QC.identifier")
    return f"NM1*QC*1*{names}*{claim.id_qualifier}*{known}".rstrip("*") if known else f"NM1*QC*1*{names}".rstrip("*")


def _line(line: AcknowledgedLine) -> Iterator[str]:
    """2220D."""
    procedure = composite(line.qualifier, line.procedure, *line.modifiers)
    yield segment("SVC", procedure, amount_text(line.charge_cents), "", line.revenue_code, "", "", line.units)
    yield from map(_line_status, line.statuses)
    if line.line_control_number:
        yield f"REF*FJ*{code(line.line_control_number, 30, 'lines.line_control_number')}"
    yield from _references(line.references, "lines.references")
    if line.service_from is not None:
        yield f"DTP*472*{_period(line.service_from, line.service_to)}"


def _references(references: Sequence[Reference], path: str) -> Iterator[str]:
    for item in references:
        yield f"REF*{item.qualifier}*{free(item.value, 50, path, required=True)}"


def _period(first: date, last: date | None) -> str:
    if last is None or last == first:
        return f"D8*{day_text(first)}"
    return f"RD8*{day_text(first)}-{day_text(last)}"


def _sums(claims: Sequence[AcknowledgedClaim]) -> _Sums:
    accepted = refused = accepted_cents = refused_cents = 0
    for claim in claims:
        if claim.rejected:
            refused += 1
            refused_cents += _charge(claim)
        else:
            accepted += 1
            accepted_cents += _charge(claim)
    return accepted, refused, accepted_cents, refused_cents


def _added(sums: Sequence[_Sums]) -> _Sums:
    accepted = refused = accepted_cents = refused_cents = 0
    for one in sums:
        accepted, refused = accepted + one[0], refused + one[1]
        accepted_cents, refused_cents = accepted_cents + one[2], refused_cents + one[3]
    return accepted, refused, accepted_cents, refused_cents


def _totals(sums: _Sums, accepted: str, rejected: str) -> Iterator[str]:
    """QTY and AMT of accepted and rejected claims; what is none is not written."""
    for quantity, count in zip((accepted, rejected), sums[:2], strict=True):
        if count:
            yield f"QTY*{quantity}*{count}"
    for amount, count, cents in zip(("YU", "YY"), sums[:2], sums[2:], strict=True):
        if count:
            yield f"AMT*{amount}*{amount_text(cents)}"


def _charge(claim: AcknowledgedClaim) -> int:
    for status in claim.statuses:
        if status.amount_cents is not None:
            return status.amount_cents
    return 0


def _status(status: Status) -> str:
    on = day_text(status.on) if status.on is not None else ""
    amount = amount_text(status.amount_cents) if status.amount_cents is not None else ""
    what = f"{status.category}:{status.code}:{status.entity}".rstrip(":")
    text = f"STC*{what}*{on}*{status.action}*{amount}"
    if status.message:
        text += f"{'*' * 8}{free(status.message, 264, 'statuses.message')}"
    return text.rstrip("*")


def _provider_status(status: Status) -> str:
    """2200C: the guide uses neither date nor message there."""
    amount = amount_text(status.amount_cents) if status.amount_cents is not None else ""
    return segment("STC", composite(status.category, status.code, status.entity), "", status.action, amount)


def _line_status(status: Status) -> str:
    """2220D: lines are named only where they are refused: the code, the date and action U."""
    on = day_text(status.on) if status.on is not None else ""
    return segment("STC", composite(status.category, status.code, status.entity), on, "U")


def _organisation(entity: str, name: str, qualifier: str, identifier: str) -> str:
    return _named(entity, (name,), qualifier, identifier)


def _named(entity: str, names: Sequence[str], qualifier: str, identifier: str) -> str:
    """NM1 of a person where there is more than a last name or the entity is a patient, else of an organisation."""
    last, *others = names
    kind = "1" if entity == "QC" or any(others) else "2"
    lengths = (35, 25, 10, 10)
    rest = [free(name, longest, f"{entity}.name") for name, longest in zip(others, lengths, strict=False)]
    rest += [""] * (4 - len(rest))
    known = free(identifier, 80, f"{entity}.identifier", required=entity != "QC")
    shown = free(last, 60, f"{entity}.name", required=True)
    return segment("NM1", entity, kind, shown, *rest, qualifier if known else "", known)
