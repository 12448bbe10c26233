"""Check digits, repairs, merge patches, service keys: the small truths."""

from typing import Any

import pytest

from coding_svc.domain.merge_patch import changed_pointers, merged
from coding_svc.domain.npi import is_npi
from coding_svc.domain.repairs import diagnosis_code, ndc, repaired, tax_id, zip_code
from coding_svc.domain.service_keys import service_keys
from tests.coding.making import encounter, line


@pytest.mark.parametrize(
    ("npi", "valid"),
    [
        ("1234567893", True),  # the example of the CMS's own description of the check digit
        ("1993999998", True),
        ("1245319599", True),
        ("1234567890", False),
        ("3234567896", False),
        ("123456789", False),
        ("12345678933", False),
        ("123456789a", False),
        ("١٢٣٤٥٦٧٨٩٣", False),
        ("", False),
    ],
)
def test_npi(npi: str, valid: bool) -> None:
    assert is_npi(npi) is valid


@pytest.mark.parametrize(
    ("repair", "before", "after"),
    [
        (diagnosis_code, "e119", "E11.9"),
        (diagnosis_code, "E11.9", "E11.9"),
        (diagnosis_code, "I10", "I10"),
        (diagnosis_code, "w19xxxa", "W19.XXXA"),
        (diagnosis_code, "44054006", "44054006"),
        (zip_code, "62701-1234", "627011234"),
        (zip_code, "62701 1234", "627011234"),
        (zip_code, "6270-11234", "6270-11234"),
        (tax_id, "37-1234567", "371234567"),
        (tax_id, "123-45-6789", "123456789"),
        (tax_id, "1-2-3", "1-2-3"),
        (ndc, "0182-1061-05", "00182106105"),
        (ndc, "50242-040-62", "50242004062"),
        (ndc, "60575-4112-1", "60575411201"),
        (ndc, "00182-1061-05", "00182106105"),
        (ndc, "1-1-1", "1-1-1"),
        (ndc, "aaaa-1061-05", "aaaa-1061-05"),
    ],
)
def test_repairs_change_form_alone(repair: Any, before: str, after: str) -> None:
    assert repair(before) == after


def test_repairs_are_told_with_what_stood_there() -> None:
    told = encounter(
        diagnoses=[{"code": "e119"}, {"code": "I10"}],
        lines=[line(procedure="j1885", modifiers=["lt"], drug={"ndc": "0409-1202-01", "unit": "ML"})],
        patient={"address": {"postal_code": "62701-1234", "state": "il"}},
        billing_provider={"tax_id": "37-1234567"},
    )
    after, repairs = repaired(told)
    assert {(repair.path, repair.before, repair.after) for repair in repairs} == {
        ("/diagnoses/0/code", "e119", "E11.9"),
        ("/lines/0/procedure", "j1885", "J1885"),
        ("/lines/0/modifiers/0", "lt", "LT"),
        ("/lines/0/drug/ndc", "0409-1202-01", "00409120201"),
        ("/patient/address/postal_code", "62701-1234", "627011234"),
        ("/patient/address/state", "il", "IL"),
        ("/billing_provider/tax_id", "37-1234567", "371234567"),
    }
    assert repaired(after) == (after, ())


def test_nothing_is_repaired_where_nothing_is_wrong() -> None:
    told = encounter()
    assert repaired(told)[0] is told


def test_what_is_no_code_in_any_letters_stands_as_it_came() -> None:
    """Capitals of a sharp s are two letters: the longest code would be longer than a code may be."""
    strange = "\u00df" * 80
    told = encounter(
        diagnoses=[{"code": strange}],
        lines=[line(procedure=strange, modifiers=[strange])],
        patient={"address": {"state": strange}},
    )
    assert repaired(told) == (told, ())


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [  # RFC 7396, appendix A
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch(target: Any, patch: Any, result: Any) -> None:
    assert merged(target, patch) == result


@pytest.mark.parametrize(
    ("before", "after", "pointers"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["/a"]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, ["/a/c"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["/a/1"]),
        ({"a": [1, 2]}, {"a": [1]}, ["/a"]),
        ({}, {"a/b": 1, "~": 2}, ["/a~1b", "/~0"]),
        ({"a": 1}, {}, ["/a"]),
    ],
)
def test_changed_pointers(before: Any, after: Any, pointers: list[str]) -> None:
    assert changed_pointers(before, after) == pointers


def test_service_keys_tell_services_apart() -> None:
    (key,) = service_keys(encounter(lines=[line(modifiers=["25", "LT"])]))
    assert service_keys(encounter(external_id="other", lines=[line(7, modifiers=["LT", "25"], units="3")])) == [key]
    for different in (
        encounter(lines=[line(modifiers=["25"])]),
        encounter(lines=[line(modifiers=["25", "LT"], charge_cents=1)]),
        encounter(lines=[line(modifiers=["25", "LT"], procedure="99214")]),
        encounter(lines=[line(modifiers=["25", "LT"])], date_of_service="2026-03-01"),
    ):
        assert service_keys(different) != [key]
    assert service_keys(encounter(lines=[line(procedure="")])) == [None]
    assert service_keys(encounter(date_of_service=None)) == [None, None]


def test_the_same_content_has_the_same_document() -> None:
    assert encounter().document == encounter(notes=[], self_pay=False, accident=None).document
    assert encounter(tags=["a"]).document != encounter().document
