"""An encounter's JSON, read in two ways: what msgspec takes pydantic takes too, and makes the same of it."""

import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pydantic import ValidationError

from coding_svc.domain.encounter import RECORD_PARTS, Encounter
from coding_svc.domain.encounter_json import ENCOUNTER_MODEL, encounter_of, model_of, of_model, quickly
from coding_svc.edi.json_bodies import read_json
from coding_svc.edi.parcel import Refused, Taken
from coding_svc.views.encounters import ENCOUNTER
from rcm.money import LARGEST_AMOUNT_CENTS
from rcm_deploy.samples.encounters import sample_encounters
from tests.coding.making import TODAY, document, encounter
from tests.coding.test_properties import encounters, spoil

TEXT = "the text to try"
BLANKS = " \t\n\x0b\x0c\r\x1c\x1f\x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_BLANK = "\u200b\u2060\ufeff\u180e"
PLACES: dict[str, dict[str, Any]] = {
    "an id": {"external_id": TEXT},
    "a line": {"patient": {"last_name": TEXT}},
    "a code": {"place_of_service": TEXT},
    "a date": {"date_of_service": TEXT},
    "a word of a list": {"patient": {"sex": TEXT}},
    "yes or no": {"self_pay": TEXT},
    "a part": {"guarantor": TEXT},
    "parts": {"coverages": TEXT},
    "texts": {"notes": [TEXT]},
    "tags": {"tags": [TEXT]},
    "a number": {"lines": [{"line_number": TEXT}]},
    "cents": {"lines": [{"line_number": 1, "charge_cents": TEXT}]},
    "units": {"lines": [{"line_number": 1, "units": TEXT}]},
    "a pointer": {"lines": [{"line_number": 1, "diagnosis_pointers": [TEXT]}]},
    "a status": {"stay": {"discharge_status": TEXT}},
}
TOKENS = [
    *(
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1",
        "-1",
        "9999",
        "10000",
        "1.0",
        "1e0",
        "1E2",
        "0.5",
        "01",
        "+1",
        "NaN",
        "Infinity",
    ),
    *(str(LARGEST_AMOUNT_CENTS), str(LARGEST_AMOUNT_CENTS + 1), str(2**63), str(2**64), "9" * 40, "-" + "9" * 40),
    *('""', '" "', '"1"', '"0"', '"1.5"', '"1."', '"12345678"', '"1.2345"', '"\u0661"', '"-1"', '"1e1"', '"M"', '"m"', '"20"'),
    *('"2026-03-02"', '"2026-3-2"', '"2026-02-30"', '"0000-01-01"', '"0001-01-01"', '"9999-12-31"', '"20260302"', '"2026-061"'),
    *('"2026-03-02T00:00:00"', '"2026-03-02 "', '"2026-03-02Z"', '"1772409600"', "1772409600", '"\u0662026-03-02"'),
    *("[]", "{}", "[null]", "[[]]", '[{"rank":"P"}]', '[{"rank":"P"},{},{},{}]', '{"external_id":"G"}', '{"external_id":""}'),
    *('{"external_id":"G","no_such":1}', '{"external_id":"G","external_id":"H"}', '{"external_id":1,"external_id":"H"}'),
    *('{"external_id":"G","external_id":null}', '{"external_id":"\\u0000","external_id":"H"}', '{"\\u0065xternal_id":"G"}'),
    *(
        '"\\n"',
        '"a\\tb"',
        '"a\\u0000b"',
        '"\\/"',
        '"\\""',
        '"\\\\u0000"',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"a\x7fb"',
        '"a\x1fb"',
    ),
    *('"a\nb"', '"\ufffe"', '"unended', '"a" "b"', "'a'", ",", "", '"a", "x": "y"', '"a", "tags": ["b"]', '"a","tags":[]'),
    *(
        json.dumps(character * count, ensure_ascii=False)
        for character in "aé\U0001f600"
        for count in (79, 80, 81, 120, 121, 255, 256)
    ),
    *(f'"{blank}a"' for blank in BLANKS + NOT_BLANK),
    *(f'"a{blank}"' for blank in BLANKS + NOT_BLANK),
    *(f'"a{blank}b"' for blank in BLANKS + NOT_BLANK),
    *('"a\\u00a0"', '"\\u0020a"', '" é"', '"é "', '"é \xa0é"'),
]
WRITERS: dict[str, Callable[[Any], bytes]] = {
    "compact": orjson.dumps,
    "spaced": lambda told: json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass"),
    "escaped": lambda told: json.dumps(told).encode(),
    "indented": lambda told: orjson.dumps(told, option=orjson.OPT_INDENT_2),
    "turned round": lambda told: orjson.dumps(_turned(told)),
}


