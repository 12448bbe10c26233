"""A file's report: what the typed values hold, for every kind; envelopes that hold nothing; written while it is read."""

import gc
import io
import tracemalloc
from random import Random
from typing import Any

import orjson
import pytest

from rcm.x12 import grammar
from rcm.x12.acknowledgement import (
    write_claim_acknowledgements,
    write_functional_acknowledgements,
    write_interchange_acknowledgement,
)
from rcm.x12.institutional_claim import write_institutional_claims
from rcm.x12.problems import NotX12
from rcm.x12.professional_claim import write_professional_claims
from rcm.x12.remittance import write_remittances
from rcm.x12.report import events, read_report, report_json
from tests.shared.x12 import generate_answers
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER, claims
from tests.shared.x12.generate_institutional import generate_institutional

ANSWERS = generate_answers.HEADER
REMITTANCES = [generate_answers.remittance(Random(6), 4, number) for number in (1, 2)]
PAID = write_remittances(ANSWERS, REMITTANCES)


def transactions(content: bytes) -> list[Any]:
    report = read_report(content)
    assert report["problems"] == []
    assert report["segments"] == content.count(b"~")
    return [item for one in report["interchanges"] for group in one["groups"] for item in group["transactions"]]


def test_remittances() -> None:
    for told, remittance in zip(transactions(PAID), REMITTANCES, strict=True):
        assert (told["type"], told["kind"]) == ("835", "835")
        assert told["payment_cents"] == remittance.payment_cents
        assert told["trace_number"] == remittance.trace_number
        assert told["balances"]["transaction"] == {"ok": True, "difference_cents": 0}
        assert told["balances"]["claims"] == {"ok": len(remittance.claims), "bad": 0}
        assert told["balances"]["lines"] == {"ok": sum(len(claim.lines) for claim in remittance.claims), "bad": 0}
        for found, claim in zip(told["claims"], remittance.claims, strict=True):
            assert [one["amount_cents"] for one in found["adjustments"]] == [one.amount_cents for one in claim.adjustments]
            assert [line["paid_cents"] for line in found["lines"]] == [line.paid_cents for line in claim.lines]
        assert len(told["provider_adjustments"]) == len(remittance.provider_adjustments)


def test_a_balance_that_fails_is_told_with_its_place() -> None:
    bpr = next(segment for segment in PAID.split(b"~") if segment.startswith(b"BPR*"))
    amount = bpr.split(b"*")[2]
    first, second = transactions(PAID.replace(bpr, bpr.replace(b"*" + amount + b"*", b"*7" + amount + b"*", 1), 1))
    assert not first["balances"]["transaction"]["ok"]
    (difference,) = first["balances"]["differences"]
    assert (difference["level"], difference["line"]) == ("transaction", None)
    assert difference["found_cents"] - difference["expected_cents"] == first["balances"]["transaction"]["difference_cents"]
    assert second["balances"]["transaction"]["ok"]


def test_claims() -> None:
    professional: list[Any] = [*claims(6, 12)]
    institutional: list[Any] = [*generate_institutional(6, 12)]
    written = (
        write_professional_claims(HEADER, SUBMITTER, RECEIVER, professional, reference="1"),
        write_institutional_claims(HEADER, SUBMITTER, RECEIVER, institutional, reference="1"),
    )
    for content, made, kind, place in zip(
        written, (professional, institutional), ("837P", "837I"), ("place_of_service", "bill_type"), strict=True
    ):
        (told,) = transactions(content)
        assert (told["type"], told["kind"]) == ("837", kind)
        by_number = {claim.patient_control_number: claim for claim in made}
        assert {found["patient_control_number"] for found in told["claims"]} == set(by_number)
        for found in told["claims"]:
            claim = by_number[found["patient_control_number"]]
            assert found["charge_cents"] == claim.charge_cents
            assert found["frequency"] == claim.frequency
            assert found[place] == getattr(claim, place)
            assert [line["charge_cents"] for line in found["lines"]] == [line.charge_cents for line in claim.lines]
            assert [one["payer_id"] for one in found["other_payers"]] == [one.payer_id for one in claim.other_payers]


def test_acknowledgements() -> None:
    answer = generate_answers.claim_acknowledgement(Random(3), 4)
    (told,) = transactions(write_claim_acknowledgements(ANSWERS, [answer]))
    own = [status.category for claim in (one for each in answer.providers for one in each.claims) for status in claim.statuses]
    assert told["kind"] == "277CA"
    assert [one["category"] for one in told["statuses"] if one["level"] == "claim"] == own
    assert {one["level"] for one in told["statuses"]} >= {"receiver", "provider", "claim"}
    group = next(one for one in map(generate_answers.functional_acknowledgement, map(Random, range(20))) if one.code == "P")
    (told,) = transactions(write_functional_acknowledgements(ANSWERS, [group]))
    assert told["accepted"] is False
    assert {"transaction", "segment", "segment_number", "loop", "element", "code"} == set(told["errors"][0])
    assert [one["code"] for one in told["sets"]] == [one.code for one in group.sets]
    ta1 = generate_answers.interchange_acknowledgement(Random(3))
    (interchange,) = read_report(write_interchange_acknowledgement(ANSWERS, ta1))["interchanges"]
    assert interchange["groups"] == []
    told_ta1 = {"control_number": ta1.interchange_control_number, "code": ta1.code, "note": ta1.note}
    assert interchange["acknowledgements"] == [told_ta1]


def test_several_interchanges_and_groups_that_hold_nothing() -> None:
    isa = PAID[:106]
    empty = b"GS*HP*A*B*20260101*1200*5*X*005010X221A1~GE*0*5~"
    iea = PAID[PAID.rindex(b"IEA*") :]
    content = isa + empty + empty + iea.replace(b"*1*", b"*2*") + PAID + isa + empty + iea
    report = read_report(content)
    counts = [[len(group["transactions"]) for group in one["groups"]] for one in report["interchanges"]]
    assert counts == [[0, 0], [2], [0]]
    assert report["problems"] == []


def test_every_piece_comes_while_the_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte is reported in much less memory than it is long; its report is longer still."""
    monkeypatch.setattr(grammar, "CHUNK", 4096)
    body, end = PAID[PAID.index(b"ST*") : PAID.index(b"GE*")], PAID[PAID.index(b"GE*") :]
    content = PAID[: PAID.index(b"ST*")] + body * 200 + end.replace(b"GE*2*", b"GE*400*")
    assert len(content) > 1_000_000
    source = io.BytesIO(content)
    gc.collect()
    tracemalloc.start()
    length = sum(map(len, report_json(source)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length > len(content) > 1.4 * most


def test_faults_beyond_a_number_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PROBLEMS_MAX", 3)
    report = read_report(PAID.replace(b"*HC:", b"*HC:").replace(b"SVC*", b"SVC*X*X*X~SVC*"))
    assert len(report["problems"]) == 4
    assert report["problems"][3]["code"] == "more-faults"
    numbers = [problem["segment_number"] for problem in report["problems"]]
    assert numbers == sorted(numbers)


def test_no_piece_comes_of_what_is_no_x12() -> None:
    pieces = report_json(b"MSH|^~\\&|")
    with pytest.raises(NotX12):
        next(pieces)
    assert orjson.loads(b"".join(report_json(PAID[:106]))) == read_report(PAID[:106])
