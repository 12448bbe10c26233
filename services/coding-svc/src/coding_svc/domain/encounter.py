"""The encounter as an EHR states it: the one model behind JSON, FHIR and HL7.

What has no meaning at all is refused when it is read (an unknown field, a date that does not exist, a negative charge). What is
incomplete or wrong in the eyes of a biller is taken and held by the edits: nothing is lost because of it. Money is integer
cents, dates are ISO dates, codes are written as the field writes them.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct
from pydantic import BeforeValidator, StringConstraints

from rcm.money import LARGEST_AMOUNT_CENTS

_LINE = r"^[^\x00-\x1f\x7f]*$"
_PROSE = r"^[^\x00-\x08\x0e-\x1f\x7f]*$"


def _number_as_text(value: object) -> object:
    """Units may come as a JSON integer; they are kept as decimal text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


# What msgspec reads of an annotation (Meta) and what pydantic does (StringConstraints) stand beside each other.
Identifier = Annotated[
    str,
    Meta(min_length=1, max_length=120),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_LINE),
]
"""An id of the sender's; it has at least one character."""
Line = Annotated[str, Meta(max_length=255), StringConstraints(strip_whitespace=True, max_length=255, pattern=_LINE)]
"""Text of one line; empty where it is not known."""
Code = Annotated[str, Meta(max_length=80), StringConstraints(strip_whitespace=True, max_length=80, pattern=_LINE)]
"""A code or a number as it was sent; its form is an edit's matter. 80 is the longest that X12 carries (NM109)."""
Prose = Annotated[str, Meta(max_length=2_000_000), StringConstraints(max_length=2_000_000, pattern=_PROSE)]
"""Text of many lines; a page may end with a form feed."""
Reason = Annotated[
    str,
    Meta(min_length=1, max_length=255),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=_LINE),
]
"""Why a person decided something; it has at least one character."""
Units = Annotated[
    str, Meta(pattern=r"^[0-9]{1,7}(\.[0-9]{1,3})?$"), BeforeValidator(_number_as_text, json_schema_input_type=str | int)
]
"""A decimal of at most three places (SV104)."""
ChargeCents = Annotated[int, Meta(ge=0, le=LARGEST_AMOUNT_CENTS)]
"""An amount in US cents; a charge is never negative: a mistaken one is cancelled or replaced."""


T = TypeVar("T")


_WRITER = msgspec.json.Encoder()
RECORD_PARTS = ("record", "notes", "documents", "tags", "overrides", "stay")
"""What belongs to the coder's desk and not to the bill; most encounters have none of it."""


class kept(Generic[T]):  # noqa: N801 - a decorator
    """What is found out of an encounter once and kept with it: a cached_property without that one's lock, which costs a
    microsecond (Python 3.12 has none either). An encounter is judged by one thread.
    """

    def __init__(self, find: Callable[[Any], T]) -> None:
        self._find, self._name, self.__doc__ = find, find.__name__, find.__doc__

    def __get__(self, encounter: Any, _: type) -> T:
        found = encounter.__dict__[self._name] = self._find(encounter)
        return found


def written(default: T) -> T:
    """A default that stands in the encounter's JSON, so that no reader need know it; a plain one (None) is left out there."""
    return msgspec.field(default_factory=lambda: default)


