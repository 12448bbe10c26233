"""Facts for tests: an organisation that is set up, encounters, acknowledgements, postings; each as a real one would say it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

import httpx

from rcm.clock import FixedClock
from rcm.contracts.encounters import EncounterCancelled, EncounterCoded, EncounterRecoded
from rcm.contracts.payments import ClaimDenied, PaymentPosted, PaymentReversed
from rcm.contracts.values import (
    Accident,
    Address,
    Adjustment,
    Coverage,
    Diagnosis,
    Guarantor,
    Patient,
    Person,
    PostedLine,
    Provider,
    Rank,
    ResponsibilityPart,
    ServiceLine,
)
from rcm.ids import new_id
from rcm.x12.acknowledgement import (
    AcknowledgedClaim,
    AcknowledgedProvider,
    ClaimAcknowledgement,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    SetAcknowledgement,
    Status,
    write_claim_acknowledgements,
    write_functional_acknowledgements,
    write_interchange_acknowledgement,
)
from rcm.x12.values import InterchangeHeader
from tests.support.live import NOW, LiveService

NPI = "1993999998"
SERVED_ON = date(2025, 8, 20)
HOME = Address(line1="7 Elm Terrace", city="Springfield", state="IL", postal_code="627010000")
PRACTICE = {"line1": "412 Maple Street", "city": "Springfield", "state": "IL", "postal_code": "627011234"}
PAYERS = {"SBX01": "Evergreen Mutual", "SBX02": "Harbor Health Plan"}
ORGANISATION_BODY = {
    "name": "Maple Street Family Practice",
    "submitter_id": "MAPLE412",
    "contact_name": "Billing Office",
    "contact_phone": "2175550142",
}
PROVIDER_BODY: dict[str, Any] = {
    "last_name": "Maple Street Family Practice",
    "taxonomy": "207Q00000X",
    "tax_id": "371234567",
    "address": PRACTICE,
}


async def put(client: httpx.AsyncClient, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A PUT that must succeed."""
    answer = await client.put(path, json=body)
    assert answer.status_code in {200, 201}, answer.text
    found: dict[str, Any] = answer.json()
    return found


def payer_body(payer_id: str, **changes: Any) -> dict[str, Any]:
    """A payer of the sandbox's kind."""
    return {
        "name": PAYERS.get(payer_id, payer_id),
        "receiver_id": "RCMSANDBOX",
        "member_id_pattern": "^[A-Z]{3}[0-9]{9}$",
        "timely_filing_days": 365,
    } | changes


async def set_up(client: httpx.AsyncClient) -> None:
    """Everything that a clean claim needs."""
    await put(client, "/v1/organisation", ORGANISATION_BODY)
    await put(client, "/v1/receivers/RCMSANDBOX", {"name": "RCM sandbox clearinghouse"})
    for payer_id in PAYERS:
        await put(client, f"/v1/payers/{payer_id}", payer_body(payer_id))
    await put(client, f"/v1/billing-providers/{NPI}", PROVIDER_BODY)
    for payer_id in PAYERS:
        await put(client, f"/v1/enrolments/{payer_id}/{NPI}", {"enrolled": True})