def _turned(told: Any) -> Any:
    """With its members in the opposite order."""
    if isinstance(told, list):
        return [_turned(each) for each in told]
    return {name: _turned(told[name]) for name in reversed(told)} if isinstance(told, dict) else told


def _carefully(body: bytes) -> Encounter | None:
    """What pydantic makes of it, None for a refusal. That can be converted whatever it is."""
    try:
        read = ENCOUNTER_MODEL.model_validate_json(body)
    except ValidationError:
        return None
    return of_model(read)


def check(body: bytes) -> bool:
    """Holds the two readings against each other; answers whether msgspec took it."""
    quick, careful = quickly(body), _carefully(body)
    if quick is None:
        return False
    assert careful is not None, body
    assert quick == careful, body
    assert quick.document == careful.document, body
    return True


@pytest.mark.parametrize("place", PLACES)
def test_whatever_stands_in_a_place_both_readings_agree(place: str) -> None:
    written = orjson.dumps(document(PLACES[place]))
    for token in TOKENS:
        check(written.replace(orjson.dumps(TEXT), token.encode("utf-8", "surrogatepass")))
    for raw in (b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"a\0b"'):
        check(written.replace(orjson.dumps(TEXT), raw))


@given(encounters(), st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_sent_both_readings_agree(told: dict[str, Any], data: st.DataObject) -> None:
    write = WRITERS[data.draw(st.sampled_from(sorted(WRITERS)))]
    check(write(told))
    spoil(told, data)
    check(write(told))


@given(
    st.text(st.characters(codec="utf-8"), max_size=6),
    st.sampled_from(["an id", "a line", "a code", "texts", "units", "a date"]),
)
@settings(max_examples=300, deadline=None)
def test_whatever_the_text_both_readings_agree(text: str, place: str) -> None:
    check(orjson.dumps(document(PLACES[place])).replace(orjson.dumps(TEXT), json.dumps(text, ensure_ascii=False).encode()))


def test_the_usual_body_is_read_quickly() -> None:
    for told in sample_encounters(20, 7, TODAY):
        assert check(orjson.dumps(told))
    assert all(check(write(ENCOUNTER)) for write in WRITERS.values())
    assert check(orjson.dumps(document(patient={"last_name": "Ångström-Núñez"})))
    assert not check(orjson.dumps(document(patient={"last_name": "Núñez\u3000"})))


def test_texts_are_trimmed_and_amounts_refused_as_pydantic_does() -> None:
    trimmed = encounter_of(orjson.dumps(document(patient={"last_name": " Hollis\u2003"}, notes=[" a\nb "])))
    assert trimmed.patient.last_name == "Hollis"
    assert trimmed.notes == (" a\nb ",)
    (item,) = read_json(orjson.dumps(document(lines=[{"line_number": 1, "charge_cents": 12.5, "colour": "red"}]))).items
    assert isinstance(item, Refused)
    assert [(fault.pointer, fault.code) for fault in item.error.faults] == [
        ("/lines/0/charge_cents", "int_type"),
        ("/lines/0/colour", "extra_forbidden"),
    ]


def test_units_are_decimals_in_the_digits_that_x12_carries() -> None:
    assert encounter(lines=[{"line_number": 1, "units": 3}]).lines[0].units == "3"
    assert _carefully(orjson.dumps(document(lines=[{"line_number": 1, "units": "\u0663"}]))) is None


def test_a_nul_is_refused_where_another_value_comes_after_it_too() -> None:
    (item,) = read_json(b'{"tags":["\\u0000"],' + orjson.dumps(document(tags=["a"]))[1:]).items
    assert isinstance(item, Refused)
    assert [fault.code for fault in item.error.faults] == ["nul-character"]


def test_a_byte_order_mark_changes_nothing() -> None:
    plain, marked = (read_json(mark + orjson.dumps(ENCOUNTER)).items[0] for mark in (b"", b"\xef\xbb\xbf"))
    assert isinstance(plain, Taken)
    assert isinstance(marked, Taken)
    assert (plain.digest, plain.encounter) == (marked.digest, marked.encounter)


def test_every_field_is_in_both_models_and_every_default_but_the_records_is_written() -> None:
    model = model_of(Encounter)
    assert list(model.model_fields) == list(Encounter.__struct_fields__)
    least = encounter_of(b'{"external_id":"V-1","patient":{"external_id":"P-1"}}')
    defaults = model.model_validate_json(least.document).model_dump(mode="json", exclude_none=True, exclude=set(RECORD_PARTS))
    assert orjson.loads(least.document) == defaults


def test_a_changed_copy_keeps_nothing_of_what_was_found_out_before() -> None:
    before = encounter()
    assert before.charge_cents == 16000
    after = replace(before, lines=before.lines[:1])
    assert after.charge_cents == 13200
    assert encounter_of(before.document) == before
    assert encounter_of(after.document) == after
