"""The typed 270 and 271 (005010X279A1): what is asked about a patient's coverage, and what the payer answers."""

from msgspec import Struct

from rcm.x12.parties import Member, Party, Procedure, Rejection, TransactionHeader
from rcm.x12.values import Amount, Dated, Reference


class Detail(Struct, frozen=True, gc=False):
    """III: a code beside a question or benefit, such as a place of service."""

    qualifier: str
    """III01: ZZ place of service, GR and NI injuries, BF and BK diagnoses in 4010."""
    code: str = ""
    category: str = ""
    """III03: 44 nature of injury."""
    text: str = ""


class Question(Struct, frozen=True):
    """2110 of 270: EQ and what stands with it."""

    service_types: tuple[str, ...] = ()
    """EQ01: 30 health benefit plan coverage, 98 office visit, ..."""
    procedure: Procedure | None = None
    """EQ02."""
    coverage_level: str = ""
    """EQ03: IND individual, FAM family, ..."""
    diagnosis_pointers: tuple[str, ...] = ()
    """EQ05, to the member's HI."""
    amounts: tuple[Amount, ...] = ()
    """AMT: R spend down, PB its patient's part."""
    details: tuple[Detail, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    segment_number: int = 0
    """EQ's number in the file."""
    raw: tuple[str, ...] = ()
    """Segments that have no typed place here, as they stood."""


class EligibilityInquiry(Struct, frozen=True):
    """270: what is asked about one patient."""

    header: TransactionHeader
    source: Party
    """2100A: who is asked, a payer."""
    receiver: Party
    """2100B: who asks, a provider."""
    subscriber: Member
    dependent: Member | None = None
    """None where the subscriber is the patient."""
    questions: tuple[Question, ...] = ()
    segment_number: int = 0
    """The number of the patient's HL in the file."""

    @property
    def patient(self) -> Member:
        """Whom the questions are about."""
        return self.dependent or self.subscriber


class Delivery(Struct, frozen=True, gc=False):
    """HSD: how often, how many, in what pattern."""

    quantity_qualifier: str = ""
    """HSD01: VS visits, DY days, HS hours, MN months, FL units."""
    quantity: str = ""
    unit: str = ""
    """HSD03: in which unit the frequency is told: DA, WK, MO, VS."""
    frequency: str = ""
    """HSD04."""
    period: str = ""
    """HSD05: as EB06."""
    periods: str = ""
    """HSD06: how many of them."""
    pattern: str = ""
    """HSD07: on which days."""
    time: str = ""
    """HSD08: at which time of the day."""


class Benefit(Struct, frozen=True):
    """2110 of 271: EB and what stands with it."""

    code: str
    """EB01: 1 active, 6 inactive, A coinsurance, B copay, C deductible, F limitation, G out of pocket, I not covered, ..."""
    coverage_level: str = ""
    """EB02: IND, FAM, EMP, ..."""
    service_types: tuple[str, ...] = ()
    """EB03."""
    insurance_type: str = ""
    """EB04."""
    plan: str = ""
    """EB05: the plan's name."""
    period: str = ""
    """EB06: 23 calendar year, 26 episode, 27 visit, 29 remaining, 7 day, 34 month, ..."""
    amount_cents: int | None = None
    """EB07."""
    percent: str = ""
    """EB08, as a fraction: "0.2" are 20 percent."""
    quantity_qualifier: str = ""
    """EB09: VS visits, DY days, P6 services, ..."""
    quantity: str = ""
    """EB10."""
    authorisation_required: str = ""
    """EB11: Y, N, U unknown."""
    network: str = ""
    """EB12: Y in the plan's network, N outside, W either, U unknown."""
    procedure: Procedure | None = None
    """EB13."""
    diagnosis_pointers: tuple[str, ...] = ()
    """EB14."""
    deliveries: tuple[Delivery, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    messages: tuple[str, ...] = ()
    """MSG01."""
    details: tuple[Detail, ...] = ()
    """2115."""
    related: tuple[Party, ...] = ()
    """2120: another payer, the primary care provider, a contact, ..."""
    segment_number: int = 0
    """EB's number in the file."""
    raw: tuple[str, ...] = ()
    """Segments that have no typed place here, as they stood."""

    @property
    def in_network(self) -> bool | None:
        """EB12 as a truth; None for either, unknown and untold."""
        return {"Y": True, "N": False}.get(self.network)


class EligibilityAnswer(Struct, frozen=True):
    """271: what is answered about one patient, or that nothing can be."""

    header: TransactionHeader
    source: Party
    receiver: Party | None = None
    """None where the payer refuses everybody (AAA in 2000A or 2100A)."""
    subscriber: Member | None = None
    """None where the receiver is refused (AAA in 2100B)."""
    dependent: Member | None = None
    benefits: tuple[Benefit, ...] = ()
    segment_number: int = 0
    """The number of the last level's HL in the file."""

    @property
    def patient(self) -> Member | None:
        """Whom the answer is about."""
        return self.dependent or self.subscriber

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """Every AAA that speaks of this patient, at whatever level it stands."""
        members = [member.party.rejections for member in (self.subscriber, self.dependent) if member is not None]
        above = [self.source.rejections, self.receiver.rejections if self.receiver is not None else ()]
        return tuple(item for group in (*above, *members, *(one.rejections for one in self.benefits)) for item in group)

    @property
    def active(self) -> bool | None:
        """Whether coverage is active: some EB01 of 1 to 5 for the plan; False for 6 to 8; None where neither is told."""
        codes = {item.code for item in self.benefits}
        if codes & {"1", "2", "3", "4", "5"}:
            return True
        return False if codes & {"6", "7", "8"} else None
