"""The typed 276 and 277 (005010X212): where a claim stands, asked and answered. 277CA is in rcm.x12.acknowledgement."""

from datetime import date

from msgspec import Struct

from rcm.x12.parties import Member, Party, Procedure, Trace, TransactionHeader
from rcm.x12.values import Amount, Contact, Dated, Reference


class StatusCode(Struct, frozen=True, gc=False):
    """STC01, STC10 or STC11."""

    category: str
    """A received, P pending, F finalised, R wanting information, E error, D not found; with a digit."""
    code: str
    """Claim status code; of the NCPDP's list where `code_list` is RX."""
    entity: str = ""
    """Whom it concerns: 85 billing provider, QC patient, ..."""
    code_list: str = ""
    """RX, or empty."""


class ClaimStatus(Struct, frozen=True):
    """One STC with all its composites."""

    codes: tuple[StatusCode, ...]
    """STC01, STC10, STC11: the first is the status itself, the others add to it."""
    on: date | None = None
    """STC02: since when it stands so."""
    action: str = ""
    """STC03: WQ accept, U reject; 277CA's, and unused in 277."""
    charge_cents: int | None = None
    """STC04."""
    paid_cents: int | None = None
    """STC05."""
    finalised_on: date | None = None
    """STC06."""
    payment_method: str = ""
    """STC07, which only 4010 uses: ACH, CHK, ..."""
    paid_on: date | None = None
    """STC08: of the check or transfer."""
    trace_number: str = ""
    """STC09: the check's or transfer's number, TRN02 of the 835."""
    message: str = ""
    """STC12."""


class StatusLine(Struct, frozen=True):
    """2210 of 276, 2220 of 277: one service line."""

    procedure: Procedure | None
    charge_cents: int | None = None
    paid_cents: int | None = None
    """SVC03, 277 alone."""
    revenue_code: str = ""
    """SVC04."""
    units: str = ""
    """SVC07; SVC05 in 4010."""
    control_number: str = ""
    """REF*FJ: the line's own number."""
    statuses: tuple[ClaimStatus, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    """DTP*472."""
    segment_number: int = 0
    """SVC's number in the file."""
    raw: tuple[str, ...] = ()
    """Segments that have no typed place here, as they stood."""


class _About(Struct, frozen=True):
    """What inquiry and answer have in common: the levels above, and the TRN loop itself."""

    header: TransactionHeader
    source: Party
    """2100A: the payer."""
    receiver: Party | None = None
    """2100B: who asks."""
    provider: Party | None = None
    """2100C."""
    subscriber: Member | None = None
    """2100D."""
    dependent: Member | None = None
    """2100E; None where the subscriber is the patient."""
    trace: Trace | None = None
    """TRN: the inquiry's own number, which the answer repeats."""
    references: tuple[Reference, ...] = ()
    """REF: 1K payer claim control number, EJ patient control number, BLT bill type, D9, XZ, LU, 6P, VV."""
    dates: tuple[Dated, ...] = ()
    """DTP: 472 dates of service; 232 and 233 in 4010."""
    lines: tuple[StatusLine, ...] = ()
    segment_number: int = 0
    """The number of TRN in the file, of the HL where there is none."""
    raw: tuple[str, ...] = ()
    """Segments that have no typed place here, as they stood."""

    @property
    def level(self) -> str:
        """What it is about: claim, provider, receiver or source."""
        if self.subscriber is not None or self.dependent is not None:
            return "claim"
        return "provider" if self.provider is not None else "receiver" if self.receiver is not None else "source"

    def reference(self, qualifier: str) -> str:
        """The first REF with this qualifier; "" without one."""
        return next((item.value for item in self.references if item.qualifier == qualifier), "")


class ClaimStatusInquiry(_About, frozen=True):
    """276: what is asked about one claim (2200D, 2200E)."""

    amounts: tuple[Amount, ...] = ()
    """AMT*T3: the claim's charge."""


class ClaimStatusAnswer(_About, frozen=True):
    """277: what is answered about one claim (2200D, 2200E), a provider (2200C) or the whole inquiry (2200B)."""

    statuses: tuple[ClaimStatus, ...] = ()
    contacts: tuple[Contact, ...] = ()
    """PER of the claim's loop in 4010; 5010 has it with the payer alone."""

    @property
    def finalised(self) -> bool:
        """Whether some status is of category F: no more will come but the 835."""
        return any(code.category[:1] == "F" for status in self.statuses for code in status.codes[:1])
