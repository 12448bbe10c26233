"""What 270, 271, 276 and 277 have in common: the transaction's header, parties, members, traces, refusals."""

from datetime import date, datetime

from msgspec import Struct

from rcm.x12.values import Address, Contact, Dated, Envelope, Reference


class TransactionHeader(Struct, frozen=True):
    """ST and BHT of a transaction set that has levels."""

    reference: str = ""
    """BHT03: the sender's number of the inquiry, which its answer repeats."""
    purpose: str = ""
    """BHT02: 13 request, 11 response, 08 status, 01 cancellation, 36 authority to deduct."""
    created: datetime | None = None
    """BHT04 and BHT05, the sender's own time."""
    kind: str = ""
    """BHT06: RT spend down, DG response, ..."""
    structure: str = ""
    """BHT01: 0022 for 270 and 271, 0010 for 276 and 277."""
    transaction_control_number: str = ""
    """ST02."""
    version: str = ""
    """GS08, or ST03 where the group names no guide."""
    envelope: Envelope = Envelope()
    first_segment: int = 0
    """ST's number in the file."""
    raw: tuple[str, ...] = ()
    """Segments before the first HL that have no typed place, as they stood."""


class Trace(Struct, frozen=True, gc=False):
    """TRN."""

    number: str
    kind: str = "1"
    """TRN01: 1 the sender's own number, 2 the one that is answered."""
    originator: str = ""
    """TRN03."""
    originator_detail: str = ""
    """TRN04."""


class Rejection(Struct, frozen=True, gc=False):
    """AAA: why an inquiry, or a part of it, is not answered."""

    loop: str
    """2000A, 2100A, 2100B, 2100C, 2110C, 2100D or 2110D."""
    code: str
    """AAA03: 42 unable to respond now, 72 member id, 73 name, 75 not found, 58 birth date, ..."""
    follow_up: str = ""
    """AAA04: C correct and send again, N do not, R may be sent again, ..."""
    valid: bool = True
    """AAA01: whether the request itself was valid."""
    agency: str = ""
    """AAA02, which 5010 does not use."""


class ProviderRole(Struct, frozen=True, gc=False):
    """PRV."""

    code: str
    """PRV01: BI billing, PC primary care, RF referring, ..."""
    qualifier: str = ""
    """PRV02: PXC taxonomy, HPI NPI, ..."""
    identifier: str = ""


class Party(Struct, frozen=True):
    """NM1 and what stands with it: a payer, a provider, a subscriber, someone related to a benefit."""

    entity: str
    """NM101: PR payer, 1P provider, 41 submitter, IL subscriber, 03 or QC dependent, ..."""
    last_name: str = ""
    """NM103: family name, or the organisation's name."""
    first_name: str = ""
    middle_name: str = ""
    prefix: str = ""
    suffix: str = ""
    is_person: bool = False
    """NM102 is 1."""
    qualifier: str = ""
    """NM108: MI member id, PI payer id, XV plan id, XX NPI, FI tax id, 46 transmitter id, ..."""
    identifier: str = ""
    """NM109."""
    relationship: str = ""
    """NM110, in loop 2120 alone."""
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    contacts: tuple[Contact, ...] = ()
    provider: ProviderRole | None = None
    rejections: tuple[Rejection, ...] = ()
    raw: tuple[str, ...] = ()
    """Segments that have no typed place here, as they stood."""


class Member(Struct, frozen=True):
    """A subscriber's or dependent's level: who it is."""

    party: Party
    traces: tuple[Trace, ...] = ()
    """Those of 270 and 271; a claim's own trace in 276 and 277 stands with the claim."""
    birth_date: date | None = None
    sex: str = ""
    """DMG03."""
    insured: str = ""
    """INS01: Y the subscriber, N a dependent."""
    relationship: str = ""
    """INS02: 18 self, 01 spouse, 19 child, ..."""
    maintenance: str = ""
    """INS03: 001 where the answer changes what the inquiry said of the member."""
    maintenance_reason: str = ""
    """INS04."""
    birth_sequence: str = ""
    """INS17, of twins."""
    diagnoses: tuple[Reference, ...] = ()
    """HI: qualifier and code, the principal first."""
    dates: tuple[Dated, ...] = ()


class Procedure(Struct, frozen=True, gc=False):
    """A composite that names a service: qualifier (HC, AD, N4, NU, ...), code, modifiers."""

    qualifier: str
    code: str
    modifiers: tuple[str, ...] = ()
