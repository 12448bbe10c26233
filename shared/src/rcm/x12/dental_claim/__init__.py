"""837D, dental claims (005010X224A2): typed values, reader. They are not written."""

from rcm.x12.dental_claim.reader import DentalClaimReader, is_dental, read_dental_claims
from rcm.x12.dental_claim.values import (
    DentalClaim,
    DentalClaimInFile,
    DentalLine,
    Orthodontics,
    Tooth,
    ToothStatus,
)

__all__ = [
    "DentalClaim",
    "DentalClaimInFile",
    "DentalClaimReader",
    "DentalLine",
    "Orthodontics",
    "Tooth",
    "ToothStatus",
    "is_dental",
    "read_dental_claims",
]
