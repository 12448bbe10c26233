"""What an organisation sets up: itself, its payers, receivers, billing providers and enrolments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from claims_svc.domain.encounter import Address
from rcm.errors import Fault, InvalidBody

_ATOM = r"(?:\[[A-Za-z0-9-]+\]|\\d|[A-Za-z0-9-])"
_REPEAT = r"(?:\{[0-9]{1,2}(?:,[0-9]{1,2})?\}|\?)?"
_BRANCH = rf"(?:{_ATOM}{_REPEAT})+"
_PATTERN = re.compile(rf"\^?{_BRANCH}(?:\|{_BRANCH})*\$?")
_VARIABLE = re.compile(r"\{[0-9]{1,2},|\?")
_VARIABLE_MAX = 3
_POST_OFFICE_BOX = re.compile(r"\b(?:P\.?\s*O\.?|POST\s+OFFICE)\s*BOX\b", re.IGNORECASE)
_PREFIX_SUM = 24
"""What the digits 80840 add to the Luhn sum of an NPI."""
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who sends the files: ISA06, GS02 and loop 1000A."""

    name: str
    submitter_id: str
    """The ETIN that the receivers know: 2 to 15 characters."""
    contact_name: str
    contact_phone: str = ""
    contact_email: str = ""
    sender_qualifier: str = "ZZ"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who takes the files: a clearinghouse, or a payer that takes them itself (ISA08, GS03, loop 1000B)."""

    receiver_id: str
    name: str
    qualifier: str = "ZZ"
    usage: str = "T"
    """ISA15: P production, T test."""
    group_receiver: str = ""
    """GS03 where it is not the receiver's id."""


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer as the organisation knows it, and what it wants of a claim."""

    payer_id: str
    name: str
    receiver_id: str
    claim_filing_indicator: str = "CI"
    """SBR09."""
    member_id_pattern: str = ""
    """A plain regular expression for the whole member id; empty takes any."""
    timely_filing_days: int | None = None
    """From the last day of service to the first submission; none where the payer sets no limit."""
    wants_authorisation: bool = False
    requires_accident: bool = False
    """Wants the accident's kind, state and date with a diagnosis of an injury (S00-T88)."""
    accepts_replacement: bool = True
    """Takes frequency 7."""
    accepts_void: bool = True
    """Takes frequency 8."""
    requires_enrolment: bool = True
    """Takes claims only from billing providers that are enrolled with it."""
    address: Address | None = None

    def takes_member_id(self, member_id: str) -> bool:
        """Whether the member id has this payer's form."""
        return not self.member_id_pattern or member_id_form(self.member_id_pattern).fullmatch(member_id) is not None


@dataclass(frozen=True, slots=True)
class BillingProvider:
    """Who bills and is paid: loop 2010AA. What is missing here holds the claims, not the set-up."""

    npi: str
    last_name: str
    first_name: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    tax_id_kind: str = "EI"
    address: Address | None = None

    def missing(self) -> tuple[str, ...]:
        """What a claim needs and this lacks, in words."""
        lacks = []
        if not self.taxonomy:
            lacks.append("taxonomy")
        if not self.tax_id:
            lacks.append("tax id")
        if self.address is None:
            lacks.append("address")
        else:
            if is_post_office_box(self.address.line1):
                lacks.append("street (a PO box is not taken)")
            if len(self.address.postal_code) != 9:
                lacks.append("nine-digit ZIP code")
        return tuple(lacks)


def provider_from(values: Mapping[str, Any]) -> BillingProvider:
    """A billing provider from its fields; others are passed over."""
    return msgspec.convert(dict(values), BillingProvider)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A payer takes a billing provider's claims, from a day to a day (both included)."""

    enrolled: bool = True
    effective_from: date | None = None
    effective_to: date | None = None

    def covers(self, day: date) -> bool:
        """Whether claims of this day of service are taken."""
        begun = self.effective_from is None or self.effective_from <= day
        return self.enrolled and begun and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that an organisation set up, as of a revision."""

    revision: int = 0
    organisation: Organisation | None = None
    payers: Mapping[str, Payer] = field(default_factory=dict)
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    billing_providers: Mapping[str, BillingProvider] = field(default_factory=dict)
    enrolments: Mapping[tuple[str, str], Enrolment] = field(default_factory=dict)
    """By payer id and NPI."""


@lru_cache(maxsize=1024)
def member_id_form(pattern: str) -> re.Pattern[str]:
    """The compiled pattern of a payer's member ids.

    Only letters, digits, dashes, [classes], \\d, {n}, {n,m}, ? and | are taken, at most three of them of variable length: no
    pattern of a payer can make a match slow. Raises InvalidBody.
    """
    if len(pattern) > 200 or not _PATTERN.fullmatch(pattern) or len(_VARIABLE.findall(pattern)) > _VARIABLE_MAX:
        raise _bad_pattern("it is too long, or uses more than letters, digits, [classes], \\d, {n,m}, ? and |")
    plain = pattern.removeprefix("^").removesuffix("$")
    try:
        return re.compile(f"(?:{plain})", re.ASCII)
    except (re.error, OverflowError) as error:
        raise _bad_pattern(str(error)) from error


def _bad_pattern(why: str) -> InvalidBody:
    return InvalidBody(
        "the member id pattern can't be used",
        faults=[Fault("/member_id_pattern", "pattern", why, "Write a plain pattern such as ^[A-Z]{3}[0-9]{9}$")],
    )


@lru_cache(maxsize=4096)
def is_npi(npi: str) -> bool:
    """True for ten ASCII digits, the first 1 or 2, with the right check digit (45 CFR 162.406: Luhn, prefix 80840)."""
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit() or npi[0] not in "12":
        return False
    digits = [int(digit) for digit in npi]
    return (_PREFIX_SUM + sum(_DOUBLED[digit] for digit in digits[0:10:2]) + sum(digits[1:10:2])) % 10 == 0


@lru_cache(maxsize=4096)
def is_post_office_box(line: str) -> bool:
    """Whether an address line is a PO box, which 2010AA does not take."""
    return _POST_OFFICE_BOX.search(line) is not None
