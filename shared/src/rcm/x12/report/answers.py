"""The reports of acknowledgements, claim statuses and eligibility."""

from collections.abc import Generator, Iterator
from typing import Any

from rcm.x12.acknowledgement.claim_reader import read_claim_acknowledgement
from rcm.x12.acknowledgement.functional_reader import read_functional_acknowledgement
from rcm.x12.acknowledgement.values import AcknowledgedClaim, Status
from rcm.x12.claim_status.reader import StatusReader
from rcm.x12.claim_status.values import ClaimStatus, ClaimStatusAnswer
from rcm.x12.eligibility.reader import AnswerReader, InquiryReader
from rcm.x12.eligibility.values import Benefit, EligibilityAnswer
from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.parties import Member, Party, Procedure, Rejection
from rcm.x12.problems import Problem
from rcm.x12.values import Dated

Json = dict[str, Any]
Body = Generator[tuple[str, Json], None, Json]


def functional_acknowledgement(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Body:
    """999 and 997: `accepted`, the group's and its sets' verdicts, members of `errors`."""
    whole = read_functional_acknowledgement(walker, item)
    problems += whole.problems
    errors = 0
    for one in whole.sets:
        for error in one.errors:
            for element in error.elements or (None,):
                errors += 1
                yield (
                    "errors",
                    {
                        "transaction": one.control_number,
                        "segment": error.segment,
                        "segment_number": error.segment_number,
                        "loop": error.loop,
                        "element": element.position if element else 0,
                        "code": element.code if element else error.code,
                    },
                )
    return {
        **({} if errors else {"errors": []}),
        "accepted": whole.code in {"A", "E"},
        "group": {"functional_id": whole.functional_id, "control_number": whole.group_control_number, "code": whole.code},
        "sets": [{"control_number": one.control_number, "code": one.code} for one in whole.sets],
    }


def claim_acknowledgement(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Body:
    """277CA: members of `statuses` at every level."""
    whole = read_claim_acknowledgement(walker, item)
    problems += whole.problems
    found = [_acknowledged("receiver", whole.batch_trace, one) for one in whole.statuses]
    for provider in whole.providers:
        found += [_acknowledged("provider", provider.npi, one) for one in provider.statuses]
        for claim in provider.claims:
            found += _claim_statuses(claim)
    for told in found:
        yield "statuses", told
    return {**({} if found else {"statuses": []}), "source": {"entity": whole.source_entity, "name": whole.source_name}}


def _claim_statuses(claim: AcknowledgedClaim) -> Iterator[Json]:
    for one in claim.statuses:
        yield _acknowledged("claim", claim.patient_control_number, one)
    for line in claim.lines:
        for one in line.statuses:
            yield _acknowledged("line", line.line_control_number, one)


def _acknowledged(level: str, reference: str, one: Status) -> Json:
    return {
        "level": level,
        "reference": reference,
        "category": one.category,
        "code": one.code,
        "entity": one.entity,
        "date": one.on,
        "amount_cents": one.amount_cents,
        "message": one.message,
    }


def status_answers(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Body:
    """277: members of `statuses`, one for each composite of each STC."""
    count = 0
    for answer in StatusReader(walker, item, problems).answers():
        for told in _answer_statuses(answer):
            count += 1
            yield "statuses", told
    return {} if count else {"statuses": []}


def _answer_statuses(answer: ClaimStatusAnswer) -> Iterator[Json]:
    reference = answer.trace.number if answer.trace is not None else ""
    claim = {
        "payer_claim_control_number": answer.reference("1K"),
        "patient_control_number": answer.reference("EJ"),
    }
    for status in answer.statuses:
        yield from _composites(answer.level, reference, status, claim if answer.level == "claim" else {})
    for line in answer.lines:
        for status in line.statuses:
            yield from _composites("line", line.control_number or reference, status, {"procedure": _procedure(line.procedure)})


def _composites(level: str, reference: str, status: ClaimStatus, more: Json) -> Iterator[Json]:
    for one in status.codes:
        yield {
            "level": level,
            "reference": reference,
            "category": one.category,
            "code": one.code,
            "entity": one.entity,
            "date": status.on,
            "amount_cents": status.charge_cents,
            "paid_cents": status.paid_cents,
            "finalised_date": status.finalised_on,
            "payment_date": status.paid_on,
            "trace_number": status.trace_number,
            "message": status.message,
            **more,
        }


def status_inquiries(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Body:
    """276: members of `inquiries`, one for each claim."""
    count = 0
    for inquiry in StatusReader(walker, item, problems).inquiries():
        count += 1
        yield (
            "inquiries",
            {
                "reference": inquiry.trace.number if inquiry.trace is not None else "",
                "payer": _party(inquiry.source),
                "provider": _party(inquiry.provider),
                "patient": _member(inquiry.dependent or inquiry.subscriber),
                "payer_claim_control_number": inquiry.reference("1K"),
                "patient_control_number": inquiry.reference("EJ"),
                "charge_cents": next((amount.amount_cents for amount in inquiry.amounts if amount.qualifier == "T3"), None),
                "dates": _dates(inquiry.dates),
                "lines": [
                    {"procedure": _procedure(line.procedure), "charge_cents": line.charge_cents, "units": line.units}
                    for line in inquiry.lines
                ],
            },
        )
    return {} if count else {"inquiries": []}


def eligibility_inquiries(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Body:
    """270: members of `inquiries`, one for each patient."""
    count = 0
    for inquiry in InquiryReader(walker, item, problems).inquiries():
        count += 1
        yield (
            "inquiries",
            {
                "payer": _party(inquiry.source),
                "provider": _party(inquiry.receiver),
                "patient": _member(inquiry.patient),
                "traces": [trace.number for trace in inquiry.patient.traces],
                "service_types": [code for question in inquiry.questions for code in question.service_types],
                "procedures": [_procedure(question.procedure) for question in inquiry.questions if question.procedure],
                "dates": _dates(inquiry.patient.dates),
            },
        )
    return {} if count else {"inquiries": []}


def eligibility_answers(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Body:
    """271: members of `benefits`; at the end the `rejections` of every level, each once, and who was asked."""
    rejections: list[Json] = []
    told: list[Party | None] = []
    payer: Json | None = None
    benefits = 0
    for answer in AnswerReader(walker, item, problems).answers():
        payer = _party(answer.source)
        for party in _new_parties(answer, told):
            rejections += map(_rejection, party.rejections)
        for benefit in answer.benefits:
            benefits += 1
            rejections += map(_rejection, benefit.rejections)
            yield "benefits", {**_benefit(benefit), "patient": _member(answer.patient)}
    return {**({} if benefits else {"benefits": []}), "rejections": rejections, "payer": payer}


def _new_parties(answer: EligibilityAnswer, told: list[Party | None]) -> list[Party]:
    """The answer's levels that the answer before it did not stand in; `told` keeps those."""
    members = (answer.subscriber, answer.dependent)
    levels = [answer.source, answer.receiver, *(member.party if member is not None else None for member in members)]
    fresh = [party for party, before in zip(levels, [*told, None, None, None, None], strict=False) if party is not before]
    told[:] = levels
    return [party for party in fresh if party is not None]


def _benefit(one: Benefit) -> Json:
    return {
        "code": one.code,
        "service_types": one.service_types,
        "period": one.period,
        "amount_cents": one.amount_cents,
        "percent": one.percent,
        "quantity": one.quantity,
        "in_network": one.in_network,
        "messages": one.messages,
        "network": one.network,
        "coverage_level": one.coverage_level,
        "insurance_type": one.insurance_type,
        "plan": one.plan,
        "quantity_qualifier": one.quantity_qualifier,
        "authorisation_required": one.authorisation_required,
        "procedure": _procedure(one.procedure),
        "limits": [{name: getattr(limit, name) for name in limit.__struct_fields__} for limit in one.deliveries],
        "dates": _dates(one.dates),
        "references": [{"qualifier": item.qualifier, "value": item.value} for item in one.references],
        "related": [_party(party) for party in one.related],
    }


def _rejection(one: Rejection) -> Json:
    return {"loop": one.loop, "code": one.code, "follow_up": one.follow_up}


def _party(party: Party | None) -> Json | None:
    if party is None:
        return None
    name = " ".join(part for part in (party.first_name, party.middle_name, party.last_name) if part)
    return {"entity": party.entity, "name": name, "qualifier": party.qualifier, "identifier": party.identifier}


def _member(member: Member | None) -> Json | None:
    told = _party(member.party) if member is not None else None
    if member is None or told is None:
        return None
    return {**told, "birth_date": member.birth_date, "sex": member.sex}


def _procedure(procedure: Procedure | None) -> str:
    return " ".join((procedure.code, *procedure.modifiers)) if procedure is not None else ""


def _dates(dates: tuple[Dated, ...]) -> list[Json]:
    return [{"qualifier": one.qualifier, "first": one.first, "last": one.last} for one in dates]
