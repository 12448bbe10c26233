"""The catalogue, to be read."""

from claims_svc.domain.edits.catalogue import EDITS
from claims_svc.domain.edits.form import Edit


def catalogue() -> tuple[Edit, ...]:
    """Every edit."""
    return EDITS
