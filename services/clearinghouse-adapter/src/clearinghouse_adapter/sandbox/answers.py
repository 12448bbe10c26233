"""All answers to one 837: TA1 and 999 at once in one file, 277CA after a day, 835 after fourteen. Pure: bytes in, bytes out."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from msgspec import structs

from clearinghouse_adapter.sandbox.adjudication import ANSWERED, adjudicate, payer_claim_control_number, reversal_of
from clearinghouse_adapter.sandbox.scenarios import (
    FUNCTION_REFUSED,
    INTERCHANGE_REFUSED,
    Content,
    content_of,
    scenario_of,
)
from rcm.x12.acknowledgement import (
    AcknowledgedClaim,
    AcknowledgedProvider,
    ClaimAcknowledgement,
    ElementError,
    FunctionalAcknowledgement,
    SegmentError,
    SetAcknowledgement,
    Status,
    write_claim_acknowledgements,
    write_functional_acknowledgements,
    write_interchange_acknowledgement,
)
from rcm.x12.acknowledgement.answer import group_answer, interchange_answer
from rcm.x12.grammar import KeptTokens
from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.problems import NotX12
from rcm.x12.professional_claim import ClaimInFile
from rcm.x12.professional_claim.reader import ProfessionalClaimReader, is_professional
from rcm.x12.remittance import ClaimPayment, Party, ProviderAdjustment, Remittance, write_remittances
from rcm.x12.validation import CheckedInterchange, CheckedSet, check
from rcm.x12.values import Address, Contact, InterchangeHeader, Reference

ACKNOWLEDGED_AFTER_DAYS = 1
PAID_AFTER_DAYS = 14
_ADDRESS = Address("1 SANDBOX PLAZA", "SPRINGFIELD", "IL", "627010000")
_CONTACT = Contact("BL", "SANDBOX EDI", (("TE", "2175550100"),))
VOID = "8"
_NOTHING: Mapping[str, ClaimPayment] = {}
_OWN_REFUSAL = (SegmentError("BHT", 2, "", "8", (), (ElementError(6, 0, 0, "640", "7"),)),)
"""What the sandbox tells of a set that it refuses by its own rule."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A file that goes back, and after how many days of the sandbox's clock."""

    name: str
    """By the content of what is answered: the same however often it is made."""
    content: bytes
    after_days: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """An 837 file as the sandbox read it."""

    interchange: CheckedInterchange
    claims: list[ClaimInFile]
    """Those of the sets that are taken."""

    @property
    def broken(self) -> bool:
        """Its envelope can't be trusted."""
        return any(one.severity == "error" for one in self.interchange.findings)


@dataclass(slots=True)
class _Judged:
    """A claim with what decides it."""

    item: ClaimInFile
    content: Content
    scenario: str
    number: str
    """The payer's own for it."""
    before: ClaimPayment | None
    """What it takes back."""


def _judged(item: ClaimInFile, before: ClaimPayment | None) -> _Judged:
    content = content_of(item.claim)
    return _Judged(item, content, scenario_of(item.claim, content), payer_claim_control_number(item.claim, content), before)


def read_file(content: bytes) -> Received | None:
    """The file, checked; None where it is no X12 at all: no payer answers that."""
    try:
        tokens = KeptTokens(content)
        checked = list(check(tokens))
    except NotX12:
        return None
    sets = {one.first_segment: one for item in checked for group in _trusted(item) for one in group}
    return Received(checked[0], _claims(tokens, sets))


def _trusted(interchange: CheckedInterchange) -> list[list[CheckedSet]]:
    """The sets of the groups whose own envelope is right."""
    return [group.sets for group in interchange.groups if all(one.severity != "error" for one in group.findings)]


def _claims(tokens: KeptTokens, sets: Mapping[int, CheckedSet]) -> list[ClaimInFile]:
    """The claims of the sets that are taken."""
    walker = Walker(tokens)
    claims: list[ClaimInFile] = []
    for item in walker:
        if isinstance(item, TransactionSet) and is_professional(item):
            one = sets.get(item.first_segment)
            if one is not None and not one.rejected:
                claims += ProfessionalClaimReader(walker, item, []).claims()
    return claims


def claim_key(item: ClaimInFile) -> str:
    """A claim's identity for the sandbox: who sent it under which patient control number."""
    return f"{item.envelope.sender_id}|{item.claim.patient_control_number}"


