"""The sandbox payer: decides by content alone, answers valid X12 that balances, and forgets nothing when it is killed."""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from clearinghouse_adapter.files import move_to, write_whole
from clearinghouse_adapter.sandbox.answers import answers_to, claim_key, read_file
from clearinghouse_adapter.sandbox.desk import Desk
from clearinghouse_adapter.sandbox.scenarios import SCENARIOS, content_of, scenario_of
from rcm.clock import FixedClock
from rcm.x12.acknowledgement import (
    ClaimAcknowledgement,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    read_acknowledgements,
)
from rcm.x12.professional_claim import ProfessionalClaim, write_professional_claims
from rcm.x12.remittance import ClaimPayment, LinePayment, Remittance, differences, read_remittances
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER, claims
from tests.shared.x12.judge import findings

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


def named(made: list[ProfessionalClaim], *scenarios: str) -> list[ProfessionalClaim]:
    """The claims as originals, with member ids that end in the scenarios in turn ("" leaves them to the hash)."""
    return [
        replace(
            claim,
            frequency="1",
            payer_claim_control_number="",
            subscriber=replace(claim.subscriber, member_id=f"ABC{place:06d}{scenarios[place % len(scenarios)] or '999'}"),
        )
        for place, claim in enumerate(made)
    ]


def file_of(made: list[ProfessionalClaim], *, receiver: str = "RCMSANDBOX", number: int = 42) -> bytes:
    header = replace(HEADER, receiver_id=receiver, control_number=number)
    return write_professional_claims(header, SUBMITTER, RECEIVER, made, reference=f"SUB{number}")


def answered(content: bytes, at: datetime = NOW) -> dict[str, list[bytes]]:
    """All answers to a file, by the first part of their names."""
    received = read_file(content)
    assert received is not None
    found: dict[str, list[bytes]] = {}
    for answer in answers_to(received, at, {claim_key(item) for item in received.claims}):
        found.setdefault(answer.name.partition("-")[0], []).append(answer.content)
    return found


def remittances(content: bytes) -> list[Remittance]:
    return [item for part in answered(content).get("835", []) for item in read_remittances(part)]


def test_every_answer_is_accepted_by_an_outside_judge() -> None:
    made = named(claims(1, 60), "", *SCENARIOS)
    found = answered(file_of(made))
    assert set(found) == {"ack", "277ca", "835"}
    for name, contents in found.items():
        for content in contents:
            # Scenario 009 is a claim that does not balance.
            assert [said for said in findings(content) if not said.endswith("balance-claim")] == [], name


def test_all_balance_but_the_scenario_that_must_not() -> None:
    made = named(claims(2, 90), "", *SCENARIOS)
    by_pcn = {claim.patient_control_number: claim for claim in made}
    found = differences(remittances(file_of(made)))
    broken = {by_pcn[item.patient_control_number].subscriber.member_id[-3:] for item in found}
    assert broken == {"009"}
    assert {item.level for item in found} == {"claim"}


@pytest.mark.parametrize(
    ("scenario", "groups", "paid"),
    [
        ("001", {"CO-45", "PR-3"}, True),
        ("002", {"CO-45", "PR-1"}, False),
        ("003", {"CO-50"}, False),
        ("004", {"CO-197"}, False),
        ("007", {"CO-45", "OA-94", "PR-2", "CO-253"}, True),
    ],
)
def test_a_scenario_is_what_the_table_says(scenario: str, groups: set[str], paid: bool) -> None:
    made = named(claims(3, 12), scenario)
    found = [claim for item in remittances(file_of(made)) for claim in item.claims]
    assert len(found) == 12
    for claim in found:
        all_adjustments = [*claim.adjustments, *(item for line in claim.lines for item in line.adjustments)]
        assert {f"{item.group}-{item.reason}" for item in all_adjustments} <= groups
        assert (claim.paid_cents > 0) is paid
    everything = [item for claim in found for line in claim.lines for item in line.adjustments]
    assert groups - {"CO-253"} <= {f"{item.group}-{item.reason}" for item in everything}


