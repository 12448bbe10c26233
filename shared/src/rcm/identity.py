"""Who is calling: one organisation, one role."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a token may do; each endpoint names the roles it serves."""

    EHR = "ehr"
    ADAPTER = "adapter"
    BILLER = "biller"
    CODER = "coder"
    DASHBOARD = "dashboard"
    ADMIN = "admin"


STAFF = frozenset({Role.BILLER, Role.CODER})
"""People of the practice: what they may read, the dashboard and the administrator may read too."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The bearer of a verified token. `subject` names a person or program for the audit log, never a patient."""

    organisation_id: UUID
    role: Role
    subject: str