def answers_to(
    received: Received,
    received_at: datetime,
    mine: Collection[str],
    taken_back: Mapping[str, ClaimPayment] = _NOTHING,
) -> list[Answer]:
    """Everything that goes back. `mine` names the claims that this file is answered for: others were answered before.

    `taken_back` tells what replacements and voids among them take back.
    """
    receiver = received.interchange.receiver
    refused = receiver == INTERCHANGE_REFUSED or received.broken
    interchange = _interchange_answer(received, received_at, refused=refused)
    if refused or not any(group.received for group in received.interchange.groups):
        return [Answer(_name("ta1", *_names_of(received)), interchange)]
    functional = _functional_answer(received, received_at, refused=receiver == FUNCTION_REFUSED)
    answers = [Answer(_name("ack", *_names_of(received)), interchange + functional)]
    if receiver == FUNCTION_REFUSED:
        return answers
    judged = [_judged(item, taken_back.get(key)) for item in received.claims if (key := claim_key(item)) in mine]
    if judged:
        answers.append(_claims_answer(received, received_at + timedelta(days=ACKNOWLEDGED_AFTER_DAYS), judged))
    paying = [
        one for one in judged if one.scenario in ANSWERED and (one.before is not None or one.item.claim.frequency != VOID)
    ]
    if paying:
        answers.append(_payment_answer(received, received_at + timedelta(days=PAID_AFTER_DAYS), paying))
    return answers


def _grouped(judged: Iterable[_Judged], key: Callable[[_Judged], str]) -> list[tuple[str, list[_Judged]]]:
    groups: dict[str, list[_Judged]] = {}
    for one in judged:
        groups.setdefault(key(one), []).append(one)
    return sorted(groups.items())


def _header(received: Received, at: datetime, seed: str) -> InterchangeHeader:
    """The envelope back: sender and receiver swapped, a control number by the content."""
    interchange = received.interchange
    number = int(sha256(f"{interchange.control_number}|{interchange.sender}|{seed}".encode()).hexdigest()[:12], 16)
    return InterchangeHeader(
        interchange.receiver,
        interchange.sender,
        number % 999_999_999 + 1,
        at,
        interchange.receiver_qualifier,
        interchange.sender_qualifier,
        interchange.usage or "T",
        acknowledgement_requested=False,
    )


def _name(kind: str, *seeds: str) -> str:
    return f"{kind}-{_digest(*seeds)}.x12"


def _digest(*seeds: str) -> str:
    return sha256("|".join(seeds).encode()).hexdigest()[:20]


def _names_of(received: Received) -> tuple[str, ...]:
    """What an answer to the interchange as a whole is named by."""
    interchange = received.interchange
    return interchange.sender, interchange.receiver, interchange.control_number, interchange.date


def _interchange_answer(received: Received, at: datetime, *, refused: bool) -> bytes:
    """The TA1, in an interchange of its own."""
    answer = interchange_answer(received.interchange, at)
    if refused and not answer.rejected:
        answer = structs.replace(answer, code="R", note="006")
    return write_interchange_acknowledgement(_header(received, at, "TA1"), answer)


def _functional_answer(received: Received, at: datetime, *, refused: bool) -> bytes:
    """A 999 for each group: what its sets are refused for, or the sandbox's own rule that refuses all."""
    groups = [group_answer(group) for group in received.interchange.groups]
    if refused:
        groups = [_refused(group) for group in groups]
    return write_functional_acknowledgements(_header(received, at, "999"), groups)


def _refused(group: FunctionalAcknowledgement) -> FunctionalAcknowledgement:
    """All sets of a group refused."""
    sets = tuple(
        SetAcknowledgement(one.identifier, one.control_number, "R", one.version, ("5",), one.errors or _OWN_REFUSAL)
        for one in group.sets
    )
    return structs.replace(group, code="R", accepted=0, sets=sets)


def _claims_answer(received: Received, at: datetime, judged: Sequence[_Judged]) -> Answer:
    """The 277CAs of all payers in one file, as a clearinghouse hands them on."""
    whole = [
        _claim_acknowledgement(received, at, payer_id, members)
        for payer_id, members in _grouped(judged, lambda one: one.item.claim.payer.payer_id)
    ]
    name = _name("277ca", *(one.reference for one in whole))
    return Answer(name, write_claim_acknowledgements(_header(received, at, name), whole), ACKNOWLEDGED_AFTER_DAYS)


