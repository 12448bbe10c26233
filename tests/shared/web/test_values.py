"""Pages, versions, bodies, faults: what rcm.web says about a value that it can't take, and what it never says."""

from datetime import date
from uuid import UUID

import pytest
from fastapi import Request
from pydantic import BaseModel, ConfigDict

from rcm.clock import instant_of
from rcm.errors import InvalidBody, VersionMismatch, VersionRequired
from rcm.web.bodies import load_json, media_type, parse_json, text_of
from rcm.web.context import child_of
from rcm.web.faults import json_pointer
from rcm.web.pages import decode_cursor, decode_cursor_as, encode_cursor, page_of
from rcm.web.problems import UnsupportedMediaType, problem_of
from rcm.web.versions import ANY, check_version, required_version


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    procedure: str
    charge_cents: int
    on: date | None = None


class Visit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lines: list[Line]


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw})


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b"", "", "json_invalid"),
        (b'{"lines": [', "", "json_invalid"),
        (b"\xff\xfe{}", "", "json_invalid"),
        (b'{"lines": [{"procedure": "99213"}]}', "/lines/0/charge_cents", "missing"),
        (b'{"lines": [{"procedure": "99213", "charge_cents": "Doe"}]}', "/lines/0/charge_cents", "int_parsing"),
        (b'{"lines": [{"procedure": "99213", "charge_cents": 1, "a/b": 2}]}', "/lines/0/a~1b", "extra_forbidden"),
        (b'{"lines": [{"procedure": "a", "charge_cents": 1, "on": "31.12.25"}]}', "/lines/0/on", "date_from_datetime_parsing"),
        (b'{"lines": [{"procedure": "a\\u0000", "charge_cents": 1}]}', "", "nul-character"),
    ],
)
def test_a_body_that_cannot_be_taken_says_where_what_and_how_to_mend_it(body: bytes, pointer: str, code: str) -> None:
    with pytest.raises(InvalidBody) as refused:
        parse_json(Visit, body)
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == (pointer, code)
    assert fault.fix
    assert "Doe" not in str(problem_of(refused.value))


def test_a_byte_order_mark_and_an_escaped_backslash_are_taken() -> None:
    assert parse_json(Visit, b'\xef\xbb\xbf{"lines": []}') == Visit(lines=[])
    taken = parse_json(Visit, b'{"lines": [{"procedure": "\\\\u0000", "charge_cents": 1}]}')
    assert taken.lines[0].procedure == "\\u0000"
    assert load_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("body", [b"", b"  ", b"{", b'{"a": "\\u0000"}', b"\xff"])
def test_json_without_a_model_is_refused_by_the_same_rules(body: bytes) -> None:
    with pytest.raises(InvalidBody) as refused:
        load_json(body)
    assert refused.value.faults[0].fix


def test_text_is_utf8_or_what_windows_writes_and_never_binary() -> None:
    assert text_of("ISA*Ä".encode()) == "ISA*Ä"
    assert text_of("ISA*Ä".encode("cp1252")) == "ISA*Ä"
    assert text_of(b"\xef\xbb\xbfISA") == "ISA"
    for body in (b"", b" \r\n", "ISA".encode("utf-16")):
        with pytest.raises(InvalidBody):
            text_of(body)


def test_media_types_are_compared_without_their_parameters() -> None:
    assert media_type(request(content_type="Application/JSON; charset=utf-8"), "application/json") == "application/json"
    assert media_type(request(), "application/json") == "application/json"
    with pytest.raises(UnsupportedMediaType, match="application/json"):
        media_type(request(content_type="text/html"), "application/json")


def test_a_cursor_comes_back_as_it_went_and_others_are_refused() -> None:
    identity = UUID("0198f5d0-5c00-7000-8000-0000000000aa")
    cursor = encode_cursor(date(2025, 9, 1), identity)
    assert decode_cursor_as(cursor, date.fromisoformat, UUID) == [date(2025, 9, 1), identity]
    foreign = [cursor[:-3], "x", "ä", encode_cursor("one"), encode_cursor("a", "b"), "bnVsbA", encode_cursor("\0", identity)]
    for bad in foreign:
        with pytest.raises(InvalidBody) as refused:
            decode_cursor_as(bad, date.fromisoformat, UUID)
        assert refused.value.faults[0].pointer == "?after"
    assert decode_cursor(encode_cursor(1), 1) == ["1"]


def test_the_row_too_many_tells_of_a_next_page() -> None:
    first = page_of([1, 2, 3], 2, str, lambda row: [row])
    assert first.items == ["1", "2"]
    assert first.next == encode_cursor(2)
    assert page_of([1, 2], 2, str, lambda row: [row]).next is None


def test_versions_are_asked_for_and_compared() -> None:
    assert required_version(request(if_match='"7"')) == 7
    assert required_version(request(if_match='W/"7"')) == 7
    assert required_version(request(if_match="*")) == ANY
    with pytest.raises(VersionRequired):
        required_version(request())
    with pytest.raises(InvalidBody):
        required_version(request(if_match="seven"))
    check_version(7, 7)
    check_version(ANY, 7)
    with pytest.raises(VersionMismatch):
        check_version(6, 7)


def test_pointers_escape_what_rfc_6901_wants_escaped() -> None:
    assert json_pointer(["a/b", 0, "m~n"]) == "/a~1b/0/m~0n"
    assert json_pointer([]) == ""


def test_a_trace_goes_on_and_one_that_is_broken_is_not_believed() -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    going_on = child_of(f"00-{trace}-00f067aa0ba902b7-01".encode())
    assert going_on[3:35] == trace
    assert going_on[36:52] != "00f067aa0ba902b7"
    for broken in (None, b"00-xyz", f"00-{'0' * 32}-00f067aa0ba902b7-01".encode(), f"00-{trace}-{'0' * 16}-01".encode()):
        assert child_of(broken)[3:35] not in (trace, "0" * 32)


def test_a_cursor_with_an_instant_without_its_zone_is_foreign() -> None:
    (kept,) = decode_cursor_as(encode_cursor("2026-01-31T12:00:00+00:00"), instant_of)
    assert kept.isoformat() == "2026-01-31T12:00:00+00:00"
    with pytest.raises(InvalidBody) as refused:
        decode_cursor_as(encode_cursor("2026-01-31T12:00:00"), instant_of)
    assert [fault.pointer for fault in refused.value.faults] == ["?after"]
