"""Facts for tests: encounters, submissions, remittances; each with what a real one would say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from rcm.contracts.claims import ClaimSubmitted, ClaimVoided, PayerSequenceCompleted, PayerSequenceReopened
from rcm.contracts.encounters import EncounterCancelled, EncounterCoded, EncounterRecoded
from rcm.contracts.patient_accounts import PatientPaymentReceived
from rcm.contracts.values import ClaimLine, Coverage, Diagnosis, Guarantor, Patient, Provider, Rank, ServiceLine
from rcm.x12.remittance import ClaimPayment, LinePayment, Party, Person, ProviderAdjustment, Remittance, write_remittances
from rcm.x12.values import Adjustment, InterchangeHeader, OutpatientAdjudication, Reference

NPI = "1993999998"
TAX_ID = "123456789"
PAYER_TRACE_ID = "1512345678"
SERVICE_DAY = date(2025, 8, 20)
PAYMENT_DAY = date(2025, 9, 1)
PROVIDER = Provider(npi=NPI, last_name="Maple Street Family Practice", tax_id=TAX_ID)


@dataclass
class Case:
    """One encounter and its claim, with helpers for what happens to it."""

    charges: Sequence[int] = (10000, 2500)
    guarantor: str = "G-1"
    self_pay: bool = False
    on: date = SERVICE_DAY
    encounter_id: UUID = field(default_factory=uuid4)
    claim_id: UUID = field(default_factory=uuid4)
    ranks: tuple[Rank, ...] = (Rank.PRIMARY,)

    @property
    def number(self) -> str:
        """The patient control number of its first submission."""
        return "P" + self.claim_id.hex[:14].upper()

    @property
    def lines(self) -> tuple[ServiceLine, ...]:
        return tuple(
            ServiceLine(
                line_number=place,
                procedure=f"9921{place}",
                description=f"Visit {place}",
                charge_cents=cents,
                diagnosis_pointers=(1,),
                date_of_service=self.on,
            )
            for place, cents in enumerate(self.charges, 1)
        )

    def _said(self) -> dict[str, object]:
        coverage = [
            Coverage(rank=rank, payer_id="SBX01", payer_name="Evergreen", member_id="ABC123456001") for rank in self.ranks
        ]
        return {
            "encounter_id": self.encounter_id,
            "external_id": f"E-{self.encounter_id.hex[:6]}",
            "patient": Patient(last_name="Rivers", first_name="Dana", external_id="PT-1"),
            "guarantor": Guarantor(last_name="Rivers", first_name="Dana", external_id=self.guarantor),
            "coverages": () if self.self_pay else tuple(coverage),
            "self_pay": self.self_pay,
            "billing_provider": PROVIDER,
            "rendering_provider": PROVIDER,
            "place_of_service": "11",
            "date_of_service": self.on,
            "date_of_service_to": self.on,
            "diagnoses": (Diagnosis(code="J02.9"),),
            "lines": self.lines,
            "charge_cents": sum(self.charges),
            "code_set_release": "FY2025",
        }

    def coded(self) -> EncounterCoded:
        return EncounterCoded.model_validate(self._said())

    def recoded(self, charges: Sequence[int] | None = None, *, self_pay: bool | None = None) -> EncounterRecoded:
        before = sum(self.charges)
        self.charges = charges if charges is not None else self.charges
        self.self_pay = self.self_pay if self_pay is None else self_pay
        return EncounterRecoded.model_validate({**self._said(), "changed": ("/lines",), "previous_charge_cents": before})

    def submitted(self, number: str | None = None, *, last_payer: bool = False) -> ClaimSubmitted:
        return ClaimSubmitted(
            claim_id=self.claim_id,
            encounter_id=self.encounter_id,
            submission_id=uuid4(),
            patient_control_number=number or self.number,
            payer_id="SBX01",
            payer_name="Evergreen",
            member_id="ABC123456001",
            rank=self.ranks[0],
            frequency="1",
            charge_cents=sum(self.charges),
            date_of_service=self.on,
            billing_npi=NPI,
            billing_tax_id=TAX_ID,
            last_payer=last_payer,
            lines=tuple(
                ClaimLine(
                    line_number=line.line_number,
                    line_control_number=f"{self.number}{line.line_number:02d}",
                    procedure=line.procedure,
                    date_of_service=self.on,
                    charge_cents=line.charge_cents,
                )
                for line in self.lines
            ),
        )

    def completed(self) -> PayerSequenceCompleted:
        return PayerSequenceCompleted(encounter_id=self.encounter_id, claim_ids=(self.claim_id,))

    def reopened(self) -> PayerSequenceReopened:
        return PayerSequenceReopened(encounter_id=self.encounter_id, claim_ids=(self.claim_id,))

    def voided(self, rank: Rank = Rank.PRIMARY) -> ClaimVoided:
        return ClaimVoided(claim_id=self.claim_id, encounter_id=self.encounter_id, rank=rank, reason="cancelled")

    def cancelled(self) -> EncounterCancelled:
        return EncounterCancelled(
            encounter_id=self.encounter_id, external_id="E", was_coded=True, self_pay=self.self_pay, reason="wrong patient"
        )

    def pays(self, cents: int, *, named: bool = True, guarantor: str | None = None) -> PatientPaymentReceived:
        return PatientPaymentReceived(
            account_id=uuid4(),
            guarantor_external_id=guarantor or self.guarantor,
            patient_payment_id=uuid4(),
            amount_cents=cents,
            method="cash",
            received_on=PAYMENT_DAY,
            encounter_id=self.encounter_id if named else None,
        )

    def paid(
        self,
        *line_adjustments: Sequence[tuple[str, str, int]],
        status: str = "1",
        claim_adjustments: Sequence[tuple[str, str, int]] = (),
        number: str | None = None,
        claim_number: str = "",
        remarks: tuple[str, ...] = (),
    ) -> ClaimPayment:
        """A CLP in balance: each line's payment is its charge less its adjustments."""
        lines = []
        for line, adjustments in zip(self.lines, line_adjustments, strict=True):
            lines.append(
                LinePayment(
                    procedure=line.procedure,
                    charge_cents=line.charge_cents,
                    paid_cents=line.charge_cents - sum(amount for _, _, amount in adjustments),
                    control_number=f"{self.number}{line.line_number:02d}",
                    date_of_service=self.on,
                    adjustments=_cas(adjustments),
                )
            )
        paid = sum(line.paid_cents for line in lines) - sum(amount for _, _, amount in claim_adjustments)
        every = [*claim_adjustments, *(each for adjustments in line_adjustments for each in adjustments)]
        return ClaimPayment(
            patient_control_number=number or self.number,
            status=status,
            charge_cents=sum(line.charge_cents for line in lines),
            paid_cents=paid,
            patient_responsibility_cents=sum(amount for group, _, amount in every if group == "PR"),
            filing_indicator="CI",
            payer_claim_control_number=claim_number or f"ICN{self.claim_id.hex[:8].upper()}",
            adjustments=_cas(claim_adjustments),
            lines=tuple(lines),
            persons=(Person(entity="QC", last_name="RIVERS", first_name="DANA", qualifier="MI", identifier="ABC123456001"),),
            outpatient=OutpatientAdjudication(remarks=remarks) if remarks else None,
        )