@dataclass
class Case:
    """One encounter and what is said about it."""

    member_id: str = ""
    payer_id: str = "SBX01"
    charges: Sequence[int] = (13200, 2900)
    on: date = SERVED_ON
    self_pay: bool = False
    second_payer_id: str = ""
    encounter_id: UUID = field(default_factory=new_id)
    changes: dict[str, Any] = field(default_factory=dict)
    """Fields of the encounter that are different from a plain one's."""
    coverage_changes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.member_id:
            self.member_id = f"ABC{self.encounter_id.int % 10**9:09d}"

    @property
    def charge_cents(self) -> int:
        return sum(self.charges)

    def _coverages(self) -> tuple[Coverage, ...]:
        if self.self_pay:
            return ()
        first = Coverage(
            rank=Rank.PRIMARY,
            payer_id=self.payer_id,
            payer_name=PAYERS.get(self.payer_id, self.payer_id),
            member_id=self.member_id,
        ).model_copy(update=self.coverage_changes)
        if not self.second_payer_id:
            return (first,)
        name = PAYERS.get(self.second_payer_id, "")
        return (first, Coverage(rank=Rank.SECONDARY, payer_id=self.second_payer_id, payer_name=name, member_id="XYZ000000001"))

    def said(self) -> dict[str, Any]:
        """The encounter's fields."""
        provider = Provider(npi=NPI, last_name="Maple Street Family Practice", taxonomy="207Q00000X", tax_id="371234567")
        patient = Person(
            last_name="Garnet", first_name="Celia", birth_date=date(1980, 4, 2), sex="F", address=HOME, phone="2175550101"
        ).model_dump()
        return {
            "encounter_id": self.encounter_id,
            "external_id": f"E-{self.encounter_id.hex[-6:]}",
            "patient": Patient.model_validate(patient | {"external_id": f"P-{self.member_id}"}),
            "guarantor": Guarantor.model_validate(patient | {"external_id": f"G-{self.member_id}"}),
            "coverages": self._coverages(),
            "self_pay": self.self_pay,
            "billing_provider": provider,
            "rendering_provider": Provider(npi="1234567893", last_name="Okafor", first_name="Ngozi", taxonomy="207Q00000X"),
            "place_of_service": "11",
            "date_of_service": self.on,
            "date_of_service_to": self.on,
            "diagnoses": (Diagnosis(code="E11.9"), Diagnosis(code="I10")),
            "lines": tuple(
                ServiceLine(
                    line_number=number,
                    procedure="99213" if number == 1 else "85025",
                    description="Visit",
                    charge_cents=cents,
                    diagnosis_pointers=(1,),
                    date_of_service=self.on,
                )
                for number, cents in enumerate(self.charges, 1)
            ),
            "charge_cents": self.charge_cents,
            "code_set_release": "FY2025",
        } | self.changes

    def coded(self) -> EncounterCoded:
        return EncounterCoded.model_validate(self.said())

    def recoded(self, *changed: str, previous_charge_cents: int | None = None) -> EncounterRecoded:
        """The encounter as it is now, after `changes` were made to this case."""
        previous = self.charge_cents if previous_charge_cents is None else previous_charge_cents
        return EncounterRecoded.model_validate(self.said() | {"changed": changed, "previous_charge_cents": previous})

    def cancelled(self) -> EncounterCancelled:
        return EncounterCancelled(
            encounter_id=self.encounter_id,
            external_id=f"E-{self.encounter_id.hex[-6:]}",
            was_coded=True,
            reason="entered twice",
        )


ACCIDENT = Accident(kind="AA", state="IL", occurred_on=date(2025, 8, 19))


@dataclass
class Sent:
    """A claim that is in a file, as the API tells it."""

    claim_id: UUID
    encounter_id: UUID
    number: str
    charge_cents: int
    submission: dict[str, Any]

    def posted(
        self,
        *paid: int,
        denied: Literal["none", "lines", "all"] = "none",
        denied_lines: Sequence[int] = (),
        responsibility: int = 0,
        reason: str = "3",
        remittance_id: UUID | None = None,
        charges: Sequence[int] = (13200, 2900),
        status_code: str = "1",
    ) -> PaymentPosted:
        """What payments-svc says of a CLP that pays each line so; the rest is contractual, but for the patient's part."""
        lines = tuple(
            PostedLine(
                line_number=number,
                charge_cents=charge,
                paid_cents=amount,
                denied=denied == "all" or number in denied_lines,
                adjustments=(
                    Adjustment(
                        group="CO",
                        reason="45",
                        amount_cents=charge - amount - (responsibility if number == 1 else 0),
                        account="contractual" if denied == "none" else "insurance_open",
                    ),
                ),
            )
            for number, (charge, amount) in enumerate(zip(charges, paid, strict=False), 1)
        )
        return PaymentPosted(
            claim_id=self.claim_id,
            encounter_id=self.encounter_id,
            remittance_id=remittance_id or new_id(),
            patient_control_number=self.number,
            payer_claim_control_number="EM2025000117",
            status_code=status_code,
            charge_cents=sum(charges[: len(paid)]),
            paid_cents=sum(paid),
            patient_responsibility=(ResponsibilityPart(reason=reason, amount_cents=responsibility),) if responsibility else (),
            lines=lines,
            denied=denied,
        )

    def reversed(self, posted: PaymentPosted) -> PaymentReversed:
        return PaymentReversed(
            claim_id=self.claim_id,
            encounter_id=self.encounter_id,
            remittance_id=new_id(),
            reversed_remittance_id=posted.remittance_id,
            paid_cents=posted.paid_cents,
        )

    def denial(self, posted: PaymentPosted, category: str = "authorisation") -> ClaimDenied:
        reason = Adjustment(group="CO", reason="197", amount_cents=self.charge_cents, account="insurance_open")
        return ClaimDenied(
            claim_id=self.claim_id,
            encounter_id=self.encounter_id,
            remittance_id=posted.remittance_id,
            category=category,
            reasons=(reason,),
        )


async def claim_of(client: httpx.AsyncClient, case: Case, rank: str = "P") -> dict[str, Any]:
    """The encounter's claim of that rank, whole."""
    answer = await client.get("/v1/claims", params={"encounter_id": str(case.encounter_id)})
    assert answer.status_code == 200, answer.text
    (found,) = [item for item in answer.json()["items"] if item["rank"] == rank]
    whole = await client.get(f"/v1/claims/{found['claim_id']}")
    assert whole.status_code == 200, whole.text
    claim: dict[str, Any] = whole.json()
    return claim