def test_the_last_line_is_denied_and_a_single_one_is_paid() -> None:
    made = named(claims(4, 30), "005")
    for claim in (claim for item in remittances(file_of(made)) for claim in item.claims):
        denied = [any(item.reason == "97" for item in line.adjustments) for line in claim.lines]
        assert denied == ([False] if len(denied) == 1 else [False] * (len(denied) - 1) + [True])


def test_refused_and_silent_claims_get_no_remittance() -> None:
    made = named(claims(5, 20), "006", "008")
    found = answered(file_of(made))
    assert "835" not in found
    acknowledgements = [item for part in found["277ca"] for item in read_acknowledgements(part)]
    statuses = Counter(
        claim.statuses[0].category
        for item in acknowledgements
        if isinstance(item, ClaimAcknowledgement)
        for provider in item.providers
        for claim in provider.claims
    )
    assert statuses == {"A7": 10, "A2": 10}


@pytest.mark.parametrize(("receiver", "kinds"), [("SANDBOXTA1", {"ta1"}), ("SANDBOX999", {"ack"})])
def test_a_receiver_refuses_the_whole_file(receiver: str, kinds: set[str]) -> None:
    found = answered(file_of(claims(6, 3), receiver=receiver))
    assert set(found) == kinds
    ta1, *others = [item for contents in found.values() for part in contents for item in read_acknowledgements(part)]
    assert isinstance(ta1, InterchangeAcknowledgement)
    assert ta1.rejected is (receiver == "SANDBOXTA1")
    assert ta1.interchange_control_number == "000000042"
    for item in others:
        assert isinstance(item, FunctionalAcknowledgement)
        assert item.rejected
        assert item.sets[0].rejected


def test_batching_order_and_numbers_change_no_decision() -> None:
    made = named(claims(7, 40), "")
    other = [replace(claim, patient_control_number=f"X{place}") for place, claim in enumerate(reversed(made))]
    whole = remittances(file_of(made))
    parts = [item for start in range(0, 40, 7) for item in remittances(file_of(other[start : start + 7], number=start + 1))]

    def decided(found: list[Remittance]) -> Counter[tuple[int, ...]]:
        return Counter(
            (claim.charge_cents, claim.paid_cents, claim.patient_responsibility_cents)
            for item in found
            for claim in item.claims
        )

    assert decided(whole) == decided(parts)
    assert len({item.trace_number for item in [*whole, *parts]}) == len(whole) + len(parts)
    assert {scenario_of(claim, content_of(claim)) for claim in made} <= set(SCENARIOS)


class Payer:
    """A desk on folders of its own, which can be killed and made anew."""

    def __init__(self, place: Path) -> None:
        self.mailbox, self.folder = place / "mailbox", place / "sandbox"
        self.clock = FixedClock(NOW)
        self.desk = self.again()

    def again(self) -> Desk:
        self.desk = Desk(self.mailbox, self.folder, self.clock, day_seconds=86_400)
        return self.desk

    def put(self, name: str, content: bytes) -> None:
        (self.mailbox / "inbound" / name).write_bytes(content)

    def outbound(self) -> list[str]:
        return sorted(path.name.partition("-")[0] for path in (self.mailbox / "outbound").glob("*.x12"))


def test_answers_come_when_they_are_due(tmp_path: Path) -> None:
    payer = Payer(tmp_path)
    payer.put("a.837", file_of(named(claims(8, 5), "001")))
    assert payer.desk.flow().unread == 1
    payer.desk.take_new()
    payer.desk.send_due()
    assert payer.outbound() == ["ack"]
    payer.clock.instant += timedelta(days=1)
    payer.again().send_due()
    assert set(payer.outbound()) == {"277ca", "ack"}
    assert payer.desk.flow().last_answer_due == NOW + timedelta(days=14)
    payer.clock.instant += timedelta(days=13)
    payer.again().send_due()
    assert set(payer.outbound()) == {"277ca", "835", "ack"}
    flow = payer.desk.flow()
    assert (flow.pending, flow.unread, flow.last_answer_due) == (0, 0, None)


