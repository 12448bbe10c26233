"""Writes 276 (what a provider asks) and 277 (what a payer answers); levels that neighbours share are written once."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from rcm.x12.claim_status.values import ClaimStatus, ClaimStatusAnswer, ClaimStatusInquiry, StatusCode, StatusLine
from rcm.x12.elements import amount_text, day_text, decimal_text
from rcm.x12.parties import Member, Party, TransactionHeader
from rcm.x12.party_text import (
    Levels,
    birth_segments,
    contact_segments,
    date_segments,
    header_segments,
    name_segments,
    procedure_text,
    reference_segments,
    trace_segments,
)
from rcm.x12.problems import CannotWrite
from rcm.x12.text import code, composite, free, segment
from rcm.x12.transaction_sets import write_sets
from rcm.x12.values import InterchangeHeader

VERSION = "005010X212"
_STRUCTURE = "0010"
_LONGEST_TRACE = 16
"""STC09."""


def write_claim_status_inquiries(header: InterchangeHeader, inquiries: Sequence[ClaimStatusInquiry]) -> bytes:
    """One interchange with a 276 for each run of inquiries that share their header. Raises CannotWrite with the path."""
    return write_sets(header, "HR", VERSION, inquiries, _inquiries)


def write_claim_status_answers(header: InterchangeHeader, answers: Sequence[ClaimStatusAnswer]) -> bytes:
    """One interchange with a 277 for each run of answers that share their header. Raises CannotWrite with the path."""
    return write_sets(header, "HN", VERSION, answers, _answers)


def _inquiries(
    envelope: InterchangeHeader, number: int, header: TransactionHeader, run: list[tuple[int, ClaimStatusInquiry]]
) -> Iterator[str]:
    """One 276."""
    written = replace(header, purpose=header.purpose or "13")
    yield from header_segments(number, "276", VERSION, _STRUCTURE, written, envelope)
    levels = Levels()
    for place, inquiry in run:
        path = f"inquiries[{place}]"
        for what in ("receiver", "provider", "subscriber"):
            if getattr(inquiry, what) is None:
                raise CannotWrite(f"{path}.{what}", "is required")
        _enter(levels, inquiry, path, birth=True)
        levels.add(_inquiry(inquiry, path))
    yield from levels.written(bare="23")


def _answers(
    envelope: InterchangeHeader, number: int, header: TransactionHeader, run: list[tuple[int, ClaimStatusAnswer]]
) -> Iterator[str]:
    """One 277."""
    written = replace(header, purpose=header.purpose or "08", kind=header.kind or "DG")
    yield from header_segments(number, "277", VERSION, _STRUCTURE, written, envelope)
    levels = Levels()
    for place, answer in run:
        path = f"answers[{place}]"
        _enter(levels, answer, path, birth=False)
        levels.add(_answer(answer, path))
    yield from levels.written(bare="23")


def _enter(levels: Levels, item: ClaimStatusInquiry | ClaimStatusAnswer, path: str, *, birth: bool) -> None:
    """The levels above a claim's loop; `birth`: DMG is written, as 276 has it."""
    steps: list[tuple[str, str, Party | Member | None]] = [
        ("20", "source", item.source),
        ("21", "receiver", item.receiver),
        ("19", "provider", item.provider),
        ("22", "subscriber", item.subscriber),
        ("23", "dependent", item.dependent),
    ]
    last = max(depth for depth, step in enumerate(steps) if step[2] is not None)
    for depth, (level_code, what, found) in enumerate(steps[: last + 1]):
        here = f"{path}.{what}"
        if found is None:
            raise CannotWrite(here, "is required for what stands below it")
        segments = _member(found, here, birth=birth) if isinstance(found, Member) else _party(found, here)
        levels.enter(depth, level_code, found, segments, own=depth == last)


def _party(party: Party, path: str) -> Iterator[str]:
    """2100A to 2100C."""
    yield from name_segments(party, path)
    yield from reference_segments(party.references, path)
    yield from contact_segments(party.contacts, path)
    yield from party.raw


def _member(member: Member, path: str, *, birth: bool) -> Iterator[str]:
    """2000D and 2100D, 2000E and 2100E: DMG stands before the name."""
    if birth:
        yield from birth_segments(member)
    yield from name_segments(member.party, path)
    yield from member.party.raw


def _inquiry(item: ClaimStatusInquiry, path: str) -> Iterator[str]:
    """2200 of 276."""
    if item.trace is None:
        raise CannotWrite(f"{path}.trace", "is required")
    yield from trace_segments((item.trace,), path)
    yield from reference_segments(item.references, path)
    for amount in item.amounts:
        yield f"AMT*{amount.qualifier}*{amount_text(amount.amount_cents)}"
    yield from date_segments(item.dates)
    yield from item.raw
    for place, line in enumerate(item.lines):
        yield from _line(line, f"{path}.lines[{place}]")


def _answer(item: ClaimStatusAnswer, path: str) -> Iterator[str]:
    """2200 of 277."""
    if item.trace is None:
        raise CannotWrite(f"{path}.trace", "is required")
    yield from trace_segments((item.trace,), path)
    yield from _statuses(item.statuses, path)
    yield from contact_segments(item.contacts, path)
    yield from reference_segments(item.references, path)
    yield from date_segments(item.dates)
    yield from item.raw
    for place, line in enumerate(item.lines):
        yield from _line(line, f"{path}.lines[{place}]")


def _line(line: StatusLine, path: str) -> Iterator[str]:
    """2210 of 276, 2220 of 277."""
    units = decimal_text(line.units) if line.units else ""
    if units is None:
        raise CannotWrite(f"{path}.units", "must be a decimal number that is not negative")
    yield segment(
        "SVC",
        procedure_text(line.procedure),
        _amount(line.charge_cents),
        _amount(line.paid_cents),
        line.revenue_code,
        "",
        "",
        units,
    )
    yield from _statuses(line.statuses, path)
    if line.control_number:
        yield f"REF*FJ*{free(line.control_number, 50, f'{path}.control_number', required=True)}"
    yield from reference_segments(line.references, path)
    yield from date_segments(line.dates)
    yield from line.raw


def _statuses(statuses: Sequence[ClaimStatus], path: str) -> Iterator[str]:
    """STC: one composite at STC01, two more at STC10 and STC11."""
    for place, item in enumerate(statuses):
        here = f"{path}.statuses[{place}]"
        if not 1 <= len(item.codes) <= 3:
            raise CannotWrite(f"{here}.codes", "must be one to three")
        first, second, third = (*(_status(one, here) for one in item.codes), "", "")[:3]
        yield segment(
            "STC",
            first,
            day_text(item.on) if item.on is not None else "",
            item.action,
            _amount(item.charge_cents),
            _amount(item.paid_cents),
            day_text(item.finalised_on) if item.finalised_on is not None else "",
            item.payment_method,
            day_text(item.paid_on) if item.paid_on is not None else "",
            free(item.trace_number, _LONGEST_TRACE, f"{here}.trace_number"),
            second,
            third,
            free(item.message, 264, f"{here}.message"),
        )


def _status(item: StatusCode, path: str) -> str:
    category = code(item.category, 3, f"{path}.category")
    return composite(category, code(item.code, 30, f"{path}.code"), item.entity, item.code_list)


def _amount(amount: int | None) -> str:
    return amount_text(amount) if amount is not None else ""
