"""Raw inputs that became no encounter: shown, tried again, dismissed."""

from uuid import UUID

from coding_svc.edi.reading import read
from coding_svc.handlers.answers import answer_of
from coding_svc.handlers.codebook import CodeBook
from coding_svc.handlers.intake import Declined, Delivery, receive
from coding_svc.store import raw_inputs
from coding_svc.store.raw_inputs import Quarantined
from coding_svc.views.encounters import RawInputFault, RawInputView
from rcm.errors import Conflict, NotFound
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer
from rcm.web.pages import decode_cursor_as, page_of


class NotQuarantined(Conflict):
    """The raw input waits for nothing."""

    code = "not-quarantined"
    title = "The raw input is not in the quarantine any more"


def _view(found: Quarantined) -> RawInputView:
    return RawInputView(
        raw_input_id=found.raw_input_id,
        state=found.state,
        media_type=found.media_type,
        bytes=found.bytes,
        sha256=found.sha256.hex(),
        code=found.code,
        errors=[RawInputFault(**fault) for fault in found.faults],
        attempts=found.attempts,
        first_at=found.first_at,
        last_at=found.last_at,
    )


async def list_quarantine(unit: UnitOfWork, state: str, limit: int, after: str | None) -> Answer:
    """A page of the quarantine, the oldest first."""
    place = decode_cursor_as(after, UUID)[0] if after else None
    rows = await raw_inputs.page(unit, state=state, after=place, limit=limit + 1)
    return Answer(page_of(rows, limit, _view, lambda row: [row.raw_input_id]), shown=[])


async def retry(unit: UnitOfWork, book: CodeBook, raw_input_id: UUID) -> Answer:
    """Reads the kept body again, as if it came now; it is answered in its own form."""
    await _open(unit, raw_input_id)
    kept = await raw_inputs.body(unit, raw_input_id)
    assert kept is not None
    parcel = read(kept.media_type, kept.body)
    (outcomes,) = await receive(unit, book, [Delivery(parcel, unit.cause)])
    if not any(isinstance(outcome, Declined) for outcome in outcomes):
        await raw_inputs.settle(unit, raw_input_id, "taken", unit.clock.now())
    return answer_of(parcel, outcomes, unit.clock.now())


async def dismiss(unit: UnitOfWork, raw_input_id: UUID) -> Answer:
    """A person says that nothing is to become of it; the body stays kept."""
    await _open(unit, raw_input_id)
    await raw_inputs.settle(unit, raw_input_id, "dismissed", unit.clock.now())
    found = await raw_inputs.find(unit, raw_input_id)
    assert found is not None
    return Answer(_view(found))


async def _open(unit: UnitOfWork, raw_input_id: UUID) -> None:
    found = await raw_inputs.find(unit, raw_input_id)
    if found is None:
        raise NotFound("There is no such raw input in the quarantine")
    if found.state != "open":
        raise NotQuarantined(f"It is {found.state}")
