"""What a body was read into: encounters, and refusals of what became none. Reading never raises for what a body says."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

from coding_svc.domain.encounter import Encounter
from coding_svc.domain.repairs import Repair, repaired
from coding_svc.domain.service_keys import service_keys
from rcm.errors import RcmError


class Form(StrEnum):
    """The media types that are read; each is answered in its own way."""

    JSON = "application/json"
    NDJSON = "application/x-ndjson"
    FHIR = "application/fhir+json"
    HL7 = "application/hl7-v2"


class Raw(Struct, frozen=True, gc=False):
    """A body as it came."""

    media_type: str
    body: bytes
    sha256: bytes

    @classmethod
    def of(cls, form: Form, body: bytes) -> "Raw":
        return cls(form, body, sha256(body).digest())


class Taken(Struct, frozen=True):
    """An encounter that was read. `digest` is the SHA-256 of its document: the same content has the same."""

    encounter: Encounter
    repairs: tuple[Repair, ...]
    digest: bytes
    keys: Sequence[int | None]
    raw: Raw
    place: str
    """Where it stands in the raw input: a line, an Encounter's reference; "" where it is the whole."""
    place_of: Callable[[str], str] | None = None
    """A JSON pointer as the sender's form names the place; None where the form is JSON."""

    @classmethod
    def of(cls, read: Encounter, raw: Raw, place: str = "", place_of: Callable[[str], str] | None = None) -> "Taken":
        encounter, repairs = repaired(read)
        digest = sha256(encounter.document).digest()
        return cls(encounter, repairs, digest, service_keys(encounter), raw, place, place_of)


class Refused(Struct, frozen=True):
    """What became no encounter, and why."""

    error: RcmError
    raw: Raw
    place: str = ""
    external_id: str = ""


class Parcel(Struct, frozen=True):
    """One request's body. `header` keeps what the answer in kind needs (HL7: the message header)."""

    form: Form
    items: Sequence[Taken | Refused]
    header: Mapping[str, str] = {}
