"""A file of claims as 837P, and a claim's own segments in a file that was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from claims_svc.domain import encounter as domain
from claims_svc.domain.claim import Claim, original_reference
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.setup import BillingProvider, Organisation, Payer, Receiver, Setup
from claims_svc.domain.submission import line_control_number
from rcm.x12 import professional_claim as x12
from rcm.x12.problems import CannotWrite
from rcm.x12.show.excerpts import own_of_claim_837
from rcm.x12.values import Address, InterchangeHeader

_SELF = "18"


class ToSend(Struct, frozen=True):
    """A claim on its way into a file."""

    claim: Claim
    encounter: Encounter
    patient_control_number: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whose file it is, for whom, under which number."""

    organisation: Organisation
    receiver: Receiver
    control_number: int
    created: datetime


@dataclass(frozen=True, slots=True)
class Unwritable:
    """A claim that 837P has no place for as it is."""

    to_send: ToSend
    where: str
    why: str
    of_envelope: bool = False
    """What can't be written is the sender or the receiver: no claim of the file is at fault."""


def write_claim_file(
    envelope: Envelope, setup: Setup, waiting: Sequence[ToSend]
) -> tuple[bytes, Sequence[ToSend], list[Unwritable]]:
    """The file, the claims that stand in it, and those that can't: one such claim does not keep the others back.

    Where none can be written the file is empty.
    """
    going = list(waiting)
    parties = _Parties(setup)
    claims = [_claim(to_send, parties) for to_send in going]
    refused: list[Unwritable] = []
    while claims:
        try:
            return _write(envelope, claims), going, refused
        except CannotWrite as error:
            place, where = _place_of(error.path)
            if place is None:
                return b"", [], refused + [Unwritable(each, where, error.reason, of_envelope=True) for each in going]
            refused.append(Unwritable(going.pop(place), where, error.reason))
            del claims[place]
    return b"", going, refused


def _place_of(path: str) -> tuple[int | None, str]:
    """ "claims[3].lines[0].procedure" -> (3, "lines[0].procedure"); a fault of the envelope has no place."""
    head, _, where = path.partition(".")
    if head.startswith("claims["):
        return int(head[7:-1]), where
    return None, path


def _write(envelope: Envelope, claims: Sequence[x12.ProfessionalClaim]) -> bytes:
    organisation, receiver = envelope.organisation, envelope.receiver
    header = InterchangeHeader(
        sender_id=organisation.submitter_id,
        receiver_id=receiver.receiver_id,
        control_number=envelope.control_number,
        created=envelope.created,
        sender_qualifier=organisation.sender_qualifier,
        receiver_qualifier=receiver.qualifier,
        usage=receiver.usage,
        group_receiver=receiver.group_receiver,
    )
    submitter = x12.Submitter(
        organisation.name,
        organisation.submitter_id,
        organisation.contact_name,
        organisation.contact_phone,
        organisation.contact_email,
    )
    return x12.write_professional_claims(
        header,
        submitter,
        x12.Receiver(receiver.name, receiver.receiver_id),
        claims,
        reference=f"{envelope.control_number:09d}",
    )


class _Parties:
    """Billing providers and payers as 837P has them: the claims of a file share a few, each made once."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._billing_providers: dict[str, x12.Provider] = {}
        self._payers: dict[str, tuple[x12.Payer, str]] = {}

    def billing_provider(self, npi: str) -> x12.Provider:
        """2010AA."""
        found = self._billing_providers.get(npi)
        if found is None:
            found = self._billing_providers[npi] = _billing_provider(self._setup.billing_providers[npi])
        return found

    def payer(self, payer_id: str) -> tuple[x12.Payer, str]:
        """2010BB, and the payer's SBR09."""
        found = self._payers.get(payer_id)
        if found is None:
            payer = self._setup.payers[payer_id]
            found = self._payers[payer_id] = _payer(payer), payer.claim_filing_indicator
        return found


