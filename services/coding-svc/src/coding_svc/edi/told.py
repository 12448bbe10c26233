"""What became of one encounter of a parcel, as FHIR and HL7 answer it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """An accepted encounter has an `encounter_id`; a refusal has a `code`. `findings`: (place, code, message, fix)."""

    place: str
    status: int
    external_id: str = ""
    encounter_id: str = ""
    state: str = ""
    version: int = 0
    raw_input_id: str = ""
    code: str = ""
    detail: str = ""
    findings: tuple[tuple[str, str, str, str], ...] = ()

    @property
    def refused(self) -> bool:
        """Whether it became no encounter."""
        return not self.encounter_id