class Part(Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A part of an encounter. An unknown field is refused: it would be lost."""


class Address(Part, frozen=True):
    line1: Line = written("")
    line2: Line = written("")
    city: Line = written("")
    state: Code = written("")
    """Two letters."""
    postal_code: Code = written("")
    """5 or 9 digits, no dash."""


class Person(Part, frozen=True):
    last_name: Line = written("")
    first_name: Line = written("")
    middle_name: Line = written("")
    birth_date: date | None = None
    sex: Literal["M", "F", "U"] = written("U")
    """M, F or U (DMG03)."""
    address: Address | None = None
    phone: Code = written("")


class Patient(Person, frozen=True, kw_only=True):
    external_id: Identifier
    """The EHR's id of the patient."""


class Guarantor(Person, frozen=True, kw_only=True):
    """Who gets the bill. Where none is stated, the patient does."""

    external_id: Identifier


class Coverage(Part, frozen=True):
    rank: Literal["P", "S", "T"] = written("P")
    """Primary, secondary, tertiary (SBR01)."""
    payer_id: Code = written("")
    payer_name: Line = written("")
    member_id: Code = written("")
    group_number: Code = written("")
    plan_type: Code = written("CI")
    """Claim filing indicator (SBR09): CI commercial, MB Medicare B, MC Medicaid, BL Blue Cross, HM HMO, ..."""
    relationship: Code = written("18")
    """The patient's relationship to the subscriber (SBR02, PAT01): 18 self, 01 spouse, 19 child, G8 other."""
    subscriber: Person | None = None
    """The subscriber where that is not the patient."""
    effective_from: date | None = None
    effective_to: date | None = None
    """The last day covered."""


class Provider(Part, frozen=True):
    """A person (first name given) or an organisation."""

    npi: Code = written("")
    last_name: Line = written("")
    """Family name, or the organisation's name."""
    first_name: Line = written("")
    taxonomy: Code = written("")
    tax_id: Code = written("")
    """Nine digits, no dash."""
    tax_id_kind: Literal["EI", "SY"] = written("EI")
    """EI employer id, SY social security number."""
    address: Address | None = None


class Diagnosis(Part, frozen=True):
    code: Code
    """ICD-10-CM with its dot, as "E11.9"."""
    present_on_admission: Literal["", "Y", "N", "U", "W", "1"] = written("")


class Drug(Part, frozen=True):
    """NDC of a line (LIN03, CTP04, CTP05)."""

    ndc: Code
    """11 digits."""
    quantity: Units = written("1")
    unit: Code = written("UN")
    """F2, GR, ME, ML or UN."""


class ServiceLine(Part, frozen=True):
    line_number: Annotated[int, Meta(ge=1, le=9999)]
    """The line's name within the encounter for life."""
    procedure: Code = written("")
    """CPT or HCPCS, 5 characters; empty where it still has to be coded."""
    modifiers: tuple[Code, ...] = written(())
    description: Line = written("")
    """The EHR's own words, for the statement."""
    units: Units = written("1")
    unit: Literal["UN", "MJ"] = written("UN")
    """UN units, MJ minutes."""
    minutes: Annotated[int, Meta(ge=1, le=9999)] | None = None
    """The time that the record states, where the service is counted by time and `unit` is UN."""
    charge_cents: ChargeCents = written(0)
    diagnosis_pointers: tuple[int, ...] = written(())
    """From 1, into the encounter's diagnoses, the first the main one; 1 to 4 of them."""
    date_of_service: date | None = None
    """Where it differs from the encounter's first day."""
    date_of_service_to: date | None = None
    place_of_service: Code = written("")
    """Where it differs from the encounter's."""
    drug: Drug | None = None
    ordering_provider: Provider | None = None


class Accident(Part, frozen=True):
    kind: Literal["AA", "EM", "OA"]
    """AA automobile, EM employment, OA other."""
    state: Code = written("")
    occurred_on: date | None = None


class Stay(Part, frozen=True):
    """What is known of a hospital stay besides its diagnoses, for its MS-DRG."""

    discharge_status: Annotated[str, Meta(pattern=r"^([0-9]{2})?$")] = written("")
    """UB-04 patient status: 01 home, 20 died, ..."""
    procedures: Annotated[tuple[Code, ...], Meta(max_length=99)] = written(())
    """ICD-10-PCS, the principal one first."""


class RecordItem(Part, frozen=True):
    """One entry of the clinical record as it came, for the coder: never a code of a claim."""

    kind: Literal["condition", "procedure", "observation", "medication", "allergy", "order", "reason"]
    system: Line = written("")
    """The code's system, as "http://snomed.info/sct"."""
    code: Line = written("")
    text: Line = written("")
    recorded_on: date | None = None


class Document(Part, frozen=True):
    """A note or a document of the record."""

    external_id: Line = written("")
    title: Line = written("")
    media_type: Line = written("text/plain")
    text: Prose = written("")
    """The document, where it is text."""
    content_base64: Prose = written("")
    """The document, where it is not."""
    written_on: date | None = None


class Override(Part, frozen=True):
    """A person's word that a finding of an overridable edit is right as it is."""

    edit_id: Identifier
    reason: Reason
    path: Line = written("")
    """Of which finding; empty: of all of the edit's."""


class Encounter(Part, frozen=True, dict=True, gc=True):
    """An encounter with its codes and charges, or with what is known of them."""

    external_id: Identifier
    """The EHR's id of the encounter, unique in the organisation."""
    patient: Patient
    guarantor: Guarantor | None = None
    coverages: Annotated[tuple[Coverage, ...], Meta(max_length=3)] = written(())
    """Empty only where `self_pay` is true; else the encounter is held."""
    self_pay: bool = written(False)
    billing_provider: Provider | None = None
    rendering_provider: Provider | None = None
    """Where it is not the billing provider."""
    referring_provider: Provider | None = None
    supervising_provider: Provider | None = None
    service_facility: Provider | None = None
    place_of_service: Code = written("")
    date_of_service: date | None = None
    """The first day."""
    date_of_service_to: date | None = None
    admitted_on: date | None = None
    discharged_on: date | None = None
    onset_on: date | None = None
    diagnoses: Annotated[tuple[Diagnosis, ...], Meta(max_length=99)] = written(())
    lines: Annotated[tuple[ServiceLine, ...], Meta(max_length=999)] = written(())
    accident: Accident | None = None
    authorisation_number: Code = written("")
    record: Annotated[tuple[RecordItem, ...], Meta(max_length=5000)] = ()
    notes: Annotated[tuple[Prose, ...], Meta(max_length=500)] = ()
    documents: Annotated[tuple[Document, ...], Meta(max_length=500)] = ()
    tags: Annotated[tuple[Identifier, ...], Meta(max_length=50)] = ()
    overrides: Annotated[tuple[Override, ...], Meta(max_length=20)] = ()
    stay: Stay | None = None

    @kept
    def people(self) -> tuple[tuple[str, Person], ...]:
        """Every person with the JSON pointer: the patient, the guarantor, subscribers."""
        found: list[tuple[str, Person]] = [("/patient", self.patient)]
        if self.guarantor:
            found.append(("/guarantor", self.guarantor))
        for place, coverage in enumerate(self.coverages):
            if coverage.subscriber:
                found.append((f"/coverages/{place}/subscriber", coverage.subscriber))
        return tuple(found)

    @kept
    def providers(self) -> tuple[tuple[str, Provider], ...]:
        """Every provider with the JSON pointer."""
        named = (
            ("/billing_provider", self.billing_provider),
            ("/rendering_provider", self.rendering_provider),
            ("/referring_provider", self.referring_provider),
            ("/supervising_provider", self.supervising_provider),
            ("/service_facility", self.service_facility),
        )
        found = [(path, provider) for path, provider in named if provider]
        for place, line in enumerate(self.lines):
            if line.ordering_provider:
                found.append((f"/lines/{place}/ordering_provider", line.ordering_provider))
        return tuple(found)

    @kept
    def charge_cents(self) -> int:
        """The sum of the lines."""
        return sum([line.charge_cents for line in self.lines])

    @kept
    def document(self) -> bytes:
        """The encounter's JSON, as it is stored: without what is not known, and without the record's parts where they are
        empty. The same content has the same bytes.
        """
        return _WRITER.encode(self)

    @property
    def last_day(self) -> date | None:
        """The last day of service; the first where there is one day only."""
        return self.date_of_service_to or self.date_of_service

    def day_of(self, line: ServiceLine) -> date | None:
        """A line's day: its own, else the encounter's first."""
        return line.date_of_service or self.date_of_service


def quantity(units: str) -> Decimal:
    """The units of a line as a number."""
    return Decimal(units)