def _claim(to_send: ToSend, parties: _Parties) -> x12.ProfessionalClaim:
    claim, encounter, number = to_send.claim, to_send.encounter, to_send.patient_control_number
    found = encounter.coverage(claim.rank)
    assert found is not None, "a claim without its coverage is never READY"
    coverage = found[1]
    payer, filing_indicator = parties.payer(claim.payer_id)
    accident = claim.own.accident or encounter.accident
    same = encounter.rendering_provider.npi == encounter.billing_provider.npi
    return x12.ProfessionalClaim(
        patient_control_number=number,
        charge_cents=encounter.charge_cents,
        place_of_service=encounter.place_of_service,
        billing_provider=parties.billing_provider(encounter.billing_provider.npi),
        subscriber=_subscriber(encounter, coverage, filing_indicator),
        payer=payer,
        diagnoses=tuple([diagnosis.code for diagnosis in encounter.diagnoses]),
        lines=tuple([_line(line, number, encounter.place_of_service) for line in encounter.lines]),
        patient=None if coverage.relationship == _SELF else _patient(encounter, coverage),
        frequency=claim.frequency,
        accident=x12.Accident((accident.kind,), accident.state, accident.occurred_on) if accident else None,
        onset_on=encounter.onset_on,
        admitted_on=encounter.admitted_on,
        discharged_on=encounter.discharged_on,
        authorisation_number=claim.own.authorisation_number or encounter.authorisation_number,
        payer_claim_control_number=original_reference(claim),
        rendering_provider=None if same else _provider(encounter.rendering_provider),
        referring_provider=_provider(encounter.referring_provider) if encounter.referring_provider else None,
        supervising_provider=_provider(encounter.supervising_provider) if encounter.supervising_provider else None,
        service_facility=_provider(encounter.service_facility) if encounter.service_facility else None,
    )


def _line(line: domain.ServiceLine, patient_control_number: str, place_of_service: str) -> x12.ServiceLine:
    drug = line.drug
    return x12.ServiceLine(
        line.procedure,
        line.charge_cents,
        line_control_number(patient_control_number, line.line_number),
        line.modifiers,
        line.units,
        diagnosis_pointers=line.diagnosis_pointers,
        date_of_service=line.date_of_service,
        unit=line.unit,
        date_of_service_to=line.date_of_service_to,
        place_of_service="" if line.place_of_service == place_of_service else line.place_of_service,
        drug=x12.Drug(drug.ndc, drug.quantity, drug.unit) if drug else None,
    )


def _subscriber(encounter: Encounter, coverage: domain.Coverage, filing_indicator: str) -> x12.Subscriber:
    person: domain.Person = encounter.patient
    if coverage.relationship != _SELF:
        assert coverage.subscriber is not None, "a claim without its subscriber is never READY"
        person = coverage.subscriber
    return x12.Subscriber(
        member_id=coverage.member_id,
        last_name=person.last_name,
        first_name=person.first_name,
        middle_name=person.middle_name,
        birth_date=person.birth_date,
        sex=person.sex,
        address=_address(person.address) if person.address else None,
        rank=coverage.rank,
        group_number=coverage.group_number,
        filing_indicator=filing_indicator,
    )


def _patient(encounter: Encounter, coverage: domain.Coverage) -> x12.Patient:
    patient = encounter.patient
    assert patient.birth_date is not None, "a claim without the patient's birth date is never READY"
    assert patient.address is not None, "a claim without the patient's address is never READY"
    return x12.Patient(
        last_name=patient.last_name,
        relationship=coverage.relationship,
        birth_date=patient.birth_date,
        sex=patient.sex,
        address=_address(patient.address),
        first_name=patient.first_name,
        middle_name=patient.middle_name,
    )


def _billing_provider(provider: BillingProvider) -> x12.Provider:
    return x12.Provider(
        npi=provider.npi,
        last_name=provider.last_name,
        first_name=provider.first_name,
        taxonomy=provider.taxonomy,
        tax_id=provider.tax_id,
        tax_id_kind=provider.tax_id_kind,
        address=_address(provider.address) if provider.address else None,
    )


@lru_cache(maxsize=4096)
def _provider(provider: domain.Provider) -> x12.Provider:
    return x12.Provider(
        npi=provider.npi,
        last_name=provider.last_name,
        first_name=provider.first_name,
        taxonomy=provider.taxonomy,
        address=_address(provider.address) if provider.address else None,
    )


def _payer(payer: Payer) -> x12.Payer:
    return x12.Payer(payer.name, payer.payer_id, _address(payer.address) if payer.address else None)


def _address(address: domain.Address) -> Address:
    return Address(
        line1=address.line1,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        line2=address.line2,
    )


def claim_segments(content: bytes, patient_control_number: str) -> list[str]:
    """A claim's own part of a file that `write_claim_file` wrote: subscriber, patient where named, CLM to the claim's end."""
    return [segment.bare for segment in own_of_claim_837(content, patient_control_number)]
