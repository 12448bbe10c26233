"""FHIR R4: a Bundle's Encounters with what belongs to them; charges come from Claim.item alone. Answered with a Bundle."""

from coding_svc.edi.fhir.bundle import read
from coding_svc.edi.fhir.outcome import answer

__all__ = ["answer", "read"]