def test_the_same_claims_are_answered_once(tmp_path: Path) -> None:
    payer = Payer(tmp_path)
    made = named(claims(9, 4), "001")
    payer.put("a.837", file_of(made))
    payer.put("b.837", file_of(made))
    payer.put("c.837", file_of(made[:2], number=43))
    payer.desk.take_new()
    payer.again()
    payer.put("d.837", file_of(made))
    payer.desk.take_new()
    payer.clock.instant += timedelta(days=15)
    payer.desk.send_due()
    paid = [
        claim.patient_control_number
        for path in (payer.mailbox / "outbound").glob("835-*")
        for item in read_remittances(path)
        for claim in item.claims
    ]
    assert sorted(paid) == sorted(claim.patient_control_number for claim in made)


def corrected(made: list[ProfessionalClaim], sent: list[Remittance], frequency: str, mark: str) -> list[ProfessionalClaim]:
    """The same claims again, as replacements or voids of what the payer answered."""
    numbers = {claim.patient_control_number: claim.payer_claim_control_number for item in sent for claim in item.claims}
    return [
        replace(
            claim,
            patient_control_number=f"{mark}{claim.patient_control_number}"[:17],
            frequency=frequency,
            payer_claim_control_number=numbers[claim.patient_control_number],
            subscriber=replace(claim.subscriber, member_id=f"{claim.subscriber.member_id[:-3]}007"),
        )
        for claim in made
    ]


def paid_since(payer: Payer, seen: set[str]) -> list[Remittance]:
    """Lets two weeks pass; the remittances that came."""
    payer.desk.take_new()
    payer.clock.instant += timedelta(days=15)
    payer.desk.send_due()
    new = {path.name for path in (payer.mailbox / "outbound").glob("835-*")} - seen
    seen |= new
    contents = [(payer.mailbox / "outbound" / name).read_bytes() for name in sorted(new)]
    assert [findings(content) for content in contents] == [[]] * len(contents)
    found = [item for content in contents for item in read_remittances(content)]
    assert differences(found) == []
    return found


def money(claim: ClaimPayment) -> list[tuple[str, int]]:
    """Every amount of a CLP that posts, with its name."""
    parts: list[tuple[str, ClaimPayment | LinePayment]] = [
        ("claim", claim),
        *((f"line {line.control_number}", line) for line in claim.lines),
    ]
    return [
        amount
        for name, part in parts
        for amount in (
            (f"{name} charge", part.charge_cents),
            (f"{name} paid", part.paid_cents),
            *((f"{name} {item.group}-{item.reason}", item.amount_cents) for item in part.adjustments),
        )
    ]


def negated(claim: ClaimPayment) -> list[tuple[str, int]]:
    return [(name, -amount) for name, amount in money(claim)]


def by_status(found: list[Remittance]) -> dict[str, list[ClaimPayment]]:
    told: dict[str, list[ClaimPayment]] = {}
    for claim in (claim for item in found for claim in item.claims):
        told.setdefault(claim.status, []).append(claim)
    return told


def test_a_replacement_takes_back_what_was_paid_and_a_void_takes_back_that(tmp_path: Path) -> None:
    payer, seen = Payer(tmp_path), set[str]()
    made = named(claims(12, 6), "001", "002")
    payer.put("a.837", file_of(made))
    first = paid_since(payer, seen)
    payer.again()
    replacing = corrected(made, first, "7", "R")
    payer.put("b.837", file_of(replacing, number=43))
    second = paid_since(payer, seen)
    told = by_status(second)
    originals = {claim.patient_control_number: claim for item in first for claim in item.claims}
    assert {claim.patient_control_number for claim in told["22"]} == set(originals)
    for claim in told["22"]:
        assert money(claim) == negated(originals[claim.patient_control_number])
        assert claim.payer_claim_control_number == originals[claim.patient_control_number].payer_claim_control_number
    assert {claim.patient_control_number for claim in told["1"]} == {claim.patient_control_number for claim in replacing}
    payer.again()
    # The number of the claim that was replaced still names it.
    payer.put("c.837", file_of(corrected(made, first, "8", "V"), number=44))
    third = paid_since(payer, seen)
    assert set(by_status(third)) == {"22"}
    for claim in by_status(third)["22"]:
        replaced = next(one for one in told["1"] if one.patient_control_number == claim.patient_control_number)
        assert money(claim) == negated(replaced)
    assert all(item.payment_cents == 0 for item in third)
    assert {item.provider_adjustments[0].code for item in third if item.provider_adjustments} == {"FB"}
    payer.again()
    payer.put("d.837", file_of(corrected(made, first, "8", "W"), number=45))
    assert paid_since(payer, seen) == []


