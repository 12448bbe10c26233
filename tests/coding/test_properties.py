"""Whatever is sent: a generated valid encounter is coded, a changed one is held or refused by name, and nothing ever fails."""

import asyncio
import json
import string
from datetime import date, timedelta
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coding_svc import events
from coding_svc.api.documents import BUNDLE, DFT
from coding_svc.domain.edits.catalogue import assess, holds
from coding_svc.domain.encounter_json import encounter_of
from coding_svc.domain.repairs import repaired
from coding_svc.edi.parcel import Form, Raw, Refused, Taken
from coding_svc.edi.reading import read
from coding_svc.views.encounters import ENCOUNTER
from rcm.codesets.diagnoses import installed_diagnosis_codes
from rcm.contracts.encounters import EncounterCoded
from rcm.contracts.registry import decode
from rcm.errors import InvalidBody
from rcm.identity import Role
from rcm.ids import new_id
from tests.coding.conftest import Coding
from tests.coding.making import FACTS, TODAY

DAY = date(2026, 3, 1)


def codes() -> list[str]:
    """Some hundred codes that are billable all year, are for everybody, and don't exclude each other."""
    found: list[str] = []
    for code in sorted(installed_diagnosis_codes().billable_on(DAY))[::500]:
        plain = not FACTS.codes.diagnosis(code, DAY).aspects & {"never-first", "sequela", "sex", "ages"}
        if plain and not any(FACTS.codes.excluded(code, other, DAY) for other in found):
            found.append(code)
    return found


CODES = codes()
NAMES = st.text(string.ascii_letters + "éñ'- ", min_size=1, max_size=30).filter(str.strip)
IDS = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=40)
DAYS = st.dates(date(2025, 10, 1), TODAY)


def npi(nine: int) -> str:
    """Ten digits with their check digit, by the rule as CMS writes it."""
    digits = f"1{nine:08d}"
    total = 24 + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::2]) + sum(int(digit) for digit in digits[1::2])
    return f"{digits}{-total % 10}"


NPIS = st.integers(0, 99_999_999).map(npi)
ZIPS = st.sampled_from(["62701", "100011234"])
ADDRESSES = st.fixed_dictionaries({"line1": NAMES, "city": NAMES, "state": st.sampled_from(["IL", "NY"]), "postal_code": ZIPS})
PROSE = st.text(string.printable, max_size=200)


@st.composite
def encounters(draw: st.DrawFn) -> dict[str, Any]:
    """Encounters that nothing is wrong with."""
    first = draw(DAYS)
    last = min(first + timedelta(days=draw(st.integers(0, 5))), TODAY)
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=12, unique=True))
    person = st.fixed_dictionaries(
        {
            "last_name": NAMES,
            "first_name": NAMES,
            "birth_date": st.dates(date(1910, 1, 1), first).map(str),
            "address": ADDRESSES,
        },
        optional={"middle_name": NAMES, "sex": st.sampled_from("MFU"), "phone": st.just("2175550142")},
    )
    covered = draw(st.integers(0, 3))
    provider = st.fixed_dictionaries({"npi": NPIS, "last_name": NAMES}, optional={"address": ADDRESSES})
    lines = draw(st.integers(1, 6))
    told: dict[str, Any] = {
        "external_id": f"V-{draw(st.uuids())}",
        "patient": {**draw(person), "external_id": draw(st.uuids()).hex},
        "self_pay": covered == 0,
        "coverages": [
            {"rank": rank, "payer_id": draw(IDS), "payer_name": draw(NAMES), "member_id": draw(IDS)} for rank in "PST"[:covered]
        ],
        "billing_provider": draw(provider),
        "place_of_service": draw(st.sampled_from(["11", "22", "02", "99"])),
        "date_of_service": str(first),
        "diagnoses": [{"code": code} for code in codes],
        "lines": [_line(draw, number, len(codes), first, last) for number in range(1, lines + 1)],
    }
    if last != first:
        told["date_of_service_to"] = str(last)
    if draw(st.booleans()):
        told["guarantor"] = {**draw(person), "external_id": draw(IDS)}
    for name in ("rendering_provider", "referring_provider", "service_facility"):
        if draw(st.booleans()):
            told[name] = draw(provider)
    if draw(st.booleans()):
        told["notes"] = draw(st.lists(PROSE, max_size=3))
    return told


def _line(draw: st.DrawFn, number: int, diagnoses: int, first: date, last: date) -> dict[str, Any]:
    line: dict[str, Any] = {
        "line_number": number,
        "procedure": draw(st.from_regex(r"[1-9][0-9]{3}[0-9FTUM]|[A-V][0-9]{4}", fullmatch=True)),
        "modifiers": draw(st.lists(st.from_regex(r"[H-KM-QU-W][0-9A-Z]", fullmatch=True), max_size=4, unique=True)),
        "units": draw(st.sampled_from(["1", "2", "0.5", "12.125"])),
        "charge_cents": draw(st.integers(1, 10**9)),
        "diagnosis_pointers": draw(st.lists(st.integers(1, diagnoses), min_size=1, max_size=min(4, diagnoses), unique=True)),
    }
    if draw(st.booleans()):
        line["date_of_service"] = str(draw(st.dates(first, last)))
    return line


