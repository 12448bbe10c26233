"""The typed TA1, 999 (005010X231A1) and 277CA (005010X214)."""

from datetime import date, datetime

from msgspec import Struct

from rcm.x12.problems import Problem
from rcm.x12.values import Amount, Envelope, Quantity, Reference


class InterchangeAcknowledgement(Struct, frozen=True):
    """TA1: one interchange was taken or not."""

    interchange_control_number: str
    """TA101: ISA13 of the acknowledged interchange."""
    interchange_created: datetime | None
    """TA102 and TA103."""
    code: str
    """TA104: A accepted, E accepted with errors, R rejected."""
    note: str = "000"
    """TA105."""
    envelope: Envelope = Envelope()
    segment_number: int = 0

    @property
    def rejected(self) -> bool:
        """Nothing of the interchange was taken."""
        return self.code == "R"


class ElementError(Struct, frozen=True, gc=False):
    """IK4."""

    position: int
    component: int
    """0 where the whole element is meant."""
    repetition: int
    element: str
    """IK402: the data element's number."""
    code: str
    """IK403."""
    value: str = ""
    """IK404."""
    contexts: tuple[tuple[str, ...], ...] = ()
    """The CTXs behind it, as SegmentError's."""


class SegmentError(Struct, frozen=True, gc=False):
    """IK3 with its CTX and IK4."""

    segment: str
    segment_number: int
    """Within the transaction set, ST is 1."""
    loop: str
    code: str
    """IK304."""
    contexts: tuple[tuple[str, ...], ...] = ()
    """The elements of each CTX, their components behind ":": ("CLM01:PCN1",), ("SITUATIONAL TRIGGER", "CLM", "22", ...)."""
    elements: tuple[ElementError, ...] = ()


class SetAcknowledgement(Struct, frozen=True, gc=False):
    """AK2 to IK5: one transaction set."""

    identifier: str
    """AK201: 837."""
    control_number: str
    """AK202: ST02."""
    code: str
    """IK501: A accepted, E accepted with errors, R, M, W, X rejected."""
    version: str = ""
    """AK203."""
    error_codes: tuple[str, ...] = ()
    """IK502 to IK506."""
    errors: tuple[SegmentError, ...] = ()

    @property
    def rejected(self) -> bool:
        """No claim of the set was taken."""
        return self.code not in {"A", "E"}


class FunctionalAcknowledgement(Struct, frozen=True):
    """999 (and 997 as far as it agrees): one functional group."""

    functional_id: str
    """AK101: HC."""
    group_control_number: str
    """AK102: GS06 of the acknowledged group."""
    code: str
    """AK901: A accepted, E with errors, P partially, R rejected."""
    version: str = ""
    """AK103."""
    included: int = 0
    received: int = 0
    accepted: int = 0
    error_codes: tuple[str, ...] = ()
    """AK905 to AK909."""
    sets: tuple[SetAcknowledgement, ...] = ()
    """Sets that are not named went as the group did."""
    envelope: Envelope = Envelope()
    transaction_control_number: str = ""
    first_segment: int = 0
    last_segment: int = 0
    problems: tuple[Problem, ...] = ()
    raw: tuple[str, ...] = ()
    """What has no place above."""

    @property
    def rejected(self) -> bool:
        """No set of the group was taken."""
        return self.code not in {"A", "E", "P"}


class Status(Struct, frozen=True, gc=False):
    """One composite of an STC: STC01, STC10 or STC11."""

    category: str
    """A0 forwarded, A1 received, A2 accepted, A3 returned, A4 not found, A5 split, A6 missing, A7 invalid, A8 relational."""
    code: str
    """Claim status code."""
    entity: str = ""
    """IL subscriber, 85 billing provider, ..."""
    on: date | None = None
    action: str = ""
    """STC03: WQ accepted, U rejected."""
    amount_cents: int | None = None
    """STC04."""
    message: str = ""
    """STC12."""

    @property
    def rejects(self) -> bool:
        """The category refuses the claim: A3, A4, A6, A7, A8, or any with action U."""
        return self.category in {"A3", "A4", "A6", "A7", "A8"} or self.action == "U"