async def state_of(client: httpx.AsyncClient, case: Case, rank: str = "P") -> str:
    return str((await claim_of(client, case, rank))["state"])


async def cut(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Writes what waits into files."""
    answer = await client.post("/v1/submissions")
    assert answer.status_code == 201, answer.text
    found: list[dict[str, Any]] = answer.json()["submissions"]
    return found


async def transmit(client: httpx.AsyncClient, submission: Mapping[str, Any], name: str = "inbound/file.837") -> httpx.Response:
    """What an adapter does: fetches the file, sends it, records it."""
    content = await client.get(f"/v1/submissions/{submission['submission_id']}/file")
    assert content.status_code == 200, content.text
    body = {
        "transmitted_at": "2025-09-01T15:00:00Z",
        "remote_name": name,
        "sha256": hashlib.sha256(content.content).hexdigest(),
    }
    return await client.post(f"/v1/submissions/{submission['submission_id']}/transmissions", json=body)


async def sent(client: httpx.AsyncClient, case: Case, submission: Mapping[str, Any]) -> Sent:
    """The claim as it stands in its newest file."""
    claim = await claim_of(client, case)
    return Sent(
        UUID(claim["claim_id"]), case.encounter_id, claim["patient_control_number"], case.charge_cents, dict(submission)
    )


async def submit(service: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient, *cases: Case) -> list[Sent]:
    """Coded, in a file, out of the house."""
    await service.deliver(*[case.coded() for case in cases])
    (submission,) = await cut(biller)
    answer = await transmit(adapter, submission)
    assert answer.status_code == 201, answer.text
    return [await sent(biller, case, submission) for case in cases]


def header(number: int = 1, receiver: str = "MAPLE412", sender: str = "RCMSANDBOX") -> InterchangeHeader:
    return InterchangeHeader(sender, receiver, number, NOW)


def ta1(submission: Mapping[str, Any], code: str = "A", **envelope: Any) -> bytes:
    number = f"{submission['control_number']:09d}"
    return write_interchange_acknowledgement(
        header(**envelope), InterchangeAcknowledgement(number, NOW, code, "000" if code == "A" else "024")
    )


def functional(submission: Mapping[str, Any], code: str = "A", **envelope: Any) -> bytes:
    number = str(submission["control_number"])
    part = SetAcknowledgement("837", "0001", code, "005010X222A1")
    accepted = int(code in {"A", "E"})
    group = FunctionalAcknowledgement("HC", number, code, "005010X222A1", 1, 1, accepted, (), (part,))
    return write_functional_acknowledgements(header(**envelope), [group])


def status(category: str, code: str = "20", on: date = SERVED_ON) -> Status:
    return Status(category, code, "PR", on, "WQ" if category in {"A0", "A1", "A2"} else "U", 16100)


def claim_acknowledgement(
    *verdicts: tuple[str, str],
    by: str = "PR",
    on: date = SERVED_ON,
    whole: str = "",
    trace: str = "1",
    payer_number: str = "EM2025000117",
    number: int = 1,
) -> bytes:
    """A 277CA with (patient control number, category) of each claim; `whole` refuses the file."""
    claims = tuple(
        AcknowledgedClaim(
            pcn,
            (status(category, on=on),),
            last_name="GARNET",
            first_name="CELIA",
            member_id="ABC123456001",
            payer_claim_control_number=payer_number if by == "PR" and category in {"A1", "A2"} else "",
            service_from=SERVED_ON,
        )
        for pcn, category in verdicts
    )
    return write_claim_acknowledgements(
        header(number),
        [
            ClaimAcknowledgement(
                source_entity=by,
                source_name="EVERGREEN MUTUAL",
                source_id="SBX01",
                receiver_name="MAPLE STREET FAMILY PRACTICE",
                receiver_id="MAPLE412",
                reference="0001",
                batch_trace=trace,
                received_on=on,
                processed_on=on,
                statuses=(status(whole or "A1", "19" if not whole else "24", on),),
                providers=(AcknowledgedProvider(NPI, "MAPLE STREET FAMILY PRACTICE", claims),) if claims else (),
            )
        ],
    )


async def acknowledge(client: httpx.AsyncClient, content: bytes) -> dict[str, Any]:
    """Posts an acknowledgement that must be taken."""
    answer = await client.post("/v1/acknowledgements", content=content, headers={"content-type": "application/edi-x12"})
    assert answer.status_code in {200, 201}, answer.text
    found: dict[str, Any] = answer.json()
    return found


def fixed_clock() -> FixedClock:
    return FixedClock(NOW)