@given(encounters())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_right_is_coded_and_said_as_the_contract_says(told: dict[str, Any]) -> None:
    (item,) = read(Form.JSON, orjson.dumps(told)).items
    assert isinstance(item, Taken)
    assert not holds(assess(item.encounter, FACTS))
    assert item.repairs == ()
    encounter_id = new_id()
    said = events.coded(item.encounter, encounter_id, "the release")
    decoded = decode(said.type_name(), said.model_dump_json())
    assert isinstance(decoded, EncounterCoded)
    assert _is_in(orjson.loads(said.model_dump_json()), orjson.loads(decoded.model_dump_json()))
    assert decoded.charge_cents == sum(line["charge_cents"] for line in told["lines"])
    assert [line.date_of_service for line in decoded.lines] == [item.encounter.day_of(line) for line in item.encounter.lines]


def _is_in(said: Any, decoded: Any) -> bool:
    """Nothing was said that the contract's own model does not know, and every value is as it was said."""
    if isinstance(said, dict):
        return said.keys() <= decoded.keys() and all(_is_in(value, decoded[name]) for name, value in said.items())
    if isinstance(said, list):
        return len(said) == len(decoded) and all(map(_is_in, said, decoded))
    return bool(said == decoded)


@given(encounters(), st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_change_is_held_or_refused_by_name_or_still_right(told: dict[str, Any], data: st.DataObject) -> None:
    spoil(told, data)
    (item,) = read(Form.JSON, orjson.dumps(told)).items
    if isinstance(item, Taken):
        findings = assess(item.encounter, FACTS)
        if not holds(findings):
            decode("rcm.encounters.EncounterCoded.v1", events.coded(item.encounter, new_id(), "r").model_dump_json())
    else:
        assert item.error.status == 422
        assert item.error.faults
        assert all(fault.message for fault in item.error.faults)


ODD_TEXTS = ["", " ", "2026-02-30", "0000-00-00", "9999-12-31", "\x00", "\ufffe", "E11", "1e9", "-1", "x" * 500]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(ODD_TEXTS),
    st.lists(st.integers(0, 9), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(0, 9), max_size=2),
)


def spoil(told: Any, data: st.DataObject) -> None:
    """Replaces or removes something at any depth, once to three times."""
    for _ in range(data.draw(st.integers(1, 3))):
        at = told
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(at[key], dict | list) and at[key] and data.draw(st.booleans()):
                at = at[key]
                continue
            if isinstance(at, dict) and data.draw(st.booleans()):
                del at[key]
            else:
                at[key] = data.draw(JUNK)
            break


@given(st.binary(max_size=300), st.sampled_from(list(Form)))
@settings(max_examples=120, deadline=None)
def test_bytes_of_any_kind_are_refused_by_name(body: bytes, form: Form) -> None:
    try:
        items = read(form, body).items
    except InvalidBody as error:
        items = [Refused(error, Raw.of(form, body))]
    assert all(isinstance(item, Taken) or item.error.status == 422 for item in items)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_spoilt_hl7_message_never_fails(data: st.DataObject) -> None:
    body = bytearray(DFT.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(body) - 1))
        kind = data.draw(st.sampled_from(["put", "cut", "in"]))
        if kind == "put":
            body[at] = data.draw(st.sampled_from(list(b'|^~\\&\rMSHF10 \x0b\x1c\xff"')))
        elif kind == "cut":
            del body[at : at + data.draw(st.integers(1, 30))]
        else:
            body[at:at] = data.draw(st.sampled_from([b"|", b"^", b"\r", b"\\", b"~~", b"\\X4\\", b'|""|']))
        if not body:
            return
    _check(read(Form.HL7, bytes(body)).items)


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_spoilt_bundle_never_fails(data: st.DataObject) -> None:
    bundle = orjson.loads(orjson.dumps(BUNDLE))
    spoil(bundle, data)
    _check(read(Form.FHIR, json.dumps(bundle).encode()).items)


def _check(items: Any) -> None:
    for item in items:
        if isinstance(item, Taken):
            assess(item.encounter, FACTS)
        else:
            assert item.error.faults


@given(encounters())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_stored_document_reads_back_the_same(told: dict[str, Any]) -> None:
    encounter, _ = repaired(encounter_of(orjson.dumps(told)))
    again = encounter_of(encounter.document)
    assert again == encounter
    assert again.document == encounter.document


async def test_generated_encounters_through_http(coding: Coding) -> None:
    """A batch of spoilt and sound ones: each line has its answer, and no line can bring the others down."""
    bodies: list[bytes] = []

    @given(encounters(), st.data())
    @settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def collect(told: dict[str, Any], data: st.DataObject) -> None:
        bodies.append(orjson.dumps(told))
        spoil(told, data)
        bodies.append(orjson.dumps(told))

    await asyncio.to_thread(collect)
    bodies.append(orjson.dumps(ENCOUNTER))
    async with coding.client(Role.EHR) as ehr:
        headers = {"content-type": "application/x-ndjson"}
        answer = await ehr.post("/v1/encounters/batch", content=b"\n".join(bodies), headers=headers)
        assert answer.status_code == 200, answer.text[:1000]
        results = answer.json()["results"]
    assert len(results) == len(bodies)
    assert {result["status"] for result in results} <= {200, 201, 409, 422}
    assert results[-1]["state"] == "coded"
