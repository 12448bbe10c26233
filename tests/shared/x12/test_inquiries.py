"""270, 271, 276 and 277: written, judged, read back; and what published files and damage look like."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rcm.x12.claim_status import (
    read_claim_status_answers,
    read_claim_status_inquiries,
    write_claim_status_answers,
    write_claim_status_inquiries,
)
from rcm.x12.eligibility import (
    Benefit,
    EligibilityAnswer,
    read_eligibility_answers,
    read_eligibility_inquiries,
    write_eligibility_answers,
    write_eligibility_inquiries,
)
from rcm.x12.parties import Party
from rcm.x12.problems import CannotWrite, Problem, WrongTransaction
from rcm.x12.report import read_report
from tests.shared.x12 import generate_inquiries as generate
from tests.shared.x12.generate_inquiries import HEADER
from tests.shared.x12.upper import without

READERS_OWN = ("envelope", "transaction_control_number", "first_segment", "segment_number", "structure", "version")
GUIDES: dict[str, tuple[Callable[..., Any], Callable[..., bytes], Callable[..., Any]]] = {
    "270": (generate.inquiry, write_eligibility_inquiries, read_eligibility_inquiries),
    "271": (generate.answer, write_eligibility_answers, read_eligibility_answers),
    "276": (generate.status_inquiry, write_claim_status_inquiries, read_claim_status_inquiries),
    "277": (generate.status_answer, write_claim_status_answers, read_claim_status_answers),
}


def made(guide: str, seed: int, count: int, sets: int = 1) -> list[Any]:
    """`count` values in each of `sets` transaction sets."""
    random = Random(seed)
    return [GUIDES[guide][0](random, number) for number in range(sets) for _ in range(count)]


@pytest.mark.parametrize("guide", GUIDES)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 5), sets=st.integers(1, 3))
def test_they_come_back_as_they_were(guide: str, seed: int, count: int, sets: int) -> None:
    sent = made(guide, seed, count, sets)
    _, write, read = GUIDES[guide]
    problems: list[Problem] = []
    content = write(HEADER, sent)
    found = list(read(content, problems))
    assert problems == []
    assert without(tuple(found), *READERS_OWN) == without(tuple(sent), *READERS_OWN)
    assert write(HEADER, found) == content


def test_neighbours_share_their_levels() -> None:
    one = made("271", 3, 20)
    shared = next(item for item in one if item.dependent is None and item.benefits)
    other = replace(shared, subscriber=replace(shared.subscriber, sex="U"))
    content = write_eligibility_answers(HEADER, [shared, other, shared]).decode()
    levels = [segment.split("*")[3] for segment in content.split("~") if segment.startswith("HL*")]
    assert levels == ["20", "21", "22", "22", "22"]
    assert len(list(read_eligibility_answers(content.encode()))) == 3


def test_which_answers_are_final() -> None:
    final = [one for one in made("277", 2, 60) if one.finalised]
    assert final
    assert all(any(status.codes[0].category[0] == "F" for status in one.statuses) for one in final)


def test_whether_coverage_is_active_and_what_is_refused() -> None:
    header, source = generate.header(1, purpose="11"), Party("PR")
    told = [EligibilityAnswer(header, source, benefits=(Benefit(code),)).active for code in ("1", "6", "C")]
    assert told == [True, False, None]
    assert [Benefit("B", network=network).in_network for network in "YNWU"] == [True, False, None, None]
    refused = [one for one in made("271", 1, 60) if one.rejections]
    assert {item.loop for one in refused for item in one.rejections} >= {"2000A", "2100A", "2100B", "2100C"}


@pytest.mark.parametrize(
    ("guide", "change", "path"),
    [
        ("277", lambda one: replace(one, trace=None), "answers[0].trace"),
        ("277", lambda one: replace(one, source=replace(one.source, last_name="X" * 61)), "answers[0].source.last_name"),
        ("276", lambda one: replace(one, subscriber=None), "inquiries[0].subscriber"),
        ("271", lambda one: replace(one, receiver=None), "answers[0].receiver"),
        ("271", lambda one: replace(one, benefits=(Benefit("1", percent="-3"),)), "answers[0].benefits[0].percent"),
        ("270", lambda one: replace(one, receiver=Party("")), "inquiries[0].receiver.entity"),
    ],
)
def test_what_can_not_be_written_is_refused_by_its_path(guide: str, change: Callable[[Any], Any], path: str) -> None:
    whole = next(one for one in made(guide, 9, 40) if one.subscriber is not None and getattr(one, "benefits", True))
    with pytest.raises(CannotWrite) as refusal:
        GUIDES[guide][1](HEADER, [change(whole)])
    assert refusal.value.path == path


@pytest.mark.parametrize("guide", GUIDES)
def test_another_transaction_is_refused_by_its_name(guide: str) -> None:
    other = "277" if guide != "277" else "276"
    with pytest.raises(WrongTransaction, match=f"{other}.*and no {guide}"):
        list(GUIDES[guide][2](GUIDES[other][1](HEADER, made(other, 1, 1))))


@pytest.mark.parametrize(
    ("guide", "old", "new", "problem"),
    [
        ("271", "*B*", "*B*", None),
        ("277", "*20260309*", "*2026AB09*", ("STC", 2, "not-a-date")),
        ("276", "AMT*T3*", "AMT*T3*X", ("AMT", 2, "not-an-amount")),
        ("270", "HL*1**20*", "HL*1**77*", ("HL", 3, "unknown-level")),
        ("277", "HL*1**20*", "HL*1**77*", ("HL", 3, "unknown-level")),
        ("271", "DTP*291*D8*2026", "DTP*291*D8*2X26", ("DTP", 3, "not-a-date")),
    ],
)
def test_damage_is_told_and_nothing_is_lost(guide: str, old: str, new: str, problem: tuple[str, int, str] | None) -> None:
    content = GUIDES[guide][1](HEADER, made(guide, 4, 30)).decode()
    assert old in content
    broken = content.replace(old, new, 1)
    problems: list[Problem] = []
    found = list(GUIDES[guide][2](broken.encode(), problems))
    assert found
    told = {(item.segment, item.element, item.code) for item in problems}
    if problem is None:
        assert told == set()
        return
    assert problem in told
    damaged = next(segment for segment in broken.split("~") if new in segment)
    assert damaged in repr(found)


def test_the_report_of_benefits_and_refusals() -> None:
    sent = made("271", 12, 40)
    (interchange,) = read_report(write_eligibility_answers(HEADER, sent))["interchanges"]
    (transaction,) = interchange["groups"][0]["transactions"]
    benefits = [one for answer in sent for one in answer.benefits]
    assert [told["code"] for told in transaction["benefits"]] == [one.code for one in benefits]
    assert [told["amount_cents"] for told in transaction["benefits"]] == [one.amount_cents for one in benefits]
    assert [tuple(told["service_types"]) for told in transaction["benefits"]] == [one.service_types for one in benefits]
    assert [told["in_network"] for told in transaction["benefits"]] == [one.in_network for one in benefits]
    refused = [{"loop": item.loop, "code": item.code, "follow_up": item.follow_up} for one in sent for item in one.rejections]
    assert transaction["rejections"] == refused


def test_the_report_of_statuses_has_every_composite() -> None:
    sent = made("277", 12, 40)
    (interchange,) = read_report(write_claim_status_answers(HEADER, sent))["interchanges"]
    (transaction,) = interchange["groups"][0]["transactions"]
    expected = [
        (answer.level if place == 0 else "line", code.category, code.code)
        for answer in sent
        for place, statuses in enumerate((answer.statuses, *(line.statuses for line in answer.lines)))
        for status in statuses
        for code in status.codes
    ]
    got = [(told["level"], told["category"], told["code"]) for told in transaction["statuses"]]
    assert got == expected
