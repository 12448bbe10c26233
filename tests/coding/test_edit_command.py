"""`rcm codes edit`: the edits over a file of encounters, in any of three forms, whatever is in it."""

from typing import Any

import orjson
import pytest

from coding_svc.main import COMMANDS
from rcm.errors import InvalidBody
from tests.coding.making import TODAY, another, document


def edit(body: bytes) -> list[dict[str, Any]]:
    return list(COMMANDS["edit"](body, TODAY, None))


WHOLE, LACKING = another(1), another(2, diagnoses=[])


@pytest.mark.parametrize(
    "body",
    [
        orjson.dumps([WHOLE, LACKING]),
        orjson.dumps([WHOLE, LACKING], option=orjson.OPT_INDENT_2),
        orjson.dumps(WHOLE) + b"\n\n" + orjson.dumps(LACKING) + b"\r\n",
        b"\xef\xbb\xbf" + orjson.dumps([WHOLE, LACKING]),
    ],
)
def test_an_array_and_lines_are_read(body: bytes) -> None:
    first, second = edit(body)
    assert (first["external_id"], first["state"], first["findings"]) == ("V-1", "coded", [])
    assert (second["encounter"], second["state"]) == (2, "held")
    (found,) = second["findings"]
    assert {"id", "effective_from", "effective_to", "path", "message", "fix", "source"} <= set(found)
    assert (found["id"], found["path"]) == ("diagnosis-missing", "/diagnoses")


@pytest.mark.parametrize("option", [0, orjson.OPT_INDENT_2])
def test_one_object_is_read_however_it_is_written(option: int) -> None:
    (found,) = edit(orjson.dumps(document(), option=option))
    assert found["state"] == "coded"


def test_the_same_service_twice_in_a_file_is_found() -> None:
    _, second = edit(orjson.dumps([document(), document(external_id="V-2")]))
    assert [each["id"] for each in second["findings"]] == ["service-billed-twice"] * 2


def test_what_is_no_encounter_is_refused_by_itself() -> None:
    first, second, third = edit(orjson.dumps([{"external_id": "V-9"}, 3, WHOLE]))
    assert (first["state"], first["external_id"], first["errors"][0]["path"]) == ("refused", "V-9", "/patient")
    assert (second["state"], second["external_id"]) == ("refused", None)
    assert third["state"] == "coded"


@pytest.mark.parametrize("body", [b"", b"  \n", b"[1,", b"[NaN]"])
def test_what_is_no_json_at_all_is_refused_whole(body: bytes) -> None:
    with pytest.raises(InvalidBody):
        edit(body)


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"no json", b"{", b"\x00" * 9])
def test_a_line_that_is_no_json_is_refused_by_itself(body: bytes) -> None:
    assert [each["state"] for each in edit(body)] == ["refused"]
