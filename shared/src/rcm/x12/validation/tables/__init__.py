"""The guides' tables, one module each, and which of them a transaction set is checked by."""

from functools import lru_cache

from rcm.x12.validation.guide import Guide
from rcm.x12.validation.tables.acknowledgements import claim_acknowledgement, functional_acknowledgement
from rcm.x12.validation.tables.claim_status import status_answer, status_inquiry
from rcm.x12.validation.tables.dental import dental
from rcm.x12.validation.tables.eligibility import eligibility_answer, eligibility_inquiry
from rcm.x12.validation.tables.institutional import institutional
from rcm.x12.validation.tables.professional import professional
from rcm.x12.validation.tables.remittance import remittance

GUIDES = {
    ("837", "X222"): professional,
    ("837", "X223"): institutional,
    ("837", "X224"): dental,
    ("835", "X221"): remittance,
    ("999", "X231"): functional_acknowledgement,
    ("277", "X214"): claim_acknowledgement,
    ("270", "X279"): eligibility_inquiry,
    ("271", "X279"): eligibility_answer,
    ("276", "X212"): status_inquiry,
    ("277", "X212"): status_answer,
}
"""By ST01 and the guide's number in GS08 or ST03: the table."""


@lru_cache
def guide_of(identifier: str, version: str) -> Guide | None:
    """The guide of a transaction set (ST01, and GS08 or ST03); None where we have no table of it (4010, 278, 834, ...)."""
    if not version.startswith("005010"):
        return None
    return _guide(identifier, version[6:10])


@lru_cache
def _guide(identifier: str, number: str) -> Guide | None:
    table = GUIDES.get((identifier, number))
    return table() if table else None
