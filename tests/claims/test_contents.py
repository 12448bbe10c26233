"""The content of a claim is kept in memory from its making to its file, and is never an older one."""

import httpx
import msgspec

from claims_svc.domain.claim import Claim
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.states import State
from claims_svc.store import contents
from claims_svc.store.contents import Contents
from rcm.ids import new_id
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
    assert kept.take(claim) is encounter
    assert kept.take(claim) is None
    kept.keep(claim, encounter)
    claim.version += 1
    assert kept.take(claim) is None


def test_the_oldest_goes_where_there_are_too_many() -> None:
    kept = Contents()
    made = [_claim() for _ in range(3)]
    filler = made[0][1]
    for claim, encounter in made[:2]:
        kept.keep(claim, encounter)
    for _ in range(contents.KEPT_MAX - 1):
        kept.keep(_claim_like(made[2][0]), filler)
    assert kept.take(made[0][0]) is None
    assert kept.take(made[1][0]) is made[1][1]


def _claim_like(claim: Claim) -> Claim:
    return msgspec.structs.replace(claim, claim_id=new_id())


async def test_a_file_says_what_the_encounter_is_now(claims: LiveService, biller: httpx.AsyncClient) -> None:
    kept, changed = Case(member_id="ABC111111111"), Case(member_id="ABC222222222")
    await claims.deliver(kept.coded(), changed.coded())
    corrected = Case(encounter_id=changed.encounter_id, member_id="ABC333333333")
    await claims.deliver(corrected.recoded("/coverages/0/member_id"))
    (submission,) = await cut(biller)
    file = (await biller.get(f"/v1/submissions/{submission['submission_id']}/file")).text
    assert [number in file for number in ("ABC111111111", "ABC222222222", "ABC333333333")] == [True, False, True]
