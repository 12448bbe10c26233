"""Claims: the list, and one claim's story beside the segments that carried it."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from console import words
from console.clients import Api, Json, ServiceAway, ServiceRefused, identifier
from console.visit import Visit, or_none, together
from console.x12.sections import Section, sections
from rcm.x12.show import Line, lines_from
from rcm.x12.show.excerpts import from_text, of_claim_835, of_claim_837

router = APIRouter(include_in_schema=False)
PAGE = 50


@dataclass(frozen=True, slots=True)
class File:
    """What is about this claim in one file."""

    title: str
    subtitle: str
    href: str
    sections: list[Section]


@router.get("/claims")
async def list_claims(request: Request, state: str = "", payer_id: str = "", after: str = "") -> Response:
    """The organisation's claims, by state and payer."""
    visit = Visit(request)
    found = await together(
        page=visit.desk.claims.get("/v1/claims", state=state, payer_id=payer_id, after=after, limit=PAGE),
        payers=_payers(visit),
    )
    page = found["page"]
    return visit.page(
        "claims.html",
        items=page["items"],
        following=page.get("next"),
        state=state,
        payer_id=payer_id,
        payers=found["payers"].get("items", []),
    )


@router.get("/claims/{claim_id}")
async def show_claim(request: Request, claim_id: str) -> Response:
    """One claim: where it stands, who did what when and why, and its segments in our own words."""
    visit = Visit(request)
    key = identifier(claim_id)
    claim = await visit.desk.claims.get(f"/v1/claims/{key}")
    found = await together(
        timeline=visit.desk.claims.get(f"/v1/claims/{key}/timeline"),
        ledger=_or_empty(visit.desk.payments.find(f"/v1/ledger/claims/{key}", encounter_id=claim["encounter_id"])),
    )
    sent = list(reversed(claim["submissions"]))
    files = await asyncio.gather(
        *[_sent_file(visit.desk.claims, submission) for submission in sent],
        *[_received_file(visit.desk.payments, each, sent) for each in remittance_ids(found["ledger"], found["timeline"])],
    )
    return visit.page(
        "claim.html",
        it=claim,
        timeline=[(moment, _moment_lines(moment)) for moment in found["timeline"]["items"]],
        ledger=found["ledger"],
        files=[file for file in files if file is not None],
    )


def remittance_ids(ledger: Json, timeline: Json) -> list[str]:
    """The remittances that speak of this claim, in their order: those in the ledger, and those in its story."""
    named = [entry["remittance_id"] for entry in ledger.get("entries", [])]
    named += [(entry["details"] or {}).get("remittance_id") for entry in timeline["items"]]
    return list(dict.fromkeys(each for each in named if each))


def _moment_lines(moment: Json) -> tuple[Line, ...]:
    """The segments in which an answer stands; a claim's own are shown with its file."""
    if moment["kind"] not in words.ANSWERS:
        return ()
    return tuple(lines_from(from_text(moment["segments"])))


async def _sent_file(claims: Api, submission: Json) -> File | None:
    number = submission["patient_control_number"]
    content = await _content(claims, f"/v1/submissions/{submission['submission_id']}/file")
    if content is None:
        return None
    told = f"claim number {number} in {submission['file_name']}"
    return File("837, as it was sent", told, "", sections(of_claim_837(content, number)))


async def _received_file(payments: Api, remittance_id: str, sent: list[Json]) -> File | None:
    content = await _content(payments, f"/v1/remittances/{remittance_id}/raw")
    if content is None:
        return None
    for submission in sent:
        number = submission["patient_control_number"]
        found = of_claim_835(content, number)
        if found:
            return File("835, as it came", f"the payer's answer to {number}", f"/remittances/{remittance_id}", sections(found))
    return None


async def _content(api: Api, path: str) -> bytes | None:
    """A file, where this role may read it and the service is there."""
    try:
        return (await api.content(path, "application/edi-x12"))[0]
    except (ServiceRefused, ServiceAway):
        return None


async def _payers(visit: Visit) -> Json:
    return await _or_empty(visit.desk.claims.find("/v1/payers", limit=200))


async def _or_empty(asked: Any) -> Json:
    return await or_none(asked) or {}