def test_a_void_of_what_was_never_answered_gets_no_reversal(tmp_path: Path) -> None:
    payer = Payer(tmp_path)
    made = [
        replace(claim, frequency="8", payer_claim_control_number="SBX0000000000001") for claim in named(claims(13, 3), "001")
    ]
    payer.put("a.837", file_of(made))
    assert paid_since(payer, set()) == []


class Killed(Exception):
    """Stands for a SIGKILL at a step of the desk."""


@pytest.mark.parametrize("step", range(14))
def test_killed_at_any_step_it_goes_on_as_if_nothing_was(tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from clearinghouse_adapter.sandbox import desk as module

    def outcome(place: Path, *, kill_at: int) -> dict[str, bytes]:
        payer = Payer(place)
        count = 0

        def dying(original: Callable[..., None]) -> Callable[..., None]:
            def act(*arguments: Any, **options: Any) -> None:
                nonlocal count
                count += 1
                if count == kill_at:
                    raise Killed
                original(*arguments, **options)

            return act

        payer.put("a.837", file_of(named(claims(10, 6), "001", "002", "006")))
        with monkeypatch.context() as patched:
            patched.setattr(module, "write_whole", dying(write_whole))
            patched.setattr(module, "move_to", dying(move_to))
            try:
                payer.desk.take_new()
                payer.clock.instant += timedelta(days=1)
                payer.desk.send_due()
            except Killed:
                payer.again()
        payer.desk.take_new()
        payer.clock.instant = NOW + timedelta(days=15)
        payer.desk.send_due()
        assert payer.desk.flow().pending == 0
        return {path.name: path.read_bytes() for path in (payer.mailbox / "outbound").glob("*.x12")}

    undisturbed = outcome(tmp_path / "one", kill_at=0)
    assert outcome(tmp_path / "other", kill_at=step + 1) == undisturbed
    assert len(undisturbed) == 3


def test_what_is_no_x12_is_put_aside_without_an_answer(tmp_path: Path) -> None:
    payer = Payer(tmp_path)
    payer.put("a.837", b"hello")
    payer.desk.take_new()
    assert payer.outbound() == []
    assert (payer.mailbox / "inbound" / "archive" / "a.837").exists()


def test_a_broken_file_is_refused_with_the_place_of_its_faults() -> None:
    content = file_of(named(claims(11, 3), "001"))
    found = answered(content.replace(b"SE*", b"SE*9", 1).replace(b"NM1*IL*1*", b"NM1*IL*7*"))
    assert set(found) == {"ack"}
    _, answer = [item for part in found["ack"] for item in read_acknowledgements(part)]
    assert isinstance(answer, FunctionalAcknowledgement)
    assert answer.rejected
    # pyx12 knows loops of four letters only: 2310B is too long for it.
    assert all("IK303" in said for said in findings(found["ack"][0]))
    places = {(error.segment, error.elements[0].position if error.elements else 0) for error in answer.sets[0].errors}
    assert ("NM1", 2) in places
    assert answer.sets[0].error_codes == ("4", "5")
    lines = content.decode().split("~")
    first = next(place for place, line in enumerate(lines) if line.startswith("ST"))
    for error in answer.sets[0].errors:
        assert lines[first + error.segment_number - 1].split("*")[0] == error.segment
    (refused,) = [item for part in answered(content.replace(b"IEA*1", b"IEA*2"))["ta1"] for item in read_acknowledgements(part)]
    assert isinstance(refused, InterchangeAcknowledgement)
    assert refused.rejected


SHARED = Path(os.environ.get("RCM_SHARED_DATA", "../shared")) / "x12-samples"


@pytest.mark.skipif(not SHARED.exists(), reason=f"no published samples at {SHARED}")
def test_anybodys_file_is_answered_or_put_aside(tmp_path: Path) -> None:
    payer = Payer(tmp_path)
    for place, path in enumerate(sorted(SHARED.rglob("*.*"))):
        payer.put(f"{place}.x12", path.read_bytes())
    payer.desk.take_new()
    payer.clock.instant += timedelta(days=15)
    payer.desk.send_due()
    assert payer.desk.flow().unread == 0
