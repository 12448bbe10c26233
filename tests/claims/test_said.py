"""Events that are written as JSON at once say what their models would."""

import httpx

from rcm.contracts.claims import ClaimAccepted, ClaimSubmitted, PayerSequenceCompleted
from tests.claims.making import Case, acknowledge, claim_acknowledgement, submit
from tests.support.live import LiveService


async def test_what_is_written_is_what_the_models_write(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    (each,) = await submit(claims, biller, adapter, Case())
    await acknowledge(adapter, claim_acknowledgement((each.number, "A2")))
    await claims.deliver(each.posted(9000, 2000))
    found = set()
    for kind, subject, data in await claims.rows("select type, subject, data from event_log"):
        for model in (ClaimSubmitted, ClaimAccepted, PayerSequenceCompleted):
            if kind == model.type_name():
                event = model.model_validate_json(data)
                assert data == event.model_dump_json()
                assert subject == event.key
                found.add(model)
    assert found == {ClaimSubmitted, ClaimAccepted, PayerSequenceCompleted}
