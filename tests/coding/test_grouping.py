"""What an encounter's diagnoses come to, over HTTP."""

from typing import Any

import orjson
import pytest

from rcm.contracts.encounters import EncounterCoded
from rcm.identity import Role
from tests.coding.conftest import Coding
from tests.coding.making import another, line

STAY = {
    "place_of_service": "21",
    "admitted_on": "2026-02-27",
    "discharged_on": "2026-03-02",
    "stay": {"discharge_status": "01", "procedures": ["02703DZ"]},
    "diagnoses": [{"code": "I50.20", "present_on_admission": "Y"}, {"code": "J96.01"}, {"code": "E11.65"}],
    "lines": [line(procedure="99223")],
}


async def grouping(coding: Coding, told: dict[str, Any]) -> dict[str, Any]:
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=orjson.dumps(told), headers={"content-type": "application/json"})
        assert answer.status_code == 201, answer.text
    async with coding.client(Role.CODER) as coder:
        found = await coder.get(f"/v1/encounters/{answer.json()['encounter_id']}/grouping")
        assert found.status_code == 200, found.text
        view: dict[str, Any] = found.json()
        return view


async def test_a_stay_has_its_group_with_what_drives_it(coding: Coding) -> None:
    told = await grouping(coding, another(1, **STAY))
    drg = told["drg"]
    assert (drg["version"], drg["drg"], drg["severity"], drg["procedures"]) == ("V43", 321, "MCC", ["02703DZ"])
    assert drg["complications"] == [{"code": "J96.01", "severity": "MCC", "drives": True}]
    assert {code for each in told["hcc"]["categories"] for code in each["codes"]} == {"I50.20", "J96.01", "E11.65"}
    (said,) = await coding.said(EncounterCoded)
    assert "stay" not in said.data.model_dump(mode="json")


@pytest.mark.parametrize(
    ("changes", "drg_missing", "hcc_missing"),
    [
        ({}, "the encounter is no inpatient stay", ""),
        ({"diagnoses": [], **{name: STAY[name] for name in ("place_of_service", "discharged_on")}}, "no diagnosis is coded",
         "no diagnosis is coded"),
        ({"place_of_service": "21"}, "the day of discharge is missing", ""),
        ({"patient": {"external_id": "P-9", "last_name": "A", "first_name": "B"}}, "the encounter is no inpatient stay",
         "the patient's birth date is missing"),
    ],
)  # fmt: skip
async def test_what_is_missing_is_told(coding: Coding, changes: dict[str, Any], drg_missing: str, hcc_missing: str) -> None:
    told = await grouping(coding, {**another(2), **changes})
    assert (told["drg_missing"], told["hcc_missing"]) == (drg_missing, hcc_missing)
    assert (told["drg"] is None, told["hcc"] is None) == (bool(drg_missing), bool(hcc_missing))
