"""TA1, 999 (005010X231A1) and 277CA (005010X214): typed values, reader, writers."""

from rcm.x12.acknowledgement.reader import read_acknowledgements
from rcm.x12.acknowledgement.values import (
    AcknowledgedClaim,
    AcknowledgedLine,
    AcknowledgedProvider,
    Acknowledgement,
    ClaimAcknowledgement,
    ElementError,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    SegmentError,
    SetAcknowledgement,
    Status,
)
from rcm.x12.acknowledgement.writer import (
    write_claim_acknowledgements,
    write_functional_acknowledgements,
    write_interchange_acknowledgement,
)

__all__ = [
    "AcknowledgedClaim",
    "AcknowledgedLine",
    "AcknowledgedProvider",
    "Acknowledgement",
    "ClaimAcknowledgement",
    "ElementError",
    "FunctionalAcknowledgement",
    "InterchangeAcknowledgement",
    "SegmentError",
    "SetAcknowledgement",
    "Status",
    "read_acknowledgements",
    "write_claim_acknowledgements",
    "write_functional_acknowledgements",
    "write_interchange_acknowledgement",
]
