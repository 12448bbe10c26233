"""From a note to a coded encounter: what is suggested, who decides, what is kept, and what it measures."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from coding_svc.domain.acceptance import LineCodes, with_codes
from coding_svc.domain.suggestions import READ_MAX, AcceptanceRule, CodeRange, Kind, Suggestion, read_all, within_reach
from coding_svc.main import Settings, build, code_book
from rcm.clock import FixedClock
from rcm.contracts.encounters import EncounterCoded
from rcm.identity import Role
from rcm.ids import new_id
from tests.coding.conftest import TODAY, Coding
from tests.coding.engine import PhraseEngine
from tests.coding.making import another, encounter, line
from tests.shared.codesets.lists import Shelf
from tests.support.live import Live, LiveService

NOTE = "Assessment: Type 2 diabetes, hypertension. Denies cough."
UNCODED = {"diagnoses": [], "lines": [line(diagnosis_pointers=[])], "notes": [NOTE]}


@pytest.fixture(scope="session")
async def reading_service(live: Live) -> AsyncIterator[LiveService]:
    book = replace(code_book(), engine=PhraseEngine)
    async with live(build(Settings(), book), clock=FixedClock(TODAY)) as it:
        yield it


@pytest.fixture
def desk(reading_service: LiveService) -> Coding:
    """The service with an engine of three phrases, empty."""
    mine = Coding(**{field.name: getattr(reading_service, field.name) for field in fields(reading_service)})
    mine.organisation_id = new_id()
    return mine


async def post(desk: Coding, told: dict[str, Any]) -> str:
    """Sends an encounter and has its notes read; its id."""
    async with desk.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=orjson.dumps(told), headers={"content-type": "application/json"})
        assert answer.status_code == 201, answer.text
    await desk.run_periodics("read notes")
    return str(answer.json()["encounter_id"])


async def suggestions(desk: Coding, encounter_id: str) -> dict[str, Any]:
    async with desk.client(Role.CODER) as coder:
        answer = await coder.get(f"/v1/encounters/{encounter_id}/suggestions")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def decide(desk: Coding, encounter_id: str, decisions: dict[str, Any], version: str = "*") -> Any:
    async with desk.client(Role.CODER, subject="pat@example.org") as coder:
        return await coder.post(f"/v1/encounters/{encounter_id}/codes", json=decisions, headers={"if-match": version})


async def set_rule(desk: Coding, **rule: Any) -> Any:
    async with desk.client(Role.ADMIN) as admin:
        told = {"enabled": True, "minimum_score": 0.85, "ranges": [{"first": "A00", "last": "R99"}], **rule}
        return await admin.put("/v1/acceptance-rule", json=told, headers={"if-match": "*"})


async def test_a_note_without_codes_is_read_and_nothing_is_billed_by_itself(desk: Coding) -> None:
    identity = await post(desk, another(1, **UNCODED))
    told = await suggestions(desk, identity)
    assert (told["state"], told["engine"]) == ("read", "phrases 1")
    assert [(each["code"], each["score"]) for each in told["suggestions"]] == [("E11.9", 0.9), ("I10", 0.97)]
    (evidence,) = told["suggestions"][0]["evidence"]
    assert evidence["document"] == "/notes/0"
    assert NOTE[evidence["start"] : evidence["end"]] == evidence["text"] == "Type 2 diabetes"
    assert [(each["code"], each["reason"]) for each in told["not_coded"]] == [("R05.9", "the note denies it")]
    assert await desk.said(EncounterCoded) == []


async def test_what_a_coder_accepts_is_coded_and_kept_with_its_evidence(desk: Coding) -> None:
    identity = await post(desk, another(2, **UNCODED))
    first, second = (await suggestions(desk, identity))["suggestions"]
    decisions = {
        "accept": [
            {"suggestion_id": first["suggestion_id"]},
            {"suggestion_id": second["suggestion_id"], "code": "I11.9", "reason": "with heart disease"},
        ],
        "add": [{"code": "z794", "reason": "insulin"}],
    }
    answer = await decide(desk, identity, decisions)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.headers["etag"]) == ("coded", '"2"')
    (said,) = await desk.said(EncounterCoded)
    assert [each.code for each in said.data.diagnoses] == ["E11.9", "I11.9", "Z79.4"]
    assert said.data.lines[0].diagnosis_pointers == (1, 2, 3)
    told = await suggestions(desk, identity)
    kept = [(each["action"], each["suggested_code"], each["code"], each["reason"]) for each in told["decisions"]]
    assert kept == [
        ("accepted", "E11.9", "E11.9", ""),
        ("changed", "I10", "I11.9", "with heart disease"),
        ("added", "", "Z79.4", "insulin"),
    ]
    assert {(each["decided_by"], each["actor"]) for each in told["decisions"]} == {("coder", "pat@example.org (coder)")}
    assert told["decisions"][0]["evidence"][0]["text"] == "Type 2 diabetes"
    assert [each["decision"]["action"] for each in told["suggestions"]] == ["accepted", "changed"]


async def test_a_document_without_its_text_is_named_as_unread(desk: Coding) -> None:
    pdf = {"media_type": "application/pdf", "content_base64": "JVBERi0xLjcK"}
    both = await post(desk, another(24, **{**UNCODED, "documents": [pdf]}))
    alone = await post(desk, another(25, **{**UNCODED, "notes": [], "documents": [pdf]}))
    read, unread = await suggestions(desk, both), await suggestions(desk, alone)
    assert [each["code"] for each in read["suggestions"]] == ["E11.9", "I10"]
    assert (unread["state"], unread["suggestions"]) == ("read", [])
    assert read["unread"] == unread["unread"]
    assert unread["unread"] == [
        {
            "document": "/documents/0/content_base64",
            "why": "it came as application/pdf without its text, which goes into `text`",
        }
    ]


async def test_a_note_of_several_pages_is_read(desk: Coding) -> None:
    identity = await post(desk, another(26, **{**UNCODED, "notes": ["Page 1.\x0cAssessment: Type 2 diabetes.\x0b\x0c"]}))
    assert [each["code"] for each in (await suggestions(desk, identity))["suggestions"]] == ["E11.9"]


async def test_a_refusal_is_kept_and_the_encounter_waits(desk: Coding) -> None:
    identity = await post(desk, another(3, **UNCODED))
    first, _ = (await suggestions(desk, identity))["suggestions"]
    refusal = {"refuse": [{"suggestion_id": first["suggestion_id"], "reason": "the mother's"}]}
    answer = await decide(desk, identity, refusal)
    assert (answer.status_code, answer.json()["state"]) == (200, "held")
    again = await decide(desk, identity, refusal)
    assert (again.status_code, again.json()["code"]) == (409, "suggestion-decided")


async def test_of_two_who_decide_at_once_one_is_told_so(desk: Coding) -> None:
    identity = await post(desk, another(22, **UNCODED))
    first, _ = (await suggestions(desk, identity))["suggestions"]
    refusal = {"refuse": [{"suggestion_id": first["suggestion_id"]}]}
    answers = await asyncio.gather(*(decide(desk, identity, refusal) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len((await suggestions(desk, identity))["decisions"]) == 1


@pytest.mark.parametrize(
    ("decisions", "pointer"),
    [
        ({"accept": [{"suggestion_id": str(new_id())}]}, "/accept/0/suggestion_id"),
        ({"add": [{"code": "I10"}], "lines": [{"line_number": 9}]}, "/lines/0/line_number"),
        ({}, ""),
        ({"add": [{"code": "I10; drop"}]}, "/add/0/code"),
        ({"add": [{"code": "I10"}, {"code": "E11"}]}, "/add/1/code"),
        ({"add": [{"code": "QQ"}]}, "/add/0/code"),
        ({"add": [{"code": "I10"}], "order": ["i10", "Z79.4"]}, "/order/1"),
        ({"add": [{"code": "I10"}], "lines": [{"line_number": 1, "diagnoses": ["I11.9"]}]}, "/lines/0/diagnoses/0"),
        ({"accept": [{"suggestion_id": "1"}]}, "/accept/0/suggestion_id"),
    ],
)
async def test_what_names_nothing_is_refused_with_its_place(desk: Coding, decisions: dict[str, Any], pointer: str) -> None:
    identity = await post(desk, another(4, **UNCODED))
    answer = await decide(desk, identity, decisions)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_changed_code_is_billable_too_and_nothing_is_decided_by_a_refused_request(desk: Coding) -> None:
    identity = await post(desk, another(23, **UNCODED))
    first, _ = (await suggestions(desk, identity))["suggestions"]
    answer = await decide(desk, identity, {"accept": [{"suggestion_id": first["suggestion_id"], "code": "E11.6"}]})
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (422, "/accept/0/code", "diagnosis-invalid")
    assert "E11.6 is not billable on 2026-03-02: needs more characters: E11.6" in fault["message"]
    assert (await suggestions(desk, identity))["decisions"] == []


async def test_codes_need_the_version_that_was_read(desk: Coding) -> None:
    identity = await post(desk, another(5, **UNCODED))
    assert (await decide(desk, identity, {"add": [{"code": "I10"}]}, '"7"')).status_code == 412
    assert (await decide(desk, str(new_id()), {"add": [{"code": "I10"}]})).status_code == 404


async def test_a_rule_accepts_what_it_covers_with_its_own_mark(desk: Coding) -> None:
    assert (await set_rule(desk)).json()["version"] == 1
    identity = await post(desk, another(6, **UNCODED))
    (said,) = await desk.said(EncounterCoded)
    assert [each.code for each in said.data.diagnoses] == ["E11.9", "I10"]
    told = await suggestions(desk, identity)
    assert {(each["decided_by"], each["rule_version"]) for each in told["decisions"]} == {("rule", 1)}
    async with desk.client(Role.CODER) as coder:
        (step,) = (await coder.get(f"/v1/encounters/{identity}/history")).json()["items"]
        assert (step["action"], step["actor"]) == ("coded", "acceptance rule 1")
        measured = (await coder.get("/v1/measures/coding")).json()
    assert (measured["accepted_by_rule"], measured["engines"]) == (2, [])


@pytest.mark.parametrize("rule", [{"minimum_score": 0.95}, {"ranges": [{"first": "E00", "last": "E99"}]}, {"enabled": False}])
async def test_a_rule_leaves_the_whole_encounter_to_a_coder_where_one_suggestion_is_not_covered(
    desk: Coding, rule: dict[str, Any]
) -> None:
    assert (await set_rule(desk, **rule)).status_code == 200
    identity = await post(desk, another(7, **UNCODED))
    assert (await suggestions(desk, identity))["decisions"] == []
    assert await desk.said(EncounterCoded) == []


async def test_there_is_no_rule_until_one_is_set(desk: Coding) -> None:
    async with desk.client(Role.CODER) as coder:
        answer = await coder.get("/v1/acceptance-rule")
        assert (answer.json()["version"], answer.json()["enabled"], answer.headers["etag"]) == (0, False, '"0"')
        refused = await coder.put("/v1/acceptance-rule", json={"enabled": True, "minimum_score": 0.9, "ranges": []},
                                  headers={"if-match": '"0"'})  # fmt: skip
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/ranges")


@pytest.mark.parametrize("last", ["A99", "D", "E10.9"])
async def test_a_rule_whose_range_has_no_codes_is_refused(desk: Coding, last: str) -> None:
    told = await set_rule(desk, ranges=[{"first": "A00", "last": "B99"}, {"first": "E11.0", "last": last}])
    assert (told.status_code, [each["pointer"] for each in told.json()["errors"]]) == (422, ["/ranges/1"])
    assert (await set_rule(desk, ranges=[{"first": "E11.9", "last": "E11"}])).status_code == 200


async def test_days_the_wrong_way_round_are_refused(desk: Coding) -> None:
    async with desk.client(Role.CODER) as coder:
        told = await coder.get("/v1/measures/coding?first_day=2026-03-10&last_day=2026-03-09")
    assert (told.status_code, told.json()["errors"][0]["pointer"]) == (422, "?last_day")


async def test_the_engine_is_measured_by_what_coders_decide(desk: Coding) -> None:
    for number, code in ((8, None), (9, "I11.9"), (10, None)):
        identity = await post(desk, another(number, **UNCODED))
        second, first = (await suggestions(desk, identity))["suggestions"]
        changed = {"code": code} if code else {}
        decisions = {
            "accept": [{"suggestion_id": first["suggestion_id"], **changed}],
            "refuse": [{"suggestion_id": second["suggestion_id"]}],
        }
        assert (await decide(desk, identity, decisions)).status_code == 200
    async with desk.client(Role.CODER) as coder:
        told = (await coder.get("/v1/measures/coding?first_day=2026-03-10&last_day=2026-03-10")).json()
        none = (await coder.get("/v1/measures/coding?last_day=2026-03-09")).json()
        refused = (await coder.get("/v1/measures/coding/decisions?action=refused&category=E11")).json()["items"]
        assert {(each["suggested_code"], each["code"]) for each in refused} == {("E11.9", "")}
        first = (await coder.get("/v1/measures/coding/decisions?limit=4")).json()
        rest = (await coder.get(f"/v1/measures/coding/decisions?limit=4&after={first['next']}")).json()
        assert (len(first["items"]), len(rest["items"]), rest["next"]) == (4, 2, None)
    (engine,) = told["engines"]
    assert len(refused) == engine["refused"] == 3
    assert (engine["accepted"], engine["changed"], engine["refused"], engine["added"]) == (2, 1, 3, 0)
    assert engine["precision"] == {"numerator": 2, "denominator": 6, "value": 0.3333}
    assert engine["recall"] == {"numerator": 2, "denominator": 3, "value": 0.6667}
    assert [each["category"] for each in told["categories"]] == ["E11", "I10"]
    assert none["engines"] == []


async def test_a_note_that_breaks_the_engine_stops_no_other(desk: Coding) -> None:
    broken = await post(desk, another(11, **{**UNCODED, "notes": ["break the engine"]}))
    sound = await post(desk, another(12, **UNCODED))
    told = await suggestions(desk, broken)
    assert (told["state"], told["failure"], told["suggestions"]) == ("failed", "RuntimeError", [])
    assert (await suggestions(desk, sound))["state"] == "read"


async def test_a_note_in_another_language_is_kept_and_named(desk: Coding) -> None:
    identity = await post(desk, another(17, **{**UNCODED, "notes": [NOTE, "¿Dolor de pecho?"]}))
    told = await suggestions(desk, identity)
    assert told["unread"] == [{"document": "/notes/1", "why": "the document is not in English"}]
    assert len(told["suggestions"]) == 2


async def test_a_note_that_is_too_long_is_refused_and_kept(desk: Coding) -> None:
    told = another(18, **{**UNCODED, "notes": ["long " * 1_000_000]})
    async with desk.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=orjson.dumps(told), headers={"content-type": "application/json"})
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/notes/0"]
        kept = await ehr.get(f"/v1/raw-inputs/{answer.json()['raw_input_id']}")
        assert kept.content == orjson.dumps(told)


async def test_a_changed_note_is_read_again_and_codes_that_came_are_left_alone(desk: Coding) -> None:
    identity = await post(desk, another(13, **UNCODED))
    coded = await post(desk, another(14, notes=[NOTE]))
    assert (await suggestions(desk, coded))["state"] == "none"
    async with desk.client(Role.CODER) as coder:
        patch = {"content-type": "application/merge-patch+json", "if-match": "*"}
        body = orjson.dumps({"notes": ["Cough since Monday."]})
        assert (await coder.patch(f"/v1/encounters/{identity}", content=body, headers=patch)).status_code == 200
    assert (await suggestions(desk, identity))["state"] == "waiting"
    await desk.run_periodics("read notes")
    assert [each["code"] for each in (await suggestions(desk, identity))["suggestions"]] == ["R05.9"]


async def test_a_visits_level_is_proposed_for_a_line_without_a_procedure(desk: Coding) -> None:
    note = "Follow-up. Assessment: hypertension and asthma. Plan: refill lisinopril. Total time: 42 minutes"
    told = another(16, **{**UNCODED, "notes": [note], "lines": [line(7, procedure="", diagnosis_pointers=[])]})
    identity = await post(desk, told)
    first, visit = (await suggestions(desk, identity))["suggestions"]
    assert (visit["kind"], visit["code"], visit["description"]) == ("visit", "99215", "office visit, established")
    assert "by decision making 99214" in visit["why"]
    accept = [
        {"suggestion_id": first["suggestion_id"]},
        {"suggestion_id": visit["suggestion_id"], "code": "99214", "line_number": 7},
    ]
    answer = await decide(desk, identity, {"accept": accept})
    assert (answer.status_code, answer.json()["state"]) == (200, "coded"), answer.text
    (said,) = await desk.said(EncounterCoded)
    assert [(each.procedure, each.diagnosis_pointers) for each in said.data.lines] == [("99214", (1,))]
    kept = (await suggestions(desk, identity))["decisions"]
    assert [(each["kind"], each["action"], each["code"]) for each in kept] == [
        ("diagnosis", "accepted", "I10"),
        ("visit", "changed", "99214"),
    ]


@pytest.mark.parametrize(("earlier", "code"), [("2023-03-02", "99213"), ("2023-03-01", "99203")])
async def test_a_patient_who_was_seen_within_three_years_is_established(desk: Coding, earlier: str, code: str) -> None:
    """Whatever the note says of it."""
    note = "New patient. Assessment: asthma. Plan: ibuprofen."
    await post(desk, another(20, date_of_service=earlier))
    told = {**another(20), **UNCODED, "external_id": "V-21", "notes": [note], "lines": [line(procedure="")]}
    found = (await suggestions(desk, await post(desk, told)))["suggestions"]
    assert [each["code"] for each in found if each["kind"] == "visit"] == [code]


async def test_procedures_are_suggested_from_a_loaded_list_alone(live: Live, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    rows = "code,long\n10060,Drainage of an invented abscess of the skin\n10061,Drainage of many\n"
    shelf.load("cpt", "licensed.csv", rows, release="R1", effective_from=date(2026, 1, 1), acknowledged_by="Ada Example")
    book = replace(code_book(shelf.sets()), engine=PhraseEngine)
    note = "Hypertension. Drainage of the skin abscess performed."
    async with live(build(Settings(), book), clock=FixedClock(TODAY)) as service:
        desk = Coding(**{field.name: getattr(service, field.name) for field in fields(service)})
        told = another(19, **{**UNCODED, "notes": [note], "lines": [line(procedure="", diagnosis_pointers=[])]})
        found = (await suggestions(desk, await post(desk, told)))["suggestions"]
    (procedure,) = [each for each in found if each["kind"] == "procedure"]
    assert (procedure["code"], procedure["evidence"][0]["text"]) == ("10060", "Drainage of the skin abscess performed")


async def test_a_stranger_sees_nothing(desk: Coding) -> None:
    identity = await post(desk, another(15, **UNCODED))
    async with desk.client(Role.CODER, new_id()) as stranger:
        assert (await stranger.get(f"/v1/encounters/{identity}/suggestions")).status_code == 404
    async with desk.client(Role.EHR) as ehr:
        assert (await ehr.get(f"/v1/encounters/{identity}/suggestions")).status_code == 403


def test_evidence_of_several_notes_is_one_suggestion() -> None:
    texts = [("/notes/0", "hypertension"), ("/notes/1", "Hypertension, long" + " " * READ_MAX)]
    found = read_all(PhraseEngine(), texts, TODAY.date(), "outpatient")
    (each,) = found.suggestions
    assert [(where.document, where.text) for where in each.evidence] == [
        ("/notes/0", "hypertension"),
        ("/notes/1", "Hypertension"),
    ]
    (unread,) = found.unread
    assert (unread.document, unread.why) == ("/notes/1", "only 100,000 of 100,018 characters are read")


def test_so_much_of_an_encounter_is_read_and_the_rest_is_named() -> None:
    """A reading holds its transaction open: it may not take as long as somebody likes to write."""
    read, unread = within_reach([(f"/notes/{place}", "x" * 90_000) for place in range(5)])
    assert [len(text) for _, text in read] == [90_000, 90_000, 90_000, 30_000]
    assert [(each.document, each.why) for each in unread] == [
        ("/notes/3", "only 30,000 of 90,000 characters are read"),
        ("/notes/4", "only 0 of 90,000 characters are read"),
    ]
    read, unread = within_reach([(f"/notes/{place}", "x") for place in range(60)])
    assert (len(read), len(unread)) == (50, 10)


def test_lines_keep_what_they_point_at_when_diagnoses_move() -> None:
    told = encounter(lines=[line(1, diagnosis_pointers=[2]), line(2, diagnosis_pointers=[]), line(3, diagnosis_pointers=[1])])
    coded = with_codes(told, ["Z79.4"], order=["Z79.4"], lines={3: LineCodes(procedure="99214", diagnoses=("I10", "Z79.4"))})
    assert [each.code for each in coded.diagnoses] == ["Z79.4", "E11.9", "I10"]
    assert [each.diagnosis_pointers for each in coded.lines] == [(3,), (1, 2, 3), (3, 1)]
    assert coded.lines[2].procedure == "99214"


@pytest.mark.parametrize(
    ("code", "holds"), [("A00.0", True), ("E11.9", True), ("R99", True), ("S00.01XA", False), ("Z79.4", False)]
)
def test_a_range_of_codes_is_compared_over_its_length(code: str, holds: bool) -> None:
    rule = AcceptanceRule(1, enabled=True, minimum_score=0.5, ranges=(CodeRange("A00", "R99"),))
    assert rule.takes([Suggestion(Kind.DIAGNOSIS, code, "", 0.5, "affirmed", "", ())]) is holds
