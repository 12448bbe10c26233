"""Every query of claims-svc; rows <-> domain objects. Nothing is decided here."""

from claims_svc.store import acknowledgements, claims, figures, setup, submissions, tasks

__all__ = ["acknowledgements", "claims", "figures", "setup", "submissions", "tasks"]
