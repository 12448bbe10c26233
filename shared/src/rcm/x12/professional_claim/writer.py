"""Writes 837P files: hierarchy, counts and control numbers are computed here, delimiters never stand in data."""

from collections.abc import Sequence

from rcm.x12.professional_claim.values import CLAIM_LIMIT, ProfessionalClaim, Receiver, Submitter
from rcm.x12.values import InterchangeHeader


def transaction_control_number(index: int) -> str:
    """ST02 of the set that holds the claim at `index` of those handed to the writer: "0001" for the first 5,000."""
    return f"{index // CLAIM_LIMIT + 1:04d}"


def write_professional_claims(
    header: InterchangeHeader,
    submitter: Submitter,
    receiver: Receiver,
    claims: Sequence[ProfessionalClaim],
    *,
    reference: str,
) -> bytes:
    """One interchange with one group and as many transaction sets as 5,000 claims each need.

    `reference` becomes BHT03 (with "-2" and so on after the first set). Raises CannotWrite with the path of what the guide
    has no place for.
    """
    raise NotImplementedError