class AcknowledgedLine(Struct, frozen=True, gc=False):
    """2220D."""

    procedure: str
    modifiers: tuple[str, ...] = ()
    charge_cents: int = 0
    line_control_number: str = ""
    """REF*FJ."""
    statuses: tuple[Status, ...] = ()
    qualifier: str = "HC"
    """SVC01-1."""
    revenue_code: str = ""
    """SVC04."""
    units: str = ""
    """SVC07."""
    service_from: date | None = None
    """DTP*472."""
    service_to: date | None = None
    references: tuple[Reference, ...] = ()
    """REF*XZ."""
    raw: tuple[str, ...] = ()
    """What has no place above."""


class AcknowledgedClaim(Struct, frozen=True, gc=False):
    """2000D: one claim of the acknowledged file."""

    patient_control_number: str
    """TRN02 of 2200D."""
    statuses: tuple[Status, ...]
    last_name: str = ""
    first_name: str = ""
    member_id: str = ""
    payer_claim_control_number: str = ""
    """REF*1K."""
    references: tuple[Reference, ...] = ()
    service_from: date | None = None
    """DTP*472."""
    service_to: date | None = None
    lines: tuple[AcknowledgedLine, ...] = ()
    segment_number: int = 0
    last_segment_number: int = 0
    raw: tuple[str, ...] = ()
    """What has no place above."""
    middle_name: str = ""
    suffix: str = ""
    id_qualifier: str = "MI"

    @property
    def rejected(self) -> bool:
        """Any status refuses the claim."""
        for status in self.statuses:  # noqa: SIM110 - asked of every claim; a generator costs more than what it tells
            if status.rejects:
                return True
        return False


class AcknowledgedProvider(Struct, frozen=True, gc=False):
    """2000C: the claims of one billing provider."""

    npi: str
    name: str
    claims: tuple[AcknowledgedClaim, ...] = ()
    trace: str = ""
    statuses: tuple[Status, ...] = ()
    """A rejecting one rejects all claims below."""
    quantities: tuple[Quantity, ...] = ()
    """QTY of 2200C: QA accepted, QC rejected; counted anew when written."""
    amounts: tuple[Amount, ...] = ()
    """AMT of 2200C: YU accepted, YY rejected; summed anew when written."""
    first_name: str = ""
    """Of a person."""
    middle_name: str = ""
    suffix: str = ""
    id_qualifier: str = "XX"
    references: tuple[Reference, ...] = ()
    raw: tuple[str, ...] = ()
    """What has no place above."""

    @property
    def rejected(self) -> bool:
        """All claims of this provider are refused."""
        return any(status.rejects for status in self.statuses)


class ClaimAcknowledgement(Struct, frozen=True):
    """277CA: what became of each claim of a file."""

    source_entity: str
    """NM101 of 2100A: PR payer, AY clearinghouse."""
    source_name: str
    source_id: str
    receiver_name: str
    receiver_id: str
    reference: str = ""
    """BHT03."""
    batch_trace: str = ""
    """TRN02 of 2200B: BHT03 of the acknowledged 837."""
    received_on: date | None = None
    """DTP*050 of 2200A."""
    processed_on: date | None = None
    """DTP*009 of 2200A."""
    statuses: tuple[Status, ...] = ()
    """2200B; a rejecting one rejects the whole file."""
    quantities: tuple[Quantity, ...] = ()
    """QTY of 2200B: 90 accepted, AA rejected; counted anew when written."""
    providers: tuple[AcknowledgedProvider, ...] = ()
    envelope: Envelope = Envelope()
    transaction_control_number: str = ""
    first_segment: int = 0
    last_segment: int = 0
    problems: tuple[Problem, ...] = ()
    amounts: tuple[Amount, ...] = ()
    """AMT of 2200B: YU accepted, YY rejected; summed anew when written."""
    source_qualifier: str = ""
    """NM108 of 2100A: PI, XV, FI, 46; where empty PI for a payer, 46 for others."""
    source_trace: str = ""
    """TRN02 of 2200A; the reference where empty."""
    receiver_first_name: str = ""
    """Of a person."""
    created: datetime | None = None
    """BHT04 and BHT05; the envelope's when written."""
    raw: tuple[str, ...] = ()
    """What has no place above."""

    @property
    def by(self) -> str:
        """ "payer" or "clearinghouse"."""
        return "payer" if self.source_entity == "PR" else "clearinghouse"

    @property
    def rejected(self) -> bool:
        """The whole file is refused."""
        return any(status.rejects for status in self.statuses)


Acknowledgement = InterchangeAcknowledgement | FunctionalAcknowledgement | ClaimAcknowledgement
