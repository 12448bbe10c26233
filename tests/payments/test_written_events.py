"""Events of the hot path are written without their models: what stands in them is what the models would write."""

from uuid import uuid4

import orjson
import pytest
from msgspec.structs import replace

from payments_svc.domain.adjudication import adjudicate
from payments_svc.domain.adjustment_reasons import published_table
from payments_svc.domain.claim_payment import Adjustment, ClaimPayment, LinePayment
from payments_svc.domain.remittance_claim import RemittanceClaim
from payments_svc.domain.responsibility import after_payers, of_self_payer
from payments_svc.events import heard, said
from rcm.contracts.envelope import WrittenEvent
from rcm.contracts.payments import PaymentPosted
from rcm.contracts.values import Rank
from rcm.messaging.parked import envelope_of_message
from tests.payments.making import PAYMENT_DAY, PROVIDER, Case
from tests.support.live import LiveService

LINES = (
    LinePayment("99213", 10000, 6000, adjustments=(Adjustment("CO", "45", 2000), Adjustment("PR", "3", 2000))),
    LinePayment("99214", 2500, 0, adjustments=(Adjustment("CO", "50", 2500),)),
)
NUMBERS = (1, None)
"""Which of our lines they answer."""


def written_as_its_model(event: WrittenEvent) -> bool:
    """Whether the model reads it, and writes the same."""
    read = event.event.model_validate_json(event.json)
    assert read.key == event.key
    return bool(orjson.loads(read.model_dump_json()) == orjson.loads(event.json))


@pytest.mark.parametrize("lines", [LINES, ()])
def test_a_posted_payment(lines: tuple[LinePayment, ...]) -> None:
    payment = ClaimPayment("PCN", "1", 12500, 5900, 2000, "ICN", (Adjustment("CO", "253", 100),), lines)
    payment = replace(payment, line_numbers=NUMBERS[: len(lines)])
    claim = RemittanceClaim((uuid4(), "PCN"), uuid4(), uuid4(), 1, "P", PAYMENT_DAY, payment)
    claim.claim_id, claim.encounter_id = uuid4(), uuid4()
    event = said.payment_posted(claim, payment, adjudicate(payment, published_table(), PAYMENT_DAY))
    assert written_as_its_model(event)
    assert PaymentPosted.model_validate_json(event.json).model_dump_json() == event.json


def test_a_claim_that_waits() -> None:
    payment = ClaimPayment("PCN", "1", 12500, 5900)
    claim = RemittanceClaim((uuid4(), "PCN"), uuid4(), uuid4(), 1, "P", PAYMENT_DAY, payment, reason="unmatched")
    assert written_as_its_model(said.claim_held(claim))


@pytest.mark.parametrize("self_pay", [True, False])
async def test_a_responsibility(payments: LiveService, *, self_pay: bool) -> None:
    case = Case(self_pay=self_pay)
    [message] = await payments.deliver(case.coded())
    [row] = await payments.rows("select facts, encounter_id from encounter")
    bill = heard.read_bill(row["facts"])
    account = heard.account_of(envelope_of_message(message).message(heard.read_coded))
    account.key = (account.organisation_id, row["encounter_id"])
    payment = ClaimPayment("PCN", "1", 12500, 6000, lines=LINES, line_numbers=NUMBERS)
    adjudicated = [("P", adjudicate(payment, published_table(), PAYMENT_DAY))]
    share = (of_self_payer if self_pay else after_payers)(bill.lines, adjudicated)
    assert share.total_cents == (4500 if self_pay else 2000)
    assert written_as_its_model(said.responsibility_assigned(account, bill, share))


def test_what_the_contract_lets_out_may_be_missing() -> None:
    """What is read of others' events is what their models say, also where a writer leaves a default out (decision 0092)."""
    case = Case(ranks=(Rank.SECONDARY,))
    coded, sent = case.coded(), case.submitted(last_payer=True)
    read = heard.read_coded(coded.model_dump_json())
    short = heard.read_coded(coded.model_dump_json(exclude_defaults=True).encode())
    assert (read.first_rank, read.guarantor_external_id, read.charge_cents) == ("S", "G-1", 12500)
    assert (read.billing_provider.npi, read.billing_provider.tax_id) == (PROVIDER.npi, PROVIDER.tax_id)
    assert [(line.procedure, line.description, line.charge_cents) for line in read.bill.lines] == [
        (line.procedure, line.description, line.charge_cents) for line in coded.lines
    ]
    assert (short.bill.lines, short.first_rank, short.self_pay) == (read.bill.lines, read.first_rank, read.self_pay)
    found = heard.read_submitted(sent.model_dump_json(exclude_defaults=True))
    assert found == heard.read_submitted(sent.model_dump_json())
    assert found.last_payer
    assert [(line.line_number, line.control_number) for line in found.lines] == [
        (line.line_number, line.line_control_number) for line in sent.lines
    ]


async def test_an_event_that_breaks_its_contract_is_a_dead_letter(payments: LiveService) -> None:
    good, bad = Case(), envelope_of_message(payments.message(Case().coded()))
    data = orjson.loads(bad.data)
    del data["guarantor"]["last_name"]
    bad.data = orjson.dumps(data)
    await payments.consumer.take([bad, envelope_of_message(payments.message(good.coded()))])
    [dead] = await payments.rows("select code, event_id, data from parked_message where state = 'dead'")
    assert (dead["code"], dead["event_id"]) == ("invalid-data", bad.event_id)
    assert orjson.loads(dead["data"]) == data
    assert [row[0] for row in await payments.rows("select encounter_id from encounter")] == [good.encounter_id]
