"""837P, professional claims (005010X222A1): typed values, writer, reader."""

from rcm.x12.professional_claim.reader import ProfessionalClaimReader, is_professional, read_professional_claims
from rcm.x12.professional_claim.values import (
    CLAIM_LIMIT,
    DIAGNOSIS_LIMIT,
    LINE_LIMIT,
    Accident,
    ClaimInFile,
    Drug,
    Patient,
    Payer,
    ProfessionalClaim,
    Provider,
    Receiver,
    ServiceLine,
    Submitter,
    Subscriber,
)
from rcm.x12.professional_claim.writer import transaction_control_number, write_professional_claims

__all__ = [
    "CLAIM_LIMIT",
    "DIAGNOSIS_LIMIT",
    "LINE_LIMIT",
    "Accident",
    "ClaimInFile",
    "Drug",
    "Patient",
    "Payer",
    "ProfessionalClaim",
    "ProfessionalClaimReader",
    "Provider",
    "Receiver",
    "ServiceLine",
    "Submitter",
    "Subscriber",
    "is_professional",
    "read_professional_claims",
    "transaction_control_number",
    "write_professional_claims",
]
