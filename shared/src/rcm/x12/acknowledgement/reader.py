"""Reads TA1, 999, 997 and 277CA."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rcm.x12.acknowledgement.values import Acknowledgement


def read_acknowledgements(source: bytes | Path | BinaryIO) -> Iterator[Acknowledgement]:
    """Every TA1, 999 and 277CA of the file in its order; other transaction sets are passed over. Raises NotX12."""
    raise NotImplementedError
