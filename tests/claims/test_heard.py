"""What claims read of others' events is what the contracts write: every name stands in the model, every value comes over."""

import types
import typing
from typing import Any
from uuid import UUID

import msgspec
import pydantic
import pytest

from claims_svc import events
from claims_svc.domain.encounter import Encounter
from rcm.contracts.encounters import CodedEncounter
from rcm.contracts.payments import PaymentPosted
from rcm.ids import new_id
from tests.claims.making import ACCIDENT, Case, Sent


def struct_in(annotation: Any) -> type[msgspec.Struct] | None:
    """The struct that an annotation is, or holds."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation
    return next((found for each in typing.get_args(annotation) if (found := struct_in(each))), None)


def model_in(annotation: Any) -> type[pydantic.BaseModel] | None:
    """The same of models."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, pydantic.BaseModel) else None
    return next((found for each in typing.get_args(annotation) if (found := model_in(each))), None)


def strange_names(read: type[msgspec.Struct], written: type[pydantic.BaseModel]) -> list[str]:
    """What a reader wants and the model does not write, also in their parts."""
    found: list[str] = []
    hints = typing.get_type_hints(read)
    for name in read.__struct_fields__:
        field = written.model_fields.get(name)
        if field is None:
            found.append(f"{written.__name__}.{name}")
        elif (inner := struct_in(hints[name])) and (model := model_in(field.annotation)):
            found += strange_names(inner, model)
    return found


@pytest.mark.parametrize(("read", "written"), [(Encounter, CodedEncounter), (events.SaidPayment, PaymentPosted)])
def test_every_name_that_is_read_is_written(read: type[msgspec.Struct], written: type[pydantic.BaseModel]) -> None:
    assert strange_names(read, written) == []


def test_an_encounter_comes_over_and_is_kept_as_it_was_said() -> None:
    said = Case(second_payer_id="SBX02", changes={"accident": ACCIDENT}).recoded("/lines", "/accident").model_dump_json()
    read = events.read_recoded(said.encode())
    assert (read.content, read.changed) == (said, ("/lines", "/accident"))
    whole = CodedEncounter.model_validate_json(said)
    assert msgspec.to_builtins(read.encounter).keys() <= whole.model_dump(mode="json").keys()
    assert read.encounter == msgspec.convert(whole.model_dump(), Encounter)


def test_a_payment_comes_over() -> None:
    posted = Sent(new_id(), new_id(), "PCN1", 16100, {}).posted(
        9000, 2000, responsibility=1500, denied="lines", denied_lines=(2,)
    )
    read = events.read_payment(posted.model_dump_json())
    assert (read.claim_id, UUID(read.remittance_id)) == (posted.claim_id, posted.remittance_id)
    names = read.__struct_fields__
    other = {name: value for name, value in posted.model_dump(mode="json").items() if name in names}
    assert read == msgspec.convert(other, events.SaidPayment)


@pytest.mark.parametrize("data", ["{}", "[]", '{"encounter_id": 1}', "no JSON"])
def test_what_breaks_the_contract_is_a_value_error(data: str) -> None:
    for read in (events.read_coded, events.read_recoded, events.read_payment):
        with pytest.raises(ValueError, match=r".+"):
            read(data)
