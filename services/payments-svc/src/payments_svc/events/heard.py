"""What others said, as far as this service needs it (decision 0092): read from the events' JSON without their models.

What a bill shows of people and providers is only handed on, so it stays JSON; its few fields that matter here are read.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from msgspec import Raw, Struct
from msgspec.json import Decoder, encode

from payments_svc.domain.encounter_account import EncounterAccount
from payments_svc.domain.matching import SentClaim, SentLine, normalised_control_number
from payments_svc.domain.patient_payments import PatientPayment
from payments_svc.domain.responsibility import ChargedLine
from rcm.contracts.envelope import Message
from rcm.contracts.patient_accounts import PatientPaymentReceived
from rcm.contracts.values import Rank


class BillLine(ChargedLine, frozen=True, gc=False, kw_only=True):
    """A line as its bill shows it."""

    procedure: str
    description: str = ""
    date_of_service: date


class Bill(Struct, frozen=True):
    """What a bill shows of an encounter, as it was said last; it is kept as JSON. Parties are in the words of the contract."""

    guarantor: Raw
    patient: Raw
    billing_provider: Raw
    lines: tuple[BillLine, ...]


class NamedParty(Struct, frozen=True, gc=False):
    """A patient or guarantor, by the EHR's id."""

    external_id: str
    last_name: str
    first_name: str


class BillingProvider(Struct, frozen=True, gc=False):
    """Whom a payer pays."""

    npi: str
    last_name: str
    tax_id: str = ""


class AskedPayer(Struct, frozen=True, gc=False):
    """One of the payers, by its place in their order."""

    rank: Rank


class _Coded(Struct, frozen=True):
    """Of EncounterCoded and EncounterRecoded, as it stands there."""

    encounter_id: UUID
    external_id: str
    guarantor: Raw
    patient: Raw
    billing_provider: Raw
    date_of_service: date
    lines: tuple[BillLine, ...]
    charge_cents: int
    coverages: tuple[AskedPayer, ...] = ()
    self_pay: bool = False


class CodedEncounter(Struct, frozen=True):
    """Of EncounterCoded and EncounterRecoded."""

    encounter_id: UUID
    external_id: str
    guarantor_external_id: str
    first_rank: str
    """Of the first coverage; empty for a self-payer."""
    self_pay: bool
    date_of_service: date
    charge_cents: int
    billing_provider: BillingProvider
    bill: Bill


class SubmittedClaim(Struct, frozen=True):
    """Of ClaimSubmitted."""

    claim_id: UUID
    encounter_id: UUID
    patient_control_number: str
    payer_id: str
    member_id: str
    rank: Rank
    frequency: str
    charge_cents: int
    date_of_service: date
    billing_npi: str
    billing_tax_id: str
    lines: tuple[SentLine, ...]
    last_payer: bool = False

    @property
    def asks_last_payer(self) -> bool:
        """Whether its answer is the last word. A void asks for nothing that could be the patient's."""
        return self.last_payer and self.frequency != _VOID


class PayersTurn(Struct, frozen=True, gc=False):
    """Of PayerSequenceCompleted and PayerSequenceReopened."""

    encounter_id: UUID


read_submitted = Decoder(SubmittedClaim).decode
read_payers_turn = Decoder(PayersTurn).decode
read_bill = Decoder(Bill).decode
_read_coded = Decoder(_Coded).decode
_read_party = Decoder(NamedParty).decode
_read_provider = Decoder(BillingProvider).decode
_VOID = "8"


def read_coded(data: str | bytes) -> CodedEncounter:
    """EncounterCoded or EncounterRecoded. Raises ValueError."""
    said = _read_coded(data)
    _read_party(said.patient)
    return CodedEncounter(
        said.encounter_id,
        said.external_id,
        _read_party(said.guarantor).external_id,
        said.coverages[0].rank.value if said.coverages else "",
        said.self_pay,
        said.date_of_service,
        said.charge_cents,
        _read_provider(said.billing_provider),
        Bill(said.guarantor, said.patient, said.billing_provider, said.lines),
    )


def bill_document(bill: Bill) -> str:
    """A bill as it is kept."""
    return encode(bill).decode()


def account_of(message: Message[CodedEncounter]) -> EncounterAccount:
    """A new account of an encounter, nothing charged yet."""
    said = message.data
    return EncounterAccount(
        (message.organisation_id, said.encounter_id),
        said.external_id,
        said.guarantor_external_id,
        said.date_of_service,
        said.first_rank,
        said.self_pay,
        said.charge_cents,
        message.sequence,
    )


def say_again(account: EncounterAccount, message: Message[CodedEncounter]) -> None:
    """Sets what coding-svc says of the encounter now."""
    said = message.data
    account.external_id = said.external_id
    account.guarantor_external_id = said.guarantor_external_id
    account.date_of_service = said.date_of_service
    account.first_rank = said.first_rank
    account.self_pay = said.self_pay
    account.charge_cents = said.charge_cents
    account.said_sequence = message.sequence


def payees_of(providers: Iterable[tuple[UUID, str, str]]) -> set[tuple[UUID, str, str]]:
    """Billing providers' names in a remittance's payee; of (organisation, NPI, tax id), many of them the same."""
    payees = set()
    for organisation_id, npi, tax_id in set(providers):
        named = (("npi", npi), ("tax_id", tax_id.replace("-", "")))
        payees |= {(organisation_id, kind, value) for kind, value in named if value}
    return payees


def sent_claim(message: Message[SubmittedClaim]) -> SentClaim:
    """A submitted claim as remittances are matched with it."""
    said = message.data
    return SentClaim(
        message.organisation_id,
        normalised_control_number(said.patient_control_number),
        said.claim_id,
        said.encounter_id,
        said.rank.value,
        said.payer_id,
        said.asks_last_payer,
        said.lines,
    )


def sent_lines(message: Message[SubmittedClaim]) -> str:
    """A submitted claim's lines as they are kept: JSON."""
    return encode(message.data.lines).decode()


def patient_payment(message: Message[PatientPaymentReceived]) -> PatientPayment:
    """A patient's payment, all of it a deposit."""
    said = message.data
    return PatientPayment(
        message.organisation_id,
        said.patient_payment_id,
        said.account_id,
        said.guarantor_external_id,
        said.received_on,
        said.amount_cents,
        said.amount_cents,
        said.encounter_id,
    )
