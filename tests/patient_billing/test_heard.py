"""What is read of a PatientResponsibilityAssigned is what its model says of it (decision 0092)."""

from uuid import uuid4

import orjson
import pytest

from patient_billing_svc import events
from tests.patient_billing.making import responsibility_event


def test_an_assignment_is_read_as_its_model_reads_it() -> None:
    said = responsibility_event(uuid4(), deductible=1000)
    read = events.read_assignment(said.model_dump_json())
    assert (read.encounter_id, read.date_of_service, read.total_cents) == (said.encounter_id, said.date_of_service, 3500)
    assert read.guarantor_external_id == said.guarantor.external_id
    assert orjson.loads(read.guarantor) == said.guarantor.model_dump(mode="json")
    bill = events.bill(read.whole)
    assert [(line.charge_cents, line.owed_cents) for line in bill.lines] == [(20000, 3500)]
    assert [(each.reason, each.amount_cents) for each in bill.owed_for] == [("3", 2500), ("1", 1000)]
    assert (bill.patient_name, bill.provider.name) == ("Sam Rivers", "Maple Street Family Practice")


def test_what_the_contract_lets_out_may_be_missing() -> None:
    said = responsibility_event(uuid4())
    short = events.read_assignment(said.model_dump_json(exclude_defaults=True).encode())
    assert events.bill(short.whole) == events.bill(said.model_dump_json())
    assert events.guarantor_party(short.guarantor) == events.guarantor_party(said.guarantor.model_dump_json())


@pytest.mark.parametrize(
    "missing", ["encounter_id", "guarantor", "patient", "billing_provider", "parts", "lines", "total_cents"]
)
def test_what_a_bill_needs_is_demanded_before_it_is_kept(missing: str) -> None:
    said = responsibility_event(uuid4()).model_dump(mode="json")
    del said[missing]
    with pytest.raises(ValueError, match=missing):
        events.read_assignment(orjson.dumps(said))