def _claim_acknowledgement(received: Received, at: datetime, payer_id: str, members: Sequence[_Judged]) -> ClaimAcknowledgement:
    """A 277CA of one payer, with a level for each billing provider."""
    today = at.date()
    providers = []
    for npi, claims in _grouped(members, lambda one: one.item.claim.billing_provider.npi):
        total = sum(one.item.claim.charge_cents for one in claims)
        own = (Status("A1", "19", "PR", None, "WQ", total),)
        name = claims[0].item.claim.billing_provider.last_name
        providers.append(AcknowledgedProvider(npi, name, tuple(_acknowledged(one, at) for one in claims), "0", own))
    first = members[0].item
    total = sum(one.item.claim.charge_cents for one in members)
    pcns = sorted(one.item.claim.patient_control_number for one in members)
    return ClaimAcknowledgement(
        "PR",
        first.claim.payer.name,
        payer_id,
        first.submitter.name,
        first.submitter.identifier,
        _digest(received.interchange.sender, payer_id, *pcns).upper(),
        first.reference,
        at.date() - timedelta(days=ACKNOWLEDGED_AFTER_DAYS),
        today,
        (Status("A1", "19", "PR", today, "WQ", total),),
        (),
        tuple(providers),
    )


def _acknowledged(one: _Judged, at: datetime) -> AcknowledgedClaim:
    """Accepted into adjudication (A2:20), or the member not found (A7:164 of the insured)."""
    claim = one.item.claim
    refused = one.scenario == "006"
    amount = claim.charge_cents
    status = Status("A7", "164", "IL", at.date(), "U", amount) if refused else Status("A2", "20", "", at.date(), "WQ", amount)
    person = claim.patient or claim.subscriber
    dates = [line.date_of_service for line in claim.lines]
    ends = [line.date_of_service_to or line.date_of_service for line in claim.lines]
    return AcknowledgedClaim(
        claim.patient_control_number,
        (status,),
        person.last_name,
        person.first_name,
        claim.subscriber.member_id,
        "" if refused else one.number,
        (),
        min(dates) if dates else None,
        max(ends) if ends else None,
    )


def _payment_answer(received: Received, at: datetime, paying: Sequence[_Judged]) -> Answer:
    """The 835s of all payers in one file: one check of each payer to each billing provider."""
    checks = [
        _check(at, members)
        for _, members in _grouped(paying, lambda one: f"{one.item.claim.payer.payer_id}|{one.item.claim.billing_provider.npi}")
    ]
    name = _name("835", *(check.trace_number for check in checks))
    return Answer(name, write_remittances(_header(received, at, name), checks), PAID_AFTER_DAYS)


def _check(at: datetime, members: Sequence[_Judged]) -> Remittance:
    """The check of one payer to one billing provider for the claims of one file."""
    claims = tuple(claim for one in members for claim in _claim_payments(one))
    first = members[0].item.claim
    payer, provider = first.payer, first.billing_provider
    trace = _trace(payer.payer_id, provider.npi, members)
    total = sum(claim.paid_cents for claim in claims)
    payment = max(total, 0)
    # No check is negative: what is taken back beyond what is paid is carried forward.
    ends = date(at.year, 12, 31)
    forwarded = (ProviderAdjustment(provider.npi, ends, "FB", trace, total),) if total < 0 else ()
    return Remittance(
        payment_cents=payment,
        trace_number=trace,
        payment_date=at.date(),
        payer=Party(payer.name, "XV", payer.payer_id, _ADDRESS, (Reference("2U", payer.payer_id),), (_CONTACT,)),
        payee=Party(provider.last_name, "XX", provider.npi, provider.address, (Reference("TJ", provider.tax_id),)),
        claims=claims,
        provider_adjustments=forwarded,
        handling="I" if payment else "H",
        method="CHK" if payment else "NON",
        payer_trace_id=f"1{_tax_id(payer.payer_id)}",
        produced_on=at.date(),
    )


def _claim_payments(one: _Judged) -> list[ClaimPayment]:
    """The reversal of what stood before, and the claim's own CLP where it is no void."""
    found = [reversal_of(one.before)] if one.before is not None else []
    if one.item.claim.frequency != VOID:
        found.append(adjudicate(one.item.claim, one.scenario, one.content, one.number))
    return found


def _trace(payer_id: str, npi: str, members: Sequence[_Judged]) -> str:
    """The check's number: by who pays whom for which claims."""
    seed = "|".join([payer_id, npi, *sorted(one.item.claim.patient_control_number for one in members)])
    return f"SBX{sha256(seed.encode()).hexdigest()[:14].upper()}"


def _tax_id(payer_id: str) -> str:
    """Nine digits for an invented payer."""
    return f"{int(sha256(payer_id.encode()).hexdigest()[:10], 16) % 10**9:09d}"
