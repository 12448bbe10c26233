"""Writes 835 files: what a payer sends."""

from collections.abc import Sequence

from rcm.x12.remittance.values import Remittance
from rcm.x12.values import InterchangeHeader


def write_remittances(header: InterchangeHeader, remittances: Sequence[Remittance]) -> bytes:
    """One interchange with one transaction set for each remittance. Raises CannotWrite."""
    raise NotImplementedError
