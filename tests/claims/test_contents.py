"""A claim and its content are kept in memory from its making to its file, and are never older ones."""

from uuid import UUID

import httpx
import msgspec
import pytest

from claims_svc.domain.claim import Claim
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.states import State
from claims_svc.handlers.context import Context
from claims_svc.store import contents
from claims_svc.store.claims import claims_with_content
from claims_svc.store.contents import Contents
from rcm.ids import new_id
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from tests.claims.making import Case, cut
from tests.claims.test_states import claim_in
from tests.support.live import LiveService


def _claim() -> tuple[Claim, Encounter]:
    claim = claim_in(State.READY)
    claim.claim_id, claim.version = new_id(), 1
    return claim, msgspec.json.decode(Case().coded().model_dump_json(), type=Encounter)


def test_a_content_is_given_once_and_to_the_version_that_it_was_kept_for() -> None:
    kept = Contents()
    claim, encounter = _claim()
    kept.keep(claim, encounter)
    assert kept.take(claim.claim_id, 1) == (claim, encounter)
    assert kept.take(claim.claim_id, 1) is None
    kept.keep(claim, encounter)
    assert kept.take(claim.claim_id, 2) is None


def test_the_oldest_goes_where_there_are_too_many() -> None:
    kept = Contents()
    made = [_claim() for _ in range(3)]
    filler = made[0][1]
    for claim, encounter in made[:2]:
        kept.keep(claim, encounter)
    for _ in range(contents.KEPT_MAX - 1):
        kept.keep(_claim_like(made[2][0]), filler)
    assert kept.take(made[0][0].claim_id, 1) is None
    assert kept.take(made[1][0].claim_id, 1) == made[1]


def _claim_like(claim: Claim) -> Claim:
    return msgspec.structs.replace(claim, claim_id=new_id())


@pytest.mark.usefixtures("biller")
async def test_what_is_kept_is_what_the_rows_say(claims: LiveService) -> None:
    await claims.deliver(*[Case().coded() for _ in range(3)])
    rows = await claims.rows("select organisation_id, claim_id, version from claim")
    context = claims.service.context
    assert isinstance(context, Context)
    kept = {claim_id: context.contents.take(claim_id, version) for _, claim_id, version in rows}

    async def read(unit: UnitOfWork) -> dict[UUID, tuple[Claim, Encounter]]:
        return await claims_with_content(unit.connection, [(row["organisation_id"], row["claim_id"]) for row in rows])

    assert len(kept) == 3
    assert kept == await claims.runtime.run_worker(read, cause=Cause())


async def test_a_file_says_what_the_encounter_is_now(claims: LiveService, biller: httpx.AsyncClient) -> None:
    kept, changed = Case(member_id="ABC111111111"), Case(member_id="ABC222222222")
    await claims.deliver(kept.coded(), changed.coded())
    corrected = Case(encounter_id=changed.encounter_id, member_id="ABC333333333")
    await claims.deliver(corrected.recoded("/coverages/0/member_id"))
    (submission,) = await cut(biller)
    file = (await biller.get(f"/v1/submissions/{submission['submission_id']}/file")).text
    assert [number in file for number in ("ABC111111111", "ABC222222222", "ABC333333333")] == [True, False, True]
