"""Writes what a receiver answers: TA1, 999, 277CA."""

from collections.abc import Sequence

from rcm.x12.acknowledgement.values import ClaimAcknowledgement, FunctionalAcknowledgement, InterchangeAcknowledgement
from rcm.x12.values import InterchangeHeader


def write_interchange_acknowledgement(header: InterchangeHeader, acknowledgement: InterchangeAcknowledgement) -> bytes:
    """An interchange that holds the TA1 alone."""
    raise NotImplementedError


def write_functional_acknowledgements(header: InterchangeHeader, groups: Sequence[FunctionalAcknowledgement]) -> bytes:
    """An interchange with a 999 for each acknowledged group."""
    raise NotImplementedError


def write_claim_acknowledgements(header: InterchangeHeader, files: Sequence[ClaimAcknowledgement]) -> bytes:
    """An interchange with a 277CA for each acknowledged file."""
    raise NotImplementedError
