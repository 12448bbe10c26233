"""837I, institutional claims (005010X223A2/A3): typed values, writer, reader."""

from rcm.x12.institutional_claim.reader import InstitutionalClaimReader, is_institutional, read_institutional_claims
from rcm.x12.institutional_claim.values import (
    LINE_LIMIT,
    Diagnosis,
    InstitutionalClaim,
    InstitutionalClaimInFile,
    Occurrence,
    Procedure,
    RevenueLine,
    ValueCode,
)
from rcm.x12.institutional_claim.writer import write_institutional_claims

__all__ = [
    "LINE_LIMIT",
    "Diagnosis",
    "InstitutionalClaim",
    "InstitutionalClaimInFile",
    "InstitutionalClaimReader",
    "Occurrence",
    "Procedure",
    "RevenueLine",
    "ValueCode",
    "is_institutional",
    "read_institutional_claims",
    "write_institutional_claims",
]
