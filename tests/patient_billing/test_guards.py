"""What the database keeps of the accounts by itself: their sums, however often folded, and that what is owed stands on one."""

import asyncio
import random
from uuid import UUID, uuid4

import asyncpg
import pytest

from patient_billing_svc.store.figures import FOLD_FROM
from rcm.identity import Role
from tests.patient_billing.desk import applied, pay
from tests.patient_billing.making import responsibility_event
from tests.support.live import ORGANISATION, STRANGER, LiveService

SUMS = """select count(*) as accounts, coalesce(sum(responsibility_cents - applied_cents), 0)::bigint as patient_open_cents,
    coalesce(sum(payments_cents), 0)::bigint as payments_cents,
    (select count(*) from statement where organisation_id = $1) as statements
from account where organisation_id = $1"""


async def figures(billing: LiveService, organisation: UUID) -> dict[str, int]:
    """What the API says, which must be the sums over the accounts."""
    async with billing.client(Role.BILLER, organisation) as biller:
        said: dict[str, int] = (await biller.get("/v1/summary")).json()
    [summed] = await billing.rows(SUMS, organisation)
    assert said == dict(summed)
    return said


async def test_the_figures_are_the_sums_of_the_accounts(billing: LiveService) -> None:
    chance = random.Random(1)
    encounters = [uuid4() for _ in range(12)]
    organisations = (ORGANISATION, STRANGER)
    for _ in range(20):
        organisation = chance.choice(organisations)
        batch = [
            responsibility_event(each, copay=chance.choice((0, 500, 2500)), guarantor=f"G-{chance.randrange(6)}")
            for each in chance.sample(encounters, 4)
        ]
        await billing.deliver(*batch, organisation_id=organisation)
        await figures(billing, organisation)
        if chance.random() < 0.3:
            await billing.run_periodics("fold tally")
    assert (await figures(billing, ORGANISATION))["patient_open_cents"] > 0
    assert await figures(billing, uuid4()) == {"accounts": 0, "statements": 0, "patient_open_cents": 0, "payments_cents": 0}


async def test_payments_at_once_do_not_meet_and_many_rows_become_one(billing: LiveService) -> None:
    encounter = uuid4()
    await billing.deliver(responsibility_event(encounter, copay=2500))
    await billing.deliver(*[responsibility_event(uuid4(), guarantor=f"G-{number}", copay=100) for number in range(8)])
    async with billing.client(Role.BILLER) as biller:
        accounts = (await biller.get("/v1/accounts")).json()["items"]
        paid = await asyncio.gather(*[pay(biller, account["account_id"], 700) for account in accounts])
    first = paid[0]
    await billing.deliver(applied(first["account_id"], first["patient_payment_id"], 700, encounter))
    before = await figures(billing, ORGANISATION)
    assert before == {"accounts": 9, "statements": 0, "patient_open_cents": 2600, "payments_cents": 6300}
    for number in range(FOLD_FROM):
        await billing.deliver(responsibility_event(encounter, copay=2500 + number % 2))
    rows = "select count(*) as rows from tally"
    assert (await billing.rows(rows))[0]["rows"] > FOLD_FROM
    await billing.run_periodics("fold tally")
    assert (await billing.rows(rows))[0]["rows"] == 1
    assert (await figures(billing, ORGANISATION)) == before | {"patient_open_cents": 2601}


async def test_what_is_owed_stands_on_an_account_that_nobody_deletes(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(uuid4(), copay=100))
    for refused in (
        "update responsibility set account_id = gen_random_uuid()",
        """insert into responsibility select organisation_id, gen_random_uuid(), gen_random_uuid(), sequence, assigned_at,
            date_of_service, total_cents, applied_cents, assignment from responsibility""",
    ):
        with pytest.raises(asyncpg.ForeignKeyViolationError, match="stands on no account"):
            await billing.rows(refused)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await billing.rows("delete from account")
    assert (await figures(billing, ORGANISATION))["patient_open_cents"] == 100
