"""Reads 835 files, one transaction set after the other."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rcm.x12.remittance.values import Remittance


def read_remittances(source: bytes | Path | BinaryIO) -> Iterator[Remittance]:
    """Every 835 of the file, whole, with its problems; other transaction sets are passed over. Raises NotX12."""
    raise NotImplementedError
