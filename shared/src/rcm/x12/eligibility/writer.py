"""Writes 270 (what a provider asks) and 271 (what a payer answers); levels that neighbours share are written once."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from rcm.x12.elements import amount_text, decimal_text
from rcm.x12.eligibility.values import Benefit, Delivery, Detail, EligibilityAnswer, EligibilityInquiry, Question
from rcm.x12.parties import Member, Party, TransactionHeader
from rcm.x12.party_text import (
    Levels,
    date_segments,
    header_segments,
    member_segments,
    party_segments,
    procedure_text,
    reference_segments,
    rejection_segments,
    trace_segments,
)
from rcm.x12.problems import CannotWrite
from rcm.x12.text import clean, code, composite, free, segment
from rcm.x12.transaction_sets import write_sets
from rcm.x12.values import InterchangeHeader

VERSION = "005010X279A1"
_STRUCTURE = "0022"


def write_eligibility_inquiries(header: InterchangeHeader, inquiries: Sequence[EligibilityInquiry]) -> bytes:
    """One interchange with a 270 for each run of inquiries that share their header. Raises CannotWrite with the path."""
    return write_sets(header, "HS", VERSION, inquiries, _inquiries)


def write_eligibility_answers(header: InterchangeHeader, answers: Sequence[EligibilityAnswer]) -> bytes:
    """One interchange with a 271 for each run of answers that share their header. Raises CannotWrite with the path."""
    return write_sets(header, "HB", VERSION, answers, _answers)


def _inquiries(
    envelope: InterchangeHeader, number: int, header: TransactionHeader, run: list[tuple[int, EligibilityInquiry]]
) -> Iterator[str]:
    """One 270."""
    yield from header_segments(number, "270", VERSION, _STRUCTURE, _with_purpose(header, "13"), envelope)
    levels = Levels()
    for place, inquiry in run:
        path = f"inquiries[{place}]"
        levels.enter(0, "20", inquiry.source, _source(inquiry.source, f"{path}.source"))
        levels.enter(1, "21", inquiry.receiver, party_segments(inquiry.receiver, f"{path}.receiver"))
        _patient(levels, inquiry.subscriber, inquiry.dependent, path)
        for at, question in enumerate(inquiry.questions):
            levels.add(_question(question, f"{path}.questions[{at}]"))
    yield from levels.written()


def _answers(
    envelope: InterchangeHeader, number: int, header: TransactionHeader, run: list[tuple[int, EligibilityAnswer]]
) -> Iterator[str]:
    """One 271."""
    yield from header_segments(number, "271", VERSION, _STRUCTURE, _with_purpose(header, "11"), envelope)
    levels = Levels()
    for place, answer in run:
        path = f"answers[{place}]"
        source, receiver = answer.source, answer.receiver
        levels.enter(0, "20", source, _source(source, f"{path}.source"), anew=receiver is None)
        if receiver is None:
            _refuse_orphans(path, answer.subscriber or answer.dependent or answer.benefits, "receiver")
            continue
        segments = party_segments(receiver, f"{path}.receiver")
        levels.enter(1, "21", receiver, segments, anew=answer.subscriber is None)
        if answer.subscriber is None:
            _refuse_orphans(path, answer.dependent or answer.benefits, "subscriber")
            continue
        _patient(levels, answer.subscriber, answer.dependent, path)
        for at, benefit in enumerate(answer.benefits):
            levels.add(_benefit(benefit, f"{path}.benefits[{at}]"))
    yield from levels.written()


def _refuse_orphans(path: str, below: object, missing: str) -> None:
    """What stands below a level needs that level."""
    if below:
        raise CannotWrite(f"{path}.{missing}", "is required for what stands below it")


def _with_purpose(header: TransactionHeader, usual: str) -> TransactionHeader:
    return header if header.purpose else replace(header, purpose=usual)


def _source(source: Party, path: str) -> Iterator[str]:
    """2000A and 2100A: a refusal of the whole inquiry stands before the name."""
    yield from rejection_segments([item for item in source.rejections if item.loop == "2000A"])
    kept = tuple(item for item in source.rejections if item.loop != "2000A")
    yield from party_segments(replace(source, rejections=kept), path)


def _patient(levels: Levels, subscriber: Member, dependent: Member | None, path: str) -> None:
    """2000C and 2000D; the patient's own level is always a new one."""
    levels.enter(2, "22", subscriber, _member(subscriber, f"{path}.subscriber"), anew=dependent is None)
    if dependent is not None:
        levels.enter(3, "23", dependent, _member(dependent, f"{path}.dependent"), anew=True)


def _member(member: Member, path: str) -> Iterator[str]:
    yield from trace_segments(member.traces, path)
    yield from member_segments(member, f"{path}.party")


def _question(question: Question, path: str) -> Iterator[str]:
    """2110 of 270."""
    yield segment(
        "EQ",
        "^".join(code(item, 2, f"{path}.service_types") for item in question.service_types),
        procedure_text(question.procedure),
        question.coverage_level,
        "",
        composite(*question.diagnosis_pointers),
    )
    for item in question.amounts:
        yield f"AMT*{item.qualifier}*{amount_text(item.amount_cents)}"
    yield from _details(question.details)
    yield from reference_segments(question.references, path)
    yield from date_segments(question.dates)
    yield from question.raw


def _benefit(benefit: Benefit, path: str) -> Iterator[str]:
    """2110, 2115 and 2120 of 271."""
    yield segment(
        "EB",
        code(benefit.code, 3, f"{path}.code"),
        benefit.coverage_level,
        "^".join(code(item, 2, f"{path}.service_types") for item in benefit.service_types),
        benefit.insurance_type,
        free(benefit.plan, 50, f"{path}.plan"),
        benefit.period,
        amount_text(benefit.amount_cents) if benefit.amount_cents is not None else "",
        _decimal(benefit.percent, f"{path}.percent"),
        benefit.quantity_qualifier,
        _decimal(benefit.quantity, f"{path}.quantity"),
        benefit.authorisation_required,
        benefit.network,
        procedure_text(benefit.procedure),
        composite(*benefit.diagnosis_pointers),
    )
    yield from map(_delivery, benefit.deliveries)
    yield from reference_segments(benefit.references, path)
    yield from date_segments(benefit.dates)
    yield from rejection_segments(benefit.rejections)
    for message in benefit.messages:
        yield f"MSG*{free(message, 264, f'{path}.messages', required=True)}"
    yield from _details(benefit.details)
    yield from benefit.raw
    if benefit.related:
        yield "LS*2120"
        for at, party in enumerate(benefit.related):
            yield from party_segments(party, f"{path}.related[{at}]")
        yield "LE*2120"


def _delivery(item: Delivery) -> str:
    return segment("HSD", *(clean(getattr(item, name)) for name in item.__struct_fields__))


def _details(details: Sequence[Detail]) -> Iterator[str]:
    for item in details:
        yield segment("III", item.qualifier, clean(item.code), item.category, clean(item.text))


def _decimal(text: str, path: str) -> str:
    """A decimal in its shortest form, empty where there is none."""
    if not text:
        return ""
    found = decimal_text(text)
    if found is None:
        raise CannotWrite(path, "must be a decimal number that is not negative")
    return found
