"""HL7 v2 DFT -> the model, and the acknowledgement."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from coding_svc.api.documents import DFT
from coding_svc.domain.edits.catalogue import assess
from coding_svc.domain.encounter import Encounter
from coding_svc.edi import hl7v2
from coding_svc.edi.parcel import Taken
from coding_svc.edi.told import Told
from tests.coding.making import FACTS, stated

EXAMPLE = Path(__file__).parents[2] / "services/coding-svc/examples/visit.hl7"
NOW = datetime(2026, 3, 10, tzinfo=UTC)


def taken(body: str | bytes) -> Encounter:
    (item,) = hl7v2.read(body.encode() if isinstance(body, str) else body).items
    assert isinstance(item, Taken), item.error.faults
    return item.encounter


def test_the_example_message_whole() -> None:
    told = taken(EXAMPLE.read_bytes())
    ivory = {
        "last_name": "Ivory",
        "first_name": "Dario",
        "middle_name": "Lee",
        "birth_date": "1979-05-21",
        "sex": "M",
        "address": {
            "line1": "77 Aspen Way", "line2": "Unit 4", "city": "Springfield", "state": "IL", "postal_code": "62703",
        },
        "phone": "2175550177",
    }  # fmt: skip
    assert stated(told) == {
        "external_id": "V-10071",
        "patient": {"external_id": "P-2071", **ivory},
        "guarantor": {"external_id": "G-2071", **ivory},
        "coverages": [
            {
                "payer_id": "SBX03",
                "payer_name": "Prairie Medicare",
                "member_id": "PRM207100002",
                "group_number": "GRP300",
                "plan_type": "MB",
                "effective_from": "2025-01-01",
            }
        ],
        "billing_provider": {"npi": "1993999998", "last_name": "Maple Street Family Practice"},
        "rendering_provider": {"npi": "1234567893", "last_name": "Okafor", "first_name": "Ngozi"},
        "referring_provider": {"npi": "1245319599", "last_name": "Lindqvist", "first_name": "Maja"},
        "place_of_service": "11",
        "date_of_service": "2026-03-04",
        "diagnoses": [{"code": "E11.9"}, {"code": "I10"}],
        "lines": [
            {
                "line_number": 1,
                "procedure": "99214",
                "modifiers": ["25"],
                "description": "Office visit, longer",
                "charge_cents": 18750,
                "diagnosis_pointers": [1, 2],
                "date_of_service": "2026-03-04",
            },
            {
                "line_number": 2,
                "procedure": "85025",
                "description": "Blood count",
                "charge_cents": 2900,
                "diagnosis_pointers": [1],
                "date_of_service": "2026-03-04",
            },
        ],
        "notes": ["Drawn at the visit"],
    }
    assert assess(told, FACTS) == ()


@pytest.mark.parametrize("framed", ["\x0b{}\x1c\r", "{}\n", "{}\r\n\r\n"])
def test_frames_and_line_ends(framed: str) -> None:
    assert taken(framed.format(DFT)) == taken(DFT)
    assert taken(framed.format(DFT.replace("\r", "\n"))) == taken(DFT)
    assert taken(framed.format(DFT.replace("\r", "\r\n"))) == taken(DFT)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("A\\T\\B", "A&B"), ("A\\F\\B", "A|B"), ("A\\E\\B", "A\\B"), ("A\\X42\\", "AB"), ("A\\Q9\\", "A\\Q9\\"), ("A\\", "A\\")],
)
def test_escapes(written: str, meant: str) -> None:
    assert taken(DFT.replace("Ivory", written)).patient.last_name == meant


def test_an_explicit_null_is_nothing() -> None:
    assert taken(DFT.replace("19790521", '""')).patient.birth_date is None


def test_latin_letters_of_older_systems() -> None:
    assert taken(DFT.replace("Ivory", "Íñigo").encode("cp1252")).patient.last_name == "Íñigo"
    assert taken(DFT.replace("Ivory", "Íñigo").encode()).patient.last_name == "Íñigo"


def test_snomed_goes_into_the_record() -> None:
    infection = "54150009^Infection^SCT"
    told = taken(DFT.replace("J06.9^Acute upper respiratory infection^I10", infection).replace("J06.9^^I10", infection))
    assert told.diagnoses == ()
    assert [(item.kind, item.system, item.code) for item in told.record] == [("condition", "SCT", "54150009")]
    assert told.lines[0].diagnosis_pointers == ()


def test_a_procedure_of_another_system_is_no_procedure() -> None:
    told = taken(DFT.replace("99213^Office visit^C4", "185349003^Check up^SCT"))
    assert (told.lines[0].procedure, told.lines[0].description) == ("", "Check up")
    assert told.record[0].kind == "procedure"


def test_coverages_in_their_order_with_a_subscriber() -> None:
    second = "IN1|2|X|SBX01|Evergreen Mutual||||||||20250101|20261231||CI|Birch^Ada|SPO|19800102|||||||||||||||||||EVG000000001"
    told = taken(DFT + second + "\r")
    assert [(each.rank, each.payer_id) for each in told.coverages] == [("P", "SBX02"), ("S", "SBX01")]
    other = told.coverages[1]
    assert other.subscriber is not None
    assert (other.relationship, other.subscriber.last_name, str(other.subscriber.birth_date)) == ("01", "Birch", "1980-01-02")
    assert (str(other.effective_from), str(other.effective_to)) == ("2025-01-01", "2026-12-31")


def test_a_stay_an_accident_self_pay_and_a_drug() -> None:
    visit = "PV1|1|I|^^^^^21||||||||||||||||V-9|SELFPAY" + "|" * 24 + "20260301|20260304"
    drug = "|" * 4 + "0409-3795-01^Ketorolac^NDC" + "|" * 14 + "2^ML"
    body = "\r".join(
        visit if line.startswith("PV1") else line + drug if line.startswith("FT1") else line for line in DFT.split("\r")
    )
    told = taken(body + "ACC|20260228|AA||IL\r")
    assert (told.external_id, told.self_pay, told.place_of_service) == ("V-9", True, "21")
    assert (str(told.admitted_on), str(told.discharged_on)) == ("2026-03-01", "2026-03-04")
    assert told.accident is not None
    assert (told.accident.kind, told.accident.state) == ("AA", "IL")
    assert told.lines[0].drug is not None
    assert (told.lines[0].drug.ndc, told.lines[0].drug.quantity, told.lines[0].drug.unit) == ("00409379501", "2", "ML")


def test_the_acknowledgement_of_a_held_encounter_names_the_places() -> None:
    finding = ("FT1[2]-25", "procedure-missing", "A line has no procedure code", "Code it.")
    told = Told(place="", status=201, encounter_id="e", state="held", findings=(finding,))
    status, body, headers = hl7v2.answer({"control_id": "A|1", "sender": "CLINIC", "receiver": "RCM"}, [told], NOW)
    header, msa, error, end = body.decode().split("\r")
    assert (status, headers["Location"], end) == (201, "/v1/encounters/e", "")
    assert header.startswith("MSH|^~\\&|RCM||CLINIC||20260310000000+0000||ACK^P03^ACK|")
    assert msa == "MSA|AA|A\\F\\1"
    fields = error.split("|")
    assert (fields[2], fields[4], fields[5], fields[7]) == ("FT1^2^25^1", "W", "procedure-missing", "FT1[2]-25")
    assert fields[8] == "A line has no procedure code. Code it."
