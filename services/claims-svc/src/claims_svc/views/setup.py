"""Organisation, receivers, payers, billing providers, enrolments."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from claims_svc.domain.setup import is_npi
from claims_svc.views.base import NPI, TEXT, shown, taken

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT)]
Identifier = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9]{2,15}$", description="As in ISA06 and ISA08: 2 to 15 letters and digits")
]
Qualifier = Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$", description="ISA05, ISA07: ZZ mutually defined, 30 tax id, ...")]
Phone = Annotated[str, Field(pattern=r"^([0-9]{10})?$", description="Ten digits")]


def _npi(value: str) -> str:
    if not is_npi(value):
        raise ValueError("the NPI's check digit is wrong")
    return value


Npi = Annotated[str, Field(pattern=NPI), AfterValidator(_npi)]

ADDRESS: dict[str, Any] = {
    "line1": "412 Maple Street",
    "line2": "",
    "city": "Springfield",
    "state": "IL",
    "postal_code": "627011234",
}
ORGANISATION: dict[str, Any] = {
    "name": "Maple Street Family Practice",
    "submitter_id": "MAPLE412",
    "contact_name": "Billing Office",
    "contact_phone": "2175550142",
    "contact_email": "",
    "sender_qualifier": "ZZ",
}
RECEIVER: dict[str, Any] = {"name": "RCM sandbox clearinghouse", "qualifier": "ZZ", "usage": "T", "group_receiver": ""}
PAYER: dict[str, Any] = {
    "name": "Evergreen Mutual",
    "receiver_id": "RCMSANDBOX",
    "claim_filing_indicator": "CI",
    "member_id_pattern": "^[A-Z]{3}[0-9]{9}$",
    "timely_filing_days": 365,
    "wants_authorisation": False,
    "requires_accident": False,
    "accepts_replacement": True,
    "accepts_void": True,
    "requires_enrolment": True,
    "address": None,
}
PROVIDER: dict[str, Any] = {
    "npi": "1993999998",
    "last_name": "Maple Street Family Practice",
    "first_name": "",
    "taxonomy": "207Q00000X",
    "tax_id": "371234567",
    "tax_id_kind": "EI",
    "address": ADDRESS,
}
ENROLMENT: dict[str, Any] = {"enrolled": True, "effective_from": None, "effective_to": None}


class AddressView(BaseModel):
    """N3 and N4."""

    model_config = taken(ADDRESS)

    line1: Annotated[str, Field(min_length=1, max_length=55, pattern=TEXT)]
    line2: Annotated[str, Field(max_length=55, pattern=TEXT)] = ""
    city: Annotated[str, Field(min_length=2, max_length=30, pattern=TEXT)]
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    postal_code: Annotated[str, Field(pattern=r"^[0-9]{5}([0-9]{4})?$", description="5 or 9 digits, no dash")]


class OrganisationIn(BaseModel):
    """Who sends the files: ISA06, GS02, loop 1000A."""

    model_config = taken(ORGANISATION)

    name: Name
    submitter_id: Identifier
    contact_name: Name
    contact_phone: Phone = ""
    contact_email: Annotated[str, Field(max_length=80, pattern=r"^([^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+)?$")] = ""
    sender_qualifier: Qualifier = "ZZ"


class OrganisationView(OrganisationIn):
    """An organisation's profile. `version` is its ETag."""

    model_config = shown(ORGANISATION | {"version": 1})

    version: int


class ReceiverIn(BaseModel):
    """Who takes the files: ISA08, GS03, loop 1000B."""

    model_config = taken(RECEIVER)

    name: Name
    qualifier: Qualifier = "ZZ"
    usage: Literal["T", "P"] = Field(default="T", description="ISA15: T test, P production")
    group_receiver: Annotated[
        str, Field(pattern=r"^([A-Za-z0-9]{2,15})?$", description="GS03 where it is not the receiver's id")
    ] = ""


class ReceiverView(ReceiverIn):
    """A receiver."""

    model_config = shown({"receiver_id": "RCMSANDBOX"} | RECEIVER | {"version": 1})

    receiver_id: str
    version: int


class PayerIn(BaseModel):
    """A payer as the organisation knows it, and what it wants of a claim."""

    model_config = taken(PAYER)

    name: Name
    receiver_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{2,15}$", description="Who takes its files")]
    claim_filing_indicator: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$", description="SBR09: CI, HM, MB, MC, BL, ...")] = "CI"
    member_id_pattern: Annotated[
        str, Field(max_length=200, description="A plain pattern of the whole member id; empty takes any")
    ] = ""
    timely_filing_days: Annotated[int, Field(ge=1, le=3660, strict=True)] | None = Field(
        default=None, description="From the last day of service to the first submission"
    )
    wants_authorisation: bool = False
    requires_accident: bool = Field(default=False, description="Wants the accident's particulars with a diagnosis S00-T88")
    accepts_replacement: bool = Field(default=True, description="Takes frequency 7")
    accepts_void: bool = Field(default=True, description="Takes frequency 8")
    requires_enrolment: bool = Field(default=True, description="Takes claims of enrolled billing providers only")
    address: AddressView | None = None


class PayerView(PayerIn):
    """A payer."""

    model_config = shown({"payer_id": "SBX01"} | PAYER | {"version": 1})

    payer_id: str
    version: int


class BillingProviderIn(BaseModel):
    """Who bills and is paid. Claims need taxonomy, tax id and a street with a nine-digit ZIP code: without they are held."""

    model_config = taken(PROVIDER)

    npi: Npi | None = Field(default=None, description="The path's, where it is given")
    last_name: Annotated[
        str, Field(min_length=1, max_length=60, pattern=TEXT, description="Family name, or the organisation's")
    ]
    first_name: Annotated[str, Field(max_length=35, pattern=TEXT)] = ""
    taxonomy: Annotated[str, Field(pattern=r"^([0-9]{3}[0-9A-Z]{6}X)?$")] = ""
    tax_id: Annotated[str, Field(pattern=r"^([0-9]{9})?$")] = ""
    tax_id_kind: Literal["EI", "SY"] = Field(default="EI", description="EI employer id, SY social security number")
    address: AddressView | None = None


class BillingProviderView(BillingProviderIn):
    """A billing provider. `missing` names what its claims still need."""

    model_config = shown(PROVIDER | {"version": 1, "missing": []})

    missing: list[str] = []
    version: int


class EnrolmentIn(BaseModel):
    """From when to when a payer takes a billing provider's claims."""

    model_config = taken(ENROLMENT)

    enrolled: bool = True
    effective_from: date | None = None
    effective_to: date | None = Field(default=None, description="The last day")


class EnrolmentView(EnrolmentIn):
    """An enrolment."""

    model_config = shown({"payer_id": "SBX01", "npi": "1993999998"} | ENROLMENT | {"version": 1})

    payer_id: str
    npi: str
    version: int
