"""Situations (SNIP 3, 4 and the code forms of 5): what tables of single segments can't say, one module for each family."""

from collections.abc import Mapping

from rcm.x12.grammar import Delimiters
from rcm.x12.validation.guide import Guide
from rcm.x12.validation.report import Report
from rcm.x12.validation.situations.answers import (
    ClaimAcknowledgementSituations,
    EligibilitySituations,
    FunctionalSituations,
    StatusSituations,
)
from rcm.x12.validation.situations.base import Situations
from rcm.x12.validation.situations.claims import DentalSituations, InstitutionalSituations
from rcm.x12.validation.situations.professional import ProfessionalSituations
from rcm.x12.validation.situations.remittances import RemittanceSituations

_SITUATIONS: Mapping[str, type[Situations]] = {
    "837 professional": ProfessionalSituations,
    "837 institutional": InstitutionalSituations,
    "837 dental": DentalSituations,
    "835": RemittanceSituations,
    "999": FunctionalSituations,
    "277CA": ClaimAcknowledgementSituations,
    "270": EligibilitySituations,
    "271": EligibilitySituations,
    "276": StatusSituations,
    "277": StatusSituations,
}


def situations_of(guide: Guide, report: Report, delimiters: Delimiters) -> Situations:
    """The situations of one transaction set."""
    return _SITUATIONS[guide.title](report, delimiters)
