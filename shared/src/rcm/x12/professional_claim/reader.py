"""Reads 837P files claim by claim."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rcm.x12.professional_claim.values import ClaimInFile


def read_professional_claims(source: bytes | Path | BinaryIO) -> Iterator[ClaimInFile]:
    """Every claim of every 837P in the file, one at a time. Raises NotX12."""
    raise NotImplementedError
