"""An 835 that comes before its claims' submission was heard of waits a moment, and is posted once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from payments_svc.handlers.arrivals import WaitingRoom
from payments_svc.handlers.posting import MATCH_AGAIN
from payments_svc.main import Settings, build
from payments_svc.store import submissions
from rcm.contracts.payments import ClaimRemittanceHeld, PaymentPosted
from rcm.identity import Role
from rcm.x12.remittance import Remittance
from tests.payments.auditing import audit, waiting
from tests.payments.making import Case, check
from tests.payments.test_remittances import PAID, post
from tests.support.live import ORGANISATION, Live, LiveService

PATIENCE = 60
"""Seconds; more than an operator may ask for: no machine is so slow that a wait ends by it."""
PATIENT = Settings().model_copy(update={"remittance_wait_seconds": PATIENCE})


@asynccontextmanager
async def at_the_door(it: LiveService, remittance: Remittance) -> AsyncIterator[asyncio.Task[dict[str, Any]]]:
    """A post that waits, until the end of the `with`."""
    room = it.service.context
    assert isinstance(room, WaitingRoom)
    async with it.client(Role.ADAPTER) as adapter:
        task = asyncio.create_task(post(adapter, remittance))
        while not room.guests:
            assert not task.done()
            await asyncio.sleep(0.01)
        yield task
        assert not room.guests
        await task


async def test_a_file_waits_for_its_claims(live: Live) -> None:
    early, late, known = Case(), Case(), Case()
    async with live(build(PATIENT)) as it:
        await it.deliver(early.coded(), late.coded(), known.coded(), known.submitted())
        async with at_the_door(it, check(*(case.paid(*PAID) for case in (early, known, late)))) as task:
            await it.deliver(early.submitted())
            await it.run_periodics(MATCH_AGAIN)
            assert await it.said(PaymentPosted) == []
            await it.deliver(late.submitted())
            await it.run_periodics(MATCH_AGAIN)
        assert task.result()["remittances"][0]["claims"] == {"posted": 3}
        assert await it.said(ClaimRemittanceHeld) == []
        assert len(await it.said(PaymentPosted)) == 3
        figures = await audit(it, ORGANISATION)
        assert {figures[case.encounter_id]["insurance_paid"] for case in (early, late, known)} == {8000}


async def test_what_is_heard_while_a_file_is_read_is_not_waited_for(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between a file's reading and its waiting nobody looks for it: what was looked for meanwhile it looks for itself."""
    case, read = Case(), submissions.all_by_control_number
    async with live(build(PATIENT)) as it, it.client(Role.ADAPTER) as adapter:
        await it.deliver(case.coded())

        async def overtaken(*asked: Any) -> Any:
            found = await read(*asked)
            if found is None:
                await it.deliver(case.submitted())
                await it.run_periodics(MATCH_AGAIN)
            return found

        monkeypatch.setattr(submissions, "all_by_control_number", overtaken)
        async with asyncio.timeout(PATIENCE / 2):
            answer = await post(adapter, check(case.paid(*PAID)))
        assert answer["remittances"][0]["claims"] == {"posted": 1}
        assert await it.said(ClaimRemittanceHeld) == []


async def test_what_was_said_later_ends_the_wait(live: Live) -> None:
    """Submissions are heard in the order in which they were said: what is missing then is of no claim of ours."""
    stranger, other = Case(), Case()
    async with live(build(PATIENT)) as it:
        await it.deliver(other.coded())
        async with at_the_door(it, check(stranger.paid(*PAID))) as task:
            await it.deliver(other.submitted(), time=it.clock.now() + timedelta(seconds=PATIENCE + 1))
            await it.run_periodics(MATCH_AGAIN)
        assert task.result()["remittances"][0]["claims"] == {"unmatched": 1}
        assert await waiting(it, ORGANISATION) == 8000


async def test_silence_ends_the_wait(live: Live) -> None:
    case = Case()
    async with live(build(Settings(remittance_wait_seconds=0.05))) as it, it.client(Role.ADAPTER) as adapter:
        await it.deliver(case.coded())
        answer = await post(adapter, check(case.paid(*PAID)))
        assert answer["remittances"][0]["claims"] == {"unmatched": 1}
        await it.deliver(case.submitted())
        assert (await audit(it, ORGANISATION))[case.encounter_id]["insurance_paid"] == 8000


async def test_a_held_claim_waits_for_nothing(live: Live) -> None:
    """What does not balance is held for a person, whoever's it is."""
    case = Case()
    async with live(build(PATIENT)) as it, it.client(Role.ADAPTER) as adapter:
        await it.deliver(case.coded())
        paid = case.paid(*PAID)
        answer = await post(adapter, check(replace(paid, paid_cents=paid.paid_cents - 1)))
        assert answer["remittances"][0]["claims"] == {"held": 1}