def _cas(adjustments: Sequence[tuple[str, str, int]]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(group, reason, amount) for group, reason, amount in adjustments)


def negated(claim: ClaimPayment) -> ClaimPayment:
    """The reversal of a CLP: status 22, every amount negated."""
    from msgspec.structs import replace

    def undo(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
        return tuple(replace(each, amount_cents=-each.amount_cents) for each in adjustments)

    lines = tuple(
        replace(line, charge_cents=-line.charge_cents, paid_cents=-line.paid_cents, adjustments=undo(line.adjustments))
        for line in claim.lines
    )
    return replace(
        claim,
        status="22",
        charge_cents=-claim.charge_cents,
        paid_cents=-claim.paid_cents,
        patient_responsibility_cents=-claim.patient_responsibility_cents,
        adjustments=undo(claim.adjustments),
        lines=lines,
    )


def check(
    *claims: ClaimPayment,
    trace: str = "EFT0001",
    payment_cents: int | None = None,
    provider_adjustments: Sequence[tuple[str, str, int]] = (),
    npi: str = NPI,
    on: date = PAYMENT_DAY,
) -> Remittance:
    """A remittance whose BPR02 is what its parts say, unless another is given."""
    owed = sum(claim.paid_cents for claim in claims) - sum(amount for _, _, amount in provider_adjustments)
    return Remittance(
        payment_cents=owed if payment_cents is None else payment_cents,
        trace_number=trace,
        payment_date=on,
        payer=Party(name="EVERGREEN MUTUAL", qualifier="XV", identifier="SBX01"),
        payee=Party(
            name="MAPLE STREET FAMILY PRACTICE",
            qualifier="XX",
            identifier=npi,
            references=(Reference("TJ", TAX_ID),) if npi == NPI else (),
        ),
        claims=claims,
        provider_adjustments=tuple(
            ProviderAdjustment(NPI, date(2025, 12, 31), code, reference, amount)
            for code, reference, amount in provider_adjustments
        ),
        method="ACH",
        payer_trace_id=PAYER_TRACE_ID,
    )


def file_of(*remittances: Remittance, control_number: int = 1) -> bytes:
    """An 835 file."""
    header = InterchangeHeader("RCMSANDBOX", "MAPLESTREET", control_number, datetime(2025, 9, 1, 12, tzinfo=UTC))
    return write_remittances(header, remittances)
