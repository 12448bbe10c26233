"""The live page: encounters, claims, remittances and statements as they flow, and the money as an equation that balances."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from console import words
from console.clients import Json
from console.visit import Visit, or_none, together

router = APIRouter(include_in_schema=False)
BAR_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the money bar: `left` and `width` of BAR_WIDTH."""

    field: str
    name: str
    meaning: str
    cents: int
    left: int
    width: int


@dataclass(frozen=True, slots=True)
class Identity:
    """Charges, and the balances that they must equal."""

    charges_cents: int
    slices: tuple[Slice, ...]
    difference_cents: int
    breaks: int
    suspense_cents: int

    @property
    def holds(self) -> bool:
        return self.difference_cents == 0 and self.breaks == 0


@dataclass(frozen=True, slots=True)
class StateCount:
    """So many claims are in a state; `width` of BAR_WIDTH against the fullest state."""

    state: str
    word: words.Word
    count: int
    width: int


def identity(summary: Json) -> Identity:
    """The ledger's identity as payments-svc's accounts tell it: nothing here is a remainder."""
    amounts = [int(summary[field]) for field, _, _ in words.MONEY]
    total = sum(max(amount, 0) for amount in amounts)
    slices = []
    left = 0
    for (field, name, meaning), amount in zip(words.MONEY, amounts, strict=True):
        width = max(amount, 0) * BAR_WIDTH // total if total else 0
        slices.append(Slice(field, name, meaning, amount, left, width))
        left += width
    charges = int(summary["charges_cents"])
    return Identity(
        charges,
        tuple(slices),
        charges - sum(amounts),
        int(summary["identity_breaks"]),
        int(summary["suspense_cents"]),
    )


def states(summary: Json) -> list[StateCount]:
    """Claims by state, in the order of a claim's life; states with no claim are left out."""
    counts: dict[str, int] = summary["claims"]
    most = max(counts.values(), default=0)
    ordered = [state for state in words.CLAIM_STATES if state in counts] + sorted(counts.keys() - words.CLAIM_STATES.keys())
    return [
        StateCount(state, words.word(words.CLAIM_STATES, state), counts[state], counts[state] * BAR_WIDTH // most)
        for state in ordered
        if counts[state]
    ]


@router.get("/")
async def show_flow(request: Request) -> Response:
    """The whole page."""
    visit = Visit(request)
    return visit.page("flow.html", **await _figures(visit))


@router.get("/parts/flow")
async def show_flow_part(request: Request) -> Response:
    """What the script puts in place of the page's figures."""
    visit = Visit(request)
    return visit.part("flow_figures.html", **await _figures(visit))


async def _figures(visit: Visit) -> dict[str, Any]:
    desk = visit.desk
    found = await together(
        coding=or_none(desk.coding.find("/v1/summary")),
        claims=or_none(desk.claims.find("/v1/summary")),
        payments=or_none(desk.payments.find("/v1/summary")),
        billing=or_none(desk.billing.find("/v1/summary")),
    )
    pipes = await together(**{name: or_none(api.find("/v1/admin/flow")) for name, api in desk.all.items()})
    claims, payments = found["claims"], found["payments"]
    return {
        "coding": found["coding"],
        "claims": claims,
        "claim_count": sum(claims["claims"].values()) if claims else 0,
        "partition": claims["partition"] if claims else {},
        "states": states(claims) if claims else [],
        "identity": identity(payments) if payments else None,
        "billing": found["billing"],
        "pipes": {name: pipe for name, pipe in pipes.items() if pipe},
        "away": [name for name, answer in zip(desk.all, found.values(), strict=True) if answer is None],
        "bar_width": BAR_WIDTH,
    }
